"""Months, working days, and the deadlines of an assessment cycle (S1 ❺ 5.1, 5.7)."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

_MONTH = re.compile(r"(\d{4})-(0[1-9]|1[0-2])", re.ASCII)


@dataclass(frozen=True, order=True, slots=True)
class Month:
    """A calendar month. Months are ordered in time; `str` gives `YYYY-MM`, which `parse` reads back."""

    year: int
    month: int

    def __post_init__(self) -> None:
        if not 1 <= self.month <= 12:
            raise ValueError(f"{self.month} is not a month from 1 to 12")

    @classmethod
    def parse(cls, text: str) -> Month:
        """Read `YYYY-MM`; ValueError for anything else."""
        found = _MONTH.fullmatch(text)
        if not found:
            raise ValueError(f"{text!r} is not a month like 2026-10")
        return cls(int(found[1]), int(found[2]))

    @classmethod
    def of(cls, day: date) -> Month:
        """The month that a day lies in."""
        return cls(day.year, day.month)

    @staticmethod
    def range(first: Month, last: Month) -> Iterator[Month]:
        """Every month from `first` to `last`, both included; nothing when `last` is earlier."""
        return (first.plus(step) for step in range(first.until(last) + 1))

    def __str__(self) -> str:
        return f"{self.year:04d}-{self.month:02d}"

    def plus(self, months: int) -> Month:
        """The month that many months later, earlier when negative."""
        year, month = divmod(self.year * 12 + self.month - 1 + months, 12)
        return Month(year, month + 1)

    def until(self, other: Month) -> int:
        """How many months later `other` is; negative when it is earlier."""
        return (other.year - self.year) * 12 + other.month - self.month

    @property
    def first(self) -> date:
        """The first day."""
        return date(self.year, self.month, 1)

    @property
    def last(self) -> date:
        """The last day."""
        return self.plus(1).first - timedelta(days=1)

    @property
    def days(self) -> int:
        """How many days the month has."""
        return self.last.day

    def bounds_utc(self, time_zone: str) -> tuple[datetime, datetime]:
        """The UTC instants at which the month begins and ends in `time_zone`; the end is no longer part of it."""
        zone = ZoneInfo(time_zone)
        begin, end = (datetime(m.year, m.month, 1, tzinfo=zone) for m in (self, self.plus(1)))
        return begin.astimezone(UTC), end.astimezone(UTC)
