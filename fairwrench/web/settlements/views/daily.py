"""The daily page for managers: output and orders so far against targets and against the share of the month gone."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.settlements.selectors import names_of
from fairwrench.web.settlements.stores.daily import (
    daily_rows,
    day_of,
    latest_run,
    own_store,
    people_seen,
    sees_store,
    store_rows,
    stores_to_choose,
)
from fairwrench.web.settlements.views.group import month_asked


@opened("daily.view")
def daily(request: SignedInRequest) -> HttpResponse:
    """A store and each of its people whom it concerns: what adds up over the month, against target and days gone."""
    asked = month_asked(request, lambda run: people_seen(run=run, user=request.user))
    run = latest_run(cycle=asked.cycle) if asked.cycle and asked.run else None
    if run is None:
        return render(request, "settlements/daily.html", {"run": None, "cycle": asked.cycle, "months": asked.months})
    names = names_of(run=run)
    stores = stores_to_choose(run=run, user=request.user)
    # any name may be asked for: people are those seen, and the store's own figures have their permission
    store = request.GET.get("store") or own_store(run=run, user=request.user, stores=stores)
    gone = day_of(cycle=run.cycle, store=store)
    about: dict[str, Any] = {"run": run, "names": names, "gone": gone, "store": store, "user": request.user}
    whole = sees_store(user=request.user, store=store)
    context = {
        "run": run,
        "cycle": run.cycle,
        "months": asked.months,
        "gone": gone,
        "stores": stores,
        "store": store,
        "figures": store_rows(**about) if whole else [],
        "positions": daily_rows(**about),
    }
    return render(request, "settlements/daily.html", context)
