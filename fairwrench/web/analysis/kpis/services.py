"""HR asks about missed KPIs; their owners answer, which makes tasks."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.db import transaction

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.choosing.finding import people_findable
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfStore
from fairwrench.web.analysis.kpis.missed import metrics_missed
from fairwrench.web.analysis.kpis.workflow import APPROVED, KPIS
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.analysis.selectors import FINAL
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.tasks.services import TITLE
from fairwrench.web.ui.requests.bare_text import bare_text

State = MissedKpi.State


@dataclass(frozen=True)
class Answer:
    """What the owner of a missed KPI says: why, and what is done by whom until when."""

    cause: str
    action: str
    responsible: Employee
    due: date


def kpis_ask(*, cycle: Cycle, store: str, owners: Mapping[str, Employee], by: User) -> int:
    """Ask the owners of KPIs that a store missed; how many are new. What was asked before stays as it is.

    Refused before the month is settled, for a KPI that was not missed, and for an owner who has left.
    """
    require(by, "analysis.write", about=OfStore(store))
    if problems := [*_unsettled(cycle), *_approved(cycle, store), *_of_owners(owners, by)]:
        raise Refused(problems)
    assert cycle.run is not None
    if strange := owners.keys() - metrics_missed(run=cycle.run, store=store):
        raise Refused([_not_missed(strange)])
    asked = 0
    with transaction.atomic():
        # held until it is written: of two presses one asks
        Cycle.objects.select_for_update().get(pk=cycle.pk)
        there = {each.metric: each for each in MissedKpi.objects.filter(cycle=cycle, store=store)}
        for metric, owner in owners.items():
            asked += _ask(
                there.get(metric) or MissedKpi(cycle=cycle, store=store, metric=metric, owner=owner), owner, by
            )
    return asked


def _ask(kpi: MissedKpi, owner: Employee, by: User) -> bool:
    if kpi._state.adding:
        kpi.save()
        KPIS.write(record=kpi, act="ask", by=by)
        return True
    if kpi.state != State.WITHDRAWN:
        return False
    KPIS.act(record=kpi, name="ask", by=by, owner=owner)
    return True


def kpi_owner(*, kpi: MissedKpi, owner: Employee, by: User, seen: int) -> MissedKpi:
    """Ask somebody else about a missed KPI."""
    return KPIS.held(KPIS.act(record=kpi, name="ask", by=by, seen=seen, owner=owner), owner=owner)


def kpi_answer(*, kpi: MissedKpi, answer: Answer, by: User, seen: int) -> MissedKpi:
    """Answer for a missed KPI: its action becomes a task of the responsible person; answered again after it was
    returned, the task of before is kept where it is the same, and else replaced."""
    cause, action = bare_text(answer.cause), bare_text(answer.action)
    told: dict[str, Any] = {"cause": cause, "action": action, "responsible": answer.responsible, "due": answer.due}
    return KPIS.held(KPIS.act(record=kpi, name="answer", by=by, seen=seen, title=_title(kpi, action), **told), **told)


def _title(kpi: MissedKpi, action: str) -> str:
    """The metric, its month and the first line of the action, as far as a task has room for it."""
    assert kpi.cycle.run is not None
    said = f"{names_of(run=kpi.cycle.run).metric(kpi.metric)} {kpi.cycle.month}：{action.partition(chr(10))[0]}"
    return said if len(said) <= TITLE else f"{said[: TITLE - 1]}…"


def _unsettled(cycle: Cycle) -> Iterator[Problem]:
    if cycle.run_id is None:
        zh, en = f"{cycle.month} 还没有核算", f"{cycle.month} is not settled yet"
        yield Problem("not_settled", zh, en)


def _approved(cycle: Cycle, store: str) -> Iterator[Problem]:
    if Analysis.objects.filter(cycle=cycle, store=store, state__in=FINAL).exists():
        yield Problem("analysis_approved", *APPROVED)


def _of_owners(owners: Mapping[str, Employee], by: User) -> Iterator[Problem]:
    if not owners:
        yield Problem("nobody_asked", "请至少为一项指标选择答复人", "choose who is to answer for at least one KPI")
    people = set(owners.values())
    known = set(people_findable(user=by).filter(pk__in=[each.pk for each in people]).values_list("pk", flat=True))
    for who in sorted(people, key=lambda each: each.employee_id):
        if who.has_left():
            zh, en = f"{who.name} 已离职，请选择别人", f"{who.name} has left; choose somebody else"
            yield Problem("has_left", zh, en)
        elif who.pk not in known:
            zh, en = f"您不能询问 {who.name}", f"you may not ask {who.name}"
            yield Problem("not_near", zh, en)


def _not_missed(metrics: set[str]) -> Problem:
    zh, en = f"本月没有未达标：{'、'.join(sorted(metrics))}", f"not missed in the month: {', '.join(sorted(metrics))}"
    return Problem("not_missed", zh, en)
