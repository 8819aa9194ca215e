"""What is there for a month and what is not: source by store, whose duty it is, and how it stands to its deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from functools import lru_cache
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape
from django.utils.safestring import SafeString

from fairwrench.settlement.deadlines import Month, deadlines
from fairwrench.settlement.measure import metric_sources
from fairwrench.settlement.scheme import Scheme
from fairwrench.settlement.source import Source
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.arrivals import Arrived, Place, arrived, providers, waiting
from fairwrench.web.evidence.models import Upload
from fairwrench.web.evidence.reach import Places, Reach, reach_of, watch_of
from fairwrench.web.people.models import User
from fairwrench.web.ui.components import HEAT, heat_cell
from fairwrench.web.ui.words import joined, lang, of, pick

#: a state, a word to it, and where to look: what `reverse` is called with
Told = tuple[str, str, tuple[Any, ...] | None]
#: characters of no script, which stand for what differs from cell to cell
ABOUT, URL = "\ue000", "\ue001"
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

    @property
    def drawn(self) -> SafeString:
        """The inside of the map's cell."""
        told = _frame(self.state, self.text, self.url is not None, lang()).replace(ABOUT, escape(self.about))
        return SafeString(told.replace(URL, escape(self.url or "")))


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

    @property
    def drawn(self) -> SafeString:
        """The row's cells, drawn here and not by a template: a large group has thousands of them on one page."""
        return SafeString("".join(f"<td>{cell.drawn if cell else ''}</td>" for cell in self.row))


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
        states = Counter(cell.state for line in self.lines for cell in line.cells)
        return [(state, f"{pick(*HEAT[state][1])} {states[state]}") for state in HEAT if state in states]


@dataclass(frozen=True)
class _Known:
    """What the database knows of a month, by (source, store)."""

    arrived: dict[Place, Arrived]
    waiting: dict[Place, int]
    duties: dict[Place, list[str]]


@lru_cache(maxsize=1024)
def _frame(state: str, text: str, linked: bool, _lang: str) -> SafeString:
    """A cell with marks in the place of its address and of what it is about: cells of a map are mostly alike."""
    return heat_cell(state, text, URL if linked else None, ABOUT)


def freshness(
    *, user: User, month: Month, source: str = "", store: str = "", desk: Iterable[Upload] | None = None
) -> Freshness:
    """How evidence of a month stands, for the sources and stores that somebody watches over or hands in.

    `desk`: everybody's files on the desk (`selectors.uploads_open`), where they are at hand already.
    """
    watched, seen, places = watch_of(user=user), reach_of(user=user), Places.read()
    scheme, kinds = selectors.scheme_at(month=month), selectors.sources()
    stores = [name for name in places.stores if store in ("", name) and _watched(watched, name)]
    files = selectors.uploads_open() if desk is None else desk
    known = _Known(arrived(month), waiting(month, files), providers(places, stores))
    due, needs = due_of(scheme=scheme, month=month), needed(scheme)
    names = [name for name in _shown(scheme, known, watched) if name in kinds and source in ("", name)]
    lines = []
    for name in names:
        line = Line(name, kinds[name], month, due.get(kinds[name].provided_by or ""), stores)
        line.cells.extend(_cells(line, known, watched, seen, wanted=name in needs))
        if line.cells:
            lines.append(line)
    return Freshness(month, stores, lines, places.stores, kinds)


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
    there = {name for name, _ in (*known.arrived, *known.waiting, *known.duties)}
    return sorted(needed(scheme) | there | set(watched.duties))


def _cells(line: Line, known: _Known, watched: Reach, seen: Reach, *, wanted: bool) -> Iterable[Cell]:
    """The cells of a source in the stores where it is watched; of one that no card reads, those where it is there."""
    reached, name = watched.stores_of(line.name), of(line.source.name)
    absent = _absent(line) if wanted else None
    for store in line.stores:
        if reached is not None and store not in reached:
            continue
        found = _there(line, store, known) or absent
        if found is None:
            continue
        state, text, address = found
        url = reverse(*address) if address and seen.covers(line.name, [store]) else None
        about = joined([name, store, *known.duties.get((line.name, store), ())])
        yield Cell(store, state, text, url, about)


def _there(line: Line, store: str, known: _Known) -> Told | None:
    """What is there of a source in a store: on the desk and not landed yet, or landed."""
    place = (line.name, store)
    if upload := known.waiting.get(place):
        return "partial", pick("待导入", "to land"), ("evidence:upload", None, (upload,))
    if landed := known.arrived.get(place):
        return (*_landed(landed, line.due), ("evidence:batch", None, (line.name, landed.number)))
    return None


def _landed(landed: Arrived, due: datetime | None) -> tuple[str, str]:
    if landed.rejected:
        return "partial", pick("退回 {}", "{} rejected").format(landed.rejected)
    first = timezone.localtime(landed.first).replace(tzinfo=None)
    late = (first - due).days + 1 if due and first > due else 0
    day = f"{timezone.localtime(landed.last):%m-%d}"
    return ("late", pick("晚 {} 天", "{} days late").format(late)) if late else ("landed", day)


def _absent(line: Line) -> Told:
    """That nothing is there: still to come, or missing, and since when."""
    now, due = timezone.localtime().replace(tzinfo=None), line.due
    if due and now > due:
        return "missing", pick("逾期 {} 天", "{} days over").format((now - due).days + 1), None
    if now.date() <= line.month.last:
        return "waiting", "", None
    return "missing", f"{due:%m-%d} {pick('前', 'due')}" if due else "", None
