"""Team shares: the month with its teams, the form of one team, one's own shares."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import zip_longest
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import open_month
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.confirming.services import LETTERS, team_set_confirm, team_set_withdraw
from fairwrench.web.teams.pages.forms import MOST, Line, SharesForm, equal_shares
from fairwrench.web.teams.pages.shown import SetPage, set_page, shown_sets, shown_teams
from fairwrench.web.teams.selectors import own_sets, takes_shares, teams_seen
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.ui.requests.parameters import choice_of, day_of, month_said, number_of, text_of
from fairwrench.web.ui.words import pick

#: months to choose from; letters of a store's name, and of what a page showed of shares
MONTHS, STORE, SEEN = 12, 80, 2000


@require_GET
@opened("teams.view")
def teams(request: SignedInRequest) -> HttpResponse:
    """The teams of a month that concern the reader, with their shares; those that wait alone, where asked for."""
    month = _month(request)
    cycles = list(Cycle.objects.order_by("-month").select_related("run")[:MONTHS])
    state = choice_of(request.GET, "state", ["waiting"])
    cycle = next((each for each in cycles if each.month == str(month)), None)
    found = teams_seen(user=request.user, month=month, cycle=cycle)
    shows(request, month=str(month), harmless=not found)
    context = {
        **{"month": str(month), "months": sorted({str(month), *(each.month for each in cycles)}, reverse=True)},
        "teams": shown_teams([each for each in found if each.pending or not state], month),
        "last": month.last.isoformat(),
        "waiting": sum(each.pending and each.confirms for each in found),
        "state": state,
        "open": takes_shares(month=month, cycle=cycle),
        "again": cycle is not None and cycle.run_id is not None,
        "published": cycle is not None and cycle.state == Cycle.State.PUBLISHED,
        "confirms": opens(request.user, "teams.confirm"),
    }
    return render(request, "teams/list.html", context)


def _month(request: SignedInRequest) -> Month:
    """The month asked for, else the open one."""
    told = request.GET.get("month", "")
    return month_said(told) if told else open_month()


@require_GET
@allowed("teams.own", about=ONESELF)
def own(request: SignedInRequest) -> HttpResponse:
    """The shares of the teams that the reader belongs to, of a month."""
    month = _month(request)
    sets = own_sets(user=request.user, month=month)
    context = {"month": str(month), "sets": shown_sets(sets), "before": str(month.plus(-1))}
    return render(request, "teams/own.html", context)


@opened("teams.confirm")
def team_set(request: SignedInRequest, month: str) -> HttpResponse:
    """Confirm a team's shares from a day on; what is refused is told beside what was filled in."""
    at, sent = month_said(month), request.POST if request.method == "POST" else request.GET
    page = _page(request, at, sent)
    if request.method != "POST":
        lines = _carried(sent) or page.lines
        carried = {"seen": text_of(sent, "seen", SEEN), "shown": day_of(sent, "shown")} if "seen" in sent else {}
        initial = page.initial | carried
        return _drawn(request, page, page.form(lines=lines, initial=initial))
    lines, problems = _typed(sent), list[Problem]()
    if sent.get("do") in ("equal", "more"):
        return redirect(f"{request.path}?{_onwards(sent, lines)}")
    form = page.form(sent, lines=lines)
    if form.is_valid():
        try:
            team_set_confirm(draft=form.draft(at), by=request.user)
        except Refused as refused:
            problems = form.tell(refused.problems)
        else:
            messages.success(request, pick("已确认，成员会收到通知。", "Confirmed; the members are told."))
            return redirect(f"{reverse('teams:list')}?month={at}")
    return _drawn(request, page, form, problems)


def _page(request: SignedInRequest, month: Month, sent: QueryDict) -> SetPage:
    """What the form stands on; PermissionDenied for a store, or a team, whose shares are not the user's to confirm."""
    # what people type into the field of the team, the form checks
    name, store = bare_text(sent.get("team", ""))[:LETTERS], text_of(sent, "store", STORE)
    begin = day_of(sent, "begin") if request.method == "GET" else None
    page = set_page(user=request.user, month=month, store=store, name=name, begin=begin)
    if not page.allowed or not page.stores or (store and store not in page.stores):
        raise PermissionDenied("team")
    shows(request, month=str(month), harmless=not page.known)
    return page


def _drawn(request: SignedInRequest, page: SetPage, form: SharesForm, problems: Sequence[Problem] = ()) -> HttpResponse:
    context: dict[str, Any] = {"page": page, "form": form, "problems": problems, "most": len(form.lines) >= MOST}
    return render(request, "teams/set.html", context, status=422 if problems or form.errors else 200)


def _typed(sent: QueryDict) -> list[Line]:
    """The lines as they were sent."""
    count = number_of(sent, "rows", 1)
    if not 1 <= count <= MOST:
        raise BadRequest("rows")
    return [Line(sent.get(f"who-{at}", ""), sent.get(f"share-{at}", "")) for at in range(count)]


def _carried(sent: QueryDict) -> list[Line]:
    """The lines that an address carries, as `_onwards` wrote them."""
    pairs = zip_longest(sent.getlist("who"), sent.getlist("share"), fillvalue="")
    return [Line(who, share) for who, share in pairs][:MOST]


def _onwards(sent: QueryDict, lines: list[Line]) -> str:
    """The form as it was typed as a query, with equal shares or with a line more: nothing of it is kept anywhere."""
    if sent.get("do") == "more":
        lines = [*lines, Line()][:MOST]
    elif named := [line for line in lines if line.who]:
        lines = [Line(line.who, share) for line, share in zip(named, equal_shares(len(named)), strict=True)]
    told = [(name, sent.get(name, "")) for name in ("store", "team", "begin", "seen", "shown")]
    return urlencode([*told, *((name, text) for line in lines for name, text in vars(line).items())])


@require_POST
@opened("teams.confirm")
def withdraw(request: SignedInRequest, month: str) -> HttpResponse:
    """Take shares back that were confirmed here."""
    at, begin = month_said(month), day_of(request.POST, "begin")
    if begin is None:
        raise BadRequest("begin")
    store, team = text_of(request.POST, "store", STORE), text_of(request.POST, "team", LETTERS)
    draft = Draft(at, store, team, begin, (), text_of(request.POST, "seen", SEEN))
    zh = "已撤回；重新确认之前，这些天的班组工单不计入任何人。"
    en = "Taken back: until other shares are confirmed, the team's work of these days counts for nobody."
    back = f"{reverse('teams:list')}?month={at}"
    return answered(request, lambda: team_set_withdraw(draft=draft, by=request.user), pick(zh, en), back)
