"""Goals of a team: how far everybody is, begun from last month, carried on in one act, adjusted in a grid."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import number_of as counted
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.scope import Scope
from fairwrench.web.goals.pages.grid import grid_save, groups_of
from fairwrench.web.goals.pages.shown import stores_asked, team_shown
from fairwrench.web.goals.selectors import READERS, team_of
from fairwrench.web.goals.sheets.beginning import BEGINNINGS, beginning
from fairwrench.web.goals.sheets.carrying import carry_on, carrying_of
from fairwrench.web.goals.sheets.services import sheet_start
from fairwrench.web.goals.timing import month_to_plan, planned_by
from fairwrench.web.org.assignments import current
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, month_said, text_of
from fairwrench.web.ui.words import of, pick

#: what of a form could not be kept, until its page was shown again
UNFIT = "goals_unfit"


@require_GET
@opened("goals.view")
def team(request: SignedInRequest) -> HttpResponse:
    """Those whom one leads, or everybody of a store whose goals one reads, and how far the goals of each are."""
    month = _month(request)
    stores = stores_asked(user=request.user, roles=READERS)
    store = choice_of(request.GET, "store", stores)
    rows = team_of(user=request.user)
    if store or (stores and not rows.exists()):
        store = store or stores[0]
        held = current(day=Scope.of(request.user).day).filter(store__name=store)
        rows = held.select_related("employee", "position").order_by("position_id", "employee__employee_id")
    members = team_shown(rows=list(rows), month=month)
    shows(request, month=str(month), harmless=not members)
    context = {
        "month": str(month),
        "before": str(month.plus(-1)),
        "after": str(month.plus(1)),
        "members": members,
        "stores": stores,
        "store": store,
        "leads": not store,
        "due": planned_by(month),
        "open": sum(each.waits for each in members),
        "carries": not store and any(each.sheet is None and each.before for each in members),
        "drafts": not store and any(each.sheet and each.sheet.state == "draft" for each in members),
        "beginnings": BEGINNINGS.items(),
    }
    return render(request, "goals/team.html", context)


def _month(request: SignedInRequest) -> Month:
    asked = text_of(request.GET, "month", 7)
    return month_said(asked) if asked else month_to_plan()


@require_POST
@allowed("goals.start", about="employee_id")
def start(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Begin the goals of somebody, by what they come from."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    at, how = month_said(month), choice_of(request.POST, "how", BEGINNINGS, "blank")
    try:
        draft = beginning(how=how, employee=employee, month=at)
        sheet = sheet_start(employee=employee, month=at, draft=draft, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
        return redirect("goals:list")
    return redirect("goals:edit" if sheet.state == "draft" else "goals:sheet", sheet.pk)


@opened("goals.view")
def carry(request: SignedInRequest, month: str) -> HttpResponse:
    """Everything of last month that a team could go on with, as one list to be signed once."""
    at = month_said(month)
    if request.method == "POST":
        digest = text_of(request.POST, "digest", 64)
        done: list[int] = []
        return answered(
            request,
            lambda: done.extend(each.pk for each in carry_on(month=at, digest=digest, by=request.user)),
            pick("已沿用，员工已收到通知。", "Carried on; everybody is told."),
            f"{reverse('goals:team')}?month={at}",
        )
    carrying = carrying_of(user=request.user, month=at)
    shows(request, month=str(at), harmless=not carrying.contents and not carrying.left)
    document = carrying.document
    context = {"month": str(at), "carrying": carrying, "document": document.decode(), "digest": carrying.digest}
    return render(request, "goals/carry.html", context)


@opened("goals.view")
def grid(request: SignedInRequest, month: str) -> HttpResponse:
    """Targets, weights and days of all drafts of a team."""
    at = month_said(month)
    if request.method == "POST":
        saved = grid_save(user=request.user, month=at, told=request.POST.dict())
        if saved.kept:
            messages.success(request, pick(f"已保存 {saved.kept} 处改动", f"{counted(saved.kept, 'change')} kept"))
        if saved.problems:
            # every POST is answered by a redirect, so what could not be kept waits in the session
            request.session[UNFIT] = {
                "problems": [{"code": each.code, "zh": each.zh, "en": each.en} for each in saved.problems],
                "typed": {name: text for name, text in request.POST.items() if not name.endswith(".seen")},
            }
        return redirect("goals:grid", str(at))
    unfit = request.session.pop(UNFIT, None) or {"problems": [], "typed": None}
    groups = groups_of(user=request.user, month=at, typed=unfit["typed"])
    shows(request, month=str(at), harmless=not groups)
    return render(request, "goals/grid.html", {"month": str(at), "groups": groups, "problems": unfit["problems"]})
