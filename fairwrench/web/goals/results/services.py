"""What employee and manager say of goals at the month's end."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from django.core.exceptions import PermissionDenied
from django.db import transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.cycles.selectors import is_closed
from fairwrench.web.goals.models import Capacity, GoalSheet, Outcome
from fairwrench.web.goals.selectors import acts_as, in_force
from fairwrench.web.goals.workflow import NOTE, moved_on, theirs
from fairwrench.web.ui.requests.bare_text import bare_text


@dataclass(frozen=True)
class Said:
    """What a form says of one goal: how it came out, a word to it, and what its page showed (`seen_of`)."""

    value: str
    note: str
    seen: str


def capacity_on(*, sheet: GoalSheet, user: User) -> str:
    """As what somebody says how the goals of a sheet came out; empty for who does not."""
    asked = (Capacity.EMPLOYEE, Capacity.LINE_MANAGER)
    return next((str(each) for each in asked if acts_as(user=user, sheet=sheet, capacity=each)), "")


def seen_of(outcome: Outcome | None) -> str:
    """What a page shows of an outcome, as its form tells it back."""
    return f"{outcome.value}|{outcome.note}" if outcome else ""


def outcomes_save(*, sheet: GoalSheet, told: Mapping[int, Said], by: User) -> list[Problem]:
    """Keep what somebody says of some goals (by key) of the sheet that holds; what was changed since its page was
    opened is told and left as it is. Refused once the month is published, and for a sheet that holds no more."""
    capacity = capacity_on(sheet=sheet, user=by)
    if not capacity:
        raise PermissionDenied(theirs().code)
    if is_closed(sheet.at):
        zh, en = f"{sheet.month} 已发布，完成情况不再变动", f"{sheet.month} is published; results of goals stay"
        raise Refused([Problem("published", zh, en)])
    problems = []
    with transaction.atomic():
        locked = GoalSheet.objects.select_for_update(of=("self",)).select_related("employee").get(pk=sheet.pk)
        held = in_force(month=sheet.month, people=[sheet.employee.employee_id]).get(sheet.employee.employee_id)
        if held != locked:
            raise Refused([moved_on(locked)])
        there = {each.goal_id: each for each in Outcome.objects.filter(goal__sheet=locked, capacity=capacity)}
        for goal in locked.goals.all():
            said = told.get(goal.pk)
            if said is None:
                continue
            note, now = bare_text(said.note)[:NOTE], seen_of(there.get(goal.pk))
            new = f"{said.value}|{note}" if said.value else ""
            if new in (said.seen, now):
                continue
            if now != said.seen:
                zh = f"“{goal.what}”的完成情况在打开页面之后已变动，您填的没有保存"
                en = f"what was said of “{goal.what}” changed since the page was opened; yours was not kept"
                problems.append(Problem("overtaken", zh, en))
            elif said.value:
                Outcome.objects.update_or_create(
                    goal=goal, capacity=capacity, defaults={"value": said.value, "note": note, "by": by}
                )
            else:
                there[goal.pk].delete()
    return problems
