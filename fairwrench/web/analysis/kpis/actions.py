"""What became of the actions that missed KPIs led to, in words and counted."""

from __future__ import annotations

from fairwrench.settlement.counts import number_of
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.tasks.models import UNSETTLED, Task
from fairwrench.web.ui.words import pick

State = Task.State


def action_state(kpi: MissedKpi) -> str:
    """How far the action of a missed KPI is: done, under way, late; or that nobody answered."""
    if kpi.task is None:
        return pick("未答复", "not answered")
    if kpi.task.overdue:
        return pick("已逾期", "overdue")
    return str(State(kpi.task.state).label)


def action_words(kpi: MissedKpi) -> str:
    """An action with who is responsible, by when, and how far it is."""
    if kpi.responsible is None or kpi.due is None:
        return action_state(kpi)
    # handed on, it is whose it is now
    who = (kpi.task.assignee if kpi.task else kpi.responsible).name
    due, how = kpi.due, action_state(kpi)
    return pick(f"{kpi.action}（{who}，{due}，{how}）", f"{kpi.action} ({who}, {due}, {how})")


def counted(kpis: list[MissedKpi]) -> str:
    """How many actions are done, under way, late, and given up: together they are all of them."""
    tasks = [kpi.task for kpi in kpis if kpi.task is not None]
    late = sum(task.overdue for task in tasks)
    done = sum(task.state == State.CONFIRMED for task in tasks)
    going = sum(task.state in UNSETTLED and not task.overdue for task in tasks)
    zh = f"上月措施 {len(tasks)} 项：完成 {done} 项，进行中 {going} 项，逾期 {late} 项"
    en = f"{number_of(len(tasks), 'action')} of last month: {done} done, {going} under way, {late} overdue"
    for state, words in ((State.WITHDRAWN, "withdrawn"), (State.DECLINED, "declined")):
        if n := sum(task.state == state for task in tasks):
            zh, en = f"{zh}，{state.label} {n} 项", f"{en}, {n} {words}"
    return pick(f"{zh}。", f"{en}.")
