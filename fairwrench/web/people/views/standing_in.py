"""Standing in: named for oneself or by HR, approved by the next level, ended; who stands in for whom."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import Delegation
from fairwrench.web.access.policy import allowed, may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.people.delegation import (
    LONGEST,
    deciders,
    delegation_ask,
    delegation_decide,
    delegation_end,
    delegations_seen,
    delegations_waiting,
)
from fairwrench.web.people.delegation_workflow import may_end
from fairwrench.web.people.forms import DelegationForm
from fairwrench.web.people.views.staff import done
from fairwrench.web.ui.requests.parameters import choice_of, number_of, text_of
from fairwrench.web.ui.words import of, pick

#: letters of a reason
NOTE = 200


@opened("people.delegate")
def stand_ins(request: SignedInRequest) -> HttpResponse:
    """Who stands in for whom: what waits for the reader, and everything else that concerns them."""
    waiting = delegations_waiting(user=request.user)
    asked = {each.pk for each in waiting}
    rows = [(each, _acts(request, each)) for each in delegations_seen(user=request.user) if each.pk not in asked]
    for each, _ in rows:
        # asked for those that wait alone, as it takes some queries each
        if each.standing == "waiting":
            vars(each)["approvers"] = deciders(away=each.away, besides=(each.away_id, each.stand_in_id))
    own = request.user.employee.employee_id if request.user.employee else ""
    return render(request, "people/stand_ins.html", {"waiting": waiting, "rows": rows, "own": own})


def _acts(request: SignedInRequest, delegation: Delegation) -> set[str]:
    """What the reader may do with a delegation as it is."""
    found = set()
    if delegation.is_standing and may_end(user=request.user, delegation=delegation):
        found.add("end")
    names = may(request.user, "people.delegate", about=OfPerson(delegation.away.employee_id))
    return found | ({"renew"} if names and delegation.standing in ("now", "over") else set())


@allowed("people.delegate", about="employee_id")
def delegate(request: SignedInRequest, employee_id: str) -> HttpResponse:
    """Let somebody stand in; for oneself, or as HR for people kept. `renew`: begins where another one ends."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    form = DelegationForm(request.POST or None, user=request.user, initial=_initial(request, employee))
    if request.method == "POST" and form.is_valid() and done(form, lambda: _ask(request, employee, form)):
        return redirect("people:stand_ins")
    hint = pick(
        f"这段日期内，由代理人代办评分、数据提报等职责；本人仍可办理。最长 {LONGEST} 天，到期可续。"
        "带团队或负有管理职责的，由直接上级或人力资源批准后生效。",
        "Between these days the stand-in may rate and provide data in this person's place; the person still may too. "
        f"{LONGEST} days at most, to be renewed. For who leads people or holds a role it takes an approval by the line "
        "manager or HR.",
    )
    context = {"form": form, "title": pick("设置代理人", "Name a stand-in"), "employee": employee, "hint": hint}
    return render(request, "people/form.html", context)


def _initial(request: SignedInRequest, away: Employee) -> dict[str, Any]:
    before = Delegation.objects.filter(pk=number_of(request.GET, "renew", 0), away=away).first()
    if before is None:
        return {}
    # a stand-in that ran out is renewed from today, never for the days in between
    begin = max(today(), before.end + timedelta(days=1))
    return {"stand_in": before.stand_in, "begin": begin, "end": begin + timedelta(LONGEST - 1), "reason": before.reason}


def _ask(request: SignedInRequest, away: Employee, form: DelegationForm) -> None:
    made = delegation_ask(away=away, by=request.user, **form.cleaned_data)
    if made.state == Delegation.State.APPROVED:
        messages.success(request, pick("代理已设置。", "The stand-in is set."))
        return
    names = deciders(away=away, besides=(made.away_id, made.stand_in_id))
    told = pick("已提交，批准后生效。可以批准的人：{}", "Sent; it counts once it is approved. Who may approve: {}")
    nobody = pick("暂时没有人可以批准，请联系系统管理员", "nobody at present; ask the administrator")
    messages.success(request, told.format(pick("、", ", ").join(names) or nobody))


@opened("people.delegate")
@require_POST
def decide(request: SignedInRequest, delegation_id: int) -> HttpResponse:
    """Approve or refuse what waits."""
    found = get_object_or_404(Delegation.objects.select_related("away", "stand_in"), pk=delegation_id)
    decision = choice_of(request.POST, "decision", ("approve", "refuse"))
    if not decision:
        raise BadRequest("decision")
    approve, note = decision == "approve", text_of(request.POST, "note", NOTE)
    try:
        delegation_decide(delegation=found, by=request.user, approve=approve, note=note)
        messages.success(request, pick("已批准。", "Approved.") if approve else pick("未批准。", "Refused."))
    except Refused as refused:
        messages.error(request, of(refused.problems[0]))
    return redirect("people:stand_ins")


@opened("people.delegate")
@require_POST
def undelegate(request: SignedInRequest, delegation_id: int) -> HttpResponse:
    """End a delegation, or take back what waits."""
    found = get_object_or_404(Delegation.objects.select_related("away", "stand_in"), pk=delegation_id)
    try:
        delegation_end(delegation=found, by=request.user)
        messages.success(request, pick("代理已结束。", "Nobody stands in any more."))
    except Refused as refused:
        messages.error(request, of(refused.problems[0]))
    return redirect("people:stand_ins" if "next" in request.POST else found.away)
