"""What people are paid in a month, to look at and to take away: for whom pay in their stores concerns."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, render

from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.settlements.home.pay import AHEAD, OPEN, months_ahead
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.selectors import OWN, months_paid, names_of
from fairwrench.web.settlements.stores.people_tables import PayTable
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import pick


@opened("settlements.view_pay")
def pays(request: SignedInRequest) -> HttpResponse:
    """The months whose pay there is to take away, the latest first, with their sums."""
    extent, cycles = Extent.of_pay(request.user), list(months_paid(user=request.user))
    if paid := choice_of(request.GET, "paid", [AHEAD]):
        cycles = months_ahead(cycles)
    sums = extent.sums_of([cycle.run for cycle in cycles])
    context = {"rows": list(zip(cycles, sums, strict=True)), "extent": extent, "paid": paid}
    return render(request, "settlements/pays.html", context)


@opened("settlements.view_pay")
def pay(request: SignedInRequest, month: str) -> HttpResponse:
    """The pay of a month, every part of it, to sort and take away."""
    cycle = get_object_or_404(months_paid(user=request.user), month=month)
    if cycle.run is None:
        raise Http404
    cycle.run.cycle = cycle
    extent = Extent.of_pay(request.user)
    data = extent.results(cycle.run).defer(*OWN)
    if pay := choice_of(request.GET, "pay", [OPEN]):
        data = data.filter(total_pay=None)
    context = {"cycle": cycle, "extent": extent, "pay": pay}
    name = pick(f"工资明细 {month}", f"Pay {month}")
    # who sees pay and nothing of the scores behind it is led to the person instead of the month
    options = {"names": names_of(run=cycle.run), "explained": extent.within(Extent.of(request.user))}
    return table_page(request, PayTable, data, name=name, template="settlements/pay.html", context=context, **options)
