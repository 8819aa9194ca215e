"""Blank templates to take away."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairwrench.report.workbook.workbook import safe_name
from fairwrench.web.access.policy import opened
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.sources.blanks import columns_of, write_blank
from fairwrench.web.ui.requests.http import saved_as
from fairwrench.web.ui.tables.tables import XLSX
from fairwrench.web.ui.words import lang, of


@require_GET
@opened("evidence.view")
def blanks(request: HttpRequest) -> HttpResponse:
    """Every kind of file, what it holds, and its template."""
    kinds = selectors.sources().items()
    found = [{"name": name, "source": source, "columns": columns_of(source)} for name, source in kinds]
    return render(request, "evidence/blanks.html", {"kinds": found})


@require_GET
@opened("evidence.view")
def blank(request: HttpRequest, source: str) -> HttpResponse:
    """The template of one kind of file."""
    kind = selectors.sources().get(source)
    if kind is None:
        raise Http404
    answer = HttpResponse(write_blank(source=kind, lang=lang()), content_type=XLSX)
    answer.headers["Content-Disposition"] = saved_as(f"{safe_name(of(kind.name))}.xlsx")
    return answer
