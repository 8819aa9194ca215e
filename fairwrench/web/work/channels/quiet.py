"""When people are left alone: at night, and on days that are not worked by the scheme's calendar."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone

from fairwrench.web.ui.declarations import declared

#: nothing goes out from the one hour to the other, where the stores are
EVENING, MORNING = time(21), time(8)
#: the longest run of days off there is, and more: a calendar without any working day keeps nothing for ever
LONGEST = 30
DAY = timedelta(days=1)
_SATURDAY = 5


@dataclass(frozen=True)
class WorkingDays:
    """Says of a day whether it is worked, and whether the calendar of its year is published; the app that knows the
    scheme declares it."""

    works: Callable[[date], bool]
    published: Callable[[date], bool]


def works(day: date) -> bool:
    """Whether a day is worked: by what is declared, else by the week."""
    known = declared(WorkingDays)
    return known[0].works(day) if known else day.weekday() < _SATURDAY


def year_unpublished(day: date) -> int | None:
    """The year, of a day or of those soon after it, whose calendar is not published yet; None where all are."""
    known = declared(WorkingDays)
    ends = (day, day + LONGEST * DAY)
    return next((each.year for each in ends if known and not known[0].published(each)), None)


def next_allowed(moment: datetime, *, nights: bool = True, days_off: bool = True) -> datetime:
    """The first instant from `moment` on that is neither at night (`nights`) nor on a day off (`days_off`)."""
    local = timezone.localtime(moment)
    for ahead in range(LONGEST):
        day = local.date() + ahead * DAY
        if days_off and not works(day):
            continue
        begin = datetime.combine(day, MORNING if nights else time(), tzinfo=local.tzinfo)
        end = datetime.combine(day, EVENING, tzinfo=local.tzinfo) if nights else begin + DAY
        if (allowed := max(local, begin)) < end:
            return allowed
    return local


def stage(due: datetime, day: date) -> str:
    """How a day stands to a deadline (local time): `before` the last working day ahead of it, `at` its own day, `after`
    each working day from then on; empty where nothing is to be said of it."""
    if day == due.date():
        return "at"
    if day > due.date():
        return "after" if works(day) else ""
    between = [day + ahead * DAY for ahead in range((due.date() - day).days)]
    # Friday before a Monday: on the days between nobody would read it
    return "before" if len(between) <= LONGEST and works(day) and not any(map(works, between[1:])) else ""
