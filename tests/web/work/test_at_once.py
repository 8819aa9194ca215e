"""Two people press at once, each in a process with threads and a database of its own: one effect, the other is told."""

from __future__ import annotations

from typing import Any

import pytest

from tests.web.work.installation import Installation

pytestmark = pytest.mark.slow
#: a settled month without people, whose checklist has nothing against approving it
BEGIN = """
import json
import threading
from django.conf import settings
from django.db import connections
from fairwrench.settlement.problem import Refused
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_start
from fairwrench.web.access.models import Grant, User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.services import cycle_act, cycle_settled, month_settle

people = {}
for name, roles in {"hr": ["hr"], "hr2": ["hr"], "gm": ["general_manager"], "both": ["hr", "general_manager"]}.items():
    people[name] = User.objects.create_user(name, password=None)
    for role in roles:
        Grant.objects.create(user=people[name], role=role)

def settled(month):
    seal = settings.SETTLEMENTS / month / "seal.json"
    seal.parent.mkdir(parents=True)
    parts = {"format": 1, "rules": 1, "documents": {}, "sources": {}, "derived": {}}
    seal.write_text(json.dumps({"month": month, "period_limit": month, "time_zone": "", "program": "", **parts}))
    cycle = Cycle.objects.create(month=month)
    run = Run.objects.create(cycle=cycle, kind="final", known_at=month, scheme="x", seal="", folder=month, program="0",
                             whole=True)
    return cycle_settled(cycle=cycle, run=run, by=people["hr"])

def at_once(*acts):
    # each waits for the others right before it acts, so that all find the month as it was
    gate, told = threading.Barrier(len(acts)), []
    def one(act):
        try:
            gate.wait()
            act()
            told.append("done")
        except Refused as refused:
            told.append(refused.problems[0].code)
        finally:
            connections.close_all()
    threads = [threading.Thread(target=one, args=(act,)) for act in acts]
    for thread in threads: thread.start()
    for thread in threads: thread.join()
    return sorted(told)

def approve(cycle, act, name, seen=None):
    user = User.objects.get(username=name)
    seen = cycle.version if seen is None else seen
    return lambda: cycle_act(cycle=cycle, act=act, seen=seen, by=user, note="note")

def alone(act):
    try:
        act()
        return "done"
    except Refused as refused:
        return refused.problems[0].code
"""
ACT = """
told = {}
cycle = settled("2026-01")
told["two of HR"] = at_once(approve(cycle, "approve_hr", "hr"), approve(cycle, "approve_hr", "hr2"))
told["steps"] = list(MONTHS.steps(cycle).order_by("id").values_list("act", flat=True))
cycle.refresh_from_db()
told["after"] = [cycle.state, cycle.version]
told["an old page"] = alone(approve(cycle, "approve", "gm", seen=cycle.version - 1))
told["approved and sent back"] = at_once(approve(cycle, "approve", "gm"), approve(cycle, "send_back", "hr"))
told["one step more"] = MONTHS.steps(cycle).count()

both = settled("2026-02")
Cycle.objects.filter(month="2026-01").update(state="published")
both = approve(both, "approve_hr", "both")()
told["twice"] = alone(approve(both, "approve", "both"))
told["by another"] = alone(approve(both, "approve", "gm"))

again = Cycle.objects.get(month="2026-02")
told["two buttons"] = at_once(*[lambda: month_settle(cycle=again, by=people["hr"], note="试算")] * 4)
told["jobs"] = Job.objects.filter(key="settle:2026-02").count()
print(json.dumps(told))
"""


@pytest.fixture(scope="module")
def told(migrated: Installation, tmp_path_factory: pytest.TempPathFactory) -> dict[str, Any]:
    """What everybody who pressed was told."""
    (found,) = Installation.at(tmp_path_factory.mktemp("at_once") / "home", like=migrated).told(BEGIN + ACT)
    return found


def test_two_who_approve_at_once_approve_once(told: dict[str, Any]) -> None:
    """Fails when a month is approved twice, or the second person believes to have done it."""
    assert told["two of HR"] == ["done", "moved_on"]
    assert told["steps"] == ["settle", "approve_hr"]
    assert told["after"] == ["approved_hr", 2]


def test_approving_and_sending_back_at_once_is_one_of_them(told: dict[str, Any]) -> None:
    """Fails when a month that was sent back goes on as approved."""
    assert told["approved and sent back"] == ["done", "moved_on"]
    assert told["one step more"] == 3


def test_an_old_page_does_not_act(told: dict[str, Any]) -> None:
    """Fails when somebody approves figures other than those they looked at."""
    assert told["an old page"] == "moved_on"


def test_nobody_approves_in_both_roles(told: dict[str, Any]) -> None:
    """Fails when one person who holds both roles can publish a month alone."""
    assert told["twice"] == "same_person"
    assert told["by another"] == "done"


def test_four_presses_are_one_job(told: dict[str, Any]) -> None:
    """Fails when the month is settled as often as the button was pressed."""
    assert told["two buttons"] == ["done"] * 4
    assert told["jobs"] == 1
