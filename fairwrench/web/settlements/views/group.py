"""The team, a store: people of a month in tables, with the metrics of the store."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from fairwrench.report.naming import STATES
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.declared.places import store_ref
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.listed import listed_url, lists_of
from fairwrench.web.settlements.months.overview import grades_of
from fairwrench.web.settlements.runs.masking import pay_left_out
from fairwrench.web.settlements.runs.run_reader import indicators_of
from fairwrench.web.settlements.selectors import (
    OWN,
    People,
    cycle_of,
    months_to_choose,
    names_of,
    results_seen,
    run_shown,
    team_seen,
)
from fairwrench.web.settlements.stores.people_tables import ResultTable
from fairwrench.web.settlements.stores.store_rows import matrix_of
from fairwrench.web.settlements.stores.stores_seen import StoresSeen
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import of, pick

#: months that may be chosen
MONTHS = 24


@dataclass(frozen=True)
class Asked:
    """A month that a page is to show, the run to show of it, and the months that may be chosen besides."""

    cycle: Cycle | None
    run: Run | None
    months: list[str]

    @property
    def told(self) -> dict[str, Any]:
        """What every page of a month's figures tells of it."""
        run = self.run
        live = run is not None and run.kind == Run.Kind.LIVE
        names = names_of(run=run) if run else None
        return {"cycle": self.cycle, "run": run, "live": live, "months": self.months, "names": names}


def month_asked(request: SignedInRequest, people: People | None = None) -> Asked:
    """The month of `?month=`, else the latest one with figures of some people, of whom the page is about."""
    month = request.GET.get("month", "")
    months, latest = months_to_choose(user=request.user, months=MONTHS, people=people)
    known = next((each for each in months if each.month == month), None)
    cycle = (known or cycle_of(month=month)) if month else latest
    shows(request, month=str(cycle or ""))
    run = run_shown(cycle=cycle, user=request.user) if cycle else None
    return Asked(cycle, run, [each.month for each in months])


@opened("results.view_team")
def team(request: SignedInRequest) -> HttpResponse:
    """Those whom one leads, directly or over one level, and the people of departments one heads."""
    asked = month_asked(request, lambda run: team_seen(run=run, user=request.user))
    cycle, run, context = asked.cycle, asked.run, asked.told
    if run is None:
        return render(request, "settlements/team.html", context)
    data = team_seen(run=run, user=request.user).defer(*OWN)
    if state := choice_of(request.GET, "state", STATES):
        data = data.filter(state=state)
    context |= {"state": state, "state_words": of(STATES[state]) if state else ""}
    left_out = pay_left_out(results=data, user=request.user)
    context["rates"] = opens(request.user, "ratings.rate")
    name = pick(f"团队 {cycle}", f"Team {cycle}")
    template = "settlements/team.html"
    options = {"name": name, "template": template, "context": context, "names": context["names"]}
    return table_page(request, ResultTable, data, **options, exclude=left_out)


@allowed("results.view_stores", about="name")
def store(request: SignedInRequest, name: str) -> HttpResponse:
    """One store: its people, its grades, its metrics; for who heads a department, what is of that."""
    asked = month_asked(request, lambda run: results_seen(run=run, user=request.user).filter(store=name))
    cycle, run, context = asked.cycle, asked.run, {**asked.told, "store": name}
    if run is None:
        return render(request, "settlements/store.html", context)
    names, seen = context["names"], StoresSeen.of(request.user)
    about, lists = seen.sums(run).get(name), opens(request.user, "settlements.view")
    figures = indicators_of(run=run, stores=[name], metrics=seen.metrics(scheme=names.scheme, stores=[name]))
    context |= {
        "about": about,
        "ref": store_ref(month=str(cycle), store=name),
        "pays": seen.pays([name]),
        "part": not seen.sees_whole([name]),
        "grades": grades_of(about, names, month=str(cycle), store=name, lists=lists),
        "lists": {
            "people": listed_url(str(cycle), store=name) if lists else "",
            "words": lists_of(month=str(cycle))["words"],
        },
        "matrix": matrix_of(figures, stores=[name], names=names),
    }
    data = results_seen(run=run, user=request.user).filter(store=name).defer(*OWN)
    left_out = pay_left_out(results=data, user=request.user)
    template = "settlements/store.html"
    options = {"name": f"{name} {cycle}", "template": template, "context": context, "names": names}
    return table_page(request, ResultTable, data, **options, exclude=left_out)
