"""The small office on the 15th of October, and its people with accounts."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date, timedelta

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.voice.services import CLOSED_FOR
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
TODAY = date(2026, 10, 15)
#: by then everything written on that day is opened
OPENED = TODAY + timedelta(days=CLOSED_FOR)


@pytest.fixture(autouse=True)
def day(on_day: Callable[[date], None]) -> None:
    """The 15th of October."""
    on_day(TODAY)


@pytest.fixture
def technician(member: Callable[..., User]) -> User:
    """E102 of the east store."""
    return member("E102")


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", "东店"))


@pytest.fixture
def general_manager(member: Callable[..., User]) -> User:
    """The general manager of the east store."""
    return member("E101", ("general_manager", "东店"))


@pytest.fixture
def hr_west(member: Callable[..., User]) -> User:
    """HR of the west store."""
    return member("E202", ("hr", "西店"))
