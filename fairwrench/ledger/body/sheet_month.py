"""Sheets and files named after a month (9月, 2026-09, Sep): without a column for it they must not count for another."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator
from pathlib import PurePath

import polars as pl

from fairwrench.ledger.body.sheet_rows import Handed
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Header
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

_YEAR = 12
_ENGLISH = ("jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec")
_CHINESE = ("一", "二", "三", "四", "五", "六", "七", "八", "九", "十", "十一", "十二")
#: with its year: 2026-09, 2026年9月, 26年9月
_DATED = re.compile(r"(?<!\d)(?:((?:19|20)\d{2})\s*[-_./年\s]|(\d{2})\s*年)\s*(1[0-2]|0?[1-9])(?!\d)")
#: 202609, 20260930
#: (the empty group stands where `_DATED` has a year of two digits)
_COMPACT = re.compile(r"(?<!\d)((?:19|20)\d{2})()(0[1-9]|1[0-2])(?:\d{2})?(?!\d)")
#: a month alone, or from one to another: 9月, 1-9月
_ALONE = re.compile(r"(?<!\d)(?:(?P<first>1[0-2]|0?[1-9])\s*月?\s*[-~—–至到]\s*)?(?P<last>1[0-2]|0?[1-9])\s*月")
_YEARS, _MONTHS, _DAYS = r"((?:19|20)\d{2})", r"(1[0-2]|0?[1-9])", r"(?:3[01]|[12]\d|0?[1-9])(?!\d|\s*月)[日号]?"
#: a day written without signs: 20261005
_COMPACT_DAY = re.compile(r"(?<!\d)((?:19|20)\d{2})(0[1-9]|1[0-2])(0[1-9]|[12]\d|3[01])(?!\d)")
#: a day with its year: 2026-10-05, 2026年10月5日; and from one day to another, the year said once or twice
_DAY = re.compile(rf"(?<!\d){_YEARS}\s*[-_./年]\s*{_MONTHS}\s*[-_./月]\s*{_DAYS}")
_SPAN = re.compile(rf"{_DAY.pattern}\s*[-_~—–至到]+\s*(?:{_YEARS}\s*[-_./年]\s*)?{_MONTHS}\s*[-_./月]\s*{_DAYS}")
#: a day without a year, as an export has it: 11月5日
_DAY_ALONE = re.compile(r"(?<!\d)(?:1[0-2]|0?[1-9])\s*月\s*(?:3[01]|[12]\d|0?[1-9])\s*[日号]")
_WORD = re.compile(
    r"(?<![a-z])(?P<english>jan(?:uary)?|feb(?:ruary)?|mar(?:ch)?|apr(?:il)?|may|june?|july?|aug(?:ust)?|sept?(?:ember)?"
    r"|oct(?:ober)?|nov(?:ember)?|dec(?:ember)?)(?![a-z])|(?P<chinese>十[一二]?|(?<!十)[一二三四五六七八九])月"
)


def of_another_month(sheet: Sheet, header: Header, source: Source, handed: Handed) -> Problem | None:
    """Why a sheet is not read whose name, or whose file's, says another month than it is handed in for, else None.

    Only a sheet is meant that would take its month from the folder, and one without rows, which would say that there
    was nothing in that month; where a column tells the month, the column counts.
    """
    period = handed.period
    if period is None:
        return None
    here, named = f"工作表“{sheet.name}”", months_named(sheet.name)
    there, whose = f"sheet {sheet.name!r}", sheet.name
    if not named and not source.any_month:
        stem = PurePath(handed.file).stem
        here, there, whose = f"文件名“{stem}”", f"by its name {stem!r} the file", stem
        named = months_of_file(stem, period, handed.directory.stores.values() if handed.directory else ())
    # A name without a year (9月) is of whatever year it is handed in for.
    if not named or any(month == period.month and year in (None, period.year) for year, month in named):
        return None
    if _by_folder(header, source):
        zh, en = f"表中没有月份列，会记为 {period}", f"it has no column for the month and would count for {period}"
        column_zh, column_en = "，或加上月份列", ", or add the column"
    elif _rowless(sheet, header):
        zh, en = (
            f"表中没有数据，会当作 {period} 没有发生",
            f"it has no rows and would say of {period} that there was nothing",
        )
        column_zh, column_en = "，或改正名称", ", or mend the name"
    else:
        return None
    return Problem(
        code="sheet_of_another_month",
        zh=f"{here}写明是另一个月，没有读取：{zh}；请放到那个月再交{column_zh}",
        en=f"{there} is of another month and was not read: {en}; hand it in for that month{column_en}",
        subject=whose,
    )


def months_of_file(name: str, period: Month, stores: Iterable[str] = ()) -> set[tuple[int | None, int]]:
    """The months that a file's name says it is of. A day in `period` or after it is that of an export and says none;
    of days from one to another every month counts. Names of stores (五月花店) are no months."""
    word = unicodedata.normalize("NFKC", name)
    for store in stores:
        # Before anything is searched: 五月花店 is a store and no month of May.
        word = word.replace(unicodedata.normalize("NFKC", store), " ")
    # Spans before days and days before months, each taken out of the word: 2026-10-05 is not also October and May.
    word = _COMPACT_DAY.sub(r"\1-\2-\3", word)
    months = {each for span in _SPAN.finditer(word) for each in _between(*span.groups())}
    word = _SPAN.sub(" ", word)
    for found in _DAY.finditer(word):
        # October's orders exported on the 5th of November bear November's day; that day is of the export.
        if (int(found[1]), int(found[2])) >= (period.year, period.month):
            word = word.replace(found[0], " ")
    return months | months_named(_DAY_ALONE.sub(" ", word))


def _between(year: str, month: str, last_year: str | None, last_month: str) -> Iterator[tuple[int, int]]:
    """Every month from one to another, at most a year of them."""
    first = int(year) * _YEAR + int(month) - 1
    last = int(last_year or year) * _YEAR + int(last_month) - 1
    # From November to February, the year said once: it goes on into the next one.
    last += _YEAR if last < first and not last_year else 0
    yield from ((at // _YEAR, at % _YEAR + 1) for at in range(first, min(last, first + _YEAR) + 1))


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


def _rowless(sheet: Sheet, header: Header) -> bool:
    """Whether nothing stands below the header."""
    below = sheet.grid.slice(header.last + 1)
    filled = [(pl.col(cell).str.strip_chars() != "").fill_null(False).any() for cell in below.columns]
    return below.is_empty() or not any(below.select(filled).row(0))


def _by_folder(header: Header, source: Source) -> bool:
    needed = {*source.key, source.filed_by}
    return any(source.type_of(name) == "month" and not header.of(name) for name in needed)
