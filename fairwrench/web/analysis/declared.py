"""What analyses hand on to apps before them: to-dos, figures of homes, stages and points of a month."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from django.db.models import Count, Q
from django.urls import reverse
from django.utils.http import urlencode

from fairwrench.settlement.calendar.deadlines import Deadline
from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.scope import Scope
from fairwrench.web.analysis.models import Analysis, MissedKpi
from fairwrench.web.analysis.selectors import APPROVERS, WRITERS, open_questions
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.checklist import Point
from fairwrench.web.settlements.months.way import MonthStage, Part
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import Words, pick
from fairwrench.web.work.home.figures import Figure
from fairwrench.web.work.inbox.todos import ToDo

State, Kpi = Analysis.State, MissedKpi.State
#: state → what is said of an analysis that waits for a user in it, and the button
SAID: Mapping[str, tuple[tuple[str, str], tuple[str, str]]] = {
    State.SUBMITTED: (("待批准", "to be approved"), ("去批准", "Approve")),
    State.APPROVED: (("已批准，待下发", "is approved, to be sent"), ("去下发", "Send")),
    State.SENT: (("已下发，请阅读确认", "was sent to you: read and confirm it"), ("去阅读", "Read")),
}


def todos_of(user: User) -> Iterator[ToDo]:
    """The KPIs that one is asked about; analyses to approve, to send, to read."""
    if not opens(user, "analysis.read"):
        return
    asked = open_questions().filter(owner__in=Scope.of(user).acts_for)
    for kpi in asked.order_by().values("pk", "store", "cycle__month"):
        words = (
            f"{kpi['store']} {kpi['cycle__month']} 有未达标指标待您说明原因和措施",
            f"{kpi['cycle__month']}: say why a KPI of {kpi['store']} was missed, and what is done",
        )
        url = reverse("analysis:kpi", args=[kpi["pk"]])
        yield ToDo(words, url, "target", button=("去说明", "Answer"), open=("未达标原因未说明", "with a missed KPI"))
    for found in _waiting(user):
        said, button = SAID[found.state]
        words = f"{found} 绩效分析{said[0]}", f"the analysis of {found} {said[1]}"
        url = reverse("analysis:analysis", args=[found.pk])
        yield ToDo(words, url, "report-analytics", button=button, decides=found.state == State.SUBMITTED)


def _waiting(user: User) -> list[Analysis]:
    scope = Scope.of(user)
    asked = Q(readings__reader=user.employee_id, readings__read_at=None, state=State.SENT)
    waits = asked if user.employee_id is not None else Q(pk__in=())
    for state, roles in ((State.SUBMITTED, APPROVERS), (State.APPROVED, WRITERS)):
        stores = scope.stores(*roles)
        theirs = Q(state=state) if stores is None else Q(state=state, store__in=stores)
        # nobody approves what they submitted
        waits |= theirs & ~Q(submitted_by=user.pk) if state == State.SUBMITTED else theirs
    return list(Analysis.objects.filter(waits).select_related("cycle").distinct())


def cycle_figures(user: User) -> Iterator[Figure]:
    """How many KPIs wait for their owners' answers, in the stores whose HR somebody is."""
    stores = Scope.of(user).stores(*WRITERS)
    if stores is not None and not stores:
        return
    asked = open_questions()
    if stores is not None:
        asked = asked.filter(store__in=stores)
    told = asked.order_by("-cycle__month").values_list("cycle__month", flat=True)
    if months := list(told):
        url = f"{reverse('analysis:missed')}?month={months[0]}"
        yield Figure(pick("未达标指标待说明", "Missed KPIs to be answered"), str(len(months)), url, months[0])


def _counts(cycle: Cycle, extent: Extent) -> Mapping[str, int]:
    """Of a month, in the stores seen: how many questions and analyses are in each state; asked once for all of it."""
    if cycle.run_id is None:
        return {}
    return once(f"analyses {cycle.pk} {extent.user.pk} {extent.whole}", lambda: _counted(cycle, extent))


def _counted(cycle: Cycle, extent: Extent) -> Mapping[str, int]:
    kpis, analyses = cycle.missed_kpis.all(), cycle.analyses.all()
    if extent.stores is not None:
        kpis, analyses = kpis.filter(store__in=extent.stores), analyses.filter(store__in=extent.stores)
    rows = kpis.order_by().values_list("state").annotate(n=Count("pk"))
    # in one query, as no two states of the two have one name
    return dict(rows.union(analyses.order_by().values_list("state").annotate(n=Count("pk")), all=True))


def _listed(cycle: Cycle) -> str:
    return f"{reverse('analysis:missed')}?{urlencode({'month': cycle.month})}"


def _answered(cycle: Cycle, extent: Extent, _run: Run | None) -> Part | None:
    """How many questions about missed KPIs are answered; left out where nobody was asked."""
    counts = _counts(cycle, extent)
    asked, answered = counts.get(Kpi.ASKED, 0), counts.get(Kpi.ANSWERED, 0)
    return Part(answered, asked + answered, _listed(cycle), "analysis.view")


def _sent(cycle: Cycle, extent: Extent, _run: Run | None) -> Part | None:
    """How many analyses are sent; left out of a month that is closed without any."""
    counts = _counts(cycle, extent)
    begun = sum(counts.get(state, 0) for state in State)
    return Part(counts.get(State.SENT, 0), begun or int(not cycle.closed), _listed(cycle), "analysis.view")


def _undated(_step: Deadline) -> bool:
    return False


STAGES = (
    MonthStage(65, ("未达标说明", "Missed KPIs"), _undated, _answered),
    MonthStage(105, ("绩效分析", "Analysis"), _undated, _sent),
)


def month_points(cycle: Cycle, extent: Extent) -> Iterator[Point]:
    """That a published month has no analysis that was sent, or that questions are open; nothing waits for either."""
    if cycle.state != Cycle.State.PUBLISHED or cycle.closed:
        return
    counts = _counts(cycle, extent)
    lists, takes = _listed(cycle), "analysis.view"
    if n := counts.get(Kpi.ASKED, 0):
        zh, en = f"{n} 项未达标指标待说明原因和措施", f"{number_of(n, 'missed KPI')} to be answered for"
        yield Point(False, False, pick(zh, en), lists=lists, takes=takes)
    if not counts.get(State.SENT, 0):
        words = pick("本月绩效分析未下发", "no analysis of the month is sent")
        yield Point(False, False, words, lists=lists, takes=takes)


def history_of(employee: Employee) -> list[Words]:
    """Whether somebody was asked about a missed KPI, or an analysis was sent to them."""
    kpis = MissedKpi.objects.filter(Q(owner=employee) | Q(responsible=employee))
    sent = Analysis.objects.filter(readings__reader=employee)
    return [("绩效分析", "analyses")] if kpis.exists() or sent.exists() else []
