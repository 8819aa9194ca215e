"""The group as it is built for settlements, without the demo's analysis of its last published month."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest

from fairwrench.web.access.models import User
from fairwrench.web.analysis.kpis.missed import Missed, missed_of
from fairwrench.web.analysis.kpis.services import Answer, kpi_answer, kpis_ask
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.analysis.reports.content import Content
from fairwrench.web.analysis.reports.services import analysis_approve, analysis_draft
from fairwrench.web.analysis.reports.workflow import ANALYSES
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.demo.group import CURRENT
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Unit
from fairwrench.web.tasks.models import Task
from tests.web.settlements.conftest import built, group, known, signed_in

__all__ = ["built", "group", "known", "signed_in"]
LAST = str(CURRENT.plus(-1))


@pytest.fixture(autouse=True)
def nothing(group: object, db: None) -> None:
    """Without the analysis of the demo, its questions and their tasks."""
    Analysis.objects.all().delete()
    MissedKpi.objects.all().delete()
    Task.objects.filter(origin="analysis").delete()


def user(name: str) -> User:
    """A login of the demo."""
    return User.objects.select_related("employee").get(username=name)


def store() -> str:
    """The store of the group."""
    return Unit.objects.get(kind=Unit.Kind.STORE).name


def month(name: str = LAST) -> Cycle:
    """A month with its run."""
    return Cycle.objects.select_related("run").get(month=name)


def missed(name: str = LAST) -> list[Missed]:
    """What the store missed."""
    return missed_of(cycle=month(name), stores=[store()], user=user("hr"))


def asked(name: str = LAST, at: int = 0) -> MissedKpi:
    """One missed KPI about which the director is asked."""
    owner = user("director").employee
    assert owner is not None
    metric = missed(name)[at].metric
    kpis_ask(cycle=month(name), store=store(), owners={metric: owner}, by=user("hr"))
    return MissedKpi.objects.select_related("cycle__run", "owner", "task").get(cycle__month=name, metric=metric)


def answer(**told: Any) -> Answer:
    """Why, and what the workshop manager does within a week."""
    filled = {"cause": "试车没有做全", "action": "交车前两人试车", "responsible": user("manager").employee}
    return Answer(**{**filled, "due": today() + timedelta(7), **told})


def answered(kpi: MissedKpi, **told: Any) -> MissedKpi:
    """The director's answer."""
    return kpi_answer(kpi=kpi, answer=answer(**told), by=user("director"), seen=kpi.version)


def drafted() -> Analysis:
    """The analysis of the store, drafted by HR."""
    return analysis_draft(cycle=month(), store=store(), by=user("hr"))


def act(analysis: Analysis, name: str, by: str = "hr", note: str = "") -> Analysis:
    """An act on it as it is."""
    fresh = Analysis.objects.get(pk=analysis.pk)
    return ANALYSES.act(record=fresh, name=name, by=user(by), seen=fresh.version, note=note)


def approved(analysis: Analysis) -> Analysis:
    """Submitted by HR, approved by the general manager as it is shown."""
    found = act(analysis, "submit")
    digest = Content.of(found).digest
    return analysis_approve(analysis=found, digest=digest, by=user("gm"), seen=found.version)
