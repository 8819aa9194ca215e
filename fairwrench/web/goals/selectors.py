"""Whose goals somebody sees, and whose it is to draft, to agree, to review and to file them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import rules
from django.db.models import Count, Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.goals.models import AGREED, OPEN, Capacity, GoalSheet
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Assignment, Employee, in_service
from fairwrench.web.ui.requests.once import once

Role, State = Grant.Role, GoalSheet.State
#: who reads the goals of a whole store
READERS = (Role.HR, Role.GENERAL_MANAGER, Role.AUDITOR)
#: who files them, and acts where nobody leads somebody
FILERS = (Role.HR, Role.GENERAL_MANAGER)
#: state → as what one acts on a sheet in it
WAITS: Mapping[str, str] = {
    State.EMPLOYEE: Capacity.EMPLOYEE,
    State.MANAGER: Capacity.LINE_MANAGER,
    State.NEXT_LEVEL: Capacity.NEXT_LEVEL,
    State.HR: Capacity.HR,
}


def sheets() -> QuerySet[GoalSheet]:
    """Every sheet with the people on it."""
    return GoalSheet.objects.select_related("employee", "line_manager", "next_level", "carried_from__employee")


def sheets_seen(*, user: User) -> QuerySet[GoalSheet]:
    """One's own sheets; those of people whom one leads, or led in that month; those of departments one heads and of
    stores whose goals one reads."""
    scope = Scope.of(user)
    stores = scope.stores(*READERS)
    if stores is None:
        return sheets()
    found = Q(employee__employee_id__in=scope.own | scope.led | scope.led_next) | Q(store__in=stores)
    found |= scope.headed(store="store", department="department")
    if scope.leads_for:
        found |= Q(line_manager__in=scope.leads_for) | Q(next_level__in=scope.leads_for)
    return sheets().filter(found)


def sheet_seen(*, user: User, sheet_id: int) -> GoalSheet:
    """One sheet for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(sheets_seen(user=user), pk=sheet_id)


def sheets_as(*, user: User, capacity: str) -> QuerySet[GoalSheet]:
    """The sheets on which somebody acts in a capacity, in whatever state; nobody on their own but as employee."""
    me = user.employee_id
    if me is None:
        return sheets().none()
    if capacity == Capacity.EMPLOYEE:
        return sheets().filter(employee=me)
    return sheets().filter(_acting(Scope.of(user), capacity)).exclude(employee=me)


def acts_as(*, user: User, sheet: GoalSheet, capacity: str) -> bool:
    """Whether somebody acts on a sheet in a capacity."""
    asked = f"goals {sheet.pk} {user.pk} {capacity}"
    return once(asked, lambda: sheets_as(user=user, capacity=capacity).filter(pk=sheet.pk).exists())


def leads(*, user: User, employee: Employee) -> bool:
    """Whether somebody agrees on goals with a person as line manager: who leads them today; where nobody does, HR or
    the general manager of the store; nobody with themselves."""
    if user.employee_id is None or user.employee_id == employee.pk:
        return False
    scope = Scope.of(user)
    if employee.employee_id in scope.led:
        return True
    held = current(day=scope.day).filter(employee=employee)
    if held.filter(in_service(scope.day, "manager__"), manager__isnull=False).exists():
        return False
    stores = scope.stores(*FILERS)
    return held.filter(Q() if stores is None else Q(store__name__in=stores)).exists()


@rules.predicate
def leads_person(user: User, about: OfPerson) -> bool:
    """Whether somebody is a person's line manager, or stands in for them."""
    return about.employee_id in Scope.of(user).led


def waiting(*, user: User, state: str) -> QuerySet[GoalSheet]:
    """The sheets in a state that wait for a user; none that was not agreed when its month was settled."""
    return sheets_as(user=user, capacity=WAITS[state]).filter(~_lapsed(), state=state)


def _lapsed() -> Q:
    """For sheets: those that both had not agreed on when their month was settled, so that nobody can any more."""
    return Q(state__in=OPEN) & Q(Exists(Cycle.objects.filter(month=OuterRef("month"), run__isnull=False)))


def waiting_counts(*, user: User) -> list[tuple[str, str, int]]:
    """Month and state of the sheets that wait for a user, with how many, in one query; what `waiting` lists."""
    me = user.employee_id
    if me is None:
        return []
    scope, found = Scope.of(user), Q(state=State.EMPLOYEE, employee=me)
    for state, capacity in WAITS.items():
        # a general manager may file, and is not asked to
        asked = capacity != Capacity.HR or scope.has(Role.HR)
        if capacity != Capacity.EMPLOYEE and asked:
            found |= Q(state=state) & _acting(scope, capacity) & ~Q(employee=me)
    counted = GoalSheet.objects.filter(found).exclude(_lapsed()).order_by("month").values_list("month", "state")
    rows = counted.annotate(n=Count("pk"))
    order = list(WAITS)
    return sorted(rows, key=lambda row: (order.index(row[1]), row[0]))


def in_force(*, month: Month | str, people: Iterable[str] | None = None) -> dict[str, GoalSheet]:
    """Employee id → the sheet whose goals hold in a month: the latest edition that both have signed."""
    found = sheets().filter(month=str(month), state__in=AGREED).order_by("edition")
    if people is not None:
        found = found.filter(employee__employee_id__in=list(people))
    return {sheet.employee.employee_id: sheet for sheet in found}


def editions_of(sheet: GoalSheet) -> QuerySet[GoalSheet]:
    """Every edition of a person's month, the latest first."""
    return GoalSheet.objects.filter(employee=sheet.employee_id, month=sheet.month).order_by("-edition")


def team_of(*, user: User) -> QuerySet[Assignment]:
    """The assignments of those whom a user leads today; a person who holds two stands there twice."""
    scope = Scope.of(user)
    held = current(day=scope.day).filter(employee__employee_id__in=scope.led)
    return held.select_related("employee", "position", "store").order_by("position_id", "employee__employee_id")


def _acting(scope: Scope, capacity: str) -> Q:
    """For sheets: those on which one acts as a manager or as HR.

    Who leads somebody today agrees with them, whoever did when the sheet was written: the work is still to be done. Of
    the managers named on a sheet who leads nobody of it any more acts no longer.
    """
    if capacity == Capacity.HR:
        return _of_stores(scope, FILERS)
    if capacity == Capacity.NEXT_LEVEL:
        return Q(employee__employee_id__in=scope.led_next)
    led_now = current(day=scope.day).filter(
        in_service(scope.day, "manager__"), employee=OuterRef("employee"), manager__isnull=False
    )
    nobody = ~Q(Exists(led_now)) & _of_stores(scope, FILERS)
    return Q(employee__employee_id__in=scope.led) | nobody


def _of_stores(scope: Scope, roles: Iterable[str]) -> Q:
    stores = scope.stores(*roles)
    return Q() if stores is None else Q(store__in=stores)
