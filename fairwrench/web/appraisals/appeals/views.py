"""Appeals: the list, asking, one appeal with what may be done about it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.appraisals.appeals.forms import AppealForm, PointsForm
from fairwrench.web.appraisals.appeals.selectors import appeal_seen, appeals_seen, appeals_waiting
from fairwrench.web.appraisals.appeals.services import appeal_act, appeal_ask, appeal_correct, items_of, undecided
from fairwrench.web.appraisals.appeals.tables import Appeals
from fairwrench.web.appraisals.appeals.workflow import APPEALS
from fairwrench.web.appraisals.models import Appeal, Appraisal
from fairwrench.web.appraisals.selectors import form_seen
from fairwrench.web.appraisals.workflow import NOTE
from fairwrench.web.settlements.corrections.trial import Effect
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.workflow.offers import offers_of

#: acts that say how many points
GRANTS = ("agree", "agree_above")


@require_GET
@opened("appraisals.view")
def appeals(request: SignedInRequest) -> HttpResponse:
    """One's own appeals, those of people one manages, those of stores whose forms one reads."""
    found = appeals_seen(user=request.user)
    waits, month = request.GET.get("waits") == "1", text_of(request.GET, "month", 7)
    if waits:
        found = found.filter(pk__in=[each.pk for each in appeals_waiting(user=request.user)])
    if month:
        # those that keep a month from being closed
        found = found.filter(undecided(), form__cycle__month=str(month_said(month)))
    shows(request, harmless=not found.exclude(form__employee=request.user.employee_id).exists())
    return table_page(
        request,
        Appeals,
        found,
        name=both("绩效申诉", "Appeals"),
        template="appraisals/appeals.html",
        context={"waits": waits, "month": month},
    )


@opened("appraisals.view")
def appeal_new(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Appeal against an item of one's form, or its score."""
    found = form_seen(user=request.user, form_id=form_id)
    shows(request, month=found.cycle.month, about=found.employee.employee_id)
    # only the person appeals; nobody is told that there is a form to fill in
    if found.employee_id != request.user.employee_id:
        raise Http404
    if request.method != "POST":
        asked = AppealForm(items=items_of(found), initial={"item": text_of(request.GET, "item", 60)})
        return _form(request, found, asked)
    asked = AppealForm(request.POST, items=items_of(found))
    if not asked.is_valid():
        return _form(request, found, asked, 422)
    try:
        made = appeal_ask(form=found, by=request.user, **asked.cleaned_data)
    except Refused as refused:
        for problem in refused.problems:
            asked.add_error(str(problem.path[0]) if problem.path else None, of(problem))
        return _form(request, found, asked, 422)
    messages.success(request, pick("申诉已提交，先由直接上级处理。", "Sent; the line manager answers first."))
    return redirect("appraisals:appeal", made.pk)


def _form(request: SignedInRequest, found: Appraisal, asked: AppealForm, status: int = 200) -> HttpResponse:
    return render(request, "appraisals/appeal_new.html", {"form": found, "asked": asked}, status=status)


@require_GET
@opened("appraisals.view")
def appeal(request: SignedInRequest, appeal_id: int) -> HttpResponse:
    """One appeal: what is held, how far it is, what one may do about it."""
    return _page(request, appeal_seen(user=request.user, appeal_id=appeal_id))


def _page(request: SignedInRequest, found: Appeal, points: PointsForm | None = None) -> HttpResponse:
    form = found.form
    shows(request, month=form.cycle.month, about=form.employee.employee_id)
    offers = offers_of(
        APPEALS, found, request.user, url=lambda act: reverse("appraisals:appeal_act", args=[found.pk, act])
    )
    grant = next((offer for offer in offers if offer.name in GRANTS), None)
    effect = Effect.read(found.correction.effect) if found.correction else None
    context: dict[str, Any] = {
        "appeal": found,
        "form": form,
        "item": dict(items_of(form)).get(found.item, ""),
        "steps": APPEALS.stepper(found),
        "history": APPEALS.history([found])[found.pk],
        "offers": [offer for offer in offers if offer.name not in GRANTS],
        "grant": grant,
        "points": points or PointsForm(),
        "effect": effect,
        "gives": opens(request.user, "tasks.give"),
    }
    return render(request, "appraisals/appeal.html", context, status=422 if points else 200)


@require_POST
@opened("appraisals.view")
def appeal_done(request: SignedInRequest, appeal_id: int, act: str) -> HttpResponse:
    """Uphold, grant, take further, withdraw, or enter the correction."""
    found = appeal_seen(user=request.user, appeal_id=appeal_id)
    if act not in APPEALS.by_name:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    if problem := APPEALS.hindrance(record=found, name=act, user=request.user):
        raise PermissionDenied(problem.code)
    points = PointsForm(request.POST)
    if act in GRANTS and not points.is_valid():
        return _page(request, found, points)

    def do() -> Appeal:
        if act == "correct":
            return appeal_correct(appeal=found, by=request.user, seen=seen)
        granted = points.hundredths if act in GRANTS else None
        return appeal_act(appeal=found, act=act, by=request.user, seen=seen, note=note, points=granted)

    return answered(request, do, pick("已办理。", "Done."), "appraisals:appeal", found.pk)
