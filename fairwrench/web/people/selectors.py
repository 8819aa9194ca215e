"""What of people a user may see: the list, one person, the organisation. Narrowed by the same scope as the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from fairwrench.web.people.models import Assignment, Delegation, Duty, Employee, Unit, User
from fairwrench.web.people.policy import KEEPERS, OVERSEERS, Role, may, works_in_reach
from fairwrench.web.people.scope import Scope, current, latest, today, units_below

#: whose role lets them see people at all, beside managers
SEERS = (*OVERSEERS, Role.ADMINISTRATOR)


def people_list(*, user: User) -> QuerySet[Assignment]:
    """One assignment a person, the last begun: of those led, and those whose last one lies in a store overseen."""
    scope = Scope.of(user)
    rows = Assignment.objects.filter(latest(day=scope.day))
    stores = scope.stores(*SEERS)
    if stores is not None:
        reached = scope.own | scope.led | scope.led_next
        rows = rows.filter(Q(store__name__in=stores) | Q(employee__employee_id__in=reached))
    return (
        rows.select_related("employee")
        .prefetch_related("store", "department", "position", "manager")
        .order_by("employee__employee_id")
    )


@dataclass(frozen=True)
class PersonPage:
    """What a user is shown of a person."""

    employee: Employee
    assignments: list[Assignment]
    now: Assignment | None
    manager: Employee | None
    next_manager: Employee | None
    reports: list[Employee]
    duties: list[Duty]
    delegations: list[Delegation]
    #: whether salaries may be shown
    pay: bool
    #: which of both managers the user may open
    manager_opens: bool = False
    next_opens: bool = False


def person_page(*, user: User, employee_id: str) -> PersonPage:
    """A person as the user may see them; Employee.DoesNotExist for an id nobody has.

    Those who only oversee a store see the assignments in it; pay is for the person and who oversees, not for managers.
    """
    employee = Employee.objects.get(employee_id=employee_id)
    assignments = _assignments_seen(user, employee)
    now = _holding(assignments, Scope.of(user).day)
    manager = now.manager if now else None
    above = manager_of(employee=manager)
    return PersonPage(
        employee=employee,
        assignments=assignments,
        now=now,
        manager=manager,
        next_manager=above,
        reports=reports_of(employee=employee),
        duties=list(employee.duties.select_related("unit")),
        delegations=list(employee.delegated.select_related("stand_in")),
        pay=sees_pay(user=user, employee_id=employee_id),
        manager_opens=manager is not None and may(user, "people.view_person", manager.employee_id),
        next_opens=above is not None and may(user, "people.view_person", above.employee_id),
    )


def _assignments_seen(user: User, employee: Employee) -> list[Assignment]:
    scope, rows = Scope.of(user), employee.assignments.select_related("store", "department", "position", "manager")
    stores = scope.stores(*SEERS)
    if stores is not None and employee.employee_id not in scope.own | scope.led | scope.led_next:
        rows = rows.filter(store__name__in=stores)
    return sorted(rows, key=lambda row: (row.begin or date.min, row.place))


def _holding(assignments: Iterable[Assignment], day: date) -> Assignment | None:
    begun = [each for each in assignments if (each.begin or date.min) <= day]
    return begun[-1] if begun else None


def sees_pay(*, user: User, employee_id: str) -> bool:
    """Whether a person's salary concerns the user: one's own, and those one's role oversees."""
    return employee_id in Scope.of(user).own or works_in_reach(user, employee_id, *OVERSEERS)


def manager_of(*, employee: Employee | None) -> Employee | None:
    """The line manager of somebody today."""
    if employee is None:
        return None
    held = current(day=today()).filter(employee=employee).select_related("manager")
    found = held.order_by(F("begin").desc(nulls_last=True), "-place").first()
    return found.manager if found else None


def reports_of(*, employee: Employee) -> list[Employee]:
    """Those whose line manager somebody is today."""
    held = current(day=today()).filter(manager=employee).values("employee")
    return list(Employee.objects.filter(pk__in=held))


def people_kept(*, user: User) -> QuerySet[Employee]:
    """The people whose record the user keeps: those whose last assignment lies in a store kept."""
    stores = stores_kept(user=user)
    if stores is None:
        return Employee.objects.all()
    held = Assignment.objects.filter(latest(day=today()), store__name__in=stores)
    return Employee.objects.filter(pk__in=held.values("employee"))


def stores_kept(*, user: User) -> set[str] | None:
    """The names of the stores whose roster the user keeps; None for all."""
    return Scope.of(user).stores(*KEEPERS)


def units_kept(*, user: User) -> set[int] | None:
    """The keys of the units that the user may change; None for all."""
    held = [grant for grant in Scope.of(user).grants if grant.role in KEEPERS]
    if any(grant.unit is None or grant.unit.kind == Unit.Kind.GROUP for grant in held):
        return None
    return units_below(units=[grant.unit_id for grant in held if grant.unit_id])


def duties_list(*, user: User) -> QuerySet[Duty]:
    """Who provides or rates what: everything for who sees all, else what lies in the stores overseen, and one's own."""
    rows = Duty.objects.select_related("unit", "unit__parent", "employee")
    scope = Scope.of(user)
    stores = scope.stores(*SEERS)
    if stores is None:
        return rows
    roots = Unit.objects.filter(kind=Unit.Kind.STORE, name__in=stores).values_list("id", flat=True)
    below = units_below(units=roots)
    return rows.filter(Q(unit__in=below) | Q(employee__employee_id__in=scope.own | scope.led))


@dataclass(frozen=True)
class Branch:
    """A unit with what hangs below it and how many people hold a position in it today, all below included."""

    unit: Unit
    parts: list[Branch]
    people: int
    #: whether the user may change it
    kept: bool


def organisation_tree(*, user: User) -> list[Branch]:
    """The whole organisation; three queries however large it is."""
    day = today()
    held = current(day=day).values_list("store_id", "department_id").annotate(people=Count("employee", distinct=True))
    counts: dict[int, int] = {}
    for store, department, people in held.order_by():
        at = department or store
        counts[at] = counts.get(at, 0) + people
    below: dict[int | None, list[Unit]] = {}
    for unit in Unit.objects.order_by("kind", "id"):
        below.setdefault(unit.parent_id, []).append(unit)
    kept = units_kept(user=user) if may(user, "people.change") else set()

    def branch(unit: Unit) -> Branch:
        parts = [branch(part) for part in below.get(unit.pk, [])]
        people = counts.get(unit.pk, 0) + sum(part.people for part in parts)
        return Branch(unit, parts, people, kept is None or unit.pk in kept)

    return [branch(unit) for unit in below.get(None, [])]


def stores_seen(*, user: User) -> list[str]:
    """The names of the stores of the people list; who sees all is offered every store, without a look at everybody."""
    if Scope.of(user).stores(*SEERS) is None:
        return sorted(Unit.objects.filter(kind=Unit.Kind.STORE).values_list("name", flat=True))
    return sorted(people_list(user=user).order_by().values_list("store__name", flat=True).distinct())


def delegates_for(*, user: User, employee_id: str) -> bool:
    """Whether the user may name who stands in for a person: oneself, and HR for people kept."""
    return employee_id in Scope.of(user).own or may(user, "people.change", employee_id)
