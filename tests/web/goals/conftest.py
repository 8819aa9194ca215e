"""The small group of settlements, on the third of November 2026: its month so far is being planned."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.goals import placing, timing
from fairwrench.web.goals.models import GoalSheet
from fairwrench.web.goals.selectors import sheets
from fairwrench.web.goals.sheets.content import content_of
from fairwrench.web.goals.sheets.services import Draft, GoalDraft, PlanDraft, sheet_sign, sheet_start
from fairwrench.web.work.signing.documents import digest_of
from tests.web.settlements.conftest import built, group, known, signed_in

__all__ = ["built", "group", "known", "signed_in"]
MONTH = CURRENT
TODAY = date(2026, 11, 3)


@pytest.fixture(autouse=True)
def day(monkeypatch: pytest.MonkeyPatch) -> None:
    """The day on which goals are agreed, wherever it is asked for."""
    for module in (placing, timing):
        monkeypatch.setattr(module, "today", lambda: TODAY)


@pytest.fixture(autouse=True)
def nothing(group: object, db: None) -> None:
    """Without the goals of the demo."""
    GoalSheet.objects.update(carried_from=None)
    GoalSheet.objects.all().delete()


def user(name: str) -> User:
    """A login of the demo."""
    return User.objects.select_related("employee").get(username=name)


def above() -> User:
    """Who leads the workshop manager, with an account."""
    boss = sheet_of(user("technician")).next_level
    assert boss is not None
    return User.objects.filter(employee=boss).first() or User.objects.create(employee=boss, username="above")


def told(what: str = "每台车竣工前完成质检记录", **more: Any) -> GoalDraft:
    """A goal that lacks nothing but a link."""
    fields = {
        "category": "key",
        "measure": "抽查 20 台，每台有记录",
        "target": "100%",
        "due": date(2026, 11, 30),
        **more,
    }
    return GoalDraft(what=what, **fields)


DRAFT = Draft([told()], [PlanDraft("变速箱诊断", "跟班两次", date(2026, 11, 20))])


def begun(whose: User | None = None, by: User | None = None, month: Month = MONTH, draft: Draft = DRAFT) -> GoalSheet:
    """A draft of the technician's goals, by the workshop manager."""
    employee = (whose or user("technician")).employee
    assert employee is not None
    return sheet_start(employee=employee, month=month, draft=draft, by=by or user("manager"))


def sheet_of(whose: User) -> GoalSheet:
    """Somebody's latest sheet."""
    return sheets().filter(employee=whose.employee).order_by("month", "edition").last() or begun(whose)


def sign(sheet: GoalSheet, act: str, by: User) -> GoalSheet:
    """Sign what a page would show now."""
    fresh = sheets().get(pk=sheet.pk)
    shown = digest_of(content_of(sheet=fresh).document)
    return sheet_sign(sheet=fresh, act=act, digest=shown, seen=fresh.version, by=by)


def filed(whose: User | None = None, month: Month = MONTH, draft: Draft = DRAFT) -> GoalSheet:
    """Goals of the technician on their whole way: both agreed, reviewed, filed."""
    person = whose or user("technician")
    sheet = begun(person, month=month, draft=draft)
    sign(sheet, "sign_manager", user("manager"))
    sign(sheet, "sign", person)
    sign(sheet, "sign_next", above())
    return sign(sheet, "file", user("hr"))


def settle(month: Month) -> Cycle:
    """As if a month were settled: it has a run."""
    run = Cycle.objects.exclude(run=None).earliest("month").run
    return Cycle.objects.update_or_create(month=str(month), defaults={"run": run})[0]
