"""Mine: one's own month, and a person's month for those whom it concerns."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.day.work_of_day import does_jobs
from fairwrench.web.settlements.figures.presenting import lifts_shown, lines_shown
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.calendar import days_left
from fairwrench.web.settlements.runs.masking import sees_pay, sees_performance_pay
from fairwrench.web.settlements.runs.person import recorded_of
from fairwrench.web.settlements.selectors import (
    cycle_of,
    history_of,
    latest_cycle,
    months_besides,
    names_of,
    only,
    result_seen,
    run_shown,
)
from fairwrench.web.ui.words import lang, pick


@allowed("results.view_mine", about=ONESELF)
def mine(request: SignedInRequest, month: str = "") -> HttpResponse:
    """One's own month: score, grade and pay so far, each item, what lifts, months before."""
    me = request.user.employee
    if me is None:
        raise PermissionDenied("results.view_mine")
    told = {"own": True, **_about(request, me.employee_id, month)}
    # of the month that one comes in at; the card is asked for by itself, so that the page does not wait for it
    told["day"] = not month and bool(told["result"]) and does_jobs(run=told["run"], result=told["result"])
    return render(request, "settlements/mine.html", told)


@allowed("results.view_person", about="employee_id")
def person(request: SignedInRequest, employee_id: str, month: str = "") -> HttpResponse:
    """Somebody's month, for those who lead them or whose role covers them."""
    return render(request, "settlements/mine.html", {"own": False, **_about(request, employee_id, month)})


def _about(request: SignedInRequest, employee_id: str, month: str) -> dict[str, Any]:
    cycle = cycle_of(month=month) if month else latest_cycle(user=request.user, people=only(employee_id))
    shows(request, month=str(cycle or ""))
    run = run_shown(cycle=cycle, user=request.user, employee_id=employee_id) if cycle else None
    result = result_seen(run=run, employee_id=employee_id, user=request.user) if run else None
    told: dict[str, Any] = {"cycle": cycle, "run": run, "result": result, "employee_id": employee_id}
    told["besides"] = months_besides(employee_id=employee_id, shown=cycle, user=request.user)
    if cycle is None or run is None or result is None:
        return told
    return {**told, **_filled(request, result, run, cycle)}


def _filled(request: SignedInRequest, result: Result, run: Run, cycle: Cycle) -> dict[str, Any]:
    names = names_of(run=run)
    before = history_of(employee_id=result.employee_id, before=cycle.month, user=request.user)
    # the month itself may be among those published, but is none of the months before it
    earlier = [past for past in before if past.run.cycle.month < cycle.month]
    # who has no score heads nowhere, so nothing could lift them
    recorded = recorded_of(result=result)
    lifts = recorded.lifts if result.heads_score is not None else []
    return {
        "explain_url": reverse("settlements:explanation", args=[cycle.month, result.employee_id]),
        "measured_label": pick("已计量权重", "Weight measured so far"),
        "live": run.kind == Run.Kind.LIVE,
        "days_left": days_left(month=cycle.at),
        "names": names,
        "position": names.position(result.position),
        "grade_name": names.grade(result.heads_grade),
        "reason": names.reason(result.reason) if result.reason else "",
        "missing": names.missing(result.missing),
        "lines": lines_shown(recorded.lines, result, names, earlier),
        "lifts": lifts_shown(lifts, names, result.heads_grade),
        "before": before[::-1],
        "events": [{"name": names.event(e["event"]), "detail": e[f"detail_{lang()}"]} for e in recorded.standing],
        "verifiable": opens(request.user, "settlements.verify"),
        "pay_seen": sees_pay(result=result, user=request.user),
        "performance_seen": sees_performance_pay(result=result, user=request.user),
    }
