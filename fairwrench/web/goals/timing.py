"""Which month is planned, and by when: a step of the scheme's calendar, moved as the others are (S1 ❺ 5.1.1)."""

from __future__ import annotations

from datetime import datetime

from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.web.cycles.selectors import open_month
from fairwrench.web.org.days import today
from fairwrench.web.schemes.selectors import scheme_at

PLANNING = "planning"


def planned_by(month: Month) -> datetime | None:
    """When the goals of a month are to be agreed (local time); None where its calendar has no such step."""
    steps, _ = deadlines(month, scheme_at(month=month).cycle)
    return next((step.due for step in steps if step.step == PLANNING), None)


def month_to_plan() -> Month:
    """The month whose goals are due now: this one; where the months worked on lie elsewhere, as in a demo, theirs."""
    now, worked_on = Month.of(today()), open_month()
    return now if worked_on is None or abs(worked_on.until(now)) <= 1 else worked_on
