"""The small office with a ledger of its own on the 15th of October, and its people with accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.services import Draft, note_write
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.org.models import Employee
from tests.web.declaring import redeclare
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
TODAY = date(2026, 10, 15)


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, on_day: Callable[[date], None]) -> None:
    """A ledger and a shelf of this test alone, on the 15th of October; nothing is worked out after a landing."""
    settings.LEDGER, settings.UPLOADS = tmp_path / "ledger", tmp_path / "uploads"
    redeclare(monkeypatch, AfterLanding)
    on_day(TODAY)


@pytest.fixture
def chief(member: Callable[..., User]) -> User:
    """The workshop manager of the east store, who leads E102 and E103."""
    return member("E101")


@pytest.fixture
def technician(member: Callable[..., User]) -> User:
    """E102 of the east store."""
    return member("E102")


@pytest.fixture
def colleague(member: Callable[..., User]) -> User:
    """E103 of the east store, led by the same chief."""
    return member("E103")


@pytest.fixture
def boss(member: Callable[..., User]) -> User:
    """E001, who leads the chief."""
    return member("E001")


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", "东店"))


def person(employee_id: str) -> Employee:
    return Employee.objects.get(employee_id=employee_id)


def noted(by: User, kind: str = "coaching", who: str = "E102", **told: Any) -> Note:
    """A note about the technician."""
    words = {"day": TODAY, "words": "举升机操作要先锁保险", "about": person(who), **told}
    return note_write(draft=Draft(kind=kind, **words), by=by)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def codes(refused: pytest.ExceptionInfo[Any]) -> list[str]:
    return [problem.code for problem in refused.value.problems]
