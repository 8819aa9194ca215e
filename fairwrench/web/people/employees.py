"""People hired, moved, named and gone, one at a time; a whole roster at once: `services.roster_apply`.

Whatever changes about an assignment holds from a day on. It begins another assignment, so that what was settled before
stands on what held then; only what began on that very day is corrected in its place.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any, NoReturn

from django.db import transaction
from django.db.models import Max, QuerySet

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.users.granting import require_administrator_besides
from fairwrench.web.org.days import require_plausible, today
from fairwrench.web.org.models import Assignment, Employee, Position, Unit
from fairwrench.web.org.organisation import departments_ensure
from fairwrench.web.org.schemes_in_use import KnownPositions, positions_named
from fairwrench.web.people.leaving import employees_returned

#: the first place: as in a file, whose first row is the header
FIRST_ROW = 2
Status = Employee.Status


def _next_place() -> int:
    last = Assignment.objects.aggregate(last=Max("place"))["last"]
    return FIRST_ROW if last is None else int(last) + 1


@dataclass(frozen=True, kw_only=True)
class Terms:
    """What somebody works under from `begin` on; the full salary in fen, None where it is not known. A department that
    is None is the one of the position, as in files."""

    store: Unit
    department: Unit | None
    position: Position
    manager: Employee | None
    status: str
    begin: date
    full_salary: int | None


def _refuse(code: str, zh: str, en: str) -> NoReturn:
    raise Refused([Problem(code, zh, en)])


@transaction.atomic
def employee_hire(*, employee_id: str, name: str, terms: Terms) -> Employee:
    """Take somebody on from the day the terms begin.

    Refused where the employee id is taken, for a day that cannot be meant, and for a position that no scheme has then.
    """
    require_plausible(terms.begin)
    # in either case: ids that differ by case alone nobody tells apart
    if Employee.objects.filter(employee_id__iexact=employee_id).exists():
        _refuse("known_id", f"工号 {employee_id} 已有人使用", f"the employee id {employee_id} is taken")
    _require_position(terms, None)
    employee = Employee.objects.create(employee_id=employee_id, name=name)
    _begin(employee, terms, hired_on=terms.begin)
    return _as_last(employee)


@transaction.atomic
def employee_move(*, employee: Employee, terms: Terms) -> Assignment:
    """Give somebody other terms from a day on: another position, store, manager, salary; the assignment before ends.

    What began that very day is corrected. Refused where something begins later, before the day of hire, for a day that
    cannot be meant, and for a position that no scheme has then. Who had left before that day is hired anew.
    """
    require_plausible(terms.begin)
    rows = _rows(employee)
    last = rows[-1] if rows else None
    if any(row.begin and row.begin > terms.begin for row in rows):
        _refuse("begins_later", "这一天之后已有任职记录，请先更正花名册", "an assignment begins after that day")
    if last is not None and last.hired_on and terms.begin < last.hired_on:
        _refuse("before_hired", f"早于入职日期 {last.hired_on}", f"that is before the day of hire, {last.hired_on}")
    if terms.manager is not None and terms.manager.pk == employee.pk:
        _refuse("own_manager", "直接上级不能是本人", "nobody is their own manager")
    _require_position(terms, last)
    if last is not None and last.left_on and last.left_on < terms.begin:
        # the time of service before is over: its login and duties do not come back with the person
        employees_returned(employees=[employee])
        made = _begin(employee, terms, hired_on=terms.begin)
    elif last is not None and _first_day(last) == terms.begin:
        made = _correct(last, terms)
    else:
        _end(rows, terms.begin - timedelta(days=1))
        # the time of service goes on: its first day, and a last one noted ahead, stay with the new terms
        hired = last.hired_on if last else terms.begin
        made = _begin(employee, terms, hired_on=hired, left_on=last.left_on if last else None)
    _as_last(employee)
    return made


def _require_position(terms: Terms, held: Assignment | None) -> None:
    """Refused for a position that no scheme has from that day on; whoever holds it already may keep it."""
    if held is not None and held.position_id == terms.position.pk:
        return
    position = terms.position
    known = KnownPositions.now()
    problem = known.problem(code=position.code, called=str(position), first=terms.begin, last=None)
    # a position that is only proposed may be given; it is assessed once the scheme is approved
    if problem and problem.severity == "error":
        raise Refused([problem])


def _rows(employee: Employee) -> list[Assignment]:
    """The person's assignments in order of time, locked."""
    rows: QuerySet[Assignment] = employee.assignments.select_for_update()
    return sorted(rows, key=lambda row: (row.begin or date.min, row.place))


def _first_day(row: Assignment) -> date:
    """The first day that an assignment covers."""
    return max(row.begin or date.min, row.hired_on or date.min)


def _begin(employee: Employee, terms: Terms, hired_on: date | None, left_on: date | None = None) -> Assignment:
    held = _values(terms) | {"hired_on": hired_on, "left_on": left_on, "end": left_on}
    return Assignment.objects.create(employee=employee, place=_next_place(), **held)


def _values(terms: Terms) -> dict[str, Any]:
    """The fields of an assignment under these terms."""
    found = dict(vars(terms))
    position = positions_named().get(terms.position.code) if terms.department is None else None
    if position is not None:
        place = (terms.store, position.department)
        found["department"] = departments_ensure(pairs=[place])[terms.store.pk, position.department]
    return found


def _correct(row: Assignment, terms: Terms) -> Assignment:
    """The terms of an assignment that began that very day."""
    for name, value in _values(terms).items():
        if name != "begin":
            setattr(row, name, value)
    row.save()
    return row


def _end(rows: list[Assignment], last_day: date) -> None:
    for row in rows:
        if row.end is None or row.end > last_day:
            row.end = last_day
            row.save(update_fields=["end"])


@transaction.atomic
def employee_leave(*, employee: Employee, last_day: date) -> Employee:
    """Note somebody's last day of service; what was to begin later does not. A day noted before is replaced.

    Duties, standing in and the login end with that day by themselves. Refused without an assignment by that day, where
    another has begun since, for a day that cannot be meant, and for the last administrator.
    """
    require_plausible(last_day)
    rows = _rows(employee)
    held = [row for row in rows if _first_day(row) <= last_day]
    since = [row for row in rows if row not in held]
    if not held or any(_first_day(row) <= today() for row in since):
        _refuse("not_in_service", "离职日期早于现任岗位的开始日期", "the last day lies before the present assignment")
    require_administrator_besides(employees=[employee])
    # all of them lie ahead (refused above otherwise), so nothing was settled on them
    for row in since:
        row.delete()
    last = held[-1]
    # an end that is the last day noted before moves with it
    if last.end is None or last.end > last_day or last.end == last.left_on:
        last.end = last_day
    last.left_on = last_day
    last.save(update_fields=["left_on", "end"])
    return _as_last(employee)


@transaction.atomic
def employee_stay(*, employee: Employee) -> Employee:
    """Take a last day of service back that was noted by mistake. Refused where none is noted."""
    rows = _rows(employee)
    last = rows[-1] if rows else None
    if last is None or last.left_on is None:
        _refuse("stays", "没有登记离职", "no last day is noted")
    if last.end == last.left_on:
        last.end = None
    last.left_on = None
    if last.status == Status.LEFT:
        last.status = Status.REGULAR
    last.save(update_fields=["left_on", "end", "status"])
    return _as_last(employee)


def employee_name(*, employee: Employee, name: str, aliases: str) -> Employee:
    """What somebody is called, and by which other names files call them (separated by 、)."""
    employee.name, employee.aliases = name, aliases
    employee.save(update_fields=["name", "aliases"])
    return employee


def _as_last(employee: Employee) -> Employee:
    """The person's own fields as the last assignment has them."""
    rows = _rows(employee)
    if rows:
        last = rows[-1]
        employee.status, employee.hired_on, employee.full_salary = last.status, last.hired_on, last.full_salary
        # who left without a day noted was there until the assignment's end
        employee.left_on = last.left_on or (last.end if last.status == Status.LEFT else None)
        employee.save()
    return employee
