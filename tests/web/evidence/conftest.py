"""Two small stores, who hands in what for them, and the desk's folders in a place of their own."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from django.test import Client

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Grant, User
from fairwrench.web.evidence import tasks
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reading.reading import read_file
from fairwrench.web.evidence.uploads.services import upload_add
from fairwrench.web.org.models import Duty, Employee, Unit
from fairwrench.web.people.roster_services import roster_apply
from tests.report.small_group import ORDERS
from tests.web.declaring import redeclare

OCTOBER = Month(2026, 10)
START = date(2026, 1, 1)
PEOPLE = [
    ("E1", "王一", "东店", "administration", "general_manager"),
    ("E2", "李二", "东店", "service", "service_advisor"),
    ("E4", "赵四", "东店", "service", "technician"),
    ("H1", "孙人事", "东店", "hr", "hr_specialist"),
    ("H2", "周人事", "东店", "hr", "hr_specialist"),
    ("W1", "钱七", "西店", "service", "service_advisor"),
    ("W2", "冯八", "西店", "service", "technician"),
]
ROWS = (
    "A1,2026-10-11 08:00,2026-10-11 12:00,2026-10-11 11:00,E2,E4,维修,100.00",
    "A2,2026-10-12 08:00,2026-10-12 12:00,2026-10-12 11:00,E2,E4,维修,95.50",
)

Hand = Callable[..., Upload]


def orders(*rows: str, head: str = ORDERS) -> bytes:
    """A file of repair orders."""
    return "\n".join([head, *(rows or ROWS)]).encode() + b"\n"


def roster() -> pl.DataFrame:
    """The roster of the two stores."""
    rows = [
        (who, name, store, department, position, None, "regular", START, None, 600_000, START, None, at, None)
        for at, (who, name, store, department, position) in enumerate(PEOPLE, start=2)
    ]
    return pl.DataFrame(rows, schema=dict(COLUMNS), orient="row")


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Path) -> None:
    """A ledger and a shelf of uploads of this test alone; October is the month that is gathered for."""
    settings.LEDGER, settings.UPLOADS = tmp_path / "ledger", tmp_path / "uploads"


@pytest.fixture(autouse=True)
def october(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is worked out after a landing."""
    redeclare(monkeypatch, AfterLanding)


@pytest.fixture(autouse=True)
def read_here(request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> None:
    """Files are read in this process, which is quicker; that another one reads them `test_bad_input.py` tests."""
    if request.path.name != "test_bad_input.py":
        monkeypatch.setattr(tasks, "read_file_bounded", read_file)


@pytest.fixture
def office(transactional_db: None) -> None:
    """The two stores; work begins at once, so tests commit as the site does."""
    roster_apply(roster=roster(), by=None)


@pytest.fixture
def user(office: None) -> Callable[..., User]:
    """`user("E2", "data_provider", duties=[("repair_orders", "东店")])`; roles may be (role, unit)."""

    def made(employee_id: str, *roles: Any, duties: Any = (), language: str = "zh-hans") -> User:
        employee = Employee.objects.get(employee_id=employee_id)
        account, _ = User.objects.get_or_create(
            username=employee_id.lower(), defaults={"employee": employee, "language": language}
        )
        for given in roles:
            role, unit = given if isinstance(given, tuple) else (given, None)
            Grant.objects.create(user=account, role=role, unit=Unit.objects.get(name=unit) if unit else None)
        for subject, unit in duties:
            Duty.objects.create(
                kind=Duty.Kind.PROVIDE, subject=subject, unit=Unit.objects.get(name=unit), employee=employee
            )
        return User.objects.get(pk=account.pk)

    return made


@pytest.fixture
def hr(user: Callable[..., User]) -> User:
    """HR of both stores."""
    return user("H1", "hr")


@pytest.fixture
def signed_in() -> Callable[[User], Client]:
    """A client signed in as somebody."""

    def made(who: User) -> Client:
        client = Client()
        client.force_login(who, backend="django.contrib.auth.backends.ModelBackend")
        return client

    return made


@pytest.fixture
def hand_in(hr: User) -> Hand:
    """Hands in a file for October and gives the upload as it was read."""

    def handed(content: bytes | None = None, name: str = "东店_维修工单.csv", **told: Any) -> Upload:
        given = {"month": OCTOBER, "by": hr, **told}
        taken = upload_add(content=orders() if content is None else content, name=name, **given)
        assert taken.upload is not None, taken.problem
        return Upload.objects.get(pk=taken.upload.pk)

    return handed
