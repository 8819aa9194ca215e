"""Months on their way: the list, the console of one, settling, approving, publishing."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.declared.job_access import check_shown
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.calendar import steps_of
from fairwrench.web.settlements.months.checklist import checklist, reachable, ready, waiting_before
from fairwrench.web.settlements.months.forms import NewMonthForm
from fairwrench.web.settlements.months.listed import lists_of
from fairwrench.web.settlements.months.months import (
    cycle_delete,
    holds,
    is_over,
    may_turn,
    month_begin,
    months_to_open,
)
from fairwrench.web.settlements.months.offers import month_offers
from fairwrench.web.settlements.months.overview import grades_of
from fairwrench.web.settlements.months.way import way_of
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.settlements.months.worth_knowing import worth_knowing
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import months_shown, names_of, run_of_month
from fairwrench.web.settlements.services import (
    cycle_act,
    cycle_turn,
    month_settle,
    month_work_out,
    run_verify,
    step_of_others,
    told,
)
from fairwrench.web.ui.requests.once import asking_once
from fairwrench.web.ui.requests.parameters import month_said, number_of, text_of
from fairwrench.web.ui.words import lang, pick
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.selectors import job_shown

#: letters of a note
NOTE = 400


@opened("settlements.view")
def months(request: SignedInRequest) -> HttpResponse:
    """Every month with its state, and the sums of the stores seen; HR of the group begins a new one."""
    begins = may(request.user, "settlements.open", about=GROUP)
    if request.method == "POST":
        return _begin(request)
    free = months_to_open() if begins else []
    form = NewMonthForm(months=free) if free else None
    extent, cycles = Extent.of(request.user), list(months_shown())
    sums = extent.sums_of([cycle.run for cycle in cycles])
    context = {"rows": list(zip(cycles, sums, strict=True)), "form": form, "extent": extent}
    return render(request, "settlements/months.html", context)


def _begin(request: SignedInRequest) -> HttpResponse:
    month = month_said(request.POST.get("month", "").strip())
    try:
        cycle = month_begin(month=month, by=request.user)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
        return redirect("settlements:months")
    return redirect("settlements:month", month=cycle.month)


@opened("settlements.view")
def month(request: SignedInRequest, month: str) -> HttpResponse:
    """The console of a month: how far it is, what is missing, what can be done now; of the stores seen."""
    cycle, waiting = _with_waiting(month)
    # what apps tell of its stages and of its checklist stands on the same counts
    with asking_once():
        return render(request, "settlements/month.html", _console(request, cycle, waiting))


def _console(request: SignedInRequest, cycle: Cycle, waiting: Cycle | None) -> dict[str, Any]:
    month = cycle.month
    extent, jobs = Extent.of(request.user), Job.objects.filter(key__in=[f"settle:{month}", f"estimate:{month}"])
    job = jobs.order_by("-made_at").first()
    run = run_of_month(cycle=cycle)
    acts = _acts(request, cycle, run)
    points = checklist(cycle=cycle, waiting=waiting, worked_out=run, extent=extent)
    names, sums = names_of(run=run) if run else None, extent.sums(run)
    return {
        "cycle": cycle,
        "run": run,
        "extent": extent,
        "final": cycle.run is not None,
        "points": reachable(points, user=request.user),
        "ready": ready(points),
        "job": job_shown(job=job, user=request.user) if job else None,
        "grades": grades_of(sums, names, month=month) if names else [],
        "whole": sums,
        "lists": lists_of(month=month),
        "knowing": worth_knowing(extent.problems(run), published=cycle.state == Cycle.State.PUBLISHED),
        "lacking": sum(extent.held(run).values()) if run else 0,
        "open_pay": extent.open_pay(run),
        "acts": acts,
        "way": way_of(cycle=cycle, extent=extent, run=run, names=names),
        "offers": month_offers(
            cycle=cycle,
            user=request.user,
            ready=ready(points),
            over=all(point.done or not point.keeps_open for point in points),
            sums=sums,
        ),
        "over": is_over(cycle),
        "next_step": step_of_others(cycle=cycle, acts=acts),
        **_beside(request.user),
        "deadlines": steps_of(month=cycle.at, names=names),
        "done": extent.steps(MONTHS.history([cycle])[cycle.pk]),
        "check": check_shown(run=cycle.run, user=request.user) if cycle.run else None,
    }


def _beside(user: User) -> dict[str, bool]:
    """The pages beside a month's console that a user may open."""
    pages = {"rates": "ratings.rate", "fines": "settlements.decide_correction", "pays_some": "settlements.view_pay"}
    return {name: opens(user, permission) for name, permission in pages.items()}


def _with_waiting(month: str) -> tuple[Cycle, Cycle | None]:
    """A month, and the first one before it that is not published; Http404 where there is no such month."""
    found = list((waiting_before(month) | Cycle.objects.filter(month=month)).select_related("run"))
    if not found or found[-1].month != month:
        raise Http404
    return found[-1], found[0] if len(found) > 1 else None


def _acts(request: SignedInRequest, cycle: Cycle, run: Run | None) -> set[str]:
    """What this user may do with the month as it is; `run`: what was worked out last of it."""
    user = request.user
    acts = {act.name for act in MONTHS.offered(record=cycle, user=user) if not act.in_background}
    if cycle.state != Cycle.State.PUBLISHED and may(user, "settlements.settle", about=GROUP):
        acts |= {"settle", "estimate"}
    if may(user, "settlements.open", about=GROUP):
        acts |= {"turn"} if may_turn(cycle) else set()
        acts |= set() if run or holds(cycle) else {"delete"}
    return acts


@opened("settlements.view")
@require_POST
def act(request: SignedInRequest, month: str, act: str) -> HttpResponse:
    """Settle, estimate, approve, send back, publish, verify, turn to or delete; refusals become messages."""
    cycle = get_object_or_404(Cycle, month=month)
    try:
        _do(request, cycle, act)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
    else:
        if act == "delete":
            return redirect("settlements:months")
    return redirect("settlements:month", month=month)


def _do(request: SignedInRequest, cycle: Cycle, act: str) -> None:
    if act == "settle":
        seen = number_of(request.POST, "version", -1)
        month_settle(cycle=cycle, by=request.user, note=text_of(request.POST, "note", NOTE), seen=seen)
    elif act == "estimate":
        month_work_out(cycle=cycle, by=request.user)
    elif act == "verify" and cycle.run:
        run_verify(run=cycle.run, by=request.user)
    elif act == "turn":
        cycle_turn(cycle=cycle, by=request.user)
        messages.success(request, pick(f"各页面现在显示 {cycle.month}", f"Pages now show {cycle.month}"))
    elif act == "delete":
        cycle_delete(cycle=cycle, by=request.user)
        messages.success(request, pick(f"{cycle.month} 已删除", f"{cycle.month} was deleted"))
    elif act in MONTHS.by_name:
        seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
        cycle_act(cycle=cycle, act=act, seen=seen, by=request.user, note=note)
        messages.success(request, pick("已完成", "Done"))
    else:
        raise Http404
