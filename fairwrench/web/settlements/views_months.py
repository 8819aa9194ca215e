"""Months on their way: the list, the console of one, settling, approving, publishing, pay to take away."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.jobs.models import Job
from fairwrench.web.people.policy import OVERSEERS, allowed, may
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.people.scope import Scope
from fairwrench.web.settlements.calendar import steps_of
from fairwrench.web.settlements.checklist import checklist, reachable, ready
from fairwrench.web.settlements.forms import NewMonthForm
from fairwrench.web.settlements.models import Cycle
from fairwrench.web.settlements.overview import grades_of
from fairwrench.web.settlements.recorded import whole_of
from fairwrench.web.settlements.selectors import OWN, months_shown, names_of, results_seen
from fairwrench.web.settlements.services import (
    ACTS,
    cycle_act,
    cycle_open,
    month_estimate,
    month_settle,
    run_verify,
    told,
)
from fairwrench.web.settlements.tables import PayTable
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import lang, pick


@allowed("settlements.view")
def months(request: SignedInRequest) -> HttpResponse:
    """Every month with its state; HR begins a new one."""
    form = NewMonthForm(request.POST or None) if may(request.user, "settlements.settle") else None
    if request.method == "POST" and form and form.is_valid():
        cycle = cycle_open(month=Month.parse(form.cleaned_data["month"]))
        return redirect("settlements:month", month=cycle.month)
    return render(request, "settlements/months.html", {"cycles": months_shown(), "form": form})


@allowed("settlements.view")
def month(request: SignedInRequest, month: str) -> HttpResponse:
    """The console of a month: how far it is, what is missing, what can be done now."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    jobs = Job.objects.filter(key__in=[f"settle:{month}", f"estimate:{month}"]).order_by("-made_at")
    run = cycle.run or cycle.runs.filter(whole=True).order_by("-id").first()
    points = checklist(cycle=cycle, worked_out=run)
    names = names_of(run=run) if run else None
    whole = whole_of(run) if run else None
    context = {
        "cycle": cycle,
        "run": run,
        "final": cycle.run is not None,
        "points": reachable(points, user=request.user),
        "ready": ready(points),
        "job": jobs.first(),
        "grades": grades_of(whole, names) if names else [],
        "whole": whole,
        "problems": [each for each in run.problems if each["severity"] != "note"] if run else [],
        "notes": [each for each in run.problems if each["severity"] == "note"] if run else [],
        "acts": _acts(request, cycle),
        "rates": may(request.user, "ratings.rate"),
        "deadlines": steps_of(month=cycle.at, names=names),
        "steps": cycle.steps.select_related("by__employee"),
        "check": Job.objects.filter(key=f"verify:{cycle.run.pk}").order_by("-made_at").first() if cycle.run else None,
    }
    return render(request, "settlements/month.html", context)


def _acts(request: SignedInRequest, cycle: Cycle) -> set[str]:
    """What this user may do with the month as it is."""
    found = {act for act, (froms, _, needed) in ACTS.items() if cycle.state in froms and may(request.user, needed)}
    if cycle.state != Cycle.State.PUBLISHED and may(request.user, "settlements.settle"):
        found |= {"settle", "estimate"}
    return found


@allowed("settlements.view")
@require_POST
def act(request: SignedInRequest, month: str, act: str) -> HttpResponse:
    """Settle, estimate, approve, send back, publish or verify; refusals become messages."""
    cycle = get_object_or_404(Cycle, month=month)
    try:
        _do(request, cycle, act)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
    return redirect("settlements:month", month=month)


def _do(request: SignedInRequest, cycle: Cycle, act: str) -> None:
    if act == "settle":
        month_settle(cycle=cycle, by=request.user)
    elif act == "estimate":
        month_estimate(month=cycle.month, by=request.user)
    elif act == "verify" and cycle.run:
        run_verify(run=cycle.run, by=request.user)
    elif act in ACTS:
        seen = request.POST.get("version", "")
        note = request.POST.get("note", "")
        cycle_act(cycle=cycle, act=act, seen=int(seen) if seen.isdigit() else -1, by=request.user, note=note)
        messages.success(request, pick("已完成", "Done"))
    else:
        raise Http404


@allowed("settlements.view")
def pay(request: SignedInRequest, month: str) -> HttpResponse:
    """The pay of a month, every part of it, to sort and take away."""
    cycle = get_object_or_404(months_shown(), month=month)
    if cycle.run is None:
        raise Http404
    stores = Scope.of(request.user).stores(*OVERSEERS)
    cycle.run.cycle = cycle
    data = results_seen(run=cycle.run, user=request.user).defer(*OWN)
    data = data if stores is None else data.filter(store__in=stores)
    context = {"cycle": cycle}
    name = pick(f"工资明细 {month}", f"Pay {month}")
    names = names_of(run=cycle.run)
    return table_page(request, PayTable, data, name=name, template="settlements/pay.html", context=context, names=names)
