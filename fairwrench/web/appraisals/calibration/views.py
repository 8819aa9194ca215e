"""The calibration meeting of a store: its people against the expected shares, and what is asked for."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfPerson, OfStore
from fairwrench.web.appraisals.calibration.forms import CalibrationForm
from fairwrench.web.appraisals.calibration.pool import Member, Pool, pool_of
from fairwrench.web.appraisals.calibration.services import calibration_ask
from fairwrench.web.appraisals.selectors import FILERS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.months.overview import grades_of
from fairwrench.web.settlements.runs.run_reader import sums_told
from fairwrench.web.settlements.selectors import cycle_of, names_of
from fairwrench.web.ui.requests.parameters import text_of
from fairwrench.web.ui.words import of, pick


@opened("appraisals.calibrate")
def calibration(request: SignedInRequest, month: str) -> HttpResponse:
    """The pool of a store; HR asks for a change of somebody's rated item."""
    cycle = cycle_of(month=month)
    stores = _stores(request, cycle)
    store = text_of(request.GET, "store", 80) or (stores[0] if stores else "")
    if cycle.run is None or store not in stores:
        return render(request, "appraisals/calibration_none.html", {"cycle": cycle})
    if not may(request.user, "appraisals.calibrate", about=OfStore(store)):
        raise PermissionDenied("appraisals.calibrate")
    shows(request, month=month)
    cycle.run.cycle = cycle
    names = names_of(run=cycle.run)
    pool = pool_of(run=cycle.run, store=store, names=names, user=request.user)
    who = _chosen(request, pool)
    filled = CalibrationForm(request.POST or None, items=_items(who)) if who else None
    if request.method == "POST":
        if who is None or filled is None:
            raise Http404
        if filled.is_valid() and _ask(request, cycle, who, filled):
            return redirect(f"{reverse('appraisals:calibration', args=[month])}?store={store}")
    sums = sums_told([row for row in cycle.run.sums_of_stores if row.store == store])
    grades = grades_of(sums, names, month=month, store=store)
    context = {
        **{"cycle": cycle, "stores": stores, "store": store, "pool": pool, "who": who, "filled": filled},
        "grades": [{**row, "after": pool.after.get(row["grade"], 0)} for row in grades],
        "names": names,
        "open": cycle.state not in (Cycle.State.PUBLISHED, Cycle.State.SEALING),
    }
    return render(request, "appraisals/calibration.html", context, status=422 if request.method == "POST" else 200)


def _stores(request: SignedInRequest, cycle: Cycle) -> list[str]:
    """The stores of the month whose meeting is the reader's business."""
    if cycle.run is None:
        return []
    there = sorted(row.store for row in cycle.run.sums_of_stores)
    held = Scope.of(request.user).stores(*FILERS)
    return there if held is None else [store for store in there if store in held]


def _chosen(request: SignedInRequest, pool: Pool) -> Member | None:
    """Whom the page is to change something of: HR of their store, nobody of themselves."""
    sent = request.POST if request.method == "POST" else request.GET
    asked = text_of(sent, "who", 40)
    found = next((each for each in pool.members if each.result.employee_id == asked), None)
    if found is None or not may(request.user, "settlements.correct", about=OfPerson(asked)):
        return None
    return found if found.rated else None


def _items(who: Member | None) -> list[tuple[str, str]]:
    return [(item, name) for item, name, _ in who.rated] if who else []


def _ask(request: SignedInRequest, cycle: Cycle, who: Member, filled: CalibrationForm) -> bool:
    employee = get_object_or_404(Employee, employee_id=who.result.employee_id)
    told = filled.cleaned_data
    try:
        calibration_ask(
            cycle=cycle,
            employee=employee,
            item=told["item"],
            points=filled.hundredths,
            reason=told["reason"],
            by=request.user,
        )
    except Refused as refused:
        for problem in refused.problems:
            filled.add_error(None, of(problem))
        return False
    messages.success(request, pick("已登记，等待另一人审批。", "Entered; somebody else approves it."))
    return True
