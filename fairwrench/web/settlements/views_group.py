"""The team, a store, the group: people of a month in tables, the metrics of the stores side by side."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from fairwrench.web.people.policy import OVERSEERS, allowed
from fairwrench.web.people.scope import Scope
from fairwrench.web.settlements.models import Cycle, Run
from fairwrench.web.settlements.overview import grades_of, matrix_of, stores_of, trend_of
from fairwrench.web.settlements.selectors import (
    OWN,
    WHOLE,
    latest_cycle,
    months_shown,
    names_of,
    results_seen,
    run_shown,
    team_seen,
)
from fairwrench.web.settlements.tables import ResultTable
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import pick


def month_asked(request: HttpRequest) -> tuple[Cycle | None, Run | None]:
    """The month of `?month=`, else the latest one with figures, and the run to show of it."""
    month = request.GET.get("month", "")
    cycle = get_object_or_404(Cycle, month=month) if month else latest_cycle(user=request.user)
    return cycle, run_shown(cycle=cycle, user=request.user) if cycle else None


def _about(request: HttpRequest, cycle: Cycle | None, run: Run | None) -> dict[str, Any]:
    return {
        "cycle": cycle,
        "run": run,
        "live": run is not None and run.kind == Run.Kind.LIVE,
        "months": months_shown().values_list("month", flat=True)[:24],
        "names": names_of(run=run) if run else None,
    }


@allowed("results.view_team")
def team(request: HttpRequest) -> HttpResponse:
    """Those whom one leads, directly or over one level."""
    cycle, run = month_asked(request)
    context = _about(request, cycle, run)
    if run is None:
        return render(request, "settlements/team.html", context)
    data = team_seen(run=run, user=request.user).defer(*OWN)
    name = pick(f"团队 {cycle}", f"Team {cycle}")
    template = "settlements/team.html"
    return table_page(request, ResultTable, data, name=name, template=template, context=context, names=context["names"])


@allowed("results.view_stores")
def stores(request: HttpRequest) -> HttpResponse:
    """The stores side by side: people, grades, pay, and every metric against its target."""
    cycle, run = month_asked(request)
    context = _about(request, cycle, run)
    if run is not None:
        run.refresh_from_db(fields=WHOLE)
        mine = Scope.of(request.user).stores(*OVERSEERS)
        context |= stores_of(run=run, only=mine)
        context |= {"matrix": matrix_of(run=run, only=mine, names=context["names"]), "trend": trend_of(only=mine)}
    return render(request, "settlements/stores.html", context)


@allowed("results.view_stores")
def store(request: HttpRequest, name: str) -> HttpResponse:
    """One store: its people, its grades, its metrics."""
    mine = Scope.of(request.user).stores(*OVERSEERS)
    if mine is not None and name not in mine:
        raise PermissionDenied(name)
    cycle, run = month_asked(request)
    context = {**_about(request, cycle, run), "store": name}
    if run is None:
        return render(request, "settlements/store.html", context)
    run.refresh_from_db(fields=WHOLE)
    context |= {
        "about": run.summary["stores"].get(name),
        "grades": grades_of(run.summary["stores"].get(name), context["names"]),
        "matrix": matrix_of(run=run, only={name}, names=context["names"]),
    }
    data = results_seen(run=run, user=request.user).filter(store=name).defer(*OWN)
    template = "settlements/store.html"
    options = {"name": f"{name} {cycle}", "template": template, "context": context, "names": context["names"]}
    return table_page(request, ResultTable, data, **options)
