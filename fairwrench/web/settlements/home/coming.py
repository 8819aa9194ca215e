"""The deadlines of months that concern somebody: those they answer for, and those that concern whoever is assessed."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime

from fairwrench.settlement.calendar.deadlines import Deadline, Month, deadlines
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.assignments import current
from fairwrench.web.org.schemes_in_use import schemes_of
from fairwrench.web.work.home.coming import Coming

Role = Grant.Role
#: who is named responsible in a calendar → the roles that answer for it here
ANSWERS = {
    "hr": (Role.HR,),
    "general_manager": (Role.GENERAL_MANAGER,),
    "finance_manager": (Role.FINANCE,),
    "customer_service_manager": (Role.CUSTOMER_SERVICE,),
}
#: HR sees to all of them; the others look whether they are kept
FOLLOWERS = (Role.HR, Role.GM_ASSISTANT, Role.AUDITOR)
#: who answers for it as they lead people
LEADERS = ("line_manager", "department_manager")
#: steps that concern whoever is assessed: goals are agreed on, talked about, signed and paid
ASSESSED = ("planning", "interview", "signature", "payday")


def coming_of(user: User, now: datetime) -> Iterator[Coming]:
    """The deadlines after a moment (local time) that concern a user, of the months that are worked on then."""
    month, scope = Month.of(now.date()), Scope.of(user)
    held = current(day=scope.day).filter(employee=user.employee_id) if user.employee_id else None
    positions = set(held.values_list("position__code", flat=True)) if held is not None else set()
    # the steps of a month lie in it and in the one after; the first of a coming one may be next
    months = [month.plus(-1), month, month.plus(1)]
    for at, scheme in zip(months, schemes_of(months), strict=True):
        for step in deadlines(at, scheme.cycle)[0]:
            if step.due > now and _concerns(step, scope, positions):
                yield Coming(step.due, (f"{at} {step.name.zh}", f"{at} {step.name.en}"))


def _concerns(step: Deadline, scope: Scope, positions: set[str]) -> bool:
    if step.responsible in positions or scope.has(*FOLLOWERS, *ANSWERS.get(step.responsible, ())):
        return True
    if step.responsible in LEADERS and scope.led:
        return True
    return step.step in ASSESSED and bool(scope.own)
