"""The small office with a ledger and a shelf of its own, and tickets as its people write them."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.services import Draft, ticket_write
from fairwrench.web.tickets.workflow import TICKETS
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


def draft(who: str = "E102", **told: Any) -> Draft:
    """A reward of the technician of the east store, as its workshop manager fills it in."""
    about = {
        "day": TODAY,
        "article": "customer_praise",
        "points": Decimal("2.50"),
        "amount": Decimal("100.00"),
        "words": "客户送来锦旗",
    }
    return Draft(employee=Employee.objects.get(employee_id=who), **{**about, **told})


@pytest.fixture
def chief(member: Callable[..., User]) -> User:
    """The workshop manager of the east store, who leads E102 and E103."""
    return member("E101")


@pytest.fixture
def technician(member: Callable[..., User]) -> User:
    """E102 of the east store."""
    return member("E102")


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", "东店"))


@pytest.fixture
def reward(chief: User) -> Ticket:
    """A reward of 2.50 points and 100.00 yuan that waits for the technician."""
    return ticket_write(draft=draft(), by=chief)


@pytest.fixture
def penalty(chief: User) -> Ticket:
    """A penalty of 1 point and 50.00 yuan that waits for the technician."""
    told = {"article": "against_five_s", "points": Decimal(1), "amount": Decimal("50.00"), "words": "工位未清扫"}
    return ticket_write(draft=draft(**told, ground="breach"), by=chief)


def done(ticket: Ticket, act: str, by: User, note: str = "") -> Ticket:
    """The ticket after an act."""
    return TICKETS.act(record=ticket, name=act, by=by, note=note)
