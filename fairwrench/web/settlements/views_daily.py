"""The daily page for managers: output and orders so far against targets and against the share of the month gone."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from fairwrench.web.people.policy import allowed
from fairwrench.web.settlements.daily import daily_rows, day_of
from fairwrench.web.settlements.models import Cycle, Run
from fairwrench.web.settlements.selectors import names_of


@allowed("daily.view")
def daily(request: HttpRequest) -> HttpResponse:
    """Each person one leads: what adds up over the month, against its target and the days gone."""
    runs = Run.objects.filter(whole=True, kind__in=[Run.Kind.LIVE, Run.Kind.FINAL]).select_related("cycle")
    run = runs.order_by("-cycle__month", "-id").first()
    if run is None:
        return render(request, "settlements/daily.html", {"run": None})
    gone = day_of(cycle=run.cycle)
    context = {
        "run": run,
        "cycle": run.cycle,
        "gone": gone,
        "open": run.cycle.state == Cycle.State.OPEN,
        "stores": daily_rows(run=run, user=request.user, names=names_of(run=run), gone=gone),
    }
    return render(request, "settlements/daily.html", context)
