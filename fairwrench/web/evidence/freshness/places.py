"""The places of a month one by one, a source of a store each: how it stands, by when it is due and whose it is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.evidence.access import providers
from fairwrench.web.evidence.freshness.freshness import Freshness
from fairwrench.web.ui.words import of, pick
from fairwrench.web.work.channels.urging import Offer, Urging, offers


@dataclass(frozen=True)
class ListedPlace:
    """A cell of the map by itself; `since` says how late it is, or what of it was rejected."""

    source: str
    store: str
    state: str
    since: str
    due: datetime | None
    who: str
    url: str | None


def places_listed(*, found: Freshness, state: str = "") -> list[ListedPlace]:
    """The places of a map, of one state or of all, those of a source together."""
    names, between = providers(stores=found.stores), pick("、", ", ")
    listed = []
    for row in found.beside(found.stores):
        for cell in row.cells:
            if cell and state in ("", cell.state):
                who = between.join(names.get((row.line.name, cell.store), ()))
                about = (of(row.line.source.name), cell.store, cell.state, cell.text)
                listed.append(ListedPlace(*about, row.line.due, who, cell.url))
    return listed


@dataclass(frozen=True)
class LateProvider:
    """Somebody whose duty it is to hand in what is missing: how many places of the map, and the button to remind."""

    name: str
    missing: int
    offer: Offer | None


def late_providers(*, found: Freshness, by: User) -> list[LateProvider]:
    """Those who have handed in nothing of what is due of them in the stores of a map, who lack the most first."""
    names = providers(stores=found.stores)
    late = [
        name
        for line in found.lines
        for store, state in line.states.items()
        if state == "missing"
        for name in names.get((line.name, store), ())
    ]
    url = f"{reverse('evidence:desk')}?month={found.month}"
    words = (f"{found.month} 还有数据待您提报", f"{found.month}: files wait to be handed in by you")
    # each is named with the id behind the name, which no id has a blank in
    ids = {name: name.rpartition(" ")[2] for name in late}
    buttons = offers(by=by, people=ids.values(), urging=Urging(f"evidence:{found.month}", words, url))
    return [LateProvider(name, missing, buttons.get(ids[name])) for name, missing in Counter(late).most_common()]
