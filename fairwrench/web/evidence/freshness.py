"""What is there for a month and what is not: source by store, whose duty it is, and how it stands to its deadline."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.deadlines import Month, deadlines
from fairwrench.settlement.measure import metric_sources
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.models import Covered, Sheet, Upload
from fairwrench.web.evidence.reach import Reach, reach_of, stores_of_unit, watch_of
from fairwrench.web.people.models import Duty, User
from fairwrench.web.ui.components import HEAT
from fairwrench.web.ui.words import of, pick

#: what people agree on and decide is evidence, too, though no metric reads it
AGREED = ("targets", "payroll")


@dataclass(frozen=True)
class Cell:
    """How one source of one store stands (`ui.components.HEAT`), with a word and where to look."""

    store: str
    state: str
    text: str = ""
    url: str | None = None
    about: str = ""


@dataclass(frozen=True)
class Line:
    """A source: by when it is due (local time), and its cells by store."""

    name: str
    source: Source
    month: Month
    due: datetime | None
    stores: list[str]
    cells: list[Cell] = field(default_factory=list)

    @property
    def row(self) -> list[Cell | None]:
        """A cell for each store of the map, None where the source there is not this user's."""
        found = {cell.store: cell for cell in self.cells}
        return [found.get(store) for store in self.stores]


@dataclass(frozen=True)
class Freshness:
    """The heat map of a month, and how many cells are in each state.

    `stores` are those of the map; `every_store` and `kinds` (sources by name) are what it may be narrowed to.
    """

    month: Month
    stores: list[str]
    lines: list[Line]
    every_store: list[str] = field(default_factory=list)
    kinds: dict[str, Source] = field(default_factory=dict)

    @property
    def counts(self) -> list[tuple[str, str]]:
        """Each state there is, with its word and how many cells are in it."""
        states = [cell.state for line in self.lines for cell in line.cells]
        return [(state, f"{pick(*HEAT[state][1])} {states.count(state)}") for state in HEAT if state in states]


@dataclass(frozen=True)
class _Known:
    """What the database knows of a month, by (source, store)."""

    covered: dict[tuple[str, str], dict[str, Any]]
    waiting: dict[tuple[str, str], int]
    duties: dict[tuple[str, str], list[str]]


def freshness(*, user: User, month: Month, source: str = "", store: str = "") -> Freshness:
    """How evidence of a month stands, for the sources and stores that somebody watches over or hands in."""
    watched, seen = watch_of(user=user), reach_of(user=user)
    scheme, kinds = selectors.scheme_at(month=month), selectors.sources()
    every_store = list(selectors.store_names())
    stores = [name for name in every_store if store in ("", name) and _watched(watched, name)]
    known = _Known(_covered(month), _waiting(month), _duties(stores))
    due, needs = due_of(scheme=scheme, month=month), needed(scheme)
    names = [name for name in _shown(scheme, known, watched) if name in kinds and source in ("", name)]
    lines = []
    for name in names:
        line = Line(name, kinds[name], month, due.get(kinds[name].provided_by or ""), stores)
        reached = watched.stores_of(name)
        wanted = name in needs
        places = [place for place in stores if reached is None or place in reached]
        cells = (
            _cell(line, place, known, seen) or (_absent(line, place, known) if wanted else None) for place in places
        )
        line.cells.extend(cell for cell in cells if cell)
        if line.cells:
            lines.append(line)
    return Freshness(month, stores, lines, every_store, kinds)


def due_of(*, scheme: Scheme, month: Month) -> dict[str, datetime]:
    """Position → by when it hands in its figures of a month (local time); empty where the scheme sets no deadline."""
    plan, _ = deadlines(month, scheme.cycle)
    return {deadline.responsible: deadline.due for deadline in plan if deadline.nominal.date() > month.last}


def _watched(watched: Reach, store: str) -> bool:
    return any(places is None or store in places for places in (watched.whole, *watched.duties.values()))


def needed(scheme: Scheme) -> set[str]:
    """The sources that some scorecard reads."""
    items = [item for card in scheme.scorecards.values() for item in card.items if item.metric]
    return {name for item in items for name in metric_sources(scheme.metrics[item.metric])} | {*AGREED}


def _shown(scheme: Scheme, known: _Known, watched: Reach) -> list[str]:
    there = {name for name, _ in (*known.covered, *known.waiting, *known.duties)}
    return sorted(needed(scheme) | there | set(watched.duties))


def _covered(month: Month) -> dict[tuple[str, str], dict[str, Any]]:
    """The last landing that speaks for each place, and when the first one came."""
    rows = Covered.objects.filter(month=str(month)).order_by("landing__landed_at", "landing__number")
    found: dict[tuple[str, str], dict[str, Any]] = {}
    for row in rows.values("source", "store", "landing__number", "landing__landed_at", "landing__rejected"):
        place = (row["source"], row["store"])
        found[place] = {**row, "first": found.get(place, {}).get("first", row["landing__landed_at"])}
    return found


def _waiting(month: Month) -> dict[tuple[str, str], int]:
    """Files that were read and wait to be landed: (source, store) → upload."""
    sheets = Sheet.objects.filter(upload__month=str(month), upload__state=Upload.State.READ)
    rows = sheets.values_list("source", "speaks_for", "upload_id")
    return {(source, store): upload for source, stores, upload in rows for store in stores}


def _duties(stores: Iterable[str]) -> dict[tuple[str, str], list[str]]:
    """Who hands in what: (source, store) → names."""
    found: dict[tuple[str, str], list[str]] = {}
    places: dict[int, Iterable[str]] = {}
    for duty in Duty.objects.filter(kind=Duty.Kind.PROVIDE).select_related("employee", "unit__parent__parent"):
        if duty.unit_id not in places:
            named = stores_of_unit(duty.unit)
            places[duty.unit_id] = stores if named is None else named
        for store in places[duty.unit_id]:
            found.setdefault((duty.subject, store), []).append(duty.employee.name)
    return found


def _cell(line: Line, store: str, known: _Known, seen: Reach) -> Cell | None:
    """What is there of a source in a store: landed, or waiting to be landed."""
    place, about = (line.name, store), _about(line, store, known)
    if landed := known.covered.get(place):
        number = landed["landing__number"]
        url = reverse("evidence:batch", args=[line.name, number]) if seen.covers(line.name, [store]) else None
        return Cell(store, *_arrived(landed, line.due), url=url, about=about)
    if upload := known.waiting.get(place):
        url = reverse("evidence:upload", args=[upload]) if seen.covers(line.name, [store]) else None
        return Cell(store, "partial", pick("待导入", "to land"), url, about)
    return None


def _about(line: Line, store: str, known: _Known) -> str:
    return "、".join([of(line.source.name), store, *known.duties.get((line.name, store), ())])


def _arrived(landed: dict[str, Any], due: datetime | None) -> tuple[str, str]:
    if landed["landing__rejected"]:
        return "partial", pick("退回 {}", "{} rejected").format(landed["landing__rejected"])
    first = timezone.localtime(landed["first"]).replace(tzinfo=None)
    late = (first - due).days + 1 if due and first > due else 0
    day = f"{timezone.localtime(landed['landing__landed_at']):%m-%d}"
    return ("late", pick("晚 {} 天", "{} days late").format(late)) if late else ("landed", day)


def _absent(line: Line, store: str, known: _Known) -> Cell:
    """That nothing is there: still to come, or missing, and since when."""
    now, due, about = timezone.localtime().replace(tzinfo=None), line.due, _about(line, store, known)
    if due and now > due:
        text = pick("逾期 {} 天", "{} days over").format((now - due).days + 1)
        return Cell(store, "missing", text, about=about)
    if now.date() <= line.month.last:
        return Cell(store, "waiting", about=about)
    return Cell(store, "missing", f"{due:%m-%d} {pick('前', 'due')}" if due else "", about=about)
