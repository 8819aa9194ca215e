"""Kinds of file declared here: looked at, made, changed, retired."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.definitions import source_retire, source_save
from fairwrench.web.evidence.models import SourceDefinition
from fairwrench.web.evidence.source_form import SCALES, document_of, form_of, shown_again, type_choices
from fairwrench.web.evidence.telling import answered
from fairwrench.web.people.policy import allowed
from fairwrench.web.ui.words import pick


@require_GET
@allowed("evidence.define_source")
def sources(request: HttpRequest) -> HttpResponse:
    """Every kind of file, and which of them are declared here."""
    own = {each.name: each for each in SourceDefinition.objects.select_related("by__employee")}
    kinds = [(name, source, own.get(name)) for name, source in selectors.sources().items()]
    retired = [each for each in own.values() if not each.active]
    return render(request, "evidence/sources.html", {"kinds": kinds, "retired": retired})


@allowed("evidence.define_source")
def source(request: HttpRequest, name: str = "") -> HttpResponse:
    """Make or change a kind of file; everything wrong with it is told, and nothing typed is lost."""
    definition = SourceDefinition.objects.filter(name=name).first()
    shipped = selectors.sources().get(name)
    if name and definition is None and shipped is None:
        raise Http404
    before = definition.document if definition else {}
    if not before and shipped is not None:
        before = shipped.model_dump(mode="json", exclude_unset=True)
    context = {"name": name, "definition": definition, "shipped": shipped, "types": type_choices(), "scales": SCALES}
    context |= {"version": definition.version if definition else 0, "kinds": sorted(selectors.sources().items())}
    if request.method != "POST":
        return render(request, "evidence/source.html", {**context, "form": form_of(before)})
    called = name or request.POST.get("name", "").strip()
    try:
        document = document_of(request.POST, before)
        version = int(request.POST.get("version") or 0)
        source_save(name=called, document=document, by=request.user, version=version)
    except Refused as refused:
        told = {"form": shown_again(request.POST), "problems": refused.problems, "called": called}
        return render(request, "evidence/source.html", {**context, **told}, status=422)
    return redirect("evidence:sources")


@require_POST
@allowed("evidence.define_source")
def retire(request: HttpRequest, name: str) -> HttpResponse:
    """No longer take such files."""
    done = pick("{} 已停用。", "{} is retired.").format(name)
    return answered(request, lambda: source_retire(name=name), done, "evidence:sources")
