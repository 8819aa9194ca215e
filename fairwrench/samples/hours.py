"""Local time as whole minutes, and work that goes on from one working day to the next."""

from __future__ import annotations

from datetime import date, datetime, timedelta

#: minute 0 is the midnight before this day
EPOCH = datetime(2020, 1, 1)
DAY = 1440
#: the workshop's hours, 8:30 to 18:00, every day of the week
OPEN, CLOSE = 510, 1080


def minute_of(day: date, at: int = 0) -> int:
    """The minute `at` (from midnight) of a day."""
    return (day - EPOCH.date()).days * DAY + at


def moment(minute: int) -> datetime:
    """The naive local datetime of a minute."""
    return EPOCH + timedelta(minutes=minute)


def day_of(minute: int) -> date:
    """The date of a minute."""
    return EPOCH.date() + timedelta(days=minute // DAY)


def at_work(minute: int) -> int:
    """The minute itself, or the next opening when the workshop is closed."""
    inside = minute % DAY
    if inside < OPEN:
        return minute - inside + OPEN
    return minute - inside + DAY + OPEN if inside >= CLOSE else minute


def work_end(start: int, minutes: int) -> int:
    """When `minutes` of work begun at `start` are done, nights left out."""
    now = at_work(start)
    # Not "or equal": work that ends at closing time is done that evening.
    while minutes > (left := CLOSE - now % DAY):
        minutes -= left
        now = at_work(now + left)
    return now + minutes
