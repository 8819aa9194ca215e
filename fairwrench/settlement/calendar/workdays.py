"""Which days are working days: weekends, official calendars with their make-up days, imported tables (S1 ❺ 5.7)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Literal

import chinese_calendar

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.source.source import Text

Postpone = Literal["weekends", "workdays"]
#: an imported table of the calendar: whether a day is a working day
Override = Mapping[date, bool]
DAY = timedelta(days=1)
_SATURDAY = 5
_HOLIDAY = Text(zh="是法定节假日", en="is a public holiday")
_OFF_IN_TABLE = Text(zh="在导入的日历表中是休息日", en="is a day off in the imported table")


@dataclass(frozen=True, slots=True)
class WorkCalendar:
    """Which days are worked: `weekends` knows Saturday and Sunday only, `workdays` the official calendar as well.

    Under `workdays` an imported table comes before the official calendar; a year that neither knows is read by its
    weekends (see `gaps`). Under `weekends` the table is not consulted: the rule is then
    Saturday and Sunday, as written.
    """

    country: str
    postpone: Postpone
    table: Override

    @classmethod
    def of(cls, cycle: Cycle, postpone: Postpone | None = None, override: Override | None = None) -> WorkCalendar:
        """The calendar of a cycle, with its way of postponing unless another is named."""
        return cls(cycle.country, postpone or cycle.postpone, override or {})

    def works(self, day: date) -> bool:
        """Whether the day is a working day."""
        return self.why_off(day) is None

    def why_off(self, day: date) -> Text | None:
        """What makes the day a day off, as the end of the sentence "2026-11-07 …"; None on a working day."""
        if self.postpone == "workdays":
            if day in self.table:
                return None if self.table[day] else _OFF_IN_TABLE
            official = _official(self.country, day)
            if official is not None:
                # Of a Saturday that is a holiday too the weekend is told: the regulation names it (S1 ❺ 5.7).
                return None if official else _weekend(day) or _HOLIDAY
        return _weekend(day)

    def next_working(self, day: date) -> date:
        """The day itself when it is worked, else the first working day after it."""
        while not self.works(day):
            day += DAY
        return day

    def last_working(self, day: date) -> date:
        """The day itself when it is worked, else the last working day before it."""
        while not self.works(day):
            day -= DAY
        return day

    def gaps(self, years: Iterable[int]) -> tuple[Problem, ...]:
        """What a person should know about the calendars of these years: not published, imported, or not consulted."""
        if self.postpone == "weekends":
            return (_table_unused(),) if self.table else ()
        # The first of January stands for its year: calendars are published a year at a time.
        unknown = [year for year in sorted(set(years)) if _official(self.country, date(year, 1, 1)) is None]
        imported = {day.year for day in self.table}
        return tuple((_imported if year in imported else _unpublished)(self.country, year) for year in unknown)


def _official(country: str, day: date) -> bool | None:
    """Whether the country's official calendar calls it a working day; None when that year is not published."""
    if country == "CN":
        try:
            return bool(chinese_calendar.is_workday(day))
        except NotImplementedError:
            return None
    from fairwrench.settlement.calendar import public_holidays  # noqa: PLC0415  every calendar of the world: 0.3 s at each start

    return public_holidays.is_working_day(country, day)


def _weekend(day: date) -> Text | None:
    if day.weekday() < _SATURDAY:
        return None
    zh, en = (("六", "Saturday"), ("日", "Sunday"))[day.weekday() - _SATURDAY]
    return Text(zh=f"是星期{zh}", en=f"is a {en}")


def _unpublished(country: str, year: int) -> Problem:
    return Problem(
        "calendar_unpublished",
        zh=f"{year}年的官方日历({country})尚未公布,该年仅按周六、周日顺延;公布后请更新程序,或导入日历表",
        en=f"the official calendar of {country} for {year} is not published; only weekends are moved in that year: "
        "update the program once it is out, or import a table",
        severity="warning",
        subject=str(year),
    )


def _imported(country: str, year: int) -> Problem:
    return Problem(
        "calendar_imported",
        zh=f"{year}年的官方日历({country})尚未公布,按导入的日历表执行;表中未列的日期仅按周六、周日顺延",
        en=f"the official calendar of {country} for {year} is not published; the imported table is used, "
        "and weekends for the days that it does not name",
        severity="note",
        subject=str(year),
    )


def _table_unused() -> Problem:
    return Problem(
        "calendar_table_unused",
        zh="导入的日历表未被采用:现行制度仅按周六、周日顺延(weekends);如需采用,请改为按工作日顺延(workdays)",
        en="the imported table is not used: deadlines are postponed over weekends only; choose `workdays` to use it",
        severity="note",
    )
