"""Goals: the list, one sheet with its acts and results, its form, many to print or to sign."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.db.models import Count, QuerySet
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.counts import number_of as counted
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.selectors import is_closed
from fairwrench.web.goals.models import AGREED, GoalSheet, GoalSignature, Outcome
from fairwrench.web.goals.pages.forms import SheetForm
from fairwrench.web.goals.pages.shown import acts_of, editions_shown
from fairwrench.web.goals.pages.tables import Sheets
from fairwrench.web.goals.results.services import Said, capacity_on, outcomes_save, seen_of
from fairwrench.web.goals.results.shown import results_of_sheets
from fairwrench.web.goals.selectors import WAITS, in_force, sheet_seen, sheets_seen, waiting
from fairwrench.web.goals.sheets.beginning import BEGINNINGS
from fairwrench.web.goals.sheets.checks import lacks
from fairwrench.web.goals.sheets.content import content_of, contents_of
from fairwrench.web.goals.sheets.places import signatures_shown, vacancies
from fairwrench.web.goals.sheets.services import sheet_change, sheet_save, sheet_sign, sheets_sign
from fairwrench.web.goals.timing import month_to_plan
from fairwrench.web.goals.workflow import GOALS, MANY, NOTE, SIGNS, settled
from fairwrench.web.settlements.selectors import cycle_of, run_of_month
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.once import asking_once
from fairwrench.web.ui.requests.parameters import choice_of, month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.signing.documents import digest_of, shown_sent

State = GoalSheet.State
#: sheets on one page to print or to sign
SHEETS = 60


@require_GET
@opened("goals.view")
def sheets_list(request: SignedInRequest) -> HttpResponse:
    """One's own goals, those of people one leads, those of stores whose goals one reads."""
    found, asked = _asked(request)
    shows(request, harmless=not found.exclude(employee=request.user.employee_id).exists())
    context = {**asked, "states": State.choices, "acts": _act_of_many(asked["waits"])}
    context |= _own_start(request)
    return table_page(
        request,
        Sheets,
        found.annotate(count=Count("goals")),
        name=both("目标", "Goals"),
        template="goals/list.html",
        context=context,
    )


def _asked(request: SignedInRequest) -> tuple[QuerySet[GoalSheet], dict[str, str]]:
    """The sheets that the address asks for: those that wait for the reader, of a month, in a state, one's own."""
    asked = {
        "waits": choice_of(request.GET, "waits", list(WAITS)),
        "state": choice_of(request.GET, "state", State.values),
        "month": text_of(request.GET, "month", 7),
        "whose": choice_of(request.GET, "whose", ("own",)),
    }
    found = waiting(user=request.user, state=asked["waits"]) if asked["waits"] else sheets_seen(user=request.user)
    if asked["month"]:
        found = found.filter(month=str(month_said(asked["month"])))
    if asked["state"]:
        found = found.filter(state=asked["state"])
    if asked["whose"]:
        found = found.filter(employee=request.user.employee_id)
    return found, asked


def _own_start(request: SignedInRequest) -> dict[str, Any]:
    """The month whose goals the reader may begin to write for themselves; nothing where they are begun."""
    if request.user.employee_id is None or request.GET:
        return {}
    month = month_to_plan()
    own = GoalSheet.objects.filter(employee=request.user.employee_id, month__in=[str(month), str(month.plus(-1))])
    found = set(own.exclude(state=State.WITHDRAWN).values_list("month", "state"))
    if any(at == str(month) for at, _ in found):
        return {}
    before = any(state in AGREED for _, state in found)
    return {"starts": str(month), "before": before, "beginnings": BEGINNINGS.items()}


def _act_of_many(waits: str) -> str:
    """What may be done with all sheets of a list at once; empty for nothing."""
    return next((act for act, state in MANY.items() if state == waits and act != "sign"), "")


@require_GET
@opened("goals.view")
def sheet(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """One sheet: what it says and lacks, what one may do with it, who signed, how the goals came out."""
    found = sheet_seen(user=request.user, sheet_id=sheet_id)
    shows(request, month=found.month, about=found.employee.employee_id)
    content = content_of(sheet=found)
    document = content.document
    with asking_once():
        acts = acts_of(found, request.user)
    context = {
        "sheet": found,
        "document": document.decode(),
        "digest": digest_of(document),
        "lacks": lacks(content) if content.goals else [],
        "steps": GOALS.stepper(found),
        "signatures": signatures_shown(found, content.facts),
        "vacancies": vacancies(found),
        "history": GOALS.history([found])[found.pk],
        "acts": acts,
        "offers": acts.offers,
        "editions": editions_shown(found),
        "own": found.employee_id == request.user.employee_id,
        **_results(request, found),
    }
    return render(request, "goals/sheet.html", context)


def _results(request: SignedInRequest, found: GoalSheet) -> dict[str, Any]:
    """How the goals of the sheet that holds came out, and as what the reader says so; nothing of another."""
    who = found.employee.employee_id
    if not found.agreed or in_force(month=found.month, people=[who]).get(who) != found:
        return {"results": None}
    try:
        run = run_of_month(cycle=cycle_of(month=found.month))
    except Http404:
        run = None
    rows = results_of_sheets([found], found.at, run).get(who, ())
    capacity = "" if is_closed(found.at) else capacity_on(sheet=found, user=request.user)
    shown = [
        (row, mine, seen_of(mine)) for row in rows for mine in (row.own if capacity == "employee" else row.manager,)
    ]
    return {"results": shown, "says": capacity, "values": Outcome.Value.choices}


@opened("goals.view")
def edit(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """Write a draft: goals, plan; what is refused stays as it was typed."""
    found = sheet_seen(user=request.user, sheet_id=sheet_id)
    shows(request, month=found.month, about=found.employee.employee_id)
    if not acts_of(found, request.user).writes:
        messages.error(request, of(next(settled(found.month, found.at), GOALS.moved_on(found))))
        return redirect("goals:sheet", found.pk)
    content, problems = content_of(sheet=found), []
    sent = request.POST if request.method == "POST" else None
    form, seen = SheetForm(content, sent), number_of(request.POST, "version", found.version)
    if sent is not None and form.is_valid() and sent.get("do") != "more":
        try:
            sheet_save(sheet=found, draft=form.draft, seen=seen, by=request.user)
        except Refused as refused:
            problems = list(refused.problems)
        else:
            messages.success(request, pick("草稿已保存；确认签字后对方才会收到。", "Kept; sign it to send it on."))
            return redirect("goals:sheet", found.pk)
    context = {"sheet": found, "form": form, "kpis": content.kpis, "problems": problems, "seen": seen}
    context["overtaken"] = content.shown if problems else None
    status = 422 if problems or (sent is not None and sent.get("do") != "more") else 200
    return render(request, "goals/edit.html", context, status=status)


@require_POST
@opened("goals.view")
def act(request: SignedInRequest, sheet_id: int, act: str) -> HttpResponse:
    """Sign what was shown; return, take back, pass over or withdraw."""
    found = sheet_seen(user=request.user, sheet_id=sheet_id)
    if act not in GOALS.by_name or GOALS.named(act).in_background:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    digest = text_of(request.POST, "digest", 64)

    def do() -> None:
        if act in SIGNS:
            sheet_sign(sheet=found, act=act, digest=digest, seen=seen, by=request.user)
        else:
            GOALS.act(record=found, name=act, by=request.user, note=note, seen=seen)

    return answered(request, do, pick("已办理。", "Done."), "goals:sheet", found.pk)


@require_POST
@opened("goals.view")
def change(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """Ask for a change of goals that hold: a further edition to be written and signed by both."""
    found, note = sheet_seen(user=request.user, sheet_id=sheet_id), text_of(request.POST, "note", NOTE)
    try:
        new = sheet_change(sheet=found, reason=note, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
        return redirect("goals:sheet", found.pk)
    messages.success(
        request,
        pick(
            "请改好并签字；双方签字之前，原目标仍然有效。", "Write it and sign; until both have, the former goals hold."
        ),
    )
    return redirect("goals:edit", new.pk)


@require_POST
@opened("goals.view")
def results(request: SignedInRequest, sheet_id: int) -> HttpResponse:
    """Say how goals came out, as the employee or the manager."""
    found = sheet_seen(user=request.user, sheet_id=sheet_id)
    told = {
        pk: Said(
            choice_of(request.POST, f"value-{pk}", Outcome.Value.values),
            text_of(request.POST, f"note-{pk}", NOTE),
            request.POST.get(f"seen-{pk}", ""),
        )
        for pk in found.goals.values_list("pk", flat=True)
        if f"value-{pk}" in request.POST
    }

    def do() -> None:
        if problems := outcomes_save(sheet=found, told=told, by=request.user):
            raise Refused(problems)

    return answered(request, do, pick("完成情况已保存。", "Kept."), "goals:sheet", found.pk)


@require_GET
@opened("goals.view")
def signed(request: SignedInRequest, sheet_id: int, signature_id: int) -> HttpResponse:
    """The very document that somebody signed, and whether its bytes are still those."""
    found = sheet_seen(user=request.user, sheet_id=sheet_id)
    shows(request, month=found.month, about=found.employee.employee_id)
    # a sheet that is carried on shows those of the one that it comes from
    of_either = [found.pk, *([found.carried_from_id] if found.carried_from_id else [])]
    rows = GoalSignature.objects.filter(sheet__in=of_either)
    signature = get_object_or_404(rows.select_related("document", "listed", "signer"), pk=signature_id)
    whole = signature.document.whole and (signature.listed is None or signature.listed.whole)
    context = {"sheet": found, "signature": signature, "whole": whole}
    context["document"] = signature.document.content.decode() if whole else ""
    return render(request, "goals/signed.html", context)


@opened("goals.view")
def many(request: SignedInRequest) -> HttpResponse:
    """Many sheets one after the other, to print on A4 or, where they wait for the reader, to sign together."""
    if request.method == "POST":
        return _sign_many(request)
    found, asked = _asked(request)
    shows(request, harmless=not found.exists())
    first = list(found[: SHEETS + 1])
    shown = first[:SHEETS]
    documents = [(content.sheet, content.document) for content in contents_of(shown)]
    context = {
        **asked,
        "sheets": [(each, text.decode(), digest_of(text)) for each, text in documents],
        "more": found.count() - SHEETS if len(first) > SHEETS else 0,
        "act": _act_of_many(asked["waits"]),
    }
    return render(request, "goals/many.html", context)


def _sign_many(request: SignedInRequest) -> HttpResponse:
    act = choice_of(request.POST, "act", [each for each in MANY if each != "sign"])
    if not act:
        raise Http404
    told = {key: (seen, digest) for key, seen, digest in shown_sent(request.POST.getlist("shown"), most=SHEETS)}
    found = {each.pk: each for each in sheets_seen(user=request.user).filter(pk__in=list(told))}
    shown = [(found[pk], *told[pk]) for pk in told if pk in found]
    done, problems = sheets_sign(shown=shown, act=act, by=request.user)
    if done:
        messages.success(request, pick(f"已签 {done} 份。", f"{counted(done, 'sheet')} signed."))
    for problem in problems[:5]:
        messages.error(request, of(problem))
    return redirect(f"{reverse('goals:list')}?waits={MANY[act]}")
