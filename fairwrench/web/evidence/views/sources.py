"""Kinds of file declared here: looked at, made, changed, retired."""

from __future__ import annotations

from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.settlement.source.source import Source
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import SourceDefinition
from fairwrench.web.evidence.sources.blanks import columns_of
from fairwrench.web.evidence.sources.definitions import name_taken, source_of, source_retire, source_save
from fairwrench.web.evidence.sources.form import DATE_WORDS, SCALES, TYPE_WORDS, UNIT_WORDS, form_of, typed, with_spare
from fairwrench.web.evidence.sources.names import names_of
from fairwrench.web.evidence.sources.reading import SourceReader, proposed_name
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import number_of
from fairwrench.web.ui.words import of, pick


@dataclass(frozen=True)
class Edited:
    """The kind of file that a page is about: its name (empty for a new one), what was declared here of it, what holds
    now, and the document that is changed."""

    name: str
    definition: SourceDefinition | None
    source: Source | None
    document: Mapping[str, Any]


@require_GET
@allowed("evidence.define_source", about=GROUP)
def sources(request: SignedInRequest) -> HttpResponse:
    """Every kind of file, and which of them are declared here."""
    own = {each.name: each for each in SourceDefinition.objects.select_related("by__employee")}
    kinds = [(name, source, own.get(name)) for name, source in selectors.sources().items()]
    retired = [each for each in own.values() if not each.active]
    return render(request, "evidence/sources.html", {"kinds": kinds, "retired": retired})


@allowed("evidence.define_source", about=GROUP)
def source(request: SignedInRequest, name: str = "") -> HttpResponse:
    """Make or change a kind of file; everything wrong with it is told, and nothing typed is lost."""
    edited, kinds = _edited(name), selectors.sources()
    if request.method != "POST":
        shown: dict[str, Any] = {
            "form": form_of(edited.document, kinds),
            "preview": edited.source and columns_of(edited.source),
        }
        return render(request, "evidence/source.html", {**_context(edited, kinds), **shown})
    values = typed(request.POST, edited.document)
    if (more := request.POST.get("more")) is not None:
        # a copy: reading gives ids to lines and fills fields in, which "more lines" is not to show as typed
        own = SourceReader(deepcopy(values), edited.document, kinds).own.all()
        shown = {"form": {**with_spare(values, more), "own": own}, "unsaved": True}
        return render(request, "evidence/source.html", {**_context(edited, kinds), **shown})
    return _checked(request, edited, values, kinds)


def _checked(
    request: SignedInRequest, edited: Edited, values: dict[str, Any], kinds: Mapping[str, Source]
) -> HttpResponse:
    """Check what was typed, and save it where that was asked for."""
    reader = SourceReader(deepcopy(values), edited.document, kinds)
    document, filled = reader.document(), reader.values
    name = edited.name or values["name"] or proposed_name(values, name_taken())
    try:
        if reader.problems:
            raise Refused(reader.problems)
        found = source_of(name=name, document=document, is_new=not edited.name)
        # checked first in either case: a preview and what is saved are the same
        if request.POST.get("do") == "save":
            version = number_of(request.POST, "version", 0)
            source_save(name=name, document=document, by=request.user, version=version)
            return _saved(request, name, found)
    except Refused as refused:
        # what was proposed for empty fields is not shown: it may have been made of what is wrong
        form = {**with_spare(values), "own": reader.own.all()}
        context = {**_context(edited, kinds), "form": form, "problems": refused.problems, "unsaved": True}
        return render(request, "evidence/source.html", context, status=422)
    form = {**with_spare({**filled, "name": name}), "own": reader.own.all()}
    context = {**_context(edited, kinds), "form": form, "preview": columns_of(found), "unsaved": True}
    return render(request, "evidence/source.html", context)


def _saved(request: SignedInRequest, name: str, source: Source) -> HttpResponse:
    done = pick("“{}”已保存，现在就能交这种文件。", "“{}” is saved; such files can be handed in from now on.")
    messages.success(request, done.format(of(source.name)))
    return redirect("evidence:source", name)


def _edited(name: str) -> Edited:
    definition = SourceDefinition.objects.filter(name=name).first()
    source = selectors.sources().get(name)
    if name and definition is None and source is None:
        raise Http404
    document = definition.document if definition else {}
    if not document and source is not None:
        # what a shipped kind leaves to the program stays left to it
        document = source.model_dump(mode="json", exclude_unset=True)
    return Edited(name, definition, source, document)


def _context(edited: Edited, kinds: Mapping[str, Source]) -> dict[str, Any]:
    definition = edited.definition
    positions = {name: each.name for name, each in selectors.scheme_at(month=selectors.open_month()).positions.items()}
    # a position that the scheme of now does not have stays chosen: saving must not drop it
    provided = str(edited.document.get("provided_by") or "")
    return {
        **{"name": edited.name, "definition": definition, "source": edited.source, "types": list(TYPE_WORDS.items())},
        **{"version": definition.version if definition else 0, "scales": SCALES, "kinds": sorted(kinds.items())},
        **{"units": list(UNIT_WORDS.items()), "date_orders": list(DATE_WORDS.items())},
        "positions": {**positions, **({provided: provided} if provided and provided not in positions else {})},
        "theirs": {name: names_of(kind).all() for name, kind in kinds.items()},
    }


@require_POST
@allowed("evidence.define_source", about=GROUP)
def retire(request: SignedInRequest, name: str) -> HttpResponse:
    """No longer take such files."""
    done = pick("{} 已停用。", "{} is retired.").format(name)
    return answered(request, lambda: source_retire(name=name, by=request.user), done, "evidence:sources")
