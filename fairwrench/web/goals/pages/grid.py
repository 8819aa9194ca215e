"""Targets, weights and days of many drafts at once: a line a goal, a cell kept only where nobody else changed it."""

from __future__ import annotations

import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation

from django.db import transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import point_units
from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.goals.models import Goal, GoalSheet
from fairwrench.web.goals.selectors import sheets
from fairwrench.web.goals.sheets.content import Content, contents_of
from fairwrench.web.goals.sheets.services import counted, drafted
from fairwrench.web.goals.workflow import settled
from fairwrench.web.ui.requests.bare_text import bare_text

State = GoalSheet.State
#: what of a goal the grid changes, and the most letters of each
CELLS: Mapping[str, int] = {"target": 80, "weight": 8, "due": 10}
_WHOLE = Decimal(100)


@dataclass(frozen=True)
class Cell:
    """One cell: its field's name, what stands in it, what was typed where that could not be kept."""

    name: str
    value: str
    shown: str


@dataclass(frozen=True)
class Line:
    """One goal with its cells."""

    goal: Goal
    measure: str
    cells: Mapping[str, Cell]


@dataclass(frozen=True)
class Group:
    """One person's draft with its lines."""

    sheet: GoalSheet
    lines: list[Line]


@dataclass
class Saved:
    """How many cells were kept, and why others were not."""

    kept: int = 0
    problems: list[Problem] = field(default_factory=list)


def value_of(goal: Goal, name: str) -> str:
    """What stands in a cell, as somebody would type it."""
    if name == "weight":
        return "" if goal.weight is None else f"{Decimal(goal.weight) / 100:f}"
    if name == "due":
        return goal.due.isoformat() if goal.due else ""
    return goal.target


def drafts_of(*, user: User, month: Month) -> list[Content]:
    """The drafts of those whom a user leads, in a month."""
    scope = Scope.of(user)
    led = sheets().filter(month=str(month), state=State.DRAFT, employee__employee_id__in=scope.led - scope.own)
    return contents_of(led.order_by("position", "employee__employee_id"))


def groups_of(*, user: User, month: Month, typed: Mapping[str, str] | None = None) -> list[Group]:
    """The grid; `typed` is what a form holds that could not be kept."""
    typed = typed or {}
    return [
        Group(
            content.sheet,
            [
                Line(shown.goal, shown.measure, {name: _cell(shown.goal, name, typed) for name in CELLS})
                for shown in content.shown
            ],
        )
        for content in drafts_of(user=user, month=month)
    ]


def _cell(goal: Goal, name: str, typed: Mapping[str, str]) -> Cell:
    field_name, value = f"{goal.pk}.{name}", value_of(goal, name)
    return Cell(field_name, value, typed.get(field_name, value))


def grid_save(*, user: User, month: Month, told: Mapping[str, str]) -> Saved:
    """Keep the cells that a form changes (`GOAL.target` with what its page showed as `GOAL.target.seen`). A cell that
    somebody else changed meanwhile is left, and told; once the month is settled nothing is kept."""
    saved = Saved()
    if problems := [*settled(str(month), month)]:
        saved.problems.extend(problems)
        return saved
    for content in drafts_of(user=user, month=month):
        with transaction.atomic():
            locked = drafted(content.sheet, user)
            changed = sum(_line(goal, told, saved, locked) for goal in locked.goals.all())
            if changed:
                counted(locked, user, "save")
        saved.kept += changed
    return saved


def _line(goal: Goal, told: Mapping[str, str], saved: Saved, sheet: GoalSheet) -> int:
    kept = 0
    for name, most in CELLS.items():
        field_name = f"{goal.pk}.{name}"
        if field_name not in told:
            continue
        typed, now = bare_text(unicodedata.normalize("NFKC", told[field_name])), value_of(goal, name)
        seen = told.get(f"{field_name}.seen", now)
        if typed in (seen, now):
            continue
        if now != seen:
            zh, en = (
                f"打开页面之后已改为“{now or '空'}”，您填的没有保存",
                f"was changed to “{now}” meanwhile; yours was not kept",
            )
            saved.problems.append(_wrong(sheet, goal, zh, en))
        elif len(typed) > most or not _put(goal, name, typed):
            saved.problems.append(_wrong(sheet, goal, f"“{typed[:40]}”填得不对", f"{typed[:40]!r} cannot be read"))
        else:
            kept += 1
    if kept:
        goal.save()
    return kept


def _put(goal: Goal, name: str, typed: str) -> bool:
    """Write a cell; False where it cannot be read."""
    try:
        if name == "target":
            goal.target = typed
        elif name == "due":
            goal.due = date.fromisoformat(typed) if typed else None
        else:
            weight = Decimal(typed.removesuffix("%")) if typed else None
            if weight is not None and not 0 <= weight <= _WHOLE:
                return False
            goal.weight = None if weight is None else point_units(weight)
    except (ValueError, InvalidOperation):
        return False
    return True


def _wrong(sheet: GoalSheet, goal: Goal, zh: str, en: str) -> Problem:
    about = f"{sheet.employee.name} · {goal.what}"
    return Problem("goal", f"{about}：{zh}", f"{about}: {en}", subject=str(goal.pk))
