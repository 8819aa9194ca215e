"""Days that may be given for a hire, a change or a last day of service; which of them lie in published months."""

from __future__ import annotations

from datetime import date, datetime, timedelta

from django.utils import timezone

from fairwrench.ledger.roster.roster import earliest_day, latest_day
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.cycles.selectors import published


def today() -> date:
    """The day it is where the stores are."""
    return timezone.localdate()


def now_local() -> datetime:
    """The moment it is where the stores are, without a zone, as deadlines are told."""
    return timezone.localtime().replace(tzinfo=None)


def published_until() -> date | None:
    """The last day of the last published month; None while none is."""
    months = published()
    return months[-1].last if months else None


def first_open_day() -> date:
    """The day from which a change holds that names none: after the last published month, else the first of this one."""
    until = published_until()
    return until + timedelta(days=1) if until else Month.of(today()).first


def implausible(day: date) -> Problem | None:
    """Why a day cannot be meant: so long ago that nobody serves since, or more than a year ahead."""
    earliest, latest = earliest_day(today()), latest_day(today())
    if earliest <= day <= latest:
        return None
    zh = f"日期 {day} 不合理，应在 {earliest} 至 {latest} 之间，请核对年份"
    en = f"{day} cannot be meant; look at the year again: days lie between {earliest} and {latest}"
    return Problem("implausible_day", zh, en)


def require_plausible(day: date) -> None:
    """Refused for a day that cannot be meant."""
    if problem := implausible(day):
        raise Refused([problem])
