"""Local time as UTC offsets, so that engines cut a month at local midnight without a time-zone table of their own."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from zoneinfo import ZoneInfo

from fairwrench.settlement.calendar.deadlines import Month


@lru_cache(maxsize=64)
def offsets(time_zone: str, first: Month, last: Month) -> tuple[tuple[int, int], ...]:
    """(from this UTC second on, seconds east of UTC) in order of time, from `first` to the end of `last`.

    Changes are looked for day by day and then to the second; ZoneInfoNotFoundError when there is no such zone. A window
    is walked once: every query of a month asks for the same one.
    """
    zone = ZoneInfo(time_zone)
    day, end = first.bounds_utc(time_zone)[0], last.bounds_utc(time_zone)[1]
    found = [(int(day.timestamp()), _east(zone, day))]
    while day < end:
        following = day + timedelta(days=1)
        if _east(zone, following) != found[-1][1]:
            found.append((_change(zone, day, following), _east(zone, following)))
        day = following
    return tuple(found)


def _east(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> int:
    """The UTC second at which the offset changes between two moments."""
    low, high = int(before.timestamp()), int(after.timestamp())
    old = _east(zone, before)
    # Halved down to the second: engines cut months at whole seconds.
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _east(zone, datetime.fromtimestamp(middle, UTC)) == old else (low, middle)
    return high
