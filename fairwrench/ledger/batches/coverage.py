"""For which months and stores a landed file says what happened, by the column that dates a row (decision 3).

A file without rows says that there was nothing in the month it was handed in for. One with rows covers that month only
when rows of it are there: last month's export handed in once more is no word about this month. What it holds of another
month covers that month where most of its rows are of it, as with a file that comes late.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import polars as pl

from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.columns import PARTITION
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

#: filed under the month, by whatever column the source is filed by
FILED = ""
_DATES = ("date", "timestamp")

#: column (FILED, or another that dates rows) → month → stores
Covers = dict[str, dict[str, tuple[str, ...]]]


@dataclass(frozen=True)
class Coverage:
    """`covers` says where the file speaks; `elsewhere` are stores all of whose rows are filed in other months: where a
    metric dates them otherwise, they may be of the month all the same."""

    covers: Covers
    elsewhere: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Dated:
    """How many rows (`len`) there are of each store and month, by the column that dates them; FILED has all rows."""

    counts: Mapping[str, pl.DataFrame]

    def joined(self, later: Dated) -> Dated:
        """Those of two parts of a file."""
        both = {name: pl.concat([counts, later.counts[name]]) for name, counts in self.counts.items()}
        return Dated({name: _summed(counts) for name, counts in both.items()})


def dated(source: Source, rows: pl.DataFrame, time_zone: str) -> Dated:
    """The dates of accepted rows (canonical columns, `store`, `_month`)."""
    filed = rows.group_by("store", month=PARTITION).len()
    dates = [name for name, column in source.columns.items() if column.type in _DATES and name != source.filed_by]
    return Dated({FILED: filed, **{name: _dated(source, rows, name, time_zone) for name in dates}})


def _dated(source: Source, rows: pl.DataFrame, name: str, time_zone: str) -> pl.DataFrame:
    known = rows.select("store", name).drop_nulls(name)
    if source.columns[name].type == "timestamp":
        # Offsets are whole quarters of an hour: a million instants are a few thousand, and only these ask the zone.
        known = known.with_columns(pl.col(name).dt.truncate("15m"))
    each = known.group_by("store", name).len()
    return _summed(each.select("store", "len", month=local_month(name, source, time_zone)))


def _summed(counts: pl.DataFrame) -> pl.DataFrame:
    return counts.group_by("store", "month").agg(pl.col("len").sum())


def coverage_of(source: Source, rows: Dated, stores: Sequence[str], period: Month | None) -> Coverage:
    """What accepted rows cover of the `stores` that their file speaks for."""
    month = str(period) if period else None
    # A file that speaks for a store and has no row of it says that there was nothing (decision 3).
    silent = sorted({*stores} - {*rows.counts[FILED]["store"].unique()})
    spoken = {name: counts.filter(pl.col("store").is_in(list(stores))) for name, counts in rows.counts.items()}
    filed = _stores_by_month(spoken[FILED], month, any_row=True)
    if month and silent:
        filed[month] = tuple(sorted({*filed.get(month, ()), *silent}))
    covers = {FILED: filed}
    for name, counts in spoken.items():
        if name == FILED or counts.is_empty():
            continue
        by_month = _stores_by_month(counts, month)
        known = {at: tuple(store for store in of if store not in filed.get(at, ())) for at, of in by_month.items()}
        covers[name] = {at: of for at, of in known.items() if of}
    covers = {name: dict(sorted(by_month.items())) for name, by_month in covers.items() if by_month}
    here = {*filed.get(month or "", ())}
    return Coverage(covers, tuple(sorted({*spoken[FILED]["store"].unique()} - here)) if month else ())


def local_month(column: str, source: Source, time_zone: str) -> pl.Expr:
    """The local month of a date or instant, `YYYY-MM`; null where it is empty."""
    value = pl.col(column)
    if source.columns[column].type == "timestamp":
        # Before the month is taken: an instant after midnight in the stores is still the day before in UTC.
        value = value.dt.convert_time_zone(time_zone)
    return value.dt.strftime("%Y-%m")


def _stores_by_month(counts: pl.DataFrame, period: str | None, *, any_row: bool = False) -> dict[str, tuple[str, ...]]:
    """month → stores with rows of it; beside the `period` (and in it, unless `any_row`) only with most of theirs."""
    if period is not None:
        # At least half of the store's rows, in whole numbers; an order or two of the turn of a month cover none.
        mostly = 2 * pl.col("len") >= pl.col("len").sum().over("store")
        counts = counts.filter(mostly | (pl.lit(any_row) & (pl.col("month") == period)))
    grouped = counts.group_by("month").agg(pl.col("store").sort()).sort("month")
    return {month: tuple(stores) for month, stores in grouped.iter_rows()}


def covering(draft: Batch, found: Coverage) -> Batch:
    """The draft with what its rows cover."""
    months = sorted({month for by_month in found.covers.values() for month in by_month})
    return replace(draft, covers=found.covers, elsewhere=found.elsewhere, months=tuple(months))


def told_by_files(batch: Batch) -> Batch:
    """A batch whose stores, months and counts are those of its files."""
    rows = sum(file.rows for file in batch.files)
    stores = sorted({file.store_min for file in batch.files})
    months = [batch.period] if batch.period else sorted({file.month for file in batch.files})
    return replace(
        batch,
        stores=tuple(stores),
        months=tuple(months),
        covers={FILED: {month: tuple(stores) for month in months}},
        counts={"accepted": rows, "rejected": 0, "new": rows, "changed": 0, "moved": 0, "repeated": 0},
    )
