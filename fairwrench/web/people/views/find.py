"""The search that fields for people ask, and that one may open as a page."""

from __future__ import annotations

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairwrench.web.access.choosing.choosing import person_words, place_words
from fairwrench.web.access.choosing.finding import (
    AMONG,
    HERE,
    LETTERS,
    MOST,
    people_findable,
    people_matching,
    places_of,
)
from fairwrench.web.access.policy import opened, require_page
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.ui.requests.parameters import choice_of, text_of


@require_GET
@opened("people.find")
def find(request: SignedInRequest) -> HttpResponse:
    """Up to `MOST` people by `q` (or by the field that asks), among those whom the user may choose."""
    among = choice_of(request.GET, "among", AMONG, HERE)
    # who left, and who has no account, is for those who keep the roster
    if among != HERE:
        require_page(request.user, "people.change")
    # the field's own name, which each form chooses
    asked_by = request.htmx.trigger_name or ""
    typed = text_of(request.GET, "q" if "q" in request.GET else asked_by, LETTERS)
    matching = people_matching(people=people_findable(user=request.user, among=among), typed=typed)
    people = list(matching[: MOST + 1])
    places = places_of(people=people, user=request.user)
    shown = [(each, person_words(each), place_words(places.get(each.pk))) for each in people[:MOST]]
    context = {"shown": shown, "more": len(people) > MOST, "typed": typed, "among": among}
    return render(request, "people/parts/proposals.html" if request.htmx else "people/find.html", context)
