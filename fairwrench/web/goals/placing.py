"""Where people work in a month and who leads them, by the roster as it stands: goals are agreed before a month is
settled, so no run says it."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from datetime import date

from django.db.models import F

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.goals.models import GoalSheet
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee


@dataclass(frozen=True)
class Placed:
    """Where somebody works, as what, and the two above; None where nobody in service is."""

    store: str
    department: str
    position: str
    manager: Employee | None
    above: Employee | None

    def put(self, sheet: GoalSheet) -> None:
        """Write it on a sheet."""
        sheet.store, sheet.department, sheet.position = self.store, self.department, self.position
        sheet.line_manager, sheet.next_level = self.manager, self.above


def day_of(month: Month) -> date:
    """The day of a month that counts: today within it, else its first or last."""
    return min(max(today(), month.first), month.last)


def placed(*, people: Collection[int], month: Month) -> Mapping[int, Placed]:
    """Where some people (by key) work; who holds no assignment then is left out. Who changes store within the month is
    where they are today, so that the new manager agrees on what is still to come."""
    day = day_of(month)
    held = _held(people, day)
    above = _held({row.manager.pk for row in held.values() if row.manager}, day)
    return {who: _placed(row, above, day) for who, row in held.items()}


def _held(people: Collection[int], day: date) -> dict[int, Assignment]:
    rows = current(day=day).filter(employee__in=people).select_related("store", "department", "position", "manager")
    # the later of two wins, as it is written last
    return {row.employee_id: row for row in rows.order_by(F("begin").asc(nulls_first=True), "place", "id")}


def _placed(row: Assignment, above: Mapping[int, Assignment], day: date) -> Placed:
    manager = _there(row.manager, day)
    over = above.get(manager.pk) if manager else None
    department = row.department
    while department is not None and department.kind == department.Kind.TEAM:
        department = department.parent
    code = department.code if department is not None else ""
    return Placed(row.store.name, code, row.position.code, manager, _there(over.manager if over else None, day))


def _there(manager: Employee | None, day: date) -> Employee | None:
    return None if manager is None or manager.has_left(day) else manager
