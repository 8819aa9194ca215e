"""The roster taken in: units, positions, employees and assignments as the core's roster frame has them."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

import polars as pl
from auditlog.context import disable_auditlog
from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.db.models import QuerySet

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.settlement.frames import conform
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.users.granting import require_administrator_besides
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.org.organisation import departments_ensure, positions_ensure, stores_ensure, unit_group
from fairwrench.web.org.roster.changes import Change, Terms, roster_changes
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.people.leaving import employees_returned

#: without these a row places nobody
NEEDED = ("employee_id", "name", "store", "position")
#: what a person is called and the terms of the last assignment
OF_PERSON = ("name", "status", "hired_on", "left_on", "full_salary", "aliases")
ACTIONS = {"new": LogEntry.Action.CREATE, "changed": LogEntry.Action.UPDATE, "gone": LogEntry.Action.DELETE}


@dataclass(frozen=True)
class Counts:
    """What a roster changed: people by what became of them, and all assignments there are now."""

    new: int
    changed: int
    gone: int
    assignments: int


@transaction.atomic
def roster_apply(*, roster: pl.DataFrame, by: User | None) -> Counts:
    """Make the roster (columns `ledger.roster.roster.COLUMNS`, in their order) the whole truth about who works where.

    Stores, departments and positions that it names are made where they are missing. People it does not name keep their
    record and account but hold no assignment any more: what a file of people makes of the roster without touching the
    past is `roster_becoming`. Refused where a row lacks what `NEEDED` says, or names a manager who is not in it, and
    where the last administrator would leave. Accounts of those who come back after a last day are closed until HR opens
    them. All or nothing; two at the same time follow one another.
    """
    frame = conform(roster, COLUMNS, "roster").with_columns(pl.col("status").fill_null("regular"))
    if problems := [*_incomplete(frame), *_strange_managers(frame)]:
        raise Refused(problems)
    # the group's row stands for the whole roster: who comes second compares with what the first made of it
    Unit.objects.select_for_update().get(pk=unit_group().pk)
    changes = roster_changes(before=roster_frame(), after=frame)
    rows = frame.rows(named=True)
    require_administrator_besides(employees=_those(changes, _leaves))
    employees_returned(employees=_those(changes, _returns))
    # an entry a person (`_log`), not one for each of the assignments that are written anew
    with disable_auditlog():
        people = _employees(changes, rows)
        # nothing refers to an assignment, so all can be written anew instead of matched with those of before
        Assignment.objects.all().delete()
        Assignment.objects.bulk_create(_assignments(rows, people), batch_size=2000)
    _log(changes, people, by)
    kinds = Counter(change.kind for change in changes)
    return Counts(kinds["new"], kinds["changed"], kinds["gone"], len(rows))


def _incomplete(frame: pl.DataFrame) -> list[Problem]:
    return [
        Problem(
            code="incomplete_row",
            zh=f"花名册第 {row} 行缺少{column}，无法导入",
            en=f"row {row} of the roster lacks its {column}",
            line=row or 0,
        )
        for column in NEEDED
        for row in frame.filter(pl.col(column).is_null())["_row"]
    ]


def _strange_managers(frame: pl.DataFrame) -> list[Problem]:
    strange = set(frame["manager_id"].drop_nulls()) - set(frame["employee_id"])
    return [
        Problem("unknown_manager", f"直接上级 {person} 不在花名册中", f"the manager {person} is not on the roster")
        for person in sorted(strange)
    ]


def _those(changes: Iterable[Change], which: Callable[[Change], bool]) -> QuerySet[Employee]:
    return Employee.objects.filter(employee_id__in=[change.employee_id for change in changes if which(change)])


def _leaves(change: Change) -> bool:
    """Whether a last day is noted of somebody who had none."""
    return bool(change.before and change.after and not _last_day(change.before[-1]) and _last_day(change.after[-1]))


def _returns(change: Change) -> bool:
    """Whether somebody whose last day is over is in service again."""
    over = change.before and (_last_day(change.before[-1]) or today()) < today()
    return bool(over and change.after) and not _last_day(change.after[-1])


def _last_day(row: Terms) -> date | None:
    """The last day of service that a row tells; of somebody who left without one, the last of the assignment."""
    return row["left_on"] or (row["to"] if row["status"] == Employee.Status.LEFT else None)


def _employees(changes: Iterable[Change], rows: list[Terms]) -> dict[str, Employee]:
    """Everybody by employee id, once the new and changed are written."""
    written = [_employee(change) for change in changes if change.after]
    Employee.objects.bulk_create(
        written, update_conflicts=True, unique_fields=["employee_id"], update_fields=OF_PERSON, batch_size=2000
    )
    return {person.employee_id: person for person in Employee.objects.all()}


def _employee(change: Change) -> Employee:
    last = change.after[-1]
    names = dict.fromkeys(name for row in change.after if row["aliases"] for name in row["aliases"].split("、"))
    terms: dict[str, Any] = {name: last[name] for name in OF_PERSON}
    terms |= {"aliases": "、".join(names), "left_on": _last_day(last)}
    return Employee(employee_id=change.employee_id, **terms)


def _assignments(rows: list[Terms], people: dict[str, Employee]) -> Iterable[Assignment]:
    stores = stores_ensure(names=(row["store"] for row in rows))
    pairs = ((stores[row["store"]], row["department"]) for row in rows if row["department"])
    departments = departments_ensure(pairs=pairs)
    positions = positions_ensure(codes=(row["position"] for row in rows))
    last = 0
    for row in rows:
        store = stores[row["store"]]
        # places go up even where rows come without one, as they order assignments of the same day
        last = max(last + 1, row["_row"] or 0)
        yield Assignment(
            employee=people[row["employee_id"]],
            store=store,
            department=departments.get((store.pk, row["department"])),
            position=positions[row["position"]],
            manager=people.get(row["manager_id"]),
            begin=row["from"],
            end=row["to"],
            place=last,
            **{name: row[name] for name in ("status", "hired_on", "left_on", "full_salary")},
        )


def _log(changes: list[Change], people: dict[str, Employee], by: User | None) -> None:
    """One entry in the audit log for each person concerned."""
    kind = ContentType.objects.get_for_model(Employee)
    LogEntry.objects.bulk_create(
        (
            LogEntry(
                content_type=kind,
                object_pk=str(people[change.employee_id].pk),
                object_id=people[change.employee_id].pk,
                object_repr=str(people[change.employee_id]),
                action=ACTIONS[change.kind],
                actor=by,
                changes={name: [_said(old), _said(new)] for name, old, new in change.differences},
                additional_data={"roster": True},
            )
            for change in changes
        ),
        batch_size=2000,
    )


def _said(value: Any) -> str:
    return "" if value is None else str(value)
