"""Two who confirm shares of one team in the same moment, in a month that nobody began yet, each on PostgreSQL."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.web.conftest import MIGRATE
from tests.web.evidence.test_events_at_once import on_postgresql
from tests.web.work.installation import Installation

pytestmark = pytest.mark.slow
#: both read what stands before either writes, unless the second waits for the first
BOTH = """
import json, threading, time
from datetime import date
from decimal import Decimal
from django.db import connections
from django.utils import timezone
timezone.localdate = lambda *_: date(2026, 10, 15)
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.org.models import Employee
from fairwrench.web.people.roster_services import roster_apply
from fairwrench.web.teams.confirming import services
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.models import TeamSet
from tests.web.small_office import PEOPLE, frame_of

roster_apply(roster=frame_of(PEOPLE), by=None)
hr = User.objects.create_user("hr", employee=Employee.objects.get(employee_id="E104"))
Grant.objects.create(user=hr, role="hr")
stands = services._standing

def slowly(*given):
    found = stands(*given)
    time.sleep(2)
    return found

services._standing = slowly
gate, told = threading.Barrier(2), {}

def confirm(who):
    parts = [(Employee.objects.get(employee_id=who), Decimal(1))]
    draft = Draft(Month(2026, 10), "东店", "机电一组", date(2026, 10, 1), parts)
    by = User.objects.get(username="hr")
    try:
        gate.wait()
        services.team_set_confirm(draft=draft, by=by)
        told[who] = "confirmed"
    except Refused as refused:
        told[who] = refused.problems[0].code
    finally:
        connections.close_all()

threads = [threading.Thread(target=confirm, args=(who,)) for who in ("E102", "E103")]
for thread in threads: thread.start()
for thread in threads: thread.join()
print(json.dumps({"told": told, "parts": TeamSet.objects.get().parts}))
"""


def test_of_two_at_once_the_second_is_refused(tmp_path: Path) -> None:
    """Breaks if both are told that their shares hold, and one of the two decisions is lost."""
    with on_postgresql() as variables:
        (told,) = Installation.at(tmp_path / "home").told(MIGRATE + BOTH, **variables)
    (won,) = [who for who, what in told["told"].items() if what == "confirmed"]
    assert sorted(told["told"].values()) == ["changed", "confirmed"]
    assert told["parts"] == {won: 1000}
