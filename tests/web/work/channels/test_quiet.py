"""When nothing is sent, and how a day stands to a deadline: by the days off of 2026 as the State Council set them
(1–7 October off; Sunday 20 September and Saturday 10 October worked)."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, datetime

import chinese_calendar
import pytest
from django.test import Client
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.work.channels.quiet import next_allowed, stage, works, year_unpublished
from tests.web.work.channels.conftest import ZONE

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def published_to_2026(monkeypatch: pytest.MonkeyPatch) -> None:
    """The calendar of 2027 is not there, whichever the library brings by now."""
    official = chinese_calendar.is_workday

    def is_workday(day: date) -> bool:
        if day.year > 2026:
            raise NotImplementedError  # as the library says that it does not know a year yet
        return bool(official(day))

    monkeypatch.setattr(chinese_calendar, "is_workday", is_workday)


def moment(text: str) -> datetime:
    """A moment where the stores are."""
    return datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)


def test_days_off_are_those_of_the_schemes_calendar() -> None:
    """Fails when people are written to on a holiday, or left alone on a Saturday that is worked."""
    days = {"2026-09-20": True, "2026-10-01": False, "2026-10-07": False, "2026-10-08": True, "2026-10-10": True}
    days |= {"2026-10-11": False, "2026-11-04": True, "2026-11-07": False}
    assert {day: works(date.fromisoformat(day)) for day in days} == days


@pytest.mark.parametrize(
    ("asked", "chosen", "allowed"),
    [
        ("2026-11-04 09:00", {}, "2026-11-04 09:00"),
        ("2026-11-04 07:59", {}, "2026-11-04 08:00"),
        ("2026-11-04 20:59", {}, "2026-11-04 20:59"),
        ("2026-11-04 21:00", {}, "2026-11-05 08:00"),
        ("2026-11-06 22:30", {}, "2026-11-09 08:00"),  # Friday night → Monday
        ("2026-09-30 21:00", {}, "2026-10-08 08:00"),  # over the holiday
        # New Year's Day by law, a Friday, though the calendar of 2027 is not published
        ("2026-12-31 22:00", {}, "2027-01-04 08:00"),
        # by law New Year's Eve and three days: 5–8 February 2027, its weekend made up for on the 9th and 10th
        ("2027-02-04 21:00", {}, "2027-02-11 08:00"),
        ("2026-11-07 10:00", {"days_off": False}, "2026-11-07 10:00"),
        ("2026-11-07 23:00", {"days_off": False}, "2026-11-08 08:00"),
        ("2026-11-04 23:00", {"nights": False}, "2026-11-04 23:00"),
        ("2026-11-07 10:00", {"nights": False}, "2026-11-09 00:00"),
        ("2026-11-07 03:00", {"nights": False, "days_off": False}, "2026-11-07 03:00"),
    ],
)
def test_it_is_quiet_at_night_and_on_days_off_unless_chosen_otherwise(
    asked: str, chosen: dict[str, bool], allowed: str
) -> None:
    """Fails when somebody is woken, or a message is lost in a long holiday."""
    assert next_allowed(moment(asked), **chosen) == moment(allowed)


@pytest.mark.parametrize(
    ("day", "stands"),
    [
        ("2026-11-05", ""),
        ("2026-11-06", "before"),  # the Friday before
        ("2026-11-07", ""),
        ("2026-11-08", ""),
        ("2026-11-09", "at"),
        ("2026-11-10", "after"),
        ("2026-11-13", "after"),
        ("2026-11-14", ""),  # Saturday
        ("2026-11-16", "after"),
    ],
)
def test_a_deadline_is_told_the_working_day_before_on_its_day_and_each_working_day_after(day: str, stands: str) -> None:
    """Fails when a deadline on a Monday is told on a Sunday, or what is late is told of once and never again."""
    assert stage(datetime(2026, 11, 9, 17, 30), date.fromisoformat(day)) == stands


@pytest.mark.parametrize(("day", "year"), [("2026-11-30", None), ("2026-12-02", 2027), ("2027-03-01", 2027)])
def test_a_year_without_a_calendar_is_told_a_month_ahead(
    client: Client, member: Callable[..., User], monkeypatch: pytest.MonkeyPatch, day: str, year: int | None
) -> None:
    """Fails when people are written to on a Saturday that is worked, or not, without being told why."""
    monkeypatch.setattr(timezone, "localdate", lambda *_: date.fromisoformat(day))
    assert year_unpublished(date.fromisoformat(day)) == year
    client.force_login(member("E102"))
    page = client.get("/settings/notices/").text
    assert ("2027 年的放假安排尚未发布" in page) == (year is not None)
