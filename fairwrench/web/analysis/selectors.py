"""Whose analyses and missed KPIs somebody sees, and who reads what is sent."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment, Employee, Unit
from fairwrench.web.settlements.models import EVERY_STORE, StoreSums

Role, State = Grant.Role, Analysis.State
#: who writes analyses of their stores, and who approves them
WRITERS, APPROVERS = (Role.HR,), (Role.GENERAL_MANAGER,)
#: who reads all of an analysis
NEAR = (*WRITERS, *APPROVERS)
#: states in which an analysis says what it says for good
FINAL = (State.APPROVED, State.SENT)


def _of_stores(stores: Collection[str] | None) -> Q:
    """Rows of some stores; None for all of them, the whole group's among them."""
    # an empty condition would vanish beside another one
    return ~Q(pk__in=()) if stores is None else Q(store__in=stores)


def analyses_seen(*, user: User) -> QuerySet[Analysis]:
    """The analyses of stores whose HR one is; once they are submitted, of stores whose general manager one is; once
    they are sent, those of stores one oversees and those sent to oneself."""
    scope = Scope.of(user)
    found = _of_stores(scope.stores(*WRITERS))
    found |= _of_stores(scope.stores(*APPROVERS)) & ~Q(state=State.DRAFT)
    found |= _of_stores(scope.stores(*OVERSEERS)) & Q(state=State.SENT)
    if user.employee_id is not None:
        mine = Analysis.objects.filter(readings__reader=user.employee_id).order_by().values("pk")
        found |= Q(state=State.SENT, pk__in=mine)
    return Analysis.objects.filter(found).select_related("cycle")


def analysis_seen(*, user: User, analysis_id: int) -> Analysis:
    """One analysis for somebody who may look at it; Http404 for every other."""
    along = ("cycle__run", "document", "extract", "submitted_by")
    return get_object_or_404(analyses_seen(user=user).select_related(*along), pk=analysis_id)


def is_near(*, user: User, store: str) -> bool:
    """Whether a user reads all of an analysis: HR and the general manager of its store."""
    stores = Scope.of(user).stores(*NEAR)
    return stores is None or store in stores


def kpis_seen(*, user: User) -> QuerySet[MissedKpi]:
    """The missed KPIs of stores one oversees, those one is asked about, and those whose action is one's own."""
    scope = Scope.of(user)
    found = _of_stores(scope.stores(*OVERSEERS))
    found |= Q(owner__in=scope.acts_for)
    if user.employee_id is not None:
        found |= Q(responsible=user.employee_id)
    along = ("cycle__run", "owner", "responsible", "task")
    return MissedKpi.objects.filter(found).select_related(*along)


def open_questions() -> QuerySet[MissedKpi]:
    """The missed KPIs that still wait for an answer: none once the analysis of their store is approved."""
    final = Analysis.objects.filter(cycle=OuterRef("cycle"), store=OuterRef("store"), state__in=FINAL)
    return MissedKpi.objects.filter(~Exists(final), state=MissedKpi.State.ASKED)


def kpi_seen(*, user: User, kpi_id: int) -> MissedKpi:
    """One missed KPI for somebody who may look at it; Http404 for every other."""
    return get_object_or_404(kpis_seen(user=user), pk=kpi_id)


def settled_months() -> QuerySet[Cycle]:
    """The months that are settled, the latest first."""
    return Cycle.objects.filter(run__isnull=False).select_related("run").defer("run__problems").order_by("-month")


def stores_looked_at(*, cycle: Cycle, user: User) -> list[str]:
    """The stores of a settled month whose missed KPIs somebody sees, by name; the whole group first for who oversees
    all of them."""
    stores = Scope.of(user).stores(*OVERSEERS)
    names = StoreSums.objects.filter(_of_stores(stores), run=cycle.run_id).exclude(store=EVERY_STORE)
    found = list(names.order_by("store").values_list("store", flat=True))
    return [EVERY_STORE, *found] if stores is None and found else found


def analyses_of(*, cycle: Cycle, user: User) -> Mapping[str, Analysis]:
    """Store → its analysis of a month, as far as a user sees them."""
    return {each.store: each for each in analyses_seen(user=user).filter(cycle=cycle)}


def heads_of(*, stores: Collection[str]) -> Mapping[tuple[str, str], list[Employee]]:
    """Store and department (the scheme's id) → who heads it today, who is led by no other head of it first."""
    held = current(day=today()).filter(position__manager=True, store__name__in=stores)
    along = ("employee", "store", "department__parent")
    rows: dict[tuple[str, str], list[Assignment]] = {}
    for row in held.select_related(*along).order_by("employee__employee_id"):
        if not row.employee.has_left():
            rows.setdefault((row.store.name, department_code(row.department)), []).append(row)
    return {place: _topmost(found) for place, found in rows.items()}


def department_code(unit: Unit | None) -> str:
    """The scheme's id of a department, also of the one that a team belongs to."""
    while unit is not None and unit.kind == Unit.Kind.TEAM:
        unit = unit.parent
    return unit.code if unit is not None else ""


def _topmost(rows: list[Assignment]) -> list[Employee]:
    heads = {row.employee_id for row in rows}
    # sorting is stable: the others follow in the order of their ids
    ordered = sorted(rows, key=lambda row: row.manager_id in heads)
    return list(dict.fromkeys(row.employee for row in ordered))
