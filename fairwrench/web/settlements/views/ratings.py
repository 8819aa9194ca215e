"""The rating grid: people and items, by keyboard, for what data cannot score."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import allowed, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.ratings.cells import state
from fairwrench.web.settlements.ratings.facts import facts_of, with_facts
from fairwrench.web.settlements.ratings.grid import matrices, people_of, shares
from fairwrench.web.settlements.ratings.rating import places, run_to_rate, waiting_raters
from fairwrench.web.settlements.ratings.services import Saved, fields_sent, ratings_save
from fairwrench.web.settlements.services import month_estimate, told
from fairwrench.web.settlements.views.explain import run_and_result
from fairwrench.web.ui.words import lang, pick

#: what of a form could not be kept, until its page was shown again
UNFIT = "ratings_unfit"
AFTER_SEALING = (
    "这个月的数据已经锁定或正在锁定：刚保存的评分不在其中，由人力资源重新锁定后才计入。",
    "The month is sealed or being sealed: what you saved is not in it and counts once HR seals it again.",
)


@opened("ratings.rate")
def rate(request: SignedInRequest) -> HttpResponse:
    """The grid of the earliest month that is not published yet, else of the last."""
    months = Cycle.objects.order_by("month")
    cycle = months.exclude(state=Cycle.State.PUBLISHED).first() or months.last()
    return redirect("settlements:ratings", month=cycle.month) if cycle else redirect("home:home")


@opened("ratings.rate")
def ratings(request: SignedInRequest, month: str) -> HttpResponse:
    """Rate whom one has to rate on what data cannot score; what is wrong is told and typed text is kept.

    A script sends cells as they are filled in, and is answered with these cells alone.
    """
    run = run_to_rate(month=month)
    cycle = run.cycle if run else get_object_or_404(Cycle, month=month)
    if request.method == "POST":
        return _some_cells(request, cycle) if request.htmx else _whole_form(request, cycle)
    unfit = request.session.pop(UNFIT, None) or {"problems": [], "typed": None}
    found = places(cycle=cycle, user=request.user, typed=unfit["typed"], run=run)
    grid = matrices(found)
    people = people_of(grid)
    context = {
        "cycle": cycle,
        "grid": grid,
        "people": people,
        "levels": shares(grid),
        "given": sum(place.rated for place in found),
        "asked": len(found),
        "missing": sum(place.missing for place in found),
        "facts": with_facts(run=run, people=[each["result"].employee_id for each in people], user=request.user),
        "problems": unfit["problems"],
        "reviews": opens(request.user, "ratings.review"),
        "waiting": waiting_raters(cycle=cycle, user=request.user) if opens(request.user, "ratings.chase") else [],
    }
    return render(request, "settlements/ratings.html", context)


def _whole_form(request: SignedInRequest, cycle: Cycle) -> HttpResponse:
    """Keep the whole grid, as browsers without scripts send it."""
    try:
        saved = ratings_save(cycle=cycle, told=request.POST, by=request.user)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
        return redirect("settlements:ratings", month=cycle.month)
    if kept := sum(each.kept for each in saved):
        messages.success(request, pick(f"已保存 {kept} 项评分", f"{kept} ratings saved"))
        if _counts_later(request, cycle):
            messages.warning(request, pick(*AFTER_SEALING))
    if problems := [asdict(each.problem) for each in saved if each.problem]:
        # every POST is answered by a redirect, so what could not be kept waits in the session
        request.session[UNFIT] = {"problems": problems, "typed": request.POST.dict()}
    return redirect("settlements:ratings", month=cycle.month)


def _some_cells(request: SignedInRequest, cycle: Cycle) -> HttpResponse:
    """Keep some cells, and answer with what became of each."""
    context: dict[str, Any] = {"cycle": cycle, "by_itself": True}
    try:
        saved = ratings_save(cycle=cycle, told=request.POST, by=request.user)
    except Refused as refused:
        context["refused"] = told(refused.problems, lang())
        return render(request, "settlements/parts/rating_answer.html", context)
    context |= _became(saved, len(fields_sent(request.POST)))
    context["later"] = pick(*AFTER_SEALING) if context["kept"] and _counts_later(request, cycle) else ""
    return render(request, "settlements/parts/rating_answer.html", context)


def _became(saved: Sequence[Saved], sent: int) -> dict[str, Any]:
    kept = sum(each.kept for each in saved)
    # cells that are none of the user's any more, as the month was worked out by another roster since
    strange = sent - len({each.place.name_of_field for each in saved})
    states = [state(each.place, each) for each in saved]
    return {"states": states, "kept": kept, "strange": strange, "wrong": sum(bool(each.wrong) for each in saved)}


def _counts_later(request: SignedInRequest, cycle: Cycle) -> bool:
    """Have the month worked out anew with what was kept; whether it was sealed without it."""
    month_estimate(month=cycle.month, by=request.user)
    # asked anew, as it may have been sealed while this was saved
    return Cycle.objects.exclude(state=Cycle.State.OPEN).filter(pk=cycle.pk).exists()


@require_GET
@allowed("results.view_person", about="employee_id")
def facts(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """What was noted of somebody in a month: beside the grid for a script, as a page of its own otherwise."""
    run, result = run_and_result(request, month, employee_id)
    noted = facts_of(cycle=run.cycle, result=result, run=run, user=request.user)
    template = "settlements/parts/facts.html" if request.htmx else "settlements/facts.html"
    context = {"cycle": run.cycle, "facts": noted, "result": result, "may_rate": opens(request.user, "ratings.rate")}
    return render(request, template, context)
