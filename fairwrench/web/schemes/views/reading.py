"""The scheme to read: which one holds, and what it says."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes import selectors
from fairwrench.web.schemes.approval.selectors import with_acts
from fairwrench.web.schemes.binding.shown import signing_shown
from fairwrench.web.schemes.text.regulation import own_card, text_of


@require_GET
@opened("schemes.view")
def versions(request: SignedInRequest) -> HttpResponse:
    """Every version with its state and the months in which it holds."""
    editions = selectors.editions_seen(user=request.user)
    holding = selectors.edition_now(editions=editions).key
    context: dict[str, Any] = {"rows": with_acts(user=request.user, editions=editions), "holding": holding}
    context["may_change"] = may(request.user, "schemes.change", about=GROUP)
    context["sees_drafts"] = selectors.sees_drafts(user=request.user)
    return render(request, "schemes/list.html", context)


@require_GET
@opened("schemes.view")
def read(request: SignedInRequest, key: str) -> HttpResponse:
    """One version as a regulation."""
    edition = selectors.edition_seen(user=request.user, key=key)
    try:
        text, scheme = text_of(edition), edition.scheme
    except Refused as refused:
        return render(request, "schemes/unreadable.html", {"edition": edition, "problems": refused.problems})
    card = own_card(user=request.user, scheme=scheme, day=timezone.localdate())
    context = {"edition": edition, "scheme": scheme, "text": text, "card": card}
    context["sees_drafts"] = selectors.sees_drafts(user=request.user)
    context |= signing_shown(edition=edition, user=request.user)
    return render(request, "schemes/read.html", context)


@require_GET
@opened("schemes.view")
def at(request: SignedInRequest, month: str) -> HttpResponse:
    """To the version that holds in a month; what stands behind # in the address goes along."""
    try:
        edition = selectors.edition_at(user=request.user, month=Month.parse(month))
    except ValueError:
        raise Http404 from None
    return redirect("schemes:read", key=edition.key)
