"""Rows that somebody marked as taken back (红冲, 作废) in words, while their amounts stand as if nothing had been."""

from __future__ import annotations

import polars as pl

from fairwrench.ledger.header import Header
from fairwrench.ledger.reversals import reversed_rows
from fairwrench.ledger.sheet_rows import Rows
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source import Column

_WORDS = ("红冲", "冲红", "红字", "作废", "冲销", "撤单")
_ANY = "|".join(_WORDS)
#: the word alone, led by 已 or 本单, or at the end of a number; 旧件作废处理 in a remark is about something else
_MARK = rf"^\s*[(（【\[]?(?:已|本单|整单|此单|工单)?(?:{_ANY})|(?:{_ANY})[)）】\]]?\s*$"
_SHOWN = 5
_STORE, _UNUSED = Column(type="store"), Column()


def voided_rows(rows: Rows, grid: pl.DataFrame, header: Header) -> list[Problem]:
    """What to tell of accepted rows that are marked so in a column of text, used or not, and are no reversals."""
    marked = _marked(rows, grid, header)
    if not len(marked):
        return []
    frame = rows.sound().filter(pl.col("_at").is_in(marked.implode()))
    numbers = frame.filter(~reversed_rows(frame, rows.source))["_row"].unique().sort().to_list()
    if not numbers:
        return []
    shown = [str(number) for number in numbers[:_SHOWN]]
    more = "…" if len(numbers) > _SHOWN else ""
    return [
        Problem(
            code="marked_void",
            zh=f"{len(numbers)} 行注明红冲或作废，金额却不是负数（第 {'、'.join(shown)}{more} 行），仍按正常行计；"
            "红冲请填负数，作废的行请删去或改为零",
            en=f"{number_of(len(numbers), 'row is', 'rows are')} marked as reversed or void "
            f"({agreeing(len(numbers), 'row', 'rows')} {', '.join(shown)}{more}), yet the amounts are not negative and "
            "count as any other: give a reversal negative amounts, and leave out what is void",
            severity="warning",
            details={"rows": str(len(numbers))},
        )
    ]


def _marked(rows: Rows, grid: pl.DataFrame, header: Header) -> pl.Series:
    """The positions of rows with such a word in a cell that is no number, date, person, store or word from a list."""
    known = {binding.at: rows.source.columns.get(binding.column, _STORE) for binding in header.bindings}
    columns = [(known.get(at, _UNUSED), grid[f"c{at}"]) for at in range(grid.width)]
    cells = [text for facts, text in columns if facts.type == "text" and not facts.one_of and not facts.check]
    lines = [text.str.contains_any(list(_WORDS)).fill_null(False).arg_true() for text in cells]
    hits = [at.filter(text.gather(at).str.contains(_MARK)) for at, text in zip(lines, cells, strict=True) if len(at)]
    if not hits:
        return pl.Series(dtype=pl.UInt32)
    return rows.numbers.is_in((pl.concat(hits) + 1).unique().implode()).arg_true().cast(pl.UInt32)
