"""The search that fields for people ask, and that one may open as a page."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from fairwrench.web.people.choosing import person_words, place_words
from fairwrench.web.people.finding import AMONG, HERE, MOST, people_findable, people_matching, places_of
from fairwrench.web.people.policy import allowed, require
from fairwrench.web.people.requests import SignedInRequest


@require_GET
@allowed("people.find")
def find(request: SignedInRequest) -> HttpResponse:
    """Up to `MOST` people by `q` (or by the field that asks), among those whom the user may choose."""
    among = request.GET.get("among", HERE)
    if among not in AMONG:
        raise Http404(among)
    if among != HERE:
        require(request.user, "people.change")
    asked_by = request.htmx.trigger_name or ""
    typed = request.GET.get("q", request.GET.get(asked_by, "")).strip()
    matching = people_matching(people=people_findable(user=request.user, among=among), typed=typed)
    people = list(matching[: MOST + 1])
    places = places_of(people=people, user=request.user)
    shown = [(each, person_words(each), place_words(places.get(each.pk))) for each in people[:MOST]]
    context = {"shown": shown, "more": len(people) > MOST, "typed": typed, "among": among}
    return render(request, "people/parts/proposals.html" if request.htmx else "people/find.html", context)
