"""Rows of a workbook that nobody sees, mostly filtered out: they are read like the others, and that is told."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.files.sheet import Sheet
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem

#: rows that are named one by one
_SHOWN = 5


def hidden_problems(frame: pl.DataFrame, sheet: Sheet) -> list[Problem]:
    """What to tell of accepted rows (`frame` has `_row`) that the sheet hides."""
    if not sheet.hidden:
        return []
    hidden = pl.Series(sorted(sheet.hidden), dtype=pl.Int64)
    # Of accepted rows alone: a hidden total or title that was passed over is nobody's concern.
    rows = frame.select(pl.col("_row").cast(pl.Int64).unique().sort()).to_series()
    rows = rows.filter(rows.is_in(hidden.implode()))
    count = len(rows)
    if not count:
        return []
    more = "…" if count > _SHOWN else ""
    zh, en = "、".join(map(str, rows.head(_SHOWN))), ", ".join(map(str, rows.head(_SHOWN)))
    return [
        Problem(
            code="hidden_rows",
            zh=f"有 {count} 行是隐藏的（被筛选掉的，第 {zh}{more} 行），与其他行一样计入；不该计入的请删去再交",
            en=f"{number_of(count, 'hidden row was', 'hidden rows were')} read like the others (filtered out, "
            f"{agreeing(count, 'row', 'rows')} {en}{more}); delete what is not to count and hand the file in again",
            severity="warning",
            subject=sheet.name,
            details={"rows": str(count)},
        )
    ]
