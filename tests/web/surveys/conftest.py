"""The small office with six technicians in the east store, on the 15th of October."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.surveys.models import Respondent, Survey
from fairwrench.web.surveys.opening.services import Draft, survey_open
from tests.web.small_office import PEOPLE, frame_of, member, office, on_day, signed_in

__all__ = ["member", "office", "on_day", "signed_in"]
TODAY = date(2026, 10, 15)
ENDS = TODAY + timedelta(days=7)
#: who is led by E101 in the east store
TECHNICIANS = ("E102", "E103", "E105", "E106", "E107", "E108")
#: everybody of the east store
EAST = ("E001", "E101", "E102", "E103", "E104", "E105", "E106", "E107", "E108")


@pytest.fixture
def roster() -> pl.DataFrame:
    """The two stores, the east one with four technicians more."""
    more = [
        (who, f"{name}技师", "东店", "service", "technician", "E101", "regular", 600_000)
        for who, name in (("E105", "许"), ("E106", "卫"), ("E107", "沈"), ("E108", "韩"))
    ]
    return frame_of([*PEOPLE, *more])


@pytest.fixture(autouse=True)
def folders(settings: Any, tmp_path: Path) -> None:
    """A ledger of its own."""
    settings.LEDGER, settings.UPLOADS = tmp_path / "ledger", tmp_path / "uploads"


@pytest.fixture(autouse=True)
def day(on_day: Callable[[date], None]) -> None:
    """The 15th of October."""
    on_day(TODAY)


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", "东店"))


@pytest.fixture
def chief(member: Callable[..., User]) -> User:
    """The workshop manager of the east store."""
    return member("E101")


def people(*keys: str) -> list[Employee]:
    """Employees by id, in the order given."""
    return [Employee.objects.get(employee_id=key) for key in keys]


def opened(by: User, questionnaire: str, *about: str) -> Survey:
    """A survey of the east store that counts in October."""
    draft = Draft(questionnaire, "东店", Month(2026, 10), ENDS, people(*about))
    return survey_open(draft=draft, by=by)


def asked(survey: Survey, who: str, about: str | None = None) -> Respondent:
    """What somebody is asked in a survey."""
    return survey.respondents.get(
        employee__employee_id=who, **({"about__employee_id": about} if about else {"about": None})
    )
