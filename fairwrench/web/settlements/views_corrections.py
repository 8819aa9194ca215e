"""Correction entries of a month: what was decided about earlier ones, and the form to decide."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render

from fairwrench.report.naming import Names
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.people.policy import allowed, may
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.forms import CorrectionForm
from fairwrench.web.settlements.models import Cycle
from fairwrench.web.settlements.services import correction_enter, told
from fairwrench.web.ui.words import lang, pick


@allowed("settlements.view")
def corrections(request: SignedInRequest, month: str) -> HttpResponse:
    """The corrections that go into a month; HR enters one more while it is not published."""
    cycle = get_object_or_404(Cycle, month=month)
    enters = may(request.user, "settlements.correct") and cycle.state != Cycle.State.PUBLISHED
    names = Names(scheme_at(month=cycle.at), sources(), lang())
    form = CorrectionForm(request.POST or None, cycle=cycle, user=request.user, names=names) if enters else None
    if request.method == "POST" and form is not None and form.is_valid():
        try:
            correction_enter(correction=form.correction(), by=request.user)
        except Refused as refused:
            messages.error(request, told(refused.problems, lang()))
        else:
            messages.success(request, pick("已登记，结算本月时入账", "entered; it counts when this month is settled"))
        return redirect("settlements:corrections", month=month)
    entries = cycle.corrections.select_related("employee", "by__employee")
    kinds = dict(CorrectionForm.KINDS)
    shown = [
        {"entry": entry, "kind": kinds.get(entry.kind, entry.kind), "item": names.item(entry.item)} for entry in entries
    ]
    return render(request, "settlements/corrections.html", {"cycle": cycle, "form": form, "entries": shown})
