"""The places of a month one by one, a source of a store each: how it stands, by when it is due and whose it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from fairwrench.web.evidence.access import providers
from fairwrench.web.evidence.freshness.freshness import Freshness
from fairwrench.web.ui.words import of, pick


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
