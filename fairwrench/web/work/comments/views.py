"""A comment sent from the page that it is about."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.ui.words import of
from fairwrench.web.work.comments.places import commented
from fairwrench.web.work.comments.services import comment_add


@require_POST
@opened("comments.write")
def add(request: SignedInRequest, place: str, ref: str) -> HttpResponse:
    """Comment on a place that one sees, and go back there."""
    seen = commented(place=place, ref=ref, user=request.user)
    if seen is None:
        raise Http404
    try:
        comment_add(place=place, ref=ref, words=request.POST.get("words", ""), by=request.user)
    except Refused as refused:
        for problem in refused.problems:
            messages.error(request, of(problem))
    return redirect(f"{seen.url}#comments")
