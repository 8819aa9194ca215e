"""The small office with a ledger of its own, and 机电一组 of the east store: E102 and E103, whom E101 leads."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from django.test import Client

from fairwrench.ledger.batches.records import Upload
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.kept_on_pages import AfterLanding
from fairwrench.web.evidence.uploads.landings import landing_record
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Run
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.standing import seen_of, sets_of
from tests.web.declaring import redeclare
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
OCTOBER, SEPTEMBER = Month(2026, 10), Month(2026, 9)
TODAY = date(2026, 10, 15)
EAST, TEAM = "东店", "机电一组"
#: what the page sends when E102 has 0.6 and E103 0.4
FORM = {
    **{"store": EAST, "team": TEAM, "begin": "2026-10-01", "seen": "", "rows": "3", "do": "confirm"},
    **{"who-0": "E102 吕技师", "share-0": "0.6", "who-1": "E103", "share-1": "0.4", "who-2": "", "share-2": ""},
}
URL = "/teams/2026-10/set/"


@pytest.fixture(autouse=True)
def places(settings: Any, tmp_path: Any, monkeypatch: pytest.MonkeyPatch, on_day: Callable[[date], None]) -> None:
    """A ledger of this test alone, on the 15th of October; nothing is worked out after a landing."""
    settings.LEDGER, settings.UPLOADS = tmp_path / "ledger", tmp_path / "uploads"
    redeclare(monkeypatch, AfterLanding)
    on_day(TODAY)


@pytest.fixture(autouse=True)
def october(db: None) -> Cycle:
    """October, which is open."""
    return Cycle.objects.create(month="2026-10")


@pytest.fixture
def chief(member: Callable[..., User]) -> User:
    """The workshop manager of the east store, who leads E102 and E103."""
    return member("E101")


@pytest.fixture
def hr(member: Callable[..., User]) -> User:
    """HR of the east store."""
    return member("E104", ("hr", EAST))


def browser(user: User) -> Client:
    """A browser in which somebody is signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def draft(shares: dict[str, str], seen: dict[str, int] | None = None, **told: Any) -> Draft:
    """Shares of 机电一组 from the first of October, as somebody fills them in who saw `seen`."""
    people = {each.employee_id: each for each in Employee.objects.filter(employee_id__in=shares)}
    parts = tuple((people[who], Decimal(share)) for who, share in shares.items())
    about = {"month": OCTOBER, "store": EAST, "team": TEAM, "begin": OCTOBER.first}
    return Draft(**{**about, **told}, parts=parts, seen=seen_of(seen or {}))


def filed(shares: dict[str, str], month: Month = OCTOBER, team: str = TEAM, store: str = EAST) -> None:
    """A file hands shares in that hold from the first of a month."""
    source = selectors.sources()[TEAM_SHARES]
    rows = pl.DataFrame(
        {
            "store": [store] * len(shares),
            "month": [str(month)] * len(shares),
            "team": [team] * len(shares),
            "begin": [month.first] * len(shares),
            "employee_id": [*shares],
            "share": pl.Series([Decimal(share) for share in shares.values()], dtype=pl.Decimal(18, 3)),
            "_row": pl.Series(range(2, len(shares) + 2), dtype=pl.Int64),
        }
    )
    upload = Upload(f"{team}{month}.csv", f"{team}{month}{shares}".encode())
    at = selectors.ledger()
    batch = at.land(TEAM_SHARES, source, rows, upload, period=month, stores=[store], by="孙人事")
    landing_record(ledger=at, batch=batch)


def holding(month: Month = OCTOBER) -> dict[tuple[str, str], dict[str, int]]:
    """Team and day → the shares that hold."""
    return {(each.team, each.begin.isoformat()): dict(each.parts) for each in sets_of(months=[month])}


def in_ledger() -> list[tuple[str, str, str]]:
    """The rows in force: day, person, share."""
    rows = selectors.ledger().current(TEAM_SHARES, selectors.sources()[TEAM_SHARES])
    return sorted(tuple(map(str, row)) for row in rows.select("begin", "employee_id", "share").rows())


def ran(cycle: Cycle, *about: str) -> Run:
    """A run that found work of some teams that no shares split."""
    told = {"code": "team_unshared", "zh": "没有", "en": "none", "severity": "warning", "subject": TEAM_SHARES}
    problems = [{**told, "path": [], "file": "", "line": 0, "details": {"about": ", ".join(about)}, "stores": None}]
    return Run.objects.create(
        cycle=cycle, kind="live", known_at=cycle.month, scheme="own", seal="x", folder="x", program="x", whole=True,
        problems=problems if about else [],
    )  # fmt: skip
