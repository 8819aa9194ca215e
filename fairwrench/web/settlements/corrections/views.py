"""Corrections that go into a month: listed, asked for with what they change, decided by somebody else, withdrawn."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.report.naming import Names
from fairwrench.settlement.inputs.fines import FINES
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.corrections import services
from fairwrench.web.settlements.corrections.forms import REASON, CorrectionForm, WhoseMonthForm
from fairwrench.web.settlements.corrections.shown import entry_of, month_of
from fairwrench.web.settlements.corrections.trial import as_known, card_of
from fairwrench.web.settlements.corrections.workflow import may_decide, may_withdraw, settled
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.services import month_estimate, told
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, text_of
from fairwrench.web.ui.words import lang, pick


@require_GET
@opened("settlements.view")
def corrections(request: SignedInRequest, month: str) -> HttpResponse:
    """The corrections that go into a month, those to be decided first, and what all come to in its pay, late evidence
    included; HR asks for one while it is not published."""
    cycle = get_object_or_404(Cycle, month=month)
    extent, names = Extent.of(request.user), Names(scheme_at(month=cycle.at), sources(), lang())
    found = sorted(
        extent.corrections(cycle).exclude(kind__in=FINES), key=lambda entry: entry.state != Correction.State.ASKED
    )
    context = {
        "cycle": cycle,
        "extent": extent,
        "entries": [entry_of(correction=entry, names=names, user=request.user) for entry in found],
        "waiting": sum(1 for entry in found if entry.state == Correction.State.ASKED),
        "enters": opens(request.user, "settlements.correct") and cycle.state != Cycle.State.PUBLISHED,
        "instead": _month_instead(cycle) if opens(request.user, "settlements.correct") else "",
        "paid": extent.results(cycle.run).exclude(corrections=None).exclude(corrections=0)
        if cycle.run and extent.pays
        else [],
    }
    return render(request, "settlements/corrections.html", context)


def _month_instead(cycle: Cycle) -> str:
    """The first month under way after a published one, in which what concerns it is corrected; empty where there is
    none, or it is not published."""
    if cycle.state != Cycle.State.PUBLISHED:
        return ""
    later = Cycle.objects.filter(month__gt=cycle.month).exclude(state=Cycle.State.PUBLISHED)
    return later.order_by("month").values_list("month", flat=True).first() or ""


@opened("settlements.correct")
def correction_new(request: SignedInRequest, month: str) -> HttpResponse:
    """Whose month (`who`, `concerns`), what is set in it (`kind`, `item`, `value`), what that changes; then ask."""
    cycle = get_object_or_404(Cycle, month=month)
    if request.method == "POST":
        return _asked(request, cycle)
    # both steps are asked by GET: nothing is written, and a preview can be reloaded
    sent = request.GET
    whose = WhoseMonthForm(sent if "who" in sent else None, cycle=cycle, user=request.user)
    context: dict[str, Any] = {"cycle": cycle, "whose": whose, "published": cycle.state == Cycle.State.PUBLISHED}
    context["instead"] = _month_instead(cycle)
    if whose.is_valid():
        context |= _filled(request, cycle, whose)
    return render(request, "settlements/correction_new.html", context)


def _filled(request: SignedInRequest, cycle: Cycle, whose: WhoseMonthForm) -> dict[str, Any]:
    """The second step: the month as it is, the form, and what the correction would change once it is filled in."""
    who, concerns, sent = whose.cleaned_data["who"], whose.cleaned_data["concerns"], request.GET
    form = _form(sent if "kind" in sent else None, cycle, who.employee_id, concerns)
    if form is None:
        return {}
    # from here on the page tells of this person, which the access log keeps
    shows(request, about=who.employee_id)
    found = {"who": who, "concerns": concerns, "form": form}
    found |= {"now": month_of(cycle=cycle, concerns=concerns, employee_id=who.employee_id, user=request.user)}
    if not form.is_valid():
        return found
    correction = form.correction(who=who, concerns=concerns)
    try:
        correction.effect = services.correction_try(correction=correction, by=request.user).as_json()
    except Refused as refused:
        return {**found, "problems": refused.problems}
    names = Names(form.scheme, sources(), lang())
    found["before"] = services.same_approved(correction=correction)
    return {**found, "entry": entry_of(correction=correction, names=names, user=request.user)}


def _form(sent: Any, cycle: Cycle, employee_id: str, concerns: str) -> CorrectionForm | None:
    known = as_known(cycle=cycle, concerns=concerns, employee_id=employee_id)
    if known is None:
        return None
    names = Names(known.scheme, sources(), lang())
    return CorrectionForm(sent, names=names, card=card_of(settlement=known, employee_id=employee_id), cycle=cycle)


def _asked(request: SignedInRequest, cycle: Cycle) -> HttpResponse:
    """Ask for what the form says; what is wrong is told on the page that it was filled in on."""
    whose, wrong = WhoseMonthForm(request.POST, cycle=cycle, user=request.user), list[str]()
    form = None
    if whose.is_valid():
        who, concerns = whose.cleaned_data["who"], whose.cleaned_data["concerns"]
        form = _form(request.POST, cycle, who.employee_id, concerns)
    for each in (whose, form):
        wrong += [str(error) for errors in each.errors.values() for error in errors] if each is not None else []
    if form is not None and not wrong:
        correction = form.correction(who=who, concerns=concerns, reason=text_of(request.POST, "reason", REASON))
        try:
            again = "again" in request.POST
            made = services.correction_ask(correction=correction, by=request.user, again=again)
        except Refused as refused:
            wrong.append(told(refused.problems, lang()))
        else:
            messages.success(request, pick("已登记，等待另一人审批", "Entered; somebody else decides about it"))
            return redirect("settlements:correction", cycle.month, made.pk)
    for error in wrong:
        messages.error(request, error)
    kept = {name: request.POST.get(name, "")[:80] for name in ("who", "concerns", "kind", "item", "value", "ground")}
    return redirect(f"{reverse('settlements:correction_new', args=[cycle.month])}?{urlencode(kept)}")


@require_GET
@opened("settlements.view")
def correction(request: SignedInRequest, month: str, correction_id: int) -> HttpResponse:
    """One correction: what it changes, who asked, who decided, when; to decide or withdraw for whoever may."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    found = services.correction_seen(user=request.user, cycle=cycle, correction_id=correction_id)
    shows(request, month=month, about=found.employee.employee_id)
    known = as_known(cycle=cycle, concerns=found.concerns, employee_id=found.employee.employee_id)
    names = Names(known.scheme if known else scheme_at(month=cycle.at), sources(), lang())
    waiting = found.state == Correction.State.ASKED and cycle.state != Cycle.State.PUBLISHED
    context = {
        "cycle": cycle,
        "correction": found,
        "entry": entry_of(correction=found, names=names, user=request.user),
        "may_decide": waiting and opens(request.user, "settlements.decide_correction"),
        "why_not": may_decide(correction=found, user=request.user),
        "may_withdraw": may_withdraw(correction=found, user=request.user),
        "settled": settled(found) and found.state == Correction.State.APPROVED,
    }
    return render(request, "settlements/correction.html", context)


@require_POST
@opened("settlements.decide_correction")
def decide(request: SignedInRequest, month: str, correction_id: int) -> HttpResponse:
    """Approve or refuse."""
    found = _of_month(request, month, correction_id)
    decision = choice_of(request.POST, "decision", ("approve", "refuse"))
    if not decision:
        raise BadRequest("decision")
    approve, note = decision == "approve", text_of(request.POST, "note", REASON)

    def do() -> None:
        services.correction_decide(correction=found, by=request.user, approve=approve, note=note)
        # a refused one changes nothing that was worked out
        if approve:
            month_estimate(month=month, by=request.user)

    done = pick("已同意，核算本月时入账", "Approved; it counts when this month is settled")
    done = done if approve else pick("未同意", "Refused")
    return answered(request, do, done, "settlements:correction", month, correction_id)


@require_POST
@opened("settlements.correct")
def withdraw(request: SignedInRequest, month: str, correction_id: int) -> HttpResponse:
    """Take a correction back that one asked for."""
    found = _of_month(request, month, correction_id)
    if found.by_id != request.user.pk:
        raise PermissionDenied("settlements.correct")

    def do() -> None:
        # asked before, as withdrawing changes the state
        counted = found.state == Correction.State.APPROVED
        services.correction_withdraw(correction=found, by=request.user)
        if counted:
            month_estimate(month=month, by=request.user)

    done = pick("已撤回，不再入账", "Withdrawn; it does not count")
    return answered(request, do, done, "settlements:correction", month, correction_id)


def _of_month(request: SignedInRequest, month: str, correction_id: int) -> Correction:
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    return services.correction_seen(user=request.user, cycle=cycle, correction_id=correction_id)
