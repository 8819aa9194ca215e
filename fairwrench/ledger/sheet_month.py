"""Sheets named after a month (9月, 2026-09, Sep): one without a column for the month must not count for another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator

from fairwrench.ledger.header import Header
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source import Source

_YEAR = 12
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
#: with its year: 2026-09, 2026年9月, 26年9月
_DATED = re.compile(r"(?<!\d)(?:((?:19|20)\d{2})\s*[-_./年\s]|(\d{2})\s*年)\s*(1[0-2]|0?[1-9])(?!\d)")
#: 202609, 20260930
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})()(0[1-9]|1[0-2])(?:\d{2})?(?!\d)")
#: a month alone, or from one to another: 9月, 1-9月
_ALONE = re.compile(r"(?<!\d)(?:(?P<first>1[0-2]|0?[1-9])\s*月?\s*[-~—–至到]\s*)?(?P<last>1[0-2]|0?[1-9])\s*月")
_WORD = re.compile(
    r"(?<![a-z])(?P<english>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])|(?P<chinese>十[一二]?|(?<!十)[一二三四五六七八九])月"
)


def of_another_month(sheet: str, header: Header, source: Source, period: Month | None) -> Problem | None:
    """Why a sheet is not read whose name says another month than it is handed in for, None where it may be.

    Only a sheet that takes its month from the folder is meant; where a column tells it, the column counts.
    """
    if period is None or not _by_folder(header, source):
        return None
    named = months_named(sheet)
    if not named or any(month == period.month and year in (None, period.year) for year, month in named):
        return None
    return Problem(
        code="sheet_of_another_month",
        zh=f"工作表“{sheet}”写明是另一个月，没有读取：表中没有月份列，会记为 {period}；请放到那个月再交，或加上月份列",
        en=f"sheet {sheet!r} is of another month and was not read: it has no column for the month and would count for "
        f"{period}; hand it in for that month, or add the column",
        subject=sheet,
    )


def months_named(text: str) -> set[tuple[int | None, int]]:
    """The months that a name says, each with its year where that is said, too."""
    word = unicodedata.normalize("NFKC", text).lower()
    named: set[tuple[int | None, int]] = set()
    for pattern in (_DATED, _COMPACT):
        named |= {(int(long or f"20{short}"), int(month)) for long, short, month in pattern.findall(word)}
        word = pattern.sub(" ", word)
    return named | {(None, month) for month in _months_alone(word)}


def _months_alone(word: str) -> Iterator[int]:
    for found in _ALONE.finditer(word):
        last = int(found["last"])
        first = int(found["first"] or last)
        yield from range(first, last + 1) if first <= last else (*range(first, _YEAR + 1), *range(1, last + 1))
    for found in _WORD.finditer(word):
        english, chinese = found["english"], found["chinese"]
        yield _ENGLISH.index(english[:3]) + 1 if english else _CHINESE.index(chinese) + 1


def _by_folder(header: Header, source: Source) -> bool:
    needed = {*source.key, source.filed_by}
    return any(source.type_of(name) == "month" and not header.of(name) for name in needed)
