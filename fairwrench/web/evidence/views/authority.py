"""Whether what people decide comes by file or is entered on the pages: said by store, from a month on."""

from __future__ import annotations

from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import render

from fairwrench.web.access.policy import may, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import GROUP, OfStore
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.authority import EVERY, Way, authorities, authority_set, ways
from fairwrench.web.evidence.views.desk import month_asked, months_offered
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, text_of
from fairwrench.web.ui.words import pick

#: letters of a store's name
LETTERS = 80


@opened("evidence.keep")
def authority(request: SignedInRequest) -> HttpResponse:
    """How each source that pages keep comes in the open month, what was said of it, and a form to say otherwise."""
    if request.method == "POST":
        return _said(request)
    month, kinds = selectors.open_month(), selectors.sources()
    stores = [name for name in selectors.store_names() if may(request.user, "evidence.keep", about=OfStore(name))]
    said = authorities(stores=stores)
    now = {source: ways(source=source, month=str(month)) for source in said}
    context = {
        "month": str(month),
        "months": [str(each) for each in months_offered(month) if each >= month],
        "kinds": [
            (name, kinds[name], [(store, Way(now[name](store)).label) for store in stores], said[name])
            for name in said
            if name in kinds
        ],
        "stores": stores,
        "ways": Way.choices,
        "everywhere": may(request.user, "evidence.keep_everywhere", about=GROUP),
    }
    return render(request, "evidence/authority.html", context)


def _said(request: SignedInRequest) -> HttpResponse:
    sent = request.POST
    source, store = choice_of(sent, "source", selectors.sources()), text_of(sent, "store", LETTERS)
    way, since = choice_of(sent, "way", Way.values), month_asked(request)
    # the page offers nothing else: whoever sends it made the form up
    if not source or not way or store not in ("*", *selectors.store_names()):
        raise BadRequest("authority")
    store = EVERY if store == "*" else store
    return answered(
        request,
        lambda: authority_set(source=source, store=store, since=since, way=way, by=request.user),
        pick("已保存，从所选月份起照此办理。", "Saved; it holds from the month chosen."),
        "evidence:authority",
    )
