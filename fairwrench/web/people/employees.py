"""People hired, moved, named and gone, one at a time; a whole roster at once: `services.roster_apply`."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from django.db import transaction
from django.db.models import F, Max, Q

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.people.models import Assignment, Employee, Position, Unit

FIRST_ROW = 2


def _next_place() -> int:
    last = Assignment.objects.aggregate(last=Max("place"))["last"]
    return FIRST_ROW if last is None else int(last) + 1


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What somebody works under from `begin` on; the full salary in fen, None where it is not known."""

    store: Unit
    department: Unit | None
    position: Position
    manager: Employee | None
    status: str
    begin: date
    full_salary: int | None


def _refuse(code: str, zh: str, en: str) -> None:
    raise Refused([Problem(code, zh, en)])


@transaction.atomic
def employee_hire(*, employee_id: str, name: str, terms: Terms) -> Employee:
    """Take somebody on from the day the terms begin. Refused where the employee id is taken."""
    if Employee.objects.filter(employee_id=employee_id).exists():
        _refuse("known_id", f"工号 {employee_id} 已有人使用", f"the employee id {employee_id} is taken")
    employee = Employee.objects.create(employee_id=employee_id, name=name)
    _begin(employee, terms, hired_on=terms.begin)
    return _as_last(employee)


@transaction.atomic
def employee_move(*, employee: Employee, terms: Terms) -> Assignment:
    """Give somebody other terms from a day on: another position, store, manager, salary; the assignment before ends.

    Refused where something already begins on that day or later: what stands is history, and mended by the roster.
    """
    rows = employee.assignments.select_for_update().order_by("begin", "place")
    if rows.filter(begin__gte=terms.begin).exists():
        _refuse("begins_later", "这一天或之后已有任职记录，请先更正花名册", "an assignment begins on that day or later")
    if terms.manager is not None and terms.manager.pk == employee.pk:
        _refuse("own_manager", "直接上级不能是本人", "nobody is their own manager")
    hired = rows.filter(hired_on__isnull=False).order_by(F("begin").desc(nulls_last=True)).first()
    for row in rows.filter(Q(end=None) | Q(end__gte=terms.begin)):
        row.end = terms.begin - timedelta(days=1)
        row.save(update_fields=["end"])
    made = _begin(employee, terms, hired_on=hired.hired_on if hired else None)
    _as_last(employee)
    return made


def _begin(employee: Employee, terms: Terms, hired_on: date | None) -> Assignment:
    return Assignment.objects.create(employee=employee, hired_on=hired_on, place=_next_place(), **vars(terms))


@transaction.atomic
def employee_leave(*, employee: Employee, last_day: date) -> Employee:
    """Note somebody's last day of service. Refused without an assignment, or before it began."""
    held = employee.assignments.order_by(F("begin").desc(nulls_last=True), "-place").first()
    if held is None or (held.begin and held.begin > last_day):
        _refuse("not_in_service", "离职日期早于现任岗位的开始日期", "the last day lies before the present assignment")
    else:
        held.left_on, held.status = last_day, Employee.Status.LEFT
        held.save(update_fields=["left_on", "status"])
    return _as_last(employee)


def employee_name(*, employee: Employee, name: str, aliases: str) -> Employee:
    """What somebody is called, and by which other names files call them (separated by 、)."""
    employee.name, employee.aliases = name, aliases
    employee.save(update_fields=["name", "aliases"])
    return employee


def _as_last(employee: Employee) -> Employee:
    """The person's own fields as the last assignment has them."""
    last = employee.assignments.order_by(F("begin").desc(nulls_last=True), "-place").first()
    if last:
        employee.status, employee.hired_on = last.status, last.hired_on
        employee.left_on, employee.full_salary = last.left_on, last.full_salary
        employee.save()
    return employee
