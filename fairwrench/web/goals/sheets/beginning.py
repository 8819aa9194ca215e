"""What a sheet begins with: last month's goals, the department's, the items of the scheme, or nothing."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date

from django.db.models import Q

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.goals.models import DepartmentGoal, Goal, GoalSheet, JobDescription, JobDuty
from fairwrench.web.goals.placing import placed
from fairwrench.web.goals.selectors import in_force
from fairwrench.web.goals.sheets.content import contents_of
from fairwrench.web.goals.sheets.measuring import categories_of, kpis_of, names_at
from fairwrench.web.goals.sheets.services import Draft, GoalDraft, PlanDraft
from fairwrench.web.org.models import Employee

#: where a sheet comes from → what it is called
BEGINNINGS: Mapping[str, tuple[str, str]] = {
    "last": ("照抄上月", "copy last month"),
    "department": ("从部门目标带出", "from the department’s goals"),
    "scheme": ("从考核项带出", "from the scheme’s items"),
    "blank": ("空白", "blank"),
}


def beginning(*, how: str, employee: Employee, month: Month) -> Draft:
    """The lines that a sheet of somebody begins with."""
    if how == "last":
        return lasts(people=[employee.employee_id], month=month).get(employee.employee_id, Draft())
    where = placed(people=[employee.pk], month=month).get(employee.pk)
    if where is None or how == "blank":
        return Draft()
    sheet = GoalSheet(employee=employee, month=str(month))
    where.put(sheet)
    if how == "scheme":
        kpis = kpis_of([sheet], month)[employee.employee_id]
        return Draft(
            [
                GoalDraft(
                    kpi.category,
                    kpi.name,
                    Goal.Kind.METRIC if kpi.kind == "metric" else Goal.Kind.ITEM,
                    kpi.key,
                    target=kpi.typed,
                    due=month.last,
                )
                for kpi in kpis
            ]
        )
    first = categories_of(names_at(month).scheme, where.position)[0][0]
    return Draft([_drawn(each, first, month) for each in goals_above(sheet)])


def _drawn(goal: DepartmentGoal, category: str, month: Month) -> GoalDraft:
    return GoalDraft(
        category, goal.title, goal.kind, goal.subject, goal.measure, goal.target, month.last, department_goal=goal
    )


def lasts(*, people: Iterable[str], month: Month) -> dict[str, Draft]:
    """Employee id → the goals that held the month before, their days moved along."""
    before = in_force(month=month.plus(-1), people=people)
    return {
        content.sheet.employee.employee_id: Draft(
            [GoalDraft(**{**vars(GoalDraft.of(each)), "due": moved(each.due, month)}) for each in content.goals],
            [PlanDraft(each.what, each.how, moved(each.due, month)) for each in content.plan],
        )
        for content in contents_of(before.values())
    }


def moved(due: date | None, month: Month) -> date | None:
    """A day of the month before as the same day of a month, its last as the last; a day beyond stays as it is."""
    earlier = month.plus(-1)
    if due is None or Month.of(due) != earlier:
        return due
    return (
        month.last
        if due == earlier.last
        else due.replace(year=month.year, month=month.month, day=min(due.day, month.days))
    )


def goals_above(sheet: GoalSheet) -> list[DepartmentGoal]:
    """The goals of the group, the store and the department that a sheet's may come from, those of the month first."""
    place = Q(unit__kind="group") | Q(unit__kind="store", unit__name=sheet.store)
    place |= Q(unit__kind="department", unit__code=sheet.department, unit__parent__name=sheet.store)
    when = Q(year=sheet.at.year) & (Q(month=None) | Q(month=sheet.at.month))
    found = DepartmentGoal.objects.filter(place, when, ended_at=None).select_related("unit")
    return sorted(found, key=lambda each: (each.month is None, each.unit.kind != "department", each.pk))


def duties_of(sheet: GoalSheet) -> list[JobDuty]:
    """The duties of the position by the job description that holds on the month's last day."""
    held = JobDescription.objects.filter(position__code=sheet.position, begins__lte=sheet.at.last)
    latest = held.order_by("-begins", "-number").first()
    return list(latest.duties.all()) if latest else []
