"""A ticket in force is in the settled month: a reward is paid, a penalty taken, and both are gone once taken back."""

from __future__ import annotations

from collections.abc import Callable
from datetime import date
from decimal import Decimal
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.evidence.events.events import key_text
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.feeds import page_of
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.months.checklist import blocking
from fairwrench.web.settlements.services import month_settle
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.services import Draft, ticket_write
from fairwrench.web.tickets.workflow import TICKETS
from fairwrench.web.work.models import Job

pytestmark = [pytest.mark.slow, pytest.mark.django_db]
Once = Callable[[Callable[[], object]], None]


@pytest.fixture
def at_once(group: Path, django_capture_on_commit_callbacks: Any) -> Once:
    """Does something, and the background work that it begins."""

    def run(act: Callable[[], object]) -> None:
        with django_capture_on_commit_callbacks(execute=True):
            act()
        assert not Job.objects.filter(kind="tickets_land").exclude(state=Job.State.DONE).exists()

    return run


def user(name: str) -> User:
    return User.objects.select_related("employee").get(username=name)


def cycle() -> Cycle:
    return Cycle.objects.select_related("run").get(month=str(CURRENT))


def pay_of(employee: Employee) -> tuple[int | None, int | None]:
    """What the settled month deducts and adds, in fen."""
    result = Result.objects.get(run=cycle().run, employee_id=employee.employee_id)
    return result.deductions, result.corrections


def test_a_reward_is_paid_and_a_penalty_taken_until_it_is_taken_back(
    at_once: Once, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Breaks if a ticket in force is not in the month's pay, is there twice, or stays after it was taken back."""
    manager, hr = user("manager"), user("hr")
    day = date(CURRENT.year, CURRENT.month, 10)
    people = list(Employee.objects.filter(employee_id__in=Scope.of(manager).led).order_by("employee_id")[:2])
    rewarded, penalised = people
    written = []
    with monkeypatch.context() as patched:
        patched.setattr(timezone, "localdate", lambda *_: day)
        for who, article, yuan in ((rewarded, "customer_praise", "120.50"), (penalised, "against_five_s", "30.00")):
            about = {"points": Decimal(1), "amount": Decimal(yuan), "words": "当天处理", "ground": "breach"}
            written.append(ticket_write(draft=Draft(employee=who, day=day, article=article, **about), by=manager))
    Ticket.objects.filter(pk=written[1].pk).update(state=Ticket.State.ACKNOWLEDGED)
    settle = partial(month_settle, by=hr, note="试算")
    for ticket in written:
        at_once(partial(TICKETS.act, record=ticket, name="confirm", by=hr))
    at_once(partial(settle, cycle=cycle()))
    assert pay_of(rewarded) == (0, 12_050)
    deducted, added = pay_of(penalised)
    assert added == 0

    # what is taken back after that has to be settled again before anybody approves
    at_once(lambda: TICKETS.act(record=written[1], name="take_back", by=hr, note="不是他的工位"))
    assert any("上传记录，请重新核算" in point.text for point in blocking(cycle=cycle(), by=hr))
    at_once(partial(settle, cycle=cycle()))
    # the payroll deducts something of its own, which stays
    assert pay_of(penalised) == ((deducted or 0) - 3_000, 0)
    assert pay_of(rewarded) == (0, 12_050)


@pytest.mark.parametrize(("number", "leads"), [("W000001", True), ("T000001", False)])
def test_a_tickets_money_does_not_lead_to_the_corrections(group: Path, number: str, leads: bool) -> None:
    """Breaks if the row behind a ticket's money sends its reader to a page that does not have it."""
    event = EvidenceEvent(source="decisions", key=key_text([number]), period=str(CURRENT))
    assert bool(page_of(event=event, user=user("hr"))) is leads
