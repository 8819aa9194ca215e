"""Who stands behind a count of a month."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.views.tables import Landings
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.months.listed import Wanted, choices, told_of
from fairwrench.web.settlements.months.unsettled import landings_unsettled
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import names_of, run_of_month
from fairwrench.web.settlements.stores.people_tables import ListedTable
from fairwrench.web.settlements.workspace import scheme_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import pick


@opened("settlements.view")
def unsettled(request: SignedInRequest, month: str) -> HttpResponse:
    """The batches of a month that landed after it was settled."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    if cycle.run is None:
        raise Http404
    cycle.run.cycle = cycle
    data = landings_unsettled(run=cycle.run, user=request.user)
    name = pick(f"{month} 核算后的上传记录", f"{month} batches after settling")
    template = "settlements/unsettled.html"
    return table_page(request, Landings, data, name=name, template=template, context={"cycle": cycle})


@opened("settlements.view")
def listed(request: SignedInRequest, month: str) -> HttpResponse:
    """People of a month by name: those that the query string asks for, with what their month waits for."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    extent, run = Extent.of(request.user), run_of_month(cycle=cycle)
    grades = (scheme_of(run=run) if run else scheme_at(month=cycle.at)).bands.best_first
    wanted = Wanted.of(request.GET, grades)
    told = told_of(wanted)
    context = {"cycle": cycle, "run": run, "extent": extent, "wanted": wanted, "told": told, **choices(grades)}
    if run is None:
        return render(request, "settlements/listed.html", context)
    # items are counted by cause alone; within a grade or store the number would be another
    by_cause = extent.held(run) if wanted == Wanted(cause=wanted.cause) else None
    counted = {**context, "items": (by_cause or {}).get(wanted.cause)}
    data = wanted.people(run=run, extent=extent)
    name, template = f"{month} {pick('人员', 'people')} {told}".strip(), "settlements/listed.html"
    names = names_of(run=run)
    return table_page(request, ListedTable, data, name=name, template=template, context=counted, names=names)
