"""Forms as PDF: at once where they are few, in the background where they are many."""

from __future__ import annotations

from collections.abc import Iterable
from uuid import UUID

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.template.loader import render_to_string
from django.utils.timezone import localdate
from django.views.decorators.http import require_GET

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.papers.asked import Asked
from fairwrench.web.appraisals.papers.jobs import (
    AT_ONCE,
    WORDS,
    forms_paper,
    paper_fetched,
    paper_name,
    papers_begin,
)
from fairwrench.web.appraisals.papers.sheets import STYLES, sheets_of
from fairwrench.web.appraisals.papers.summary import summary_of
from fairwrench.web.ui.pdf.pdf import paper_of, paper_sent
from fairwrench.web.ui.requests.parameters import choice_of
from fairwrench.web.ui.words import of, pick


@opened("appraisals.view")
def papers(request: SignedInRequest) -> HttpResponse:
    """The forms that the address asks for as one PDF; many are made in the background, once somebody says so."""
    asked = Asked.of(request.GET)
    found = asked.listed(request.user)
    if request.method == "POST":
        return _begun(request, asked)
    shown = list(found[: AT_ONCE + 1])
    if not shown:
        raise Http404
    if len(shown) > AT_ONCE:
        shows(request, harmless=True)
        return render(request, "appraisals/papers.html", {"number": found.count()})
    if len(shown) == 1:
        shows(request, month=shown[0].cycle.month, about=shown[0].employee.employee_id)
    else:
        shows(request, month=asked.month, harmless=_own(request, shown))
    sheets = sheets_of(shown)
    if not sheets:
        raise Http404
    name = paper_name(sheets[0].form) if len(sheets) == 1 else f"{of(WORDS)} {localdate()}"
    return paper_sent(forms_paper(sheets).content, name=name)


def _own(request: SignedInRequest, forms: Iterable[Appraisal]) -> bool:
    """Whether some forms are all the reader's own, or none at all: nothing that anybody has to know of."""
    return all(form.employee_id == request.user.employee_id for form in forms)


def _begun(request: SignedInRequest, asked: Asked) -> HttpResponse:
    shows(request, harmless=True)
    try:
        job = papers_begin(asked=asked, by=request.user)
    except Refused as refused:
        context = {"number": asked.listed(request.user).count(), "problems": refused.problems}
        return render(request, "appraisals/papers.html", context, status=422)
    return redirect("jobs:job", job.pk)


@require_GET
@opened("appraisals.view")
def paper(request: SignedInRequest, job_id: UUID) -> HttpResponse:
    """The file that was made in the background, for whoever asked for it."""
    path, month = paper_fetched(job_id=job_id, user=request.user)
    shows(request, month=month)
    return paper_sent(path.read_bytes(), name=f"{of(WORDS)} {localdate()}")


@require_GET
@opened("appraisals.view")
def summary(request: SignedInRequest) -> HttpResponse:
    """The signature summary of a month in one store; with `as=pdf` on A4."""
    as_pdf = choice_of(request.GET, "as", ["pdf"])
    told = summary_of(asked=Asked.of(request.GET), user=request.user)
    forms = [line.form for each in told.departments for line in each.lines]
    shows(request, month=told.month, harmless=_own(request, forms))
    body = render_to_string("appraisals/parts/summary.html", {"summary": told})
    if not as_pdf:
        return render(request, "appraisals/summary.html", {"summary": told, "body": body})
    if not told.forms:
        raise Http404
    name = pick(f"签字汇总表 {told.month} {told.store}", f"Signatures {told.month} {told.store}")
    return paper_sent(paper_of([body], title=name, styles=STYLES).content, name=name)
