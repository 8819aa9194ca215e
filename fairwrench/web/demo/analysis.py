"""The demo's analysis of its last published month: asked, answered, approved and sent, with two actions under way."""

from __future__ import annotations

from datetime import timedelta

from fairwrench.web.access.models import User
from fairwrench.web.analysis.kpis.missed import missed_of
from fairwrench.web.analysis.kpis.services import Answer, kpi_answer, kpis_ask
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.analysis.reports.content import Content
from fairwrench.web.analysis.reports.services import analysis_approve, analysis_draft, reading_confirm
from fairwrench.web.analysis.reports.workflow import ANALYSES
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Assignment
from fairwrench.web.work.signing.documents import digest_of

#: cause, action and in how many days it is due, of those that are answered
ANSWERED = (
    (
        "两名技师月初外出培训，返修集中在异响和空调；交车前试车没有做全。",
        "异响、空调类工单交车前由两人试车并签字，每周五抽查 10 单。",
        20,
    ),
    (
        "配件到货晚于承诺时间的工单占延误的一半，承诺前没有核对库存。",
        "先核对配件到货再承诺交车时间；调度每天 17:00 发出次日缺件清单。",
        27,
    ),
)


def analysis_make(*, cycle: Cycle) -> None:
    """Ask the service director about what the store missed, let the answers become tasks, and send the analysis; once
    only."""
    hr, gm, director, manager = (
        User.objects.select_related("employee").get(username=name) for name in ("hr", "gm", "director", "manager")
    )
    if Analysis.objects.exists() or director.employee is None or manager.employee is None:
        return
    held = Assignment.objects.filter(latest(day=today()), employee=director.employee).select_related("store")
    store = held.get().store.name
    missed = missed_of(cycle=cycle, stores=[store], user=hr)[: len(ANSWERED)]
    if missed:
        kpis_ask(cycle=cycle, store=store, owners={each.metric: director.employee for each in missed}, by=hr)
    kpis = MissedKpi.objects.filter(cycle=cycle, store=store).select_related("cycle__run").order_by("pk")
    for kpi, (cause, action, days) in zip(kpis, ANSWERED, strict=False):
        answer = Answer(cause, action, manager.employee, today() + timedelta(days))
        kpi_answer(kpi=kpi, answer=answer, by=director, seen=kpi.version)
    found = analysis_draft(cycle=cycle, store=store, by=hr)
    found = ANALYSES.act(record=found, name="submit", by=hr, seen=found.version)
    shown = digest_of(Content.of(found).document)
    found = analysis_approve(analysis=found, digest=shown, by=gm, seen=found.version)
    found = ANALYSES.act(record=found, name="send", by=hr, seen=found.version)
    reading_confirm(analysis=found, by=director)
