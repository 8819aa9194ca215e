"""The head of one's own month: score and grade it heads for, pay, and how much of it is measured."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.report.figures import NONE, share_text, yuan
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of
from fairwrench.settlement.explain.explain import points
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.org.days import today
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.calendar import days_left
from fairwrench.web.settlements.runs.masking import sees_performance_pay
from fairwrench.web.settlements.selectors import (
    history_of,
    latest_cycle,
    names_of,
    only,
    result_seen,
    run_shown,
)
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.home.figures import Figure, change_of


def mine_figures(user: User) -> Iterator[Figure]:
    """For everybody on the roster of whom a month says something."""
    if user.employee is None or not opens(user, "results.view_mine"):
        return
    employee_id = user.employee.employee_id
    cycle = latest_cycle(user=user, people=only(employee_id))
    run = run_shown(cycle=cycle, user=user, employee_id=employee_id) if cycle else None
    result = result_seen(run=run, employee_id=employee_id, user=user) if run else None
    if cycle is None or run is None or result is None:
        return
    url, names = reverse("settlements:mine"), names_of(run=run)
    # of who is on no card nothing is ever measured
    if not result.scorecard:
        return
    if result.state == "excluded":
        yield Figure(pick("本月考核", "Assessment"), pick("不参加", "not assessed"), url, names.reason(result.reason))
        return
    earlier = history_of(employee_id=employee_id, before=cycle.month, user=user, months=2)
    before = next((past for past in reversed(earlier) if past.run.cycle.month < cycle.month), None)
    if result.heads_score is not None:
        yield from _score_and_grade(result, before, run, url)
    if result.heads_score is not None and sees_performance_pay(result=result, user=user):
        yield _pay(result, before, run, url)
    if run.kind == Run.Kind.LIVE:
        yield _measured(result, url, cycle.at)


def _score_and_grade(result: Result, before: Result | None, run: Run, url: str) -> Iterator[Figure]:
    live, names, month = run.kind == Run.Kind.LIVE, names_of(run=run), run.cycle.month
    since = before.run.cycle.month if before else ""
    change = change_of(result.heads_score, before.heads_score if before else None, shown=points, since=since)
    title = pick("预计得分", "Score it heads for") if live else pick("得分", "Score")
    yield Figure(title, points(result.heads_score), url, month, change)
    grade = result.heads_grade
    title = pick("预计等级", "Grade it heads for") if live else pick("等级", "Grade")
    was = before.heads_grade if before else ""
    note = [names.grade(grade)] if grade else []
    note += [pick(f"{since} 为 {was}", f"{was} in {since}")] if was else []
    yield Figure(title, grade or NONE, url, joined(note, "，"), tone=names.tone(grade) if grade else "")


def _pay(result: Result, before: Result | None, run: Run, url: str) -> Figure:
    title = (
        pick("预计绩效工资", "Pay it heads for") if run.kind == Run.Kind.LIVE else pick("绩效工资", "Performance pay")
    )
    since = before.run.cycle.month if before else ""
    change = change_of(result.heads_pay, before.heads_pay if before else None, shown=yuan, since=since)
    why = "" if result.heads_pay is not None else names_of(run=run).missing(result.missing)
    return Figure(title, yuan(result.heads_pay), url, str(why), change)


def _measured(result: Result, url: str, month: Month) -> Figure:
    """How sure the others are."""
    left = days_left(month=month)
    last = pick("今天是本月最后一天", "the last day of the month") if today() <= month.last else ""
    over = last or pick("本月已结束", "the month is over")
    note = pick(f"本月还剩 {left} 天", f"{number_of(left, 'day')} left") if left else over
    share = share_text(result.measured_weight, result.whole_weight)
    return Figure(pick("已计量权重", "Weight measured"), share, url, note)
