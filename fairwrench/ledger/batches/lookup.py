"""What the ledger already holds of some keys, found by reading the few files that can hold them.

Every file states its month, and the bounds of its stores and of its keys, in the Delta log. A landing of one store
so reads that store's files alone, and of these only those whose keys overlap: its cost does not grow with the group.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.batches.records import in_time
from fairwrench.ledger.batches.table import Table
from fairwrench.ledger.columns import PARTITION, bounded_key, filed_for_good
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True)
class Known:
    """Rows with some keys, added columns and `_month` included.

    `current`: what the evidence up to a period says. `later`: what was handed in for later periods, with `_period`.
    """

    current: pl.DataFrame
    later: pl.DataFrame


def known(table: Table, rows: pl.DataFrame, period_of: Callable[[str], str | None], period: Month | None) -> Known:
    """What the table holds of the keys of `rows`; `period_of` tells the period of a file by its path in the table."""
    files = files_to_read(table.source, rows, table.files)
    if files.is_empty():
        return Known(table.none, table.none_later)
    periods = [period_of(path) for path in files.get_column("path")]
    early = pl.Series([in_time(each, period) for each in periods], dtype=pl.Boolean)
    dated = files.with_columns(_period=pl.Series(periods, dtype=pl.String()))
    # Each later period by itself: what replaced what is told within the files of one.
    by_period = dated.filter(~early).sort("_period").group_by("_period", maintain_order=True)
    later = [
        current_rows(read_keys(table, rows, some)).with_columns(_period=pl.lit(str(each)))
        for (each,), some in by_period
    ]
    return Known(current_rows(read_keys(table, rows, files.filter(early))), pl.concat([table.none_later, *later]))


def read_keys(table: Table, rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """All rows of some files that have a key of `rows`, replaced ones and voids included."""
    keys = rows.lazy().select(table.source.key).unique()
    # Bounds first, so that row groups of a folded file are passed over; the join then decides exactly.
    found = table.scan(files).filter(_between(table.source, rows))
    return found.join(keys, on=table.source.key, how="semi", nulls_equal=True).collect()


def current_rows(rows: pl.DataFrame) -> pl.DataFrame:
    """The rows that nothing replaced or took away, out of all rows of some keys or of some months and stores."""
    # A void supersedes the row that it takes away, so one join ends replaced, moved and withdrawn rows alike.
    replaced = rows.select(_id="_supersedes").drop_nulls()
    return rows.filter(~pl.col("_void")).join(replaced, on="_id", how="anti")


def files_to_read(source: Source, rows: pl.DataFrame, files: pl.DataFrame) -> pl.DataFrame:
    """The files that may hold a key of `rows`, out of the table's files.

    Exact, not a guess: a file left out cannot hold any of the keys. A key that does not say its month may stand in any
    month, so every month is looked at; the bounds of the key leave few of them.
    """
    if files.is_empty():
        return files
    columns = bounded_key(source)
    # A month or store narrows only where it is fixed by the key: a row that moved lies elsewhere under the same key.
    by = [column for column in (PARTITION, "store") if _fixed(source, column)]
    groups = rows.group_by(by or pl.lit(0).alias("_all")).agg(
        *(pl.col(column).min().alias(f"least.{column}") for column in columns),
        *(pl.col(column).max().alias(f"most.{column}") for column in columns),
        *(pl.col(column).null_count().alias(f"empty.{column}") for column in columns),
    )
    groups = groups.rename({column: f"{column}.rows" for column in by})
    pairs = files.join_where(groups, *_store_overlap()) if "store" in by else files.join(groups, how="cross")
    same_month = pl.col(PARTITION) == pl.col(f"{PARTITION}.rows") if PARTITION in by else pl.lit(True)
    return pairs.filter(same_month, *map(_overlap, columns)).select(files.columns).unique("path", maintain_order=True)


def _fixed(source: Source, column: str) -> bool:
    """Whether equal keys always agree in the month or the store."""
    return filed_for_good(source) if column == PARTITION else column in source.key


def _store_overlap() -> Iterable[pl.Expr]:
    return pl.col("min.store") <= pl.col("store.rows"), pl.col("max.store") >= pl.col("store.rows")


def _overlap(column: str) -> pl.Expr:
    """Whether the bounds of a file and of a group of rows share a value, an empty one included."""
    below = pl.col(f"min.{column}") <= pl.col(f"most.{column}")
    above = pl.col(f"max.{column}") >= pl.col(f"least.{column}")
    both_empty = (pl.col(f"null_count.{column}") > 0) & (pl.col(f"empty.{column}") > 0)
    # A file or group all of whose values are empty has no bounds; then only empty meets empty.
    return (below & above).fill_null(False) | both_empty


def _between(source: Source, rows: pl.DataFrame) -> pl.Expr:
    """Bounds of all keys at once, by which a reader passes over parts of a folded file."""
    # A column with an empty key is left out: the filter would drop the very rows whose key is empty there.
    columns = [column for column in bounded_key(source) if not rows.get_column(column).null_count()]
    bounds = [(rows.get_column(column).min(), rows.get_column(column).max()) for column in columns]
    inside = [pl.col(c).is_between(pl.lit(low), pl.lit(high)) for c, (low, high) in zip(columns, bounds, strict=True)]
    return pl.all_horizontal(pl.lit(True), *inside)


def rows_asked(source: Source, rows: pl.DataFrame, withdrawn: pl.DataFrame | None) -> pl.DataFrame:
    """The rows whose keys are looked up: those that land, and those that end."""
    columns = [*dict.fromkeys([*source.key, "store", PARTITION])]
    asked = rows.select(columns)
    return asked if withdrawn is None else pl.concat([asked, withdrawn.select(columns)])


def still_standing(known_before: Known, withdrawn: pl.DataFrame | None) -> pl.DataFrame | None:
    """Of the rows to end, those that still stand."""
    if withdrawn is None:
        return None
    # Between showing a row and ending it somebody may have replaced it: what no longer stands is not ended again.
    return known_before.current.join(withdrawn.select("_id"), on="_id", how="semi")
