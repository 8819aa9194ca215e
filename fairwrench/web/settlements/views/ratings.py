"""The rating grid: people and items, by keyboard, for what data cannot score."""

from __future__ import annotations

from dataclasses import asdict

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.ratings.rating import grid_of, places, waiting_raters
from fairwrench.web.settlements.ratings.services import ratings_save
from fairwrench.web.settlements.services import month_estimate, told
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
    """Rate whom one has to rate on what data cannot score; what is wrong is told and typed text is kept."""
    cycle = get_object_or_404(Cycle, month=month)
    if request.method == "POST":
        try:
            kept, problems = ratings_save(cycle=cycle, told=request.POST, by=request.user)
        except Refused as refused:
            messages.error(request, told(refused.problems, lang()))
            return redirect("settlements:ratings", month=month)
        if kept:
            month_estimate(month=month, by=request.user)
            messages.success(request, pick(f"已保存 {kept} 项评分", f"{kept} ratings saved"))
            # asked anew, as it may have been sealed while this was saved
            if Cycle.objects.exclude(state=Cycle.State.OPEN).filter(pk=cycle.pk).exists():
                messages.warning(request, pick(*AFTER_SEALING))
        if problems:
            # every POST is answered by a redirect, so what could not be kept waits in the session
            request.session[UNFIT] = {"problems": [asdict(each) for each in problems], "typed": request.POST.dict()}
        return redirect("settlements:ratings", month=month)
    unfit = request.session.pop(UNFIT, None) or {"problems": [], "typed": None}
    found = places(cycle=cycle, user=request.user, typed=unfit["typed"])
    context = {
        "cycle": cycle,
        "people": grid_of(found),
        "given": sum(1 for place in found if place.rated),
        "asked": len(found),
        "problems": unfit["problems"],
        "waiting": waiting_raters(cycle=cycle, user=request.user) if opens(request.user, "ratings.chase") else [],
    }
    return render(request, "settlements/ratings.html", context)
