"""Dates, times and months as people write them → dates, UTC instants of whole seconds, months.

A time without an offset is local time of the store. Which of 03/10 and 10/03 is the month cannot be told, and a year of
two digits neither: these are rejected, unless the source declares the order in which its files write them. 24:00 is the
next day's midnight; as a date it stays the day that is written. Years before 1950 are rejected, what databases write
for "never" (1900-01-01) too: a car not delivered and a serial number lost on its way look the same.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import UTC, date, datetime, timedelta, timezone
from functools import lru_cache
from zoneinfo import ZoneInfo

import polars as pl

from fairwrench.ledger.cells.reasons import Reason
from fairwrench.settlement.source.source import DateOrder

_FIRST, _LAST = datetime(1950, 1, 1), datetime(2100, 12, 31, 23, 59, 59)
#: tried one after another on a whole column; the first two are what workbooks give
_TIMES = ("%Y-%m-%d %H:%M:%S", "%Y-%m-%d", "%Y/%m/%d %H:%M:%S", "%Y/%m/%d %H:%M", "%Y-%m-%d %H:%M")
_MORE_TIMES = ("%Y/%m/%d", "%Y-%m-%dT%H:%M:%S", "%Y年%m月%d日 %H:%M:%S", "%Y年%m月%d日 %H:%M", "%Y年%m月%d日")
_FRACTIONS = "%Y-%m-%d %H:%M:%S%.f"
#: day 0 of the serial numbers of Excel; only those of 1982 to 2119 are taken for dates
_DAY_0 = datetime(1899, 12, 30)
_WEEK = timedelta(days=7)
_SERIALS = (30_000, 80_000)
_EARLY, _LATE = ("上午", "凌晨", "am"), ("下午", "晚上", "pm")

_DAY = r"(?P<year>\d{4})\s*(?:[-/.年])\s*(?P<month>\d{1,2})\s*(?:[-/.月])\s*(?P<day>\d{1,2})\s*日?号?"
_WEEKDAY = r"(?:\s*\(?(?:星期|周|礼拜)[一二三四五六日天]\)?)?"
_CLOCK = (
    r"(?P<half>上午|下午|中午|凌晨|晚上|am|pm)?\s*(?P<hour>\d{1,2})\s*[:时点]\s*(?:(?P<minute>\d{1,2})\s*"
    r"(?:[:分]\s*(?:(?P<second>\d{1,2})(?P<fraction>\.\d{1,9})?\s*秒?)?)?)?\s*(?P<late>am|pm)?"
)
_OFFSET = r"(?P<offset>z|[+-]\d{2}:?\d{2}|[+-]\d{2})?"
_REST = rf"{_WEEKDAY}(?:[\st]*{_CLOCK}\s*{_OFFSET})?"
_MOMENT = re.compile(_DAY + _REST)
#: dates that do not begin with the year, by the order that a source declares
_ORDERED: dict[DateOrder, re.Pattern[str]] = {
    "day-month-year": re.compile(rf"(?P<day>\d{{1,2}})[-/.](?P<month>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_REST}"),
    "month-day-year": re.compile(rf"(?P<month>\d{{1,2}})[-/.](?P<day>\d{{1,2}})[-/.](?P<year>\d{{4}}|\d{{2}}){_REST}"),
}
#: a year of two digits is one of this century: 26 is 2026
_CENTURY = 2000
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})(?:[\st]?(\d{2})(\d{2})(\d{2})?)?")
_SERIAL = re.compile(r"\d{5}(?:\.\d+)?")
#: what a spreadsheet makes of 2026.10 when it takes it for a number
_NEARLY_OCTOBER = re.compile(r"\d{4}\.1")
_MONTH_FIRST = re.compile(r"(\d{1,2})[-/.](\d{4})")
_MONTH = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*(?:月份?)?|(\d{4})(\d{2})")

NOT_A_DATE = Reason(
    "not_a_date",
    "不是可识别的日期；请写成 2026-10-03 或 2026-10-03 09:05",
    "this is no date that can be read; write it as 2026-10-03 or 2026-10-03 09:05",
)
UNCLEAR_DATE = Reason(
    "unclear_date",
    "年月日的先后无法判断；请写成 2026-10-03",
    "it is unclear which part is year, month and day; write it as 2026-10-03",
)
NO_SUCH_DATE = Reason("no_such_date", "没有这一天或这一时刻", "there is no such day or time of day")
FAR_DATE = Reason(
    "far_date", "年份不合理，应在 1950 年至 2100 年之间", "the year is implausible, it must be from 1950 to 2100"
)
SKIPPED_TIME = Reason(
    "skipped_time", "当地因夏令时没有这一时刻", "this time of day was skipped by the change to summer time"
)
UNCLEAR_MONTH = Reason(
    "unclear_month",
    "可能是 1 月，也可能是被表格软件去掉末尾零的 10 月；请写成 2026-10",
    "this may be January, or October without its last zero as spreadsheets leave it; write it as 2026-10",
)
NOT_A_MONTH = Reason("not_a_month", "不是月份；请写成 2026-10", "this is no month; write it as 2026-10")


def plain_date(text: pl.Expr) -> pl.Expr:
    """The fast way for dates; null for whatever needs a closer look."""
    parsed = pl.coalesce(text.str.to_datetime(form, strict=False, time_unit="us") for form in _TIMES[:2])
    return _plausible(parsed).dt.date()


def plain_instant(text: pl.Expr, time_zone: str) -> pl.Expr:
    """The fast way for instants; null for whatever needs a closer look."""
    # Times to the second hardly ever repeat: remembering what each text gave costs more than reading it again.
    local = text.str.to_datetime(_TIMES[0], strict=False, time_unit="us", cache=False)
    since, ahead = _steady(time_zone)
    # Summer time comes and goes: the zone has to be asked for every single instant.
    if ahead is None:
        return _to_utc(_plausible(local), time_zone)
    # What lies before the offset became steady is left for the closer look and not read by today's offset.
    return pl.when(local.is_between(since, _LAST)).then(local - ahead).dt.replace_time_zone("UTC")


@lru_cache
def _steady(time_zone: str) -> tuple[datetime, timedelta | None]:
    """Since when a time zone has kept its offset for good, and that offset; None where summer time comes and goes.

    Shanghai has since 1991; then a subtraction does what asking the zone for each instant would take ten times longer.
    """
    zone = ZoneInfo(time_zone)
    day, ahead = _LAST, _LAST.replace(tzinfo=zone).utcoffset()
    while day > _FIRST and day.replace(tzinfo=zone).utcoffset() == ahead:
        day -= _WEEK
    return day + _WEEK, ahead if day.year < _LAST.year - 1 else None


def cleaned(text: pl.Series) -> pl.Series:
    """The common ways of writing a date or time, column by column, as local datetimes; null where none fits."""
    values = pl.repeat(None, len(text), dtype=pl.Datetime("us"), eager=True)
    # Each form only over what the ones before left: mostly the first takes the whole column.
    for form in (*_TIMES, *_MORE_TIMES):
        left = values.is_null().arg_true()
        if not len(left):
            break
        values = values.scatter(left, text.gather(left).str.to_datetime(form, strict=False, time_unit="us"))
    fractional = text.str.to_datetime(_FRACTIONS, strict=False, time_unit="us")
    parsed = _plausible(pl.coalesce(pl.lit(values), pl.lit(fractional)))
    # cut off to the second; a workbook's fraction of a day is some microseconds short of it
    return pl.select(parsed.dt.offset_by("500us").dt.truncate("1s")).to_series()


def as_utc(local: pl.Series, time_zone: str) -> pl.Series:
    """Local datetimes as UTC; a time that comes twice is the earlier one, a skipped one is null."""
    return pl.select(_to_utc(pl.lit(local), time_zone)).to_series()


def as_seen(values: pl.Series, time_zone: str) -> pl.Series:
    """Values as texts, instants in local time as a person sees them."""
    if isinstance(values.dtype, pl.Datetime):
        values = values.dt.convert_time_zone(time_zone).dt.strftime("%Y-%m-%d %H:%M:%S")
    return values.cast(pl.String)


def _to_utc(local: pl.Expr, time_zone: str) -> pl.Expr:
    # A fixed answer for the hour that comes twice, so that equal files give equal bytes; a skipped one is told.
    zoned = local.dt.replace_time_zone(time_zone, ambiguous="earliest", non_existent="null")
    return zoned.dt.convert_time_zone("UTC")


def _plausible(moment: pl.Expr) -> pl.Expr:
    return pl.when(moment.is_between(_FIRST, _LAST)).then(moment)


def read_instant(text: str, time_zone: str, order: DateOrder = "year-month-day") -> datetime | Reason:
    """One date or time as a UTC datetime of whole seconds, or the reason why it is none."""
    word = _bare(text)
    if parts := _parts(word, order):
        return _from_parts(parts, time_zone)
    if found := _COMPACT.fullmatch(word):
        year, month, day, hour, minute, second = (int(part or 0) for part in found.groups())
        return _instant((year, month, day), (hour, minute, second), time_zone)
    if (serial := serial_day(word)) is not None:
        return _in_zone(serial, time_zone)
    # Surely a date, and nobody can tell which: the reason says so, instead of "this is no date".
    if re.fullmatch(r"\d{1,2}[-/.]\d{1,2}[-/.]\d{1,4}(?:\s.*)?", word):
        return UNCLEAR_DATE
    return NOT_A_DATE


def _bare(text: str) -> str:
    return unicodedata.normalize("NFKC", text).strip().lower()


def _parts(word: str, order: DateOrder) -> re.Match[str] | None:
    """The parts of a date that begins with its year, or that is written in the order that the source declares."""
    ordered = _ORDERED.get(order)
    return _MOMENT.fullmatch(word) or (ordered.fullmatch(word) if ordered else None)


def read_date(text: str, time_zone: str, order: DateOrder = "year-month-day") -> date | Reason:
    """One date, or the reason why it is none; a time of day is left away."""
    instant = read_instant(text, time_zone, order)
    if not isinstance(instant, datetime):
        return instant
    parts = _parts(_bare(text), order)
    # 24:00 of the 3rd is the 4th as an instant, but as a date people mean the day that they wrote.
    midnight = timedelta(days=1) if parts and parts["hour"] == "24" else timedelta(0)
    return (instant.astimezone(ZoneInfo(time_zone)) - midnight).date()


def read_month(text: str, time_zone: str, order: DateOrder = "year-month-day") -> str | Reason:
    """One month as `YYYY-MM`, also from any date in it, or the reason why it is none."""
    word = unicodedata.normalize("NFKC", text).strip()
    # 2026.1 may be what a spreadsheet left of 2026.10: read as January it would land in another month.
    if _NEARLY_OCTOBER.fullmatch(word):
        return UNCLEAR_MONTH
    found = _MONTH.fullmatch(word)
    later = _MONTH_FIRST.fullmatch(word) if order != "year-month-day" else None
    if found or later:
        year, month = (int(found[1] or found[3]), int(found[2] or found[4])) if found else _month_year(later)
        return f"{year:04d}-{month:02d}" if 1 <= month <= 12 and _FIRST.year <= year <= _LAST.year else NOT_A_MONTH
    day = read_date(text, time_zone, order)
    return f"{day:%Y-%m}" if isinstance(day, date) else NOT_A_MONTH


def _month_year(found: re.Match[str] | None) -> tuple[int, int]:
    return (int(found[2]), int(found[1])) if found else (0, 0)


def serial_day(word: str) -> datetime | None:
    """The local moment that a spreadsheet's serial number stands for (`46298.5`); None for any other text."""
    if _SERIAL.fullmatch(word) and _SERIALS[0] <= int(word[:5]) < _SERIALS[1]:
        return _DAY_0 + timedelta(seconds=_seconds_of_serial(word))
    return None


def _seconds_of_serial(word: str) -> int:
    """A serial number's seconds since day 0, half up, without a binary fraction."""
    whole, _, part = word.partition(".")
    numerator, denominator = int(part or 0) * 86_400, int("1" + "0" * len(part))
    # In whole numbers: a float of a day's fraction is some microseconds off and would miss the full second.
    return int(whole) * 86_400 + (2 * numerator + denominator) // (2 * denominator)


def _from_parts(found: re.Match[str], time_zone: str) -> datetime | Reason:
    year, month, day, hour, minute, second = (
        int(found[name] or 0) for name in ("year", "month", "day", "hour", "minute", "second")
    )
    year += _CENTURY if len(found["year"]) == 2 else 0
    half = found["half"] or found["late"]
    # 中午 12:30 is half past twelve, 中午 1:30 is half past thirteen; 下午 14:00 says the same thing twice.
    if (half in _LATE and 1 <= hour < 12) or (half == "中午" and 1 <= hour < 6):
        hour += 12
    elif half in _EARLY and hour == 12:
        hour = 0
    return _instant((year, month, day), (hour, minute, second), time_zone, found["offset"])


def _instant(
    day: tuple[int, int, int], clock: tuple[int, int, int], time_zone: str, offset: str | None = None
) -> datetime | Reason:
    """The instant of a day and a time of day; a fraction of a second is cut off."""
    later = timedelta()
    if clock == (24, 0, 0):
        clock, later = (0, 0, 0), timedelta(days=1)
    try:
        moment = datetime(*day, *clock) + later
    except ValueError:
        return NO_SUCH_DATE
    return _in_zone(moment, time_zone, offset)


def _in_zone(moment: datetime, time_zone: str, offset: str | None = None) -> datetime | Reason:
    if not _FIRST <= moment <= _LAST:
        return FAR_DATE
    if offset:
        return moment.replace(tzinfo=_zone_of(offset)).astimezone(UTC)
    instant = moment.replace(tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
    # There and back: only a time of day that the clocks skipped comes back as another one.
    back = instant.astimezone(ZoneInfo(time_zone)).replace(tzinfo=None)
    return instant if back == moment else SKIPPED_TIME


def _zone_of(offset: str) -> timezone:
    """`z`, `+08:00`, `+0800` or `+08` as a time zone."""
    if offset == "z":
        return UTC
    digits = offset[1:].replace(":", "").ljust(4, "0")
    ahead = timedelta(hours=int(digits[:2]), minutes=int(digits[2:]))
    return timezone(-ahead if offset[0] == "-" else ahead)
