"""The small office on the 15th of October, and its people with accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.test import Client

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.tasks.models import Task
from fairwrench.web.tasks.services import Draft, task_give
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
TODAY, FRIDAY = date(2026, 10, 15), date(2026, 10, 16)


@pytest.fixture(autouse=True)
def day(on_day: Callable[[date], None]) -> None:
    """The 15th of October."""
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
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", "东店"))


def person(employee_id: str) -> Employee:
    return Employee.objects.get(employee_id=employee_id)


def given(by: User, to: str = "E102", **told: Any) -> Task:
    """A task of checking the lifts by Friday."""
    return task_give(draft=Draft(person(to), **{"title": "检查举升机", "due": FRIDAY, **told}), by=by)


@pytest.fixture
def task(chief: User) -> Task:
    """A task that the chief gave the technician."""
    return given(chief)


def browser(user: User) -> Client:
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client
