"""The month that HR works on: its state and next deadline, and who is incomplete in it."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.days import now_local
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.calendar import step_due
from fairwrench.web.settlements.months.listed import listed_url
from fairwrench.web.settlements.months.months import is_shown, months_under_way
from fairwrench.web.settlements.months.workflow import NEXT
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import months_shown, run_before, run_of_month
from fairwrench.web.ui.words import joined, of, pick
from fairwrench.web.work.home.figures import Figure, change_of
from fairwrench.web.work.inbox.todos import left_words

#: act → what it is called where the next one of a month is told
CALLED = {
    "settle": ("锁定数据并核算", "seal and settle"),
    "approve_hr": ("人力资源审核", "HR's approval"),
    "approve": ("总经理批准", "the general manager's approval"),
    "publish": ("发布结果", "publish"),
}


def cycle_figures(user: User) -> Iterator[Figure]:
    """For HR: of the earliest month under way, else of the last one."""
    if not Scope.of(user).has(Grant.Role.HR):
        return
    under_way = [cycle for cycle in months_under_way(user=user) if is_shown(cycle)]
    cycle = under_way[0] if under_way else months_shown().first()
    if cycle is None:
        return
    yield _step(cycle)
    run, extent = run_of_month(cycle=cycle), Extent.of(user)
    if run is not None:
        yield _incomplete(cycle, run, extent)


def _step(cycle: Cycle) -> Figure:
    act, _ = NEXT.get(Cycle.State(cycle.state), ("", ""))
    due = step_due(cycle=cycle, act=act) if act else None
    note = [pick("下一步：{}", "next: {}").format(of(CALLED[act]))] if act else []
    note += [f"{due:%m-%d}", of(left_words(due, now_local()))] if due else []
    url = reverse("settlements:month", args=[cycle.month])
    return Figure(cycle.month, str(cycle.get_state_display()), url, joined(note, "，"))


def _incomplete(cycle: Cycle, run: Run, extent: Extent) -> Figure:
    sums = extent.sums(run) or {"states": {}, "people": 0}
    count, before = sums["states"].get("incomplete", 0), run_before(cycle=cycle, user=extent.user)
    change = None
    # a month that is not settled yet is incomplete by its nature, and no worse than the one before
    if before is not None and run.kind != Run.Kind.LIVE:
        was = (extent.sums(before) or {"states": {}})["states"].get("incomplete", 0)
        change = change_of(count, was, shown=str, since=before.cycle.month, better="lower")
    people = number_of(sums["people"], "person", "people")
    note = pick(f"共 {sums['people']} 人", f"of {people}")
    url = listed_url(cycle.month, state="incomplete")
    return Figure(pick("数据不全的人", "People incomplete"), str(count), url, note, change)
