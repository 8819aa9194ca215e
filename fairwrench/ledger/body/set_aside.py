"""Columns of a sheet that may be one column of the source: the surest is read, and where others differ it is told."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.cells.numbers import PLAINLY, Reading
from fairwrench.ledger.cells.parsing import Field, fast_way, slow_way
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.header.header import Binding, Header
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.problem import Problem


def set_aside(rows: Rows, grid: pl.DataFrame, header: Header, numbers: Mapping[int, Reading]) -> Iterator[Problem]:
    """What to tell of each column that was not read because another one means the same more surely."""
    for name, facts in rows.source.columns.items():
        if facts.type in ("person", "store") or name not in rows.frame.columns:
            continue
        for other in header.aside(name):
            text = grid[f"c{other.at}"].gather(rows.numbers - 1)
            read = Field(name, facts, numbers.get(other.at, PLAINLY), rows.handed.time_zone, dates=rows.source.dates)
            fast = pl.DataFrame({"text": text}).select(fast_way(read, pl.col("text"))).to_series()
            # Into a collection that is thrown away: the column is not evidence, so what is wrong in it rejects nothing.
            values, _ = slow_way(read, text, fast, Failures())
            differ = (values.is_not_null() & values.ne_missing(rows.frame[name])).arg_true()
            lost = bool(rows.frame[name].gather(differ).null_count())
            yield _told(header.of(name)[0], other, rows, differ, text, lost=lost)


def _told(taken: Binding, other: Binding, rows: Rows, differ: pl.Series, text: pl.Series, *, lost: bool) -> Problem:
    """A note; a warning where the two differ and nothing but the column's name says which one is meant, or where the
    one taken says nothing in a row in which the other does (`lost`)."""
    zh, en = "", ""
    if len(differ):
        at = int(differ[0])
        values = rows.cells[taken.column][at], text[at]
        zh = f"；两列有 {len(differ)} 行不同，例如第 {rows.numbers[at]} 行：{values[0] or '空'}、{values[1]}"
        en = f"; they differ in {number_of(len(differ), 'row')}, such as row {rows.numbers[at]}: "
        en += f"{values[0] or 'nothing'} and {values[1]}"
    return Problem(
        code="column_preferred",
        zh=f"“{taken.label}”与“{other.label}”可能是同一项，以“{taken.label}”为准{zh}",
        en=f"{other.label!r} may be the same as {taken.label!r}, which was taken{en}",
        severity="warning" if len(differ) and (taken.certainty or lost) else "note",
        details={"rows": str(len(differ))},
    )
