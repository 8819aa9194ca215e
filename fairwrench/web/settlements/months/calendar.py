"""The deadlines of a month's cycle as the console shows them."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.utils import timezone

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Deadline, Month, deadlines
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.days import today
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.ui.words import lang

#: the step of the calendar by which a month is published, since pay goes by what is published
PAYDAY = "payday"


def steps_of(*, month: Month, names: Names | None) -> list[dict[str, Any]]:
    """Each step with who is responsible, when it is due, why it was moved, and whether its time is over.

    `names` are those of the run that the month was worked out by; before there is one, the scheme in force says it all.
    """
    names = names or Names(scheme_at(month=month), sources(), lang())
    scheme = names.scheme
    found, _ = deadlines(month, scheme.cycle)
    # deadlines are told by the clock on the wall where the stores are
    now = timezone.localtime().replace(tzinfo=None)
    return [
        {
            "name": step.name.of(lang()),
            "responsible": names.role(step.responsible),
            "due": step.due,
            "moved": step.reason.of(lang()) if step.reason else "",
            "over": step.due.replace(tzinfo=None) < now,
        }
        for step in found
    ]


def days_left(*, month: Month) -> int:
    """How many days of a month are still to come, today not among them; 0 once it is over."""
    day = today()
    return 0 if day > month.last else month.days if day < month.first else month.days - day.day


def plan_of(*, cycle: Cycle) -> tuple[Deadline, ...]:
    """The deadlines of a month by the scheme that holds in it."""
    return deadlines(cycle.at, scheme_at(month=cycle.at).cycle)[0]


def step_due(*, cycle: Cycle, act: str) -> datetime | None:
    """By when an act of a month (`months.workflow`) is due; None where its calendar has no such step.

    It is settled once all figures were to be handed in, approved by the steps of who approves, published by payday.
    """
    plan = plan_of(cycle=cycle)
    if act == "settle":
        return max((step.due for step in plan if step.hands_in), default=None)
    responsible = {"approve_hr": "hr", "approve": "general_manager"}.get(act)
    named = [step.due for step in plan if step.responsible == responsible]
    return min(named or [step.due for step in plan if step.step == PAYDAY], default=None)
