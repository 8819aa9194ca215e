"""Reversals (红冲): rows of their own, with negative amounts, that take another row back."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

import polars as pl

from fairwrench.ledger.body.tales import Tale
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source, Text

_SHOWN = 5

MIXED = Reason(
    "mixed_reversal",
    "同一行既有负数又有正数，看不出是红冲还是录错；红冲请单列一行，各项金额都填负数",
    "the row has negative and positive amounts, so it is unclear whether it is a reversal; give a reversal a row of "
    "its own with all its amounts negative",
)
NEGATIVE = Reason(
    "too_small",
    "不能小于 0；这类数据没有红冲行：请交更正后的那一行，同一条记录以后交的为准",
    "this must not be less than 0; this kind of file has no reversals: hand in the corrected row, of rows with the "
    "same key the later one counts",
)


def reversed_rows(frame: pl.DataFrame, source: Source) -> pl.Series:
    """Which rows are reversals: one of the amounts that may be reversed is negative, and none is positive."""
    return frame.with_columns(_back=_negative(source) & ~_positive(source)).get_column("_back")


def mixed_rows(frame: pl.DataFrame, source: Source) -> pl.Series:
    """Which rows have both negative and positive ones of these amounts."""
    return frame.with_columns(_mixed=_negative(source) & _positive(source)).get_column("_mixed")


@dataclass(frozen=True, slots=True)
class _Reversals:
    """The reversals of a sheet: how many, the first of them, and what the first amount takes back in all."""

    source: Source
    count: int
    first: tuple[int, ...]
    total: Decimal | int

    def joined(self, later: _Reversals) -> _Reversals:
        if not (self.count and later.count):
            return self if self.count else later
        first = (*self.first, *later.first)[:_SHOWN]
        return _Reversals(self.source, self.count + later.count, first, self.total + later.total)

    def problems(self) -> list[Problem]:
        return [_told(self)] if self.count else []


def reversals_in(frame: pl.DataFrame, source: Source) -> Tale:
    """What to tell of reversals (`frame` has `_row`): a negative amount may also be a slip of the pen."""
    rows = frame.filter(reversed_rows(frame, source))
    numbers = rows["_row"].unique().sort()
    # Of the first amount alone: the same reversal would be told once for each of them.
    total = rows[source.reversible[0]].sum()
    assert not isinstance(total, float)  # amounts are whole numbers or decimals
    return _Reversals(source, len(numbers), tuple(numbers.head(_SHOWN)), total)


def _told(found: _Reversals) -> Problem:
    source, count = found.source, found.count
    first = source.reversible[0]
    name = source.columns[first].name or Text(zh=first, en=first)
    shown_zh, shown_en = "、".join(map(str, found.first)), ", ".join(map(str, found.first))
    more = "…" if count > _SHOWN else ""
    # One row a person and month: a second row with a minus would replace the first, so it is told otherwise.
    if not _numbered(source):
        return _replacing(count, shown_zh + more, shown_en + more)
    return Problem(
        code="reversals",
        zh=f"{count} 行金额为负，按红冲计（第 {shown_zh}{more} 行），“{name.zh}”共冲减 {abs(found.total)}，"
        "每行并减去一单（台次）；只冲一部分的，请改交更正后的原单；若是录错请更正",
        en=f"{number_of(count, 'negative row counts as a reversal', 'negative rows count as reversals')} "
        f"({agreeing(count, 'row', 'rows')} {shown_en}{more}), {abs(found.total)} of {name.en!r} in all, and each "
        "takes one off the counts; where only a part is taken back hand in the row itself as it is now; look for "
        "slips",
        severity="warning",
        details={"rows": str(count)},
    )


def _numbered(source: Source) -> bool:
    """Whether a reversal may have a number of its own, so that it stands beside the row that it takes back."""
    return any(source.columns[name].type in ("text", "int") for name in source.key)


def _replacing(count: int, shown_zh: str, shown_en: str) -> Problem:
    """Of one row a person and month a negative one is no second row: it replaces what was handed in before."""
    return Problem(
        code="reversals",
        zh=f"{count} 行金额为负（第 {shown_zh} 行），按此数计，并代替同一条记录以前交的数，不与之相加；"
        "请填冲减后的净额，若是录错请更正",
        en=f"{number_of(count, 'negative row stands', 'negative rows stand')} "
        f"({agreeing(count, 'row', 'rows')} {shown_en}) in the place of what was handed in for the same key and "
        "nothing is added up: give what is left; look for slips",
        severity="warning",
        details={"rows": str(count)},
    )


def _negative(source: Source) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *((pl.col(name) < 0).fill_null(False) for name in source.reversible))


def _positive(source: Source) -> pl.Expr:
    return pl.any_horizontal(pl.lit(False), *((pl.col(name) > 0).fill_null(False) for name in source.reversible))
