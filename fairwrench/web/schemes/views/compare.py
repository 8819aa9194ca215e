"""Two versions side by side."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairwrench.report.naming import Names
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.text.comparing import compared, counted
from fairwrench.web.ui.words import lang


@require_GET
@opened("schemes.view")
def compare(request: SignedInRequest) -> HttpResponse:
    """What differs between two versions; by default between the latest draft, or version, and what holds now."""
    editions = selectors.editions_seen(user=request.user)
    first, last = _default(editions)
    old = selectors.edition_of(editions=editions, key=request.GET.get("old") or first)
    new = selectors.edition_of(editions=editions, key=request.GET.get("new") or last)
    context: dict[str, Any] = {"editions": editions, "old": old, "new": new}
    try:
        known = sources()
        chapters = compared(Names(old.scheme, known, lang()), Names(new.scheme, known, lang()))
        context |= {"chapters": chapters, "counts": counted(chapters)}
    except Refused as refused:
        context["problems"] = refused.problems
    return render(request, "schemes/compare.html", context)


def _default(editions: list[selectors.Edition]) -> tuple[str, str]:
    now = selectors.edition_now(editions=editions).key
    # the latest first: what is proposed, else the latest draft, else another version
    others = [edition.key for edition in editions if edition.key != now and edition.standing != "withdrawn"]
    return now, others[0] if others else now
