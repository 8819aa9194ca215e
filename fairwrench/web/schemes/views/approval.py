"""A version on its way into force: proposed by HR, approved or sent back by a general manager (S1 ❺ 8)."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.approval import selectors as approval_selectors
from fairwrench.web.schemes.approval import services as approval_services
from fairwrench.web.schemes.approval.workflow import VERSIONS
from fairwrench.web.schemes.binding.shown import binding_shown
from fairwrench.web.schemes.forms import ProposeForm, SendBackForm, WithdrawForm
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.version_links import links_of
from fairwrench.web.ui.requests.parameters import number_of, text_of
from fairwrench.web.ui.words import of, pick

#: letters of a ground or a reason
NOTE_LENGTH = 400


@require_GET
@opened("schemes.view")
def version(request: SignedInRequest, version_id: int) -> HttpResponse:
    """What the check of a version found, what was done with it, and what the reader may do next."""
    return _page(request, version_id)


@allowed("schemes.change", about=GROUP)
def propose(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Ask for a draft to hold from a month on. Asked for as a page, it leads to the version."""
    found = selectors.version_seen(user=request.user, version_id=version_id)
    if request.method != "POST":
        return redirect("schemes:version", version_id=version_id)
    # only months that are free are offered; what else keeps it from holding the service says
    form = ProposeForm(request.POST, months=selectors.months_free())
    if found.state == SchemeVersion.State.DRAFT and not form.is_valid():
        return _page(request, version_id, form)

    def done() -> str:
        # not from `cleaned_data`: of what is no draft any more the form was not asked, and the service says why
        begins, ground = _month(request.POST.get("begins", "")), text_of(request.POST, "ground", NOTE_LENGTH)
        approval_services.version_propose(version=found, begins=begins, ground=ground, by=request.user)
        return pick("{} 已提交，待总经理批准", "{} was proposed; it waits for the general manager")

    return _answered(request, found, done)


@allowed("schemes.change", about=GROUP)
@require_POST
def take_back(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Make a proposal a draft again before it is decided."""
    found = selectors.version_seen(user=request.user, version_id=version_id)

    def done() -> str:
        approval_services.version_take_back(version=found, by=request.user, seen=_told(request))
        return pick("{} 已撤回提交，修改后可再次提交", "The proposal of {} was taken back; it can be proposed again")

    return _answered(request, found, done, mended=True)


@allowed("schemes.approve", about=GROUP)
@require_POST
def approve(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Let a proposal hold from its month on."""
    found = approval_selectors.version_to_decide(user=request.user, version_id=version_id)

    def done() -> str:
        decided = approval_services.version_approve(version=found, seen=_seen(request), by=request.user)
        told = pick("{} 已批准，自 {} 起适用", "{} was approved; it holds from {} on")
        return told.format("{}", decided.begins)

    return _answered(request, found, done)


@allowed("schemes.approve", about=GROUP)
@require_POST
def send_back(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Make a proposal a draft again, with the reason."""
    found = approval_selectors.version_to_decide(user=request.user, version_id=version_id)

    def done() -> str:
        reason = text_of(request.POST, "reason", NOTE_LENGTH)
        approval_services.version_send_back(version=found, seen=_seen(request), reason=reason, by=request.user)
        return pick("{} 已退回人力资源", "{} was sent back to HR")

    return _answered(request, found, done)


@allowed("schemes.change", about=GROUP)
@require_POST
def withdraw(request: SignedInRequest, version_id: int) -> HttpResponse:
    """Put a version away that was not used."""
    found = selectors.version_seen(user=request.user, version_id=version_id)

    def done() -> str:
        reason = text_of(request.POST, "reason", NOTE_LENGTH)
        approval_services.version_withdraw(version=found, by=request.user, seen=_told(request), reason=reason)
        return pick("{} 已撤回", "{} was withdrawn")

    return _answered(request, found, done)


def _answered(
    request: SignedInRequest, version: SchemeVersion, done: Callable[[], str], *, mended: bool = False
) -> HttpResponse:
    """To the list with what was done, or to the version where it is to be mended, or with why nothing was done."""
    try:
        messages.success(request, done().format(version))
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
        return redirect("schemes:version", version_id=version.pk)
    return redirect("schemes:version", version_id=version.pk) if mended else redirect("schemes:list")


def _seen(request: SignedInRequest) -> int:
    """The revision that the page showed."""
    return number_of(request.POST, "revision", -1)


def _told(request: SignedInRequest) -> int | None:
    """The revision that the page showed; None where it tells none."""
    return _seen(request) if "revision" in request.POST else None


def _month(given: str) -> Month:
    """The month of a form that was not checked, for a version that is no draft any more: refused there anyway."""
    try:
        return Month.parse(given)
    except ValueError:
        return selectors.this_month()


def _page(request: SignedInRequest, version_id: int, form: ProposeForm | None = None) -> HttpResponse:
    edition, acts, holding = approval_selectors.edition_worked_on(user=request.user, version_id=version_id)
    assert edition.version is not None  # only versions have a number
    context = {"edition": edition, "version": edition.version, "acts": acts, "against": holding}
    context["found"] = parted(Problem(**{**told, "path": tuple(told["path"])}) for told in edition.version.problems)
    context["steps"] = VERSIONS.stepper(edition.version)
    context["links"] = links_of(version=edition.version, user=request.user)
    context["hindered"] = approval_selectors.hindered(version=edition.version)
    context |= binding_shown(edition=edition, acts=acts, user=request.user)
    if "propose" in acts:
        context["approvers"] = approval_selectors.approvers(besides=request.user)
        context["form"] = form or ProposeForm(months=selectors.months_free(), initial=_initial(edition))
    if "send_back" in acts:
        context["send_back"] = SendBackForm()
    if "withdraw" in acts and edition.version.state == SchemeVersion.State.ADOPTED:
        context["withdraw"] = WithdrawForm()
    try:
        # of the first day on which it would hold: who changes position before that is no stranger to it
        begins = Month.parse(edition.version.begins).first if edition.version.begins else selectors.this_month().first
        context["strangers"] = selectors.people_without_position(scheme=edition.scheme, user=request.user, day=begins)
    except Refused as refused:
        context["broken"] = refused.problems
    return render(request, "schemes/version.html", context)


def _initial(edition: selectors.Edition) -> dict[str, Any]:
    """What was proposed before, else next month."""
    before = [step for step in edition.history if step.act == "propose"]
    # sent back or taken back: month and ground stand as they were, to be mended
    if before:
        return {"begins": before[-1].about["begins"], "ground": before[-1].note}
    return {"begins": str(selectors.this_month().plus(1))}


def parted(problems: Iterable[Problem]) -> dict[str, list[Problem]]:
    """What has to be acted on, and what is only worth knowing."""
    known = list(problems)
    notes = [problem for problem in known if problem.severity == "note"]
    return {"serious": [problem for problem in known if problem.severity != "note"], "notes": notes}
