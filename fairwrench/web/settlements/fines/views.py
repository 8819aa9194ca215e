"""Fines proposed in a month: listed, and each decided on a page of its own that says what the law has to say."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.exact import percentage
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.services import correction_withdraw
from fairwrench.web.settlements.corrections.workflow import may_withdraw
from fairwrench.web.settlements.fines.forms import FineForm
from fairwrench.web.settlements.fines.limits import room_of, rules_of
from fairwrench.web.settlements.fines.proposals import Proposal, proposal_seen, proposals_of
from fairwrench.web.settlements.fines.services import decided_in_file, fine_decide
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.runs.masking import sees_pay
from fairwrench.web.settlements.services import month_estimate
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.words import pick


@require_GET
@opened("settlements.decide_correction")
def fines(request: SignedInRequest, month: str) -> HttpResponse:
    """Everybody proposed to be fined in a month, with what was decided; nothing is decided from here."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    found = proposals_of(cycle=cycle, user=request.user)
    context = {
        "cycle": cycle,
        "extent": Extent.of(request.user),
        "proposals": found,
        "waiting": sum(1 for each in found if each.decision is None),
        "published": cycle.state == Cycle.State.PUBLISHED,
    }
    return render(request, "settlements/fines.html", context)


@opened("settlements.decide_correction")
def fine(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """One proposed fine: the risk, the choice, the ground, the limit of this person; decided by POST."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    found = proposal_seen(cycle=cycle, user=request.user, employee_id=employee_id)
    if request.method != "POST":
        return _page(request, cycle, found, FineForm(proposal=found))
    form, wrong = FineForm(request.POST, proposal=found), tuple[Problem, ...]()
    if form.is_valid():
        try:
            fine_decide(cycle=cycle, proposal=found, choice=form.choice(), by=request.user)
        except Refused as refused:
            wrong = refused.problems
        else:
            month_estimate(month=month, by=request.user)
            messages.success(request, pick("已决定，核算本月时计入。", "Decided; it counts when the month is settled."))
            return redirect("settlements:fine", month, employee_id)
    return _page(request, cycle, found, form, wrong)


def _page(
    request: SignedInRequest, cycle: Cycle, found: Proposal, form: FineForm, wrong: tuple[Problem, ...] = ()
) -> HttpResponse:
    """The page of one proposed fine; what was filled in stays when it was refused."""
    shows(request, month=cycle.month, about=found.employee.employee_id)
    decision, deductions = found.decision, rules_of(found)
    shown = found.result is not None and sees_pay(result=found.result, user=request.user)
    context = {
        "cycle": cycle,
        "proposal": found,
        "form": form,
        "problems": wrong,
        "decision": decision,
        "filed": decision is None and decided_in_file(month=cycle.month, employee_id=found.employee.employee_id),
        "published": cycle.state == Cycle.State.PUBLISHED,
        "room": room_of(found) if shown else None,
        "share": percentage(deductions.compensation_share) if deductions.compensation_share is not None else "",
        "article": deductions.references.get("compensation_share", ""),
        "may_withdraw": decision is not None and may_withdraw(correction=decision, user=request.user),
    }
    return render(request, "settlements/fine.html", context, status=422 if wrong or form.errors else 200)


@require_POST
@opened("settlements.decide_correction")
def withdraw(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Take back what one decided oneself, until the month is settled with it."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=month)
    decision = proposal_seen(cycle=cycle, user=request.user, employee_id=employee_id).decision
    if decision is None:
        raise Http404

    def do() -> None:
        correction_withdraw(correction=decision, by=request.user)
        month_estimate(month=month, by=request.user)

    return answered(
        request, do, pick("已撤回，不再计入。", "Withdrawn; it does not count."), "settlements:fine", month, employee_id
    )
