"""The deadlines of a month's cycle as the console shows them."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.days import today
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.ui.words import lang


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
