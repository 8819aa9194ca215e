"""Folding: many small files of a month become few, sorted by store; no row changes, so every figure stays.

Rows keep `_id`, `_batch` and `_row`. Files of different periods are never mixed, so that a seal can
go on taking whole files. The old files stay on disk: earlier seals name them, and old versions of the table read them.
"""

from __future__ import annotations

from collections.abc import Iterator

import polars as pl
from deltalake.transaction import AddAction, RemoveAction

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import DataFile, Fold
from fairwrench.ledger.batches.table import Table, data_file_name
from fairwrench.ledger.columns import PARTITION
from fairwrench.ledger.folder import Arriving
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

#: a folded file holds about so many rows, and never parts a store unless the store alone has more
ROWS_PER_FILE = 1_000_000
MANY = 8
#: the moments of a folding, as for a landing
FAILPOINTS = ("fold intent written", "fold written", "fold prepared", "fold committed", "fold finished")


def fold(
    ledger: Ledger,
    name: str,
    source: Source,
    months: list[Month] | None = None,
    *,
    many: int = MANY,
    rows_per_file: int = ROWS_PER_FILE,
) -> Fold | None:
    """Fold the given months (all by default) that have at least `many` files of one period; None when none has.

    Memory grows with `rows_per_file`, not with the month. A kill leaves the table folded or as it was.
    """
    if not ledger.has(name):
        return None
    with ledger.writing(name):
        table = ledger.table(name, source, writing=True)
        # Asked with the lane held: a landing meanwhile would add files that the fold does not know.
        groups = [group for group in _groups(ledger, table, months) if group.height >= many]
        return _fold(ledger, table, groups, rows_per_file) if groups else None


def _fold(ledger: Ledger, table: Table, groups: list[pl.DataFrame], rows_per_file: int) -> Fold:
    shelf = ledger.folds(table.name)
    number = table.last(Fold.kind) + 1
    # The same moments in the same order as a landing, so that one recovery serves both.
    shelf.open_intent(number)
    ledger.passed("fold intent written")
    written: list[tuple[DataFile, AddAction]] = []
    for group in groups:
        for rows in _folded(table, group, rows_per_file):
            month, period = group.row(0, named=True)[PARTITION], group.item(0, "_period")
            written.append(table.write(rows, month, period, data_file_name(Fold.kind, number, len(written) + 1)))
    ledger.passed("fold written")
    old = pl.concat(groups)
    record = Fold(number, tuple(file for file, _ in written), tuple(f"{table.name}/{p}" for p in old["path"].sort()))
    pending, final = Arriving(), Arriving()
    pending.along(ledger.folder / file.path for file, _ in written)
    shelf.prepare([record], pending)
    pending.settle()
    ledger.passed("fold prepared")
    for _, add in written:
        # Readers that follow the table's changes must not take the folded rows for new ones.
        add.data_change = False
    adds, at = [add for _, add in written], int(ledger.clock().timestamp() * 1000)
    final.along([table.commit(record, adds, _removes(old, at))])
    ledger.passed("fold committed")
    shelf.record([record], final)
    final.settle()
    shelf.close([record])
    ledger.passed("fold finished")
    return record


def _groups(ledger: Ledger, table: Table, months: list[Month] | None) -> list[pl.DataFrame]:
    """The files (with `_period`) that may be folded together: those of one month and one period."""
    records = ledger.data_files(table.name)
    periods = [records[f"{table.name}/{path}"].period for path in table.files.get_column("path")]
    files = table.files.with_columns(_period=pl.Series(periods, dtype=pl.String())).sort("path")
    wanted = files if months is None else files.filter(pl.col(PARTITION).is_in([*map(str, months)]))
    return [group for _, group in wanted.group_by(PARTITION, "_period", maintain_order=True)]


def _folded(table: Table, files: pl.DataFrame, rows_per_file: int) -> Iterator[pl.DataFrame]:
    """The rows of files, sorted by store and `_id`, cut at stores."""
    for first, last in _store_ranges(table, files, rows_per_file):
        # One range of stores in memory at a time, whatever the size of the month.
        holding = files.filter(pl.col("max.store") >= first, pl.col("min.store") <= last)
        inside = table.scan(holding).filter(pl.col("store").is_between(pl.lit(first), pl.lit(last)))
        yield inside.sort("store", "_id").collect().drop(PARTITION)


def _store_ranges(table: Table, files: pl.DataFrame, rows_per_file: int) -> Iterator[tuple[str, str]]:
    """First and last store of each file to be written, in order."""
    counts = table.scan(files).group_by("store").len().sort("store").collect()
    # A store goes whole into the part in which its first row falls: a file may grow longer, a store is never cut.
    part = (pl.col("len").cum_sum() - pl.col("len")) // rows_per_file
    parts = counts.group_by(part.alias("part"), maintain_order=True).agg(
        pl.col("store").first(), last=pl.col("store").last()
    )
    return ((first, last) for _, first, last in parts.iter_rows())


def _removes(files: pl.DataFrame, at: int) -> list[RemoveAction]:
    """Taking files out of the current version, which Delta allows an append-only table as no row changes by it."""
    columns = files.select("path", "size", PARTITION).iter_rows()
    return [RemoveAction(path, False, at, size, {PARTITION: month}) for path, size, month in columns]
