"""Rows that somebody marked as taken back (红冲, 作废, 已取消) in words, while they stand as if nothing had been."""

from __future__ import annotations

import re
from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.body.tales import Tale
from fairwrench.ledger.cells.words import NO, YES
from fairwrench.ledger.header.header import Header
from fairwrench.ledger.rows.reversals import reversed_rows
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Column, Source

_WORDS = ("红冲", "冲红", "红字", "作废", "冲销", "撤单")
_ANY = "|".join(_WORDS)
#: the word alone, led by 已 or 本单, or at the end of a number; 旧件作废处理 in a remark is about something else
_MARK = rf"^\s*[(（【\[]?(?:已|本单|整单|此单|工单)?(?:{_ANY})|(?:{_ANY})[)）】\]]?\s*$"

#: words that mean something else in a remark (测试, 退款): they mark a row where a column of states says nothing else
_GONE = "删除|无效|失效|撤销|取消|退单|废单|冲账|冲正|红冲|作废|冲销|撤单"
_STATES = f"{_GONE}|(?:全额)?退款|退货|测试"
_IN_ENGLISH = "cancell?ed|void(?:ed)?|deleted|invalid(?:ated)?|reversed|revoked|refunded"
_STATE = (
    rf"(?i)^\s*[(（【\[]?(?:(?:[本整此该工订]单|单据)?(?:已经?)?被?(?:{_STATES})(?:工单|订单|单据|单|数据)?"
    rf"|(?:{_IN_ENGLISH}|test(?:ing)?)(?: order| data)?)[)）】\]]?\s*$"
)
_YES = rf"(?i)^\s*(?:{'|'.join(YES)}|1\.0)\s*$"
_NO = rf"(?i)^\s*(?:{'|'.join(NO)}|0\.0)\s*$"
#: what a header says, and what a cell below it says, when the row is not to count
_BY_HEADER = (
    (r"(?i)状态|标志|标识|标记|status|(?:^|[^a-z])state(?:[^a-z]|$)", _STATE),
    (rf"^\s*(?:是否已?|已)(?:被)?(?:{_GONE}|测试)单?\s*$|^\s*(?:{_GONE}|测试单?)(?:标志|标识|标记|否)\s*$", _YES),
    (rf"(?i)^\s*(?:(?:is[ _]?)?(?:{_IN_ENGLISH})|is[ _]?test)(?:[ _]?flag)?\s*$", _YES),
    (r"(?i)^\s*(?:是否有效|有效标志|有效标识|有效状态|(?:is[ _]?)?valid)\s*$", _NO),
)
_SHOWN = 5
_STORE, _UNUSED = Column(type="store"), Column()


@dataclass(frozen=True, slots=True)
class _Voided:
    """Rows that are marked and stand all the same: how many, and the numbers and words of the first."""

    source: Source
    rows: int = 0
    first: tuple[tuple[int, str], ...] = ()

    def joined(self, later: _Voided) -> _Voided:
        return _Voided(self.source, self.rows + later.rows, (*self.first, *later.first)[:_SHOWN])

    def problems(self) -> list[Problem]:
        return [_told(self)] if self.rows else []


def voided_rows(rows: Rows, grid: pl.DataFrame, header: Header) -> Tale:
    """What to tell of accepted rows that are marked so in a column of text, used or not, and are no reversals."""
    marked = _marked(rows, grid, header)
    if marked.is_empty():
        return _Voided(rows.source)
    frame = rows.sound().filter(pl.col("_at").is_in(marked["_at"].implode()))
    # A reversal marked as one is in order: its amounts take back what the mark says.
    standing = frame.filter(~reversed_rows(frame, rows.source)).select("_at", "_row").unique().sort("_row")
    first = standing.head(_SHOWN).join(marked, on="_at", how="left", maintain_order="left").select("_row", "word")
    return _Voided(rows.source, standing.height, tuple(first.iter_rows()))


def _told(found: _Voided) -> Problem:
    source, count = found.source, found.rows
    more = "…" if count > _SHOWN else ""
    shown = [str(number) for number, _ in found.first]
    words = list(dict.fromkeys(word for _, word in found.first))
    said_zh, said_en = "、".join(f"“{word}”" for word in words), ", ".join(map(repr, words))
    but_zh, but_en, how_zh, how_en = "", "they", "", ""
    if source.reversible:
        but_zh, how_zh = "，金额却不是负数", "红冲请填负数，"
        but_en, how_en = "the amounts are not negative and", "give a reversal negative amounts, and "
    return Problem(
        code="marked_void",
        zh=f"{count} 行注明红冲、作废或取消{but_zh}（第 {'、'.join(shown)}{more} 行：{said_zh}），仍按正常行计；"
        f"{how_zh}不该计入的行请删去再交",
        en=f"{number_of(count, 'row is', 'rows are')} marked as reversed, void or cancelled "
        f"({agreeing(count, 'row', 'rows')} {', '.join(shown)}{more}: {said_en}), yet {but_en} count as any other: "
        f"{how_en}leave out what is not to count",
        severity="warning",
        details={"rows": str(count)},
    )


def _marked(rows: Rows, grid: pl.DataFrame, header: Header) -> pl.DataFrame:
    """The positions (`_at`) of rows with such a `word` in a cell that is no number, date, person, store or word from a
    list."""
    known = {binding.at: rows.source.columns.get(binding.column, _STORE) for binding in header.bindings}
    of_text = [
        at
        for at in range(grid.width)
        if (facts := known.get(at, _UNUSED)).type == "text" and not facts.one_of and not facts.check
    ]
    may = grid.select(pl.col([f"c{at}" for at in of_text]).str.contains_any(list(_WORDS)).any()) if of_text else grid
    hits = []
    for at in of_text:
        text, label = grid[f"c{at}"], header.labels[at] if at < len(header.labels) else ""
        if may.item(0, f"c{at}") or _told_by(label):
            lines = _lines(text, label)
            words = text.gather(lines).str.strip_chars()
            hits.append(pl.DataFrame({"_row": lines.cast(pl.Int64) + 1 + rows.before, "word": words}))
    if not hits:
        return pl.DataFrame(schema={"_at": pl.UInt32, "word": pl.String})
    body = pl.DataFrame({"_at": pl.int_range(len(rows.numbers), dtype=pl.UInt32, eager=True), "_row": rows.numbers})
    nothing = pl.DataFrame(schema={"_row": pl.Int64, "word": pl.String})
    found = pl.concat([nothing, *hits]).unique("_row", keep="first")
    return body.join(found, on="_row").select("_at", "word")


def _lines(text: pl.Series, label: str) -> pl.Series:
    """The positions of cells of a column that mark their row."""
    # Plain words first: they find the few cells that the pattern then looks at.
    lines = text.str.contains_any(list(_WORDS)).fill_null(False).arg_true()
    found = lines.filter(text.gather(lines).str.contains(_MARK)) if len(lines) else lines
    for cell in _told_by(label):
        # A column of states has a handful of words for any number of rows.
        said = text.unique().drop_nulls()
        words = said.filter(said.str.contains(cell))
        if len(words):
            found = found.append(text.is_in(words.implode()).fill_null(False).arg_true())
    return found


def _told_by(label: str) -> list[str]:
    """What cells below a header say when their row is not to count."""
    return [cell for head, cell in _BY_HEADER if re.search(head, label)]
