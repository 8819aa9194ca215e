"""What of people a user may see: the list, one person, the organisation. Narrowed by the same scope as the policy."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date

from django.db.models import Count, F, Q, QuerySet

from fairwrench.web.access.models import Delegation, User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import KEEPERS, PAYERS, SEERS, units_held
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson, OfPost
from fairwrench.web.org.assignments import current, latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Duty, Employee, Position, Unit
from fairwrench.web.org.unit_tree import units_below


def people_list(*, user: User) -> QuerySet[Assignment]:
    """One assignment a person, the last begun: of those led, and those whose last one lies in a store overseen or a
    department headed."""
    scope = Scope.of(user)
    rows = Assignment.objects.filter(latest(day=scope.day))
    stores = scope.stores(*SEERS)
    if stores is not None:
        reached = scope.own | scope.led | scope.led_next
        rows = rows.filter(Q(store__name__in=stores) | Q(employee__employee_id__in=reached) | scope.headed())
    return (
        rows.select_related("employee", "position")
        .prefetch_related("store", "department", "manager")
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

    Those who only oversee a store see the assignments in it, and of somebody who moved away nothing of what is now; pay
    is for the person and who oversees, not for managers.
    """
    employee = Employee.objects.get(employee_id=employee_id)
    assignments = _assignments_seen(user, employee)
    now = _holding(assignments, Scope.of(user).day)
    manager = now.manager if now else None
    above = manager_of(employee=manager)
    listed = people_list(user=user).order_by().filter(employee=employee).exists()
    return PersonPage(
        employee=employee,
        assignments=assignments,
        now=now,
        manager=manager,
        next_manager=above,
        reports=reports_seen(user=user, employee=employee),
        duties=list(duties_list(user=user).filter(employee=employee)),
        delegations=list(employee.delegated.select_related("stand_in")) if listed else [],
        pay=_sees_pay(user, employee_id, assignments),
        manager_opens=_opens(user, manager),
        next_opens=_opens(user, above),
    )


def _assignments_seen(user: User, employee: Employee) -> list[Assignment]:
    scope, rows = Scope.of(user), employee.assignments.select_related("store", "department", "position", "manager")
    stores = scope.stores(*SEERS)
    if stores is not None and employee.employee_id not in scope.own | scope.led | scope.led_next:
        rows = rows.filter(Q(store__name__in=stores) | scope.headed())
    return sorted(rows, key=lambda row: (row.begin or date.min, row.place))


def _holding(assignments: Iterable[Assignment], day: date) -> Assignment | None:
    begun = [each for each in assignments if (each.begin or date.min) <= day]
    return begun[-1] if begun else None


def _sees_pay(user: User, employee_id: str, assignments: Iterable[Assignment]) -> bool:
    """Whether the salaries of some assignments of a person concern the user: that of each, in its store."""
    # without an assignment it is asked of no store, which only who sees all of them may
    stores = {row.store.name for row in assignments} or {""}
    return all(may(user, "people.view_pay", about=OfPost(employee_id, store)) for store in stores)


def _opens(user: User, person: Employee | None) -> bool:
    return person is not None and may(user, "people.view_person", about=OfPerson(person.employee_id))


def manager_of(*, employee: Employee | None) -> Employee | None:
    """The line manager of somebody today."""
    if employee is None:
        return None
    held = current(day=today()).filter(employee=employee).select_related("manager")
    # no begin is since ever, so it comes behind every day that is named
    found = held.order_by(F("begin").desc(nulls_last=True), "-place").first()
    return found.manager if found else None


def reports_seen(*, user: User, employee: Employee) -> list[Employee]:
    """Those whose line manager somebody is today, as far as the user sees them; of oneself, all."""
    held = current(day=today()).filter(manager=employee).values("employee")
    reports = Employee.objects.filter(pk__in=held)
    if employee.pk != user.employee_id:
        reports = reports.filter(pk__in=people_list(user=user).order_by().values("employee"))
    return list(reports)


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


def stores_paid(*, user: User) -> set[str] | None:
    """The names of the stores whose salaries the user may see; None for all."""
    return Scope.of(user).stores(*PAYERS)


def keeps_pay(*, user: User) -> bool:
    """Whether the user may see the salaries of every store whose roster they keep."""
    kept, paid = stores_kept(user=user), stores_paid(user=user)
    return paid is None or (kept is not None and kept <= paid)


def units_kept(*, user: User) -> set[int] | None:
    """The keys of the units that the user may change; None for all."""
    return units_held(user, *KEEPERS)


def positions_list(*, user: User) -> QuerySet[Position]:
    """Every position with how many hold it today (`people`), of those whom the user sees."""
    held = current(day=today())
    if Scope.of(user).stores(*SEERS) is not None:
        held = held.filter(employee__in=people_list(user=user).order_by().values("employee"))
    counted = Count("assignments", filter=Q(assignments__in=held.values("pk")))
    return Position.objects.annotate(people=counted).order_by("id")


def duties_list(*, user: User) -> QuerySet[Duty]:
    """Who provides or rates what: everything for who sees all, else what lies in the stores overseen, of the people of
    a department headed, and one's own."""
    rows = Duty.objects.select_related("unit", "unit__parent", "employee")
    scope = Scope.of(user)
    stores = scope.stores(*SEERS)
    if stores is None:
        return rows
    roots = Unit.objects.filter(kind=Unit.Kind.STORE, name__in=stores).values_list("id", flat=True)
    below = units_below(units=roots)
    mine = Q(employee__employee_id__in=scope.own | scope.led | scope.led_next)
    if scope.heads_some:
        held = Assignment.objects.filter(latest(day=scope.day)).filter(scope.headed())
        mine |= Q(employee__in=held.order_by().values("employee"))
    return rows.filter(Q(unit__in=below) | mine)


@dataclass(frozen=True)
class Branch:
    """A unit with what hangs below it and how many people hold a position in it today, all below included."""

    unit: Unit
    parts: list[Branch]
    people: int
    #: whether the user may change it
    kept: bool


def organisation_tree(*, user: User) -> list[Branch]:
    """The organisation as far as the user sees people in it: their stores, and what stands above these; the whole of it
    for who sees all. The queries are as many however large it is."""
    counts = _people_by_unit(user)
    below: dict[int | None, list[Unit]] = {}
    for unit in _units_seen(user):
        below.setdefault(unit.parent_id, []).append(unit)
    kept = units_kept(user=user)

    def branch(unit: Unit) -> Branch:
        parts = [branch(part) for part in below.get(unit.pk, [])]
        people = counts.get(unit.pk, 0) + sum(part.people for part in parts)
        return Branch(unit, parts, people, kept is None or unit.pk in kept)

    return [branch(unit) for unit in below.get(None, [])]


def _people_by_unit(user: User) -> dict[int, int]:
    """Department, else store → how many of the people seen hold a position there today."""
    held = current(day=today())
    if Scope.of(user).stores(*SEERS) is not None:
        held = held.filter(employee__in=people_list(user=user).order_by().values("employee"))
    # somebody who holds two positions in one department is one person
    rows = held.values_list("store_id", "department_id").annotate(people=Count("employee", distinct=True))
    counts: dict[int, int] = {}
    for store, department, people in rows.order_by():
        counts[department or store] = counts.get(department or store, 0) + people
    return counts


def _units_seen(user: User) -> list[Unit]:
    """Every unit in its order; for who does not see all, only those in their reach and those above them."""
    units = list(Unit.objects.order_by("kind", "id"))
    if Scope.of(user).stores(*SEERS) is None:
        return units
    stores, above = set(stores_seen(user=user)), {unit.pk: unit.parent_id for unit in units}
    roots = {unit.pk for unit in units if unit.kind == Unit.Kind.STORE and unit.name in stores}
    seen = units_below(units=roots) | (units_held(user, *SEERS) or set())
    for pk in list(seen):
        # up to the root, or to a unit from which the way up is known
        while (pk := above.get(pk) or 0) and pk not in seen:
            seen.add(pk)
    return [unit for unit in units if unit.pk in seen]


def stores_seen(*, user: User) -> list[str]:
    """The names of the stores of the people list; who sees all is offered every store, without a look at everybody."""
    if Scope.of(user).stores(*SEERS) is None:
        return sorted(Unit.objects.filter(kind=Unit.Kind.STORE).values_list("name", flat=True))
    return sorted(people_list(user=user).order_by().values_list("store__name", flat=True).distinct())
