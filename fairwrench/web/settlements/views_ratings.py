"""The rating grid: people and items, by keyboard, for what data cannot score."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.people.policy import allowed, may
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.settlements.models import Cycle
from fairwrench.web.settlements.rating import grid_of, places, waiting_raters
from fairwrench.web.settlements.rating_services import ratings_save
from fairwrench.web.settlements.services import month_estimate, told
from fairwrench.web.ui.words import lang, pick


@allowed("ratings.rate")
def rate(request: SignedInRequest) -> HttpResponse:
    """The grid of the earliest month that is not published yet, else of the last."""
    months = Cycle.objects.order_by("month")
    cycle = months.exclude(state=Cycle.State.PUBLISHED).first() or months.last()
    return redirect("settlements:ratings", month=cycle.month) if cycle else redirect("settlements:home")


@allowed("ratings.rate")
def ratings(request: SignedInRequest, month: str) -> HttpResponse:
    """Rate whom one has to rate on what data cannot score; what is wrong is told and typed text is kept."""
    cycle = get_object_or_404(Cycle, month=month)
    problems: list[Problem] = []
    if request.method == "POST":
        try:
            kept, problems = ratings_save(cycle=cycle, told=request.POST, by=request.user)
        except Refused as refused:
            messages.error(request, told(refused.problems, lang()))
            return redirect("settlements:ratings", month=month)
        if kept:
            month_estimate(month=month, by=request.user)
            messages.success(request, pick(f"已保存 {kept} 项评分", f"{kept} ratings saved"))
        if not problems:
            return redirect("settlements:ratings", month=month)
    found = places(cycle=cycle, user=request.user, typed=request.POST if problems else None)
    context = {
        "cycle": cycle,
        "people": grid_of(found),
        "given": sum(1 for place in found if place.given),
        "asked": len(found),
        "problems": problems,
        "waiting": waiting_raters(cycle=cycle, user=request.user) if may(request.user, "settlements.settle") else [],
    }
    return render(request, "settlements/ratings.html", context)
