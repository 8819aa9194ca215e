"""What pages of goals show: what a reader may do with a sheet, and how far a team is."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from django.db.models import Count
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.goals.models import AGREED, Capacity, GoalSheet
from fairwrench.web.goals.selectors import acts_as, in_force, sheets
from fairwrench.web.goals.workflow import GOALS, settled
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.work.workflow.offers import Offer, offers_of

State = GoalSheet.State
BOTH = (Capacity.EMPLOYEE, Capacity.LINE_MANAGER)


@dataclass(frozen=True)
class Acts:
    """What a reader may do with a sheet: its buttons, and whether they write it or ask for a change of it."""

    offers: list[Offer]
    writes: bool
    changes: bool


def acts_of(sheet: GoalSheet, user: User) -> Acts:
    """What a user may do with a sheet as it is."""
    offers = offers_of(GOALS, sheet, user, url=lambda act: reverse("goals:act", args=[sheet.pk, act]))
    both = any(acts_as(user=user, sheet=sheet, capacity=each) for each in BOTH)
    return Acts(
        offers,
        both and sheet.state == State.DRAFT and not any(settled(sheet.month, sheet.at)),
        both and _changeable(sheet),
    )


def _changeable(sheet: GoalSheet) -> bool:
    later = GoalSheet.objects.filter(employee=sheet.employee_id, month=sheet.month, edition__gt=sheet.edition)
    open_one = later.exclude(state=State.WITHDRAWN).exists()
    return sheet.state == State.FILED and not open_one and not any(settled(sheet.month, sheet.at))


@dataclass(frozen=True)
class Member:
    """Somebody of a team with the goals of a month: the sheet that they are on, how many there are, the one that holds
    where that is another, and whether there are goals of the month before."""

    employee: Employee
    position: str
    sheet: GoalSheet | None
    goals: int
    holds: GoalSheet | None
    before: bool

    @property
    def waits(self) -> bool:
        """Whether the manager has to do something: nothing is written, or it is still a draft."""
        return self.sheet is None or self.sheet.state in (State.DRAFT, State.MANAGER)


def team_shown(*, rows: Collection[Assignment], month: Month) -> list[Member]:
    """A team with its goals of a month, in the order of its assignments."""
    people = {row.employee.employee_id: row for row in rows}
    found = sheets().filter(month=str(month), employee__employee_id__in=list(people)).exclude(state=State.WITHDRAWN)
    latest: dict[str, GoalSheet] = {}
    for sheet in found.annotate(count=Count("goals")).order_by("edition"):
        latest[sheet.employee.employee_id] = sheet
    holding = in_force(month=month, people=people)
    before = in_force(month=month.plus(-1), people=people)
    return [_member(row, latest.get(who), holding.get(who), who in before) for who, row in people.items()]


def _member(row: Assignment, sheet: GoalSheet | None, holding: GoalSheet | None, before: bool) -> Member:
    holds = holding if holding and sheet and holding.pk != sheet.pk else None
    return Member(row.employee, str(row.position), sheet, getattr(sheet, "count", 0), holds, before)


def people_without(*, month: Month, people: Collection[str]) -> list[str]:
    """Those of some people whose goals of a month nobody has written and offered yet."""
    begun = GoalSheet.objects.filter(month=str(month), employee__employee_id__in=list(people))
    done = begun.exclude(state__in=(State.DRAFT, State.WITHDRAWN)).values_list("employee__employee_id", flat=True)
    return sorted(set(people) - set(done))


def stores_asked(*, user: User, roles: Sequence[str]) -> list[str]:
    """The stores whose teams somebody may look at, by role."""
    stores = Scope.of(user).stores(*roles)
    held = current(day=Scope.of(user).day).order_by("store__name").values_list("store__name", flat=True).distinct()
    return [name for name in held if stores is None or name in stores]


def editions_shown(sheet: GoalSheet) -> list[Mapping[str, object]]:
    """The editions of a person's month, the latest first, and which of them holds."""
    rows = GoalSheet.objects.filter(employee=sheet.employee_id, month=sheet.month).order_by("-edition")
    found = list(rows.select_related("employee"))
    holding = next((each for each in found if each.state in AGREED), None)
    return [{"sheet": each, "holds": each == holding, "here": each.pk == sheet.pk} for each in found]
