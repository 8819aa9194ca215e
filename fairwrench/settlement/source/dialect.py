"""What a formula needs to know of an engine and of local time to become its SQL."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass


def quoted(text: str) -> str:
    """A text literal where a quote is doubled and nothing else is special."""
    return "'" + text.replace("'", "''") + "'"


@dataclass(frozen=True)
class Dialect:
    """What differs between engines. Functions take rendered SQL and give rendered SQL."""

    name: str
    seconds_between: Callable[[str, str], str]
    days_between: Callable[[str, str], str]
    #: (UTC timestamp, seconds east of UTC as SQL) → local date
    local_date: Callable[[str, str], str]
    hour_of: Callable[[str, str], str]
    #: Monday is 1
    weekday_of: Callable[[str], str]
    month_of: Callable[[str], str]
    instant: Callable[[str], str]
    quantile: Callable[[str, str], str]
    #: "2026-09-30 16:00:00" (UTC) → a timestamp literal
    moment: Callable[[str], str]
    #: (timestamp or date SQL, type, whole days) → the same moved
    later: Callable[[str, str, int], str]
    #: columns → one 64-bit number, the same for the same values; others may share it
    hash_of: Callable[[str], str]
    quote: str = '"'
    starts_with: str = "starts_with"
    anti_join: str = "LEFT ANTI JOIN"
    text_type: str = "VARCHAR"
    #: a text → a literal that stands for exactly this text, whatever is in it
    literal: Callable[[str], str] = quoted

    def column(self, name: str) -> str:
        """A quoted column name."""
        return f"{self.quote}{name.replace(self.quote, self.quote * 2)}{self.quote}"


@dataclass(frozen=True)
class Clock:
    """The month settled, and local time as UTC offsets: (from this UTC second on, seconds east), in order of time."""

    offsets: tuple[tuple[int, int], ...] = ((0, 0),)
    #: the month that is settled, `YYYY-MM`
    month: str = ""

    def east(self, stamp: str, instant: Callable[[str], str]) -> str:
        """SQL for the seconds east of UTC at `stamp`."""
        first = str(self.offsets[0][1])
        # As in China, without a change of clocks: a CASE for every row would be for nothing.
        if len(self.offsets) == 1:
            return first
        # The latest first, as the first branch that holds decides.
        cases = "".join(f" WHEN {instant(stamp)} >= {since} THEN {east}" for since, east in reversed(self.offsets[1:]))
        return f"CASE{cases} ELSE {first} END"
