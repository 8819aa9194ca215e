"""Analyses: the list, drafting one, one with its sections, what may be done with it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.db.models import Count, Q
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened, opens, require
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import OfStore
from fairwrench.web.analysis.models import Analysis, Section
from fairwrench.web.analysis.reports.content import Content
from fairwrench.web.analysis.reports.forms import SectionForm
from fairwrench.web.analysis.reports.services import (
    analysis_approve,
    analysis_draft,
    reading_confirm,
    section_choose,
    section_edit,
    section_redraft,
)
from fairwrench.web.analysis.reports.tables import Analyses
from fairwrench.web.analysis.reports.workflow import ANALYSES, LETTERS, NOTE, OF_SECTION
from fairwrench.web.analysis.selectors import analyses_seen, analysis_seen, is_near
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, pick
from fairwrench.web.work.signing.documents import digest_of
from fairwrench.web.work.workflow.offers import offers_of

#: letters of a store's name
STORE = 80


@require_GET
@opened("analysis.read")
def analyses(request: SignedInRequest) -> HttpResponse:
    """The analyses of stores whose HR or general manager one is, and those sent to oneself."""
    read = Count("readings", filter=Q(readings__read_at__isnull=False))
    found = analyses_seen(user=request.user).annotate(read=read, sent_to=Count("readings"))
    shows(request, harmless=True)
    return table_page(
        request,
        Analyses,
        found,
        name=both("绩效分析", "Analyses"),
        template="analysis/list.html",
        context={"any": found.exists(), "oversees": opens(request.user, "settlements.view")},
    )


@require_POST
@opened("analysis.write")
def draft(request: SignedInRequest) -> HttpResponse:
    """Draft the analysis of a month and store from its figures."""
    cycle = get_object_or_404(Cycle.objects.select_related("run"), month=str(month_said(request.POST.get("month", ""))))
    store = text_of(request.POST, "store", STORE)
    require(request.user, "analysis.write", about=OfStore(store))
    try:
        made = analysis_draft(cycle=cycle, store=store, by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, pick(problem.zh, problem.en))
        return redirect("analysis:list")
    return redirect("analysis:analysis", made.pk)


@require_GET
@opened("analysis.read")
def analysis(request: SignedInRequest, analysis_id: int) -> HttpResponse:
    """One analysis: what it says to the reader, its sections to write for HR, what may be done with it."""
    return _page(request, analysis_seen(user=request.user, analysis_id=analysis_id))


def _page(
    request: SignedInRequest,
    found: Analysis,
    tried: tuple[str, SectionForm] | None = None,
    problems: Sequence[Problem] = (),
) -> HttpResponse:
    near = is_near(user=request.user, store=found.store)
    shows(request, month=found.cycle.month)
    offers = offers_of(ANALYSES, found, request.user, url=lambda act: reverse("analysis:act", args=[found.pk, act]))
    writes = any(offer.name == "edit" for offer in offers)
    document = _document(found, near)
    readings = list(found.readings.select_related("reader"))
    mine = next((each for each in readings if each.reader_id == request.user.employee_id), None)
    context: dict[str, Any] = {
        "analysis": found,
        "near": near,
        "writes": writes,
        "document": document.decode(),
        "digest": digest_of(document),
        "kept": found.document if near else found.extract,
        "sections": [(each, _form_of(each, tried)) for each in found.sections.all()] if writes else [],
        "steps": ANALYSES.stepper(found) if near else [],
        "history": ANALYSES.history([found])[found.pk] if near else [],
        "offers": [offer for offer in offers if offer.name not in OF_SECTION],
        "readings": readings if near else [],
        "mine": mine,
        "problems": problems,
    }
    return render(request, "analysis/analysis.html", context, status=422 if tried else 200)


def _document(found: Analysis, near: bool) -> bytes:
    """What was approved, else what stands now; whoever is not near reads the part for the departments."""
    kept = found.document if near else found.extract
    if kept is not None:
        return kept.content
    content = Content.of(found)
    return (content if near else content.for_departments).document


def _form_of(section: Section, tried: tuple[str, SectionForm] | None) -> SectionForm:
    return tried[1] if tried and tried[0] == section.key else SectionForm.of(section)


@require_POST
@opened("analysis.view")
def section(request: SignedInRequest, analysis_id: int, key: str, act: str) -> HttpResponse:
    """Write a section, draft it anew, or choose between the two texts."""
    found = analysis_seen(user=request.user, analysis_id=analysis_id)
    if key not in Section.Key.values or act not in OF_SECTION:
        raise Http404
    require(request.user, "analysis.write", about=OfStore(found.store))
    seen, by, to = number_of(request.POST, "version", -1), request.user, _at(found, key)
    if act == "edit":
        return _edited(request, found, key, seen)
    if act == "redraft":
        # what is typed and not kept yet stands beside the new text, too
        typed = text_of(request.POST, "text", LETTERS)
        return answered(
            request,
            lambda: section_redraft(analysis=found, key=key, by=by, seen=seen, typed=typed),
            pick(
                "已重新起草；改过的文字保留，两份并列。",
                "Drafted anew; what was edited stays beside it.",
            ),
            to,
        )
    return answered(
        request,
        lambda: section_choose(analysis=found, key=key, act=act, by=by, seen=seen),
        pick("已选定。", "Chosen."),
        to,
    )


def _edited(request: SignedInRequest, found: Analysis, key: str, seen: int) -> HttpResponse:
    form = SectionForm(request.POST, auto_id=f"{key}-%s")
    if not form.is_valid():
        return _page(request, found, (key, form))
    try:
        section_edit(analysis=found, key=key, text=form.cleaned_data["text"], by=request.user, seen=seen)
    except Refused as refused:
        # with what was typed, and the count as it is by now: sent again it is meant
        fresh = analysis_seen(user=request.user, analysis_id=found.pk)
        return _page(request, fresh, (key, form), refused.problems)
    messages.success(request, pick("已保存。", "Kept."))
    return redirect(_at(found, key))


def _at(found: Analysis, key: str) -> str:
    return f"{reverse('analysis:analysis', args=[found.pk])}#{key}"


@require_POST
@opened("analysis.view")
def act(request: SignedInRequest, analysis_id: int, act: str) -> HttpResponse:
    """Submit, take back, approve as it was shown, return, send."""
    found = analysis_seen(user=request.user, analysis_id=analysis_id)
    if act not in ANALYSES.by_name or act in OF_SECTION or ANALYSES.named(act).in_background:
        raise Http404
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)

    def do() -> None:
        if act == "approve":
            digest = request.POST.get("digest", "")
            analysis_approve(analysis=found, digest=digest, by=request.user, seen=seen)
        else:
            ANALYSES.act(record=found, name=act, by=request.user, note=note, seen=seen)

    return answered(request, do, pick("已办理。", "Done."), "analysis:analysis", found.pk)


@require_POST
@opened("analysis.read")
def confirm(request: SignedInRequest, analysis_id: int) -> HttpResponse:
    """Confirm having read what was sent to oneself."""
    found = analysis_seen(user=request.user, analysis_id=analysis_id)
    if reading_confirm(analysis=found, by=request.user):
        messages.success(request, pick("已确认。", "Confirmed."))
    return redirect("analysis:analysis", found.pk)
