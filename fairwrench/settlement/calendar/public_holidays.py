"""The public holidays of countries other than China, by the `holidays` package."""

from __future__ import annotations

from datetime import date
from functools import lru_cache

import holidays


def is_working_day(country: str, day: date) -> bool | None:
    """Whether the country's official calendar calls it a working day; None when that year is not known."""
    calendar = _country_year(country, day.year)
    return None if calendar is None else calendar.is_working_day(day)


def is_holiday(country: str, day: date) -> bool:
    """Whether the law of a country makes the day a holiday, whatever its government moves around it for that year."""
    calendar = _country_year(country, day.year)
    return calendar is not None and day in calendar


@lru_cache(maxsize=64)
def _country_year(country: str, year: int) -> holidays.HolidayBase | None:
    """One country's public holidays of a year; None when they are not known."""
    try:
        calendar = holidays.country_holidays(country, years=year)
    except NotImplementedError:  # so the library says that it does not know the country
        return None
    # Outside of its years the library gives weekends without a word, which would look like a calendar.
    return calendar if calendar.start_year <= year <= calendar.end_year else None
