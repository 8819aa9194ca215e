"""A small group of two stores, written down so that every expectation can be read off it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import polars as pl
import pytest
from django.test import Client
from django.utils import timezone

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee, Unit
from fairwrench.web.people.roster_services import roster_apply

PASSWORD = "Wrench-and-Oil-7"
START = date(2026, 1, 1)

#: employee id, name, store, department, position, manager, status, salary in fen
PEOPLE = [
    ("E001", "郭总", "东店", "administration", "general_manager", None, "regular", 3_000_000),
    ("E101", "何主管", "东店", "service", "workshop_manager", "E001", "regular", 1_200_000),
    ("E102", "吕技师", "东店", "service", "technician", "E101", "regular", 600_000),
    ("E103", "金技师", "东店", "service", "technician", "E101", "probation", 500_000),
    ("E104", "孙人事", "东店", "hr", "hr_specialist", "E001", "regular", 700_000),
    ("E201", "冯主管", "西店", "service", "workshop_manager", "E001", "regular", 1_100_000),
    ("E202", "邵技师", "西店", "service", "technician", "E201", "regular", 620_000),
]


def frame_of(people: list[tuple[Any, ...]]) -> pl.DataFrame:
    """A roster frame of such lines, from 2026-01-01 on."""
    rows = [
        (person, name, store, department, position, manager, status, date(2024, 3, 1), None, pay, START, None, at, None)
        for at, (person, name, store, department, position, manager, status, pay) in enumerate(people, start=2)
    ]
    return pl.DataFrame(rows, schema=dict(COLUMNS), orient="row")


@pytest.fixture
def roster() -> pl.DataFrame:
    """The roster of the two stores."""
    return frame_of(PEOPLE)


@pytest.fixture
def office(db: None, roster: pl.DataFrame) -> pl.DataFrame:
    """The two stores in the database."""
    roster_apply(roster=roster, by=None)
    return roster


@pytest.fixture
def member(office: pl.DataFrame) -> Callable[..., User]:
    """Makes the user of an employee, with roles: `member("E101", ("hr", "东店"))`, a unit of None meaning all."""

    def made(employee_id: str, *grants: tuple[str, str | None]) -> User:
        employee = Employee.objects.get(employee_id=employee_id)
        user = User.objects.create_user(employee_id.lower(), password=PASSWORD, employee=employee)
        for role, unit in grants:
            Grant.objects.create(user=user, role=role, unit=Unit.objects.get(name=unit) if unit else None)
        return user

    return made


@pytest.fixture
def signed_in(member: Callable[..., User]) -> Callable[..., Client]:
    """A client signed in as `member(…)`."""

    def made(employee_id: str, *grants: tuple[str, str | None]) -> Client:
        client = Client()
        client.force_login(member(employee_id, *grants), backend="django.contrib.auth.backends.ModelBackend")
        return client

    return made


@pytest.fixture
def on_day(monkeypatch: pytest.MonkeyPatch) -> Callable[[date], None]:
    """Makes it another day where the stores are: `on_day(date(2026, 11, 10))`."""
    return lambda day: monkeypatch.setattr(timezone, "localdate", lambda: day)
