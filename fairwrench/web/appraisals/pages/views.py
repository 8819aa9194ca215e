"""Appraisal forms: the list, one form with its interview and signatures, many to print or to sign."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.counts import number_of as counted
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.pages.forms import InterviewForm, ServingForm, TalkForm
from fairwrench.web.appraisals.pages.shown import OWN_FORMS, Acts, acts_of, signatures_shown
from fairwrench.web.appraisals.pages.tables import Forms
from fairwrench.web.appraisals.pages.waited_for import waited_for
from fairwrench.web.appraisals.papers.asked import Asked
from fairwrench.web.appraisals.papers.sheets import sheets_of
from fairwrench.web.appraisals.selectors import form_seen, forms_seen, with_scores
from fairwrench.web.appraisals.services import (
    Serving,
    content_of,
    form_decline,
    form_sign,
    forms_sign,
    interview_note,
    refusal_serve,
    talk_note,
)
from fairwrench.web.appraisals.workflow import APPRAISALS, NOTE, SIGNS
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.ratings.facts import facts_noted
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.once import asking_once
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.signing.documents import digest_of, shown_sent

State = Appraisal.State
#: forms on one page to print or to sign
SHEETS = 60
#: acts that are done for many on one page
MANY = ("sign_next", "file")


@require_GET
@opened("appraisals.view")
def forms_list(request: SignedInRequest) -> HttpResponse:
    """One's own forms, those of people one manages, those of stores whose forms one reads."""
    asked = Asked.of(request.GET)
    found = asked.seen(request.user)
    others = Count("pk", filter=~Q(employee=request.user.employee_id))
    told = found.order_by().aggregate(forms=Count("pk"), others=others)
    shows(request, harmless=not told["others"])
    context = {**asdict(asked), "states": State.choices, "acts": _act_of_many(asked.waits), "any": told["forms"]}
    context["calibrates"] = _calibrates(request, asked.month)
    context["waited_for"] = waited_for(month=asked.month, found=found, user=request.user)
    return table_page(
        request,
        Forms,
        with_scores(found),
        name=both("绩效评估表", "Appraisals"),
        template="appraisals/list.html",
        context=context,
    )


def _calibrates(request: SignedInRequest, month: str) -> str:
    """The month whose meeting the list leads to: the one asked for, else the latest with forms; empty for none."""
    if not opens(request.user, "appraisals.calibrate"):
        return ""
    latest = Cycle.objects.filter(appraisals__isnull=False).order_by("-month").values_list("month", flat=True)
    return month or latest.first() or ""


def _act_of_many(waits: str) -> str:
    """What may be done with all forms of a list at once; empty for nothing."""
    return {str(State.NEXT_LEVEL): "sign_next", str(State.HR): "file"}.get(waits, "")


@require_GET
@opened("appraisals.view")
def form(request: SignedInRequest, form_id: int) -> HttpResponse:
    """One form: what it says, what one may do with it, who signed."""
    found = form_seen(user=request.user, form_id=form_id)
    with asking_once():
        return _page(request, found)


def _page(
    request: SignedInRequest, found: Appraisal, filled: InterviewForm | TalkForm | None = None, **more: Any
) -> HttpResponse:
    month = found.cycle.month
    shows(request, month=month, about=found.employee.employee_id)
    try:
        document = content_of(form=found).document
    except Refused as refused:
        document, more["problems"] = b"", refused.problems
    acts = acts_of(found, request.user)
    context: Mapping[str, Any] = {
        "form": found,
        "document": document.decode(),
        "digest": digest_of(document),
        "steps": APPRAISALS.stepper(found),
        "signatures": signatures_shown(found),
        "history": APPRAISALS.history([found])[found.pk],
        **_filled(found, acts, filled),
        "serving": ServingForm() if {"decline", "serve"} & acts.names else None,
        "declines": "decline" in acts.names,
        "serves": "serve" in acts.names,
        "offers": acts.offers,
        "own": found.employee_id == request.user.employee_id,
        "appeals": found.appeals.all(),
        "noted": facts_noted(month=month, employee_id=found.employee.employee_id, user=request.user),
        **more,
    }
    return render(request, "appraisals/form.html", context, status=422 if filled else 200)


def _filled(found: Appraisal, acts: Acts, filled: InterviewForm | TalkForm | None) -> dict[str, Any]:
    """The forms of both interviews, where the reader may write them; one that was filled in as it was."""
    forms: Mapping[str, type[InterviewForm] | type[TalkForm]] = {"interview": InterviewForm, "talk": TalkForm}
    told = {name: form.of(found) if name in acts.names else None for name, form in forms.items()}
    return told | {name: filled for name, form in forms.items() if isinstance(filled, form)}


@require_POST
@opened("appraisals.view")
def interview(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Write the interview down."""
    found = form_seen(user=request.user, form_id=form_id)
    # before anything is drawn: who may not act is shown nothing for it
    if problem := APPRAISALS.hindrance(record=found, name="interview", user=request.user):
        raise PermissionDenied(problem.code)
    filled = InterviewForm(request.POST)
    if not filled.is_valid():
        return _page(request, found, filled)
    seen = number_of(request.POST, "version", -1)
    try:
        interview_note(form=found, interview=filled.interview, seen=seen, by=request.user)
    except Refused as refused:
        # as it is by now, so that whoever sends it again has seen what another tab or person wrote
        found = form_seen(user=request.user, form_id=form_id)
        return _page(request, found, filled, problems=refused.problems)
    messages.success(request, pick("面谈记录已保存，请员工查看并签字。", "Kept; the employee is asked to sign."))
    return redirect("appraisals:form", found.pk)


@require_POST
@opened("appraisals.view")
def talk(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Write the interview by the next level down."""
    found = form_seen(user=request.user, form_id=form_id)
    if problem := APPRAISALS.hindrance(record=found, name="talk", user=request.user):
        raise PermissionDenied(problem.code)
    filled = TalkForm(request.POST)
    if not filled.is_valid():
        return _page(request, found, filled)
    try:
        talk_note(form=found, talk=filled.talk, seen=number_of(request.POST, "version", -1), by=request.user)
    except Refused as refused:
        found = form_seen(user=request.user, form_id=form_id)
        return _page(request, found, filled, problems=refused.problems)
    messages.success(request, pick("隔级面谈已记录。", "The next-level interview is noted."))
    return redirect("appraisals:form", found.pk)


@require_POST
@opened("appraisals.view")
def serve(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Note how the note of a refusal was handed over."""
    found = form_seen(user=request.user, form_id=form_id)
    if problem := APPRAISALS.hindrance(record=found, name="serve", user=request.user):
        raise PermissionDenied(problem.code)
    told, seen = _serving(request), number_of(request.POST, "version", -1)
    return answered(
        request,
        lambda: refusal_serve(form=found, serving=told, seen=seen, by=request.user),
        pick("已记录送达。", "Noted."),
        "appraisals:form",
        found.pk,
    )


def _serving(request: SignedInRequest) -> Serving:
    """How, when and by whom a refusal was served, as the page sent it; BadRequest for what it does not send."""
    filled = ServingForm(request.POST)
    if not filled.is_valid():
        raise BadRequest("serving")
    return filled.serving(request.user.employee)


@require_POST
@opened("appraisals.view")
def decline(request: SignedInRequest, form_id: int) -> HttpResponse:
    """Note that the employee does not sign, with the reason and a witness."""
    found = form_seen(user=request.user, form_id=form_id)
    told = {
        "witness": Employee.objects.filter(employee_id=text_of(request.POST, "witness", 40)).first(),
        "reason": text_of(request.POST, "note", NOTE),
        "serving": _serving(request),
        **_shown(request),
    }
    return answered(
        request,
        lambda: form_decline(form=found, by=request.user, **told),
        pick("已记录。", "Noted."),
        "appraisals:form",
        found.pk,
    )


@require_POST
@opened("appraisals.view")
def act(request: SignedInRequest, form_id: int, act: str) -> HttpResponse:
    """Sign what was shown; return, pass over or open again."""
    found = form_seen(user=request.user, form_id=form_id)
    if act not in APPRAISALS.by_name or APPRAISALS.named(act).in_background or act in OWN_FORMS:
        raise Http404
    told, note = _shown(request), text_of(request.POST, "note", NOTE)

    def do() -> None:
        if act in SIGNS:
            form_sign(form=found, act=act, by=request.user, **told)
        else:
            APPRAISALS.act(record=found, name=act, by=request.user, note=note, seen=told["seen"])

    return answered(request, do, pick("已办理。", "Done."), "appraisals:form", found.pk)


def _shown(request: SignedInRequest) -> dict[str, Any]:
    """The count and the digest of the form as the page showed it."""
    return {"seen": number_of(request.POST, "version", -1), "digest": text_of(request.POST, "digest", 64)}


@require_GET
@opened("appraisals.view")
def signed(request: SignedInRequest, form_id: int, signature_id: int) -> HttpResponse:
    """The very document that somebody signed, and whether its bytes are still those."""
    found = form_seen(user=request.user, form_id=form_id)
    shows(request, month=found.cycle.month, about=found.employee.employee_id)
    signature = get_object_or_404(found.signatures.select_related("document", "signer"), pk=signature_id)
    if signature.document is None:
        raise Http404
    whole = signature.document.whole
    context = {"form": found, "signature": signature, "whole": whole}
    context["document"] = signature.document.content.decode() if whole else ""
    return render(request, "appraisals/signed.html", context)


@opened("appraisals.view")
def sheets(request: SignedInRequest) -> HttpResponse:
    """Many forms one after the other, to print on A4 or, where they wait for the reader, to sign together."""
    if request.method == "POST":
        return _sign_many(request)
    asked = Asked.of(request.GET)
    found, act = asked.listed(request.user), _act_of_many(asked.waits)
    shows(request, harmless=not found.exists())
    shown = list(found[:SHEETS])
    # who signs is shown what it says now
    sheets = sheets_of(shown, as_now=bool(act))
    context = {"sheets": sheets, "more": found.count() - len(shown), "act": act}
    return render(request, "appraisals/sheets.html", context)


def _sign_many(request: SignedInRequest) -> HttpResponse:
    act = choice_of(request.POST, "act", MANY)
    if not act:
        raise Http404
    told = {key: (seen, digest) for key, seen, digest in shown_sent(request.POST.getlist("shown"), most=SHEETS)}
    found = {each.pk: each for each in forms_seen(user=request.user).filter(pk__in=list(told))}
    shows(request, harmless=not found)
    shown = [(found[pk], *told[pk]) for pk in told if pk in found]
    done, problems = forms_sign(shown=shown, act=act, by=request.user)
    messages.success(request, pick(f"已签 {done} 份。", f"{counted(done, 'form')} signed."))
    for problem in problems[:5]:
        messages.error(request, of(problem))
    state = State.NEXT_LEVEL if act == "sign_next" else State.HR
    return redirect(f"{reverse('appraisals:list')}?waits={state}")
