"""What goals come from: goals of departments with their budgets, and job descriptions."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import require
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import GROUP, OfStore
from fairwrench.web.goals.models import DepartmentGoal, JobDescription, JobDuty
from fairwrench.web.goals.selectors import READERS
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Position, Unit

Role, Kind = Grant.Role, Unit.Kind
#: who enters goals of departments for their stores
KEEPERS = (Role.HR, Role.GENERAL_MANAGER)
#: the place of goals of regions and the group among stores, as the policy knows it
EVERYWHERE = "*"
#: the most duties of a description
MOST_DUTIES = 20


def store_named(unit: Unit) -> str:
    """The store that a unit is or belongs to, as permissions are asked about it; `*` for what is above stores."""
    at: Unit | None = unit
    while at is not None and at.kind != Kind.STORE:
        at = at.parent
    return at.name if at is not None else EVERYWHERE


def units_kept(*, user: User) -> QuerySet[Unit]:
    """The units whose goals a user enters: the stores of their role with the departments in them; all of them, and what
    is above, for who holds it for the whole group."""
    stores, units = Scope.of(user).stores(*KEEPERS), Unit.objects.exclude(kind=Kind.TEAM).select_related("parent")
    if stores is None:
        return units
    return units.filter(Q(kind=Kind.STORE, name__in=stores) | Q(kind=Kind.DEPARTMENT, parent__name__in=stores))


def department_goals_seen(*, user: User) -> QuerySet[DepartmentGoal]:
    """The goals of the group and of the stores in which somebody works or whose goals they read; budgets are told to
    who reads or enters them alone (`sees_budget`)."""
    scope = Scope.of(user)
    stores = scope.stores(*READERS, *KEEPERS)
    found = DepartmentGoal.objects.filter(ended_at=None).select_related("unit__parent")
    if stores is None:
        return found
    mine = current(day=scope.day).filter(Q(employee=user.employee_id) | Q(employee__employee_id__in=scope.led))
    near = stores | set(mine.values_list("store__name", flat=True))
    above = Q(unit__kind__in=(Kind.GROUP, Kind.REGION))
    return found.filter(above | Q(unit__name__in=near, unit__kind=Kind.STORE) | Q(unit__parent__name__in=near))


def sees_budget(*, user: User, goal: DepartmentGoal) -> bool:
    """Whether the planned cost of a unit is somebody's business."""
    stores = Scope.of(user).stores(*READERS, *KEEPERS)
    return stores is None or store_named(goal.unit) in stores


def department_goal_save(
    *, goal: DepartmentGoal | None, told: Mapping[str, Any], seen: int, by: User
) -> DepartmentGoal:
    """Enter a goal of a unit, or change one that was `seen` as it is. PermissionDenied for units of other stores."""
    require(by, "goals.plan", about=OfStore(store_named(told["unit"])))
    with transaction.atomic():
        if goal is None:
            kept = DepartmentGoal()
        else:
            kept = DepartmentGoal.objects.select_for_update(of=("self",)).select_related("unit__parent").get(pk=goal.pk)
            require(by, "goals.plan", about=OfStore(store_named(kept.unit)))
            _unchanged(kept, seen)
        for name, value in told.items():
            setattr(kept, name, value)
        kept.by = by
        kept.version += 1
        kept.save()
    return kept


def department_goal_end(*, goal: DepartmentGoal, seen: int, by: User) -> None:
    """No goal is drawn from it any more; those that were keep it."""
    require(by, "goals.plan", about=OfStore(store_named(goal.unit)))
    with transaction.atomic():
        kept = DepartmentGoal.objects.select_for_update().get(pk=goal.pk)
        _unchanged(kept, seen)
        kept.ended_at, kept.version = timezone.now(), kept.version + 1
        kept.save()


def _unchanged(goal: DepartmentGoal, seen: int) -> None:
    if goal.version != seen or goal.ended_at is not None:
        zh, en = "这个目标在打开页面之后已变动，请重新查看", "the goal changed since the page was opened; look again"
        raise Refused([Problem("moved_on", zh, en)])


@dataclass(frozen=True)
class Described:
    """A job description as it was filled in."""

    begins: date
    purpose: str
    duties: tuple[str, ...]


def job_describe(*, position: Position, told: Described, seen: int, by: User) -> JobDescription:
    """Write a further version of a position's job description; `seen` is the number of the last one that the page
    showed. What holds earlier stays."""
    require(by, "positions.describe", about=GROUP)
    duties = [each for each in told.duties if each][:MOST_DUTIES]
    if not duties:
        raise Refused(
            [Problem("no_duty", "请至少写一条职责，每行一条", "write at least one duty, one a line", path=("duties",))]
        )
    try:
        with transaction.atomic():
            last = JobDescription.objects.filter(position=position).order_by("-number").first()
            number = last.number if last else 0
            if number != seen:
                raise Refused([_overtaken()])
            with done_as(by=by, words=("编写岗位说明书", "wrote the job description")):
                kept = JobDescription.objects.create(
                    position=position, number=number + 1, begins=told.begins, purpose=told.purpose, by=by
                )
            JobDuty.objects.bulk_create(
                JobDuty(description=kept, place=at, words=words) for at, words in enumerate(duties)
            )
    except IntegrityError:
        raise Refused([_overtaken()]) from None
    return kept


def _overtaken() -> Problem:
    zh, en = "已有更新的版本，请重新查看", "there is a newer version by now; look again"
    return Problem("moved_on", zh, en)


def descriptions_of(codes: Iterable[str], day: date) -> dict[str, JobDescription]:
    """Position → the description that holds on a day."""
    found = JobDescription.objects.filter(position__code__in=list(codes), begins__lte=day).select_related("position")
    return {each.position.code: each for each in found.order_by("begins", "number")}
