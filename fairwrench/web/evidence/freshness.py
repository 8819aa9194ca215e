"""What is there for a month and what is not: source by store, whose duty it is, and how it stands to its deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils import timezone
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
from fairwrench.web.ui.words import MARKS, lang, of, pick

#: a state, a word to it, and the address where to look
Told = tuple[str, str, str | None]
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

    def drawn(self, language: str) -> str:
        """The inside of the map's cell, in the page's language."""
        told = _frame(self.state, self.text, self.url is not None, language).replace(ABOUT, escape(self.about))
        return told.replace(URL, escape(self.url)) if self.url else told


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
        language = lang()
        return SafeString("".join(f"<td>{cell.drawn(language) if cell else ''}</td>" for cell in self.row))


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

    @property
    def troubled(self) -> list[str]:
        """The stores of the map, those of which the most is missing first."""
        missing = Counter(cell.store for line in self.lines for cell in line.cells if cell.state == "missing")
        return sorted(self.stores, key=lambda store: -missing[store])

    def beside(self, stores: list[str]) -> list[Line]:
        """The lines with some of the stores alone, in that order."""
        return [replace(line, stores=stores) for line in self.lines]


@dataclass(frozen=True)
class _Known:
    """What the database knows of a month, by (source, store)."""

    arrived: dict[Place, Arrived]
    waiting: dict[Place, int]
    duties: dict[Place, list[str]]


@lru_cache(maxsize=1024)
def _frame(state: str, text: str, linked: bool, _language: str) -> SafeString:
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
    some = stores if len(stores) < len(places.stores) else None
    known = _Known(arrived(month, some), waiting(month, files), providers(places, stores))
    due, needs = due_of(scheme=scheme, month=month), needed(scheme)
    names = [name for name in _shown(scheme, known, watched) if name in kinds and source in ("", name)]
    lines, drawn = [], _Map(known, watched, seen)
    for name in names:
        line = Line(name, kinds[name], month, due.get(kinds[name].provided_by or ""), stores)
        line.cells.extend(drawn.cells(line, wanted=name in needs))
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


class _Map:
    """Cells of a map. What is the same for thousands of them, words and time zone, is asked for once."""

    def __init__(self, known: _Known, watched: Reach, seen: Reach) -> None:
        self.known, self.watched, self.seen = known, watched, seen
        self.zone = timezone.get_current_timezone()
        self.between = pick("、", MARKS["、"])
        self.to_land = pick("待导入", "to land")
        self.rejected, self.late = pick("退回 {}", "{} rejected"), pick("晚 {} 天", "{} days late")
        self.upload = _numbered("evidence:upload")

    def cells(self, line: Line, *, wanted: bool) -> Iterable[Cell]:
        """Those of a source in the stores where it is watched; of one that no card reads, those where it is there."""
        reached, source = self.watched.stores_of(line.name), of(line.source.name)
        readable = self.seen.stores_of(line.name)
        absent, batch = _absent(line) if wanted else None, _numbered("evidence:batch", line.name)
        due = line.due.replace(tzinfo=self.zone) if line.due else None
        for store in line.stores:
            if reached is not None and store not in reached:
                continue
            place = (line.name, store)
            found = self._there(place, due, batch) or absent
            if found:
                state, text, url = found
                about = self.between.join((source, store, *self.known.duties.get(place, ())))
                yield Cell(store, state, text, url if readable is None or store in readable else None, about)

    def _there(self, place: Place, late: datetime | None, batch: Callable[[int], str]) -> Told | None:
        """What is there of a source in a store: on the desk and not landed yet, or landed, `late` when after that; and
        where to look."""
        if upload := self.known.waiting.get(place):
            return "partial", self.to_land, self.upload(upload)
        if landed := self.known.arrived.get(place):
            return (*self._landed(landed, late), batch(landed.number))
        return None

    def _landed(self, landed: Arrived, due: datetime | None) -> tuple[str, str]:
        if landed.rejected:
            return "partial", self.rejected.format(landed.rejected)
        if due and landed.first > due:
            return "late", self.late.format((landed.first - due).days + 1)
        last = landed.last.astimezone(self.zone)
        return "landed", f"{last.month:02}-{last.day:02}"


def _numbered(page: str, *args: str) -> Callable[[int], str]:
    """The addresses of a page that end in a number, each without asking for the address anew."""
    before, _, after = reverse(page, args=[*args, 0]).rpartition("0")
    return lambda number: f"{before}{number}{after}"


def _absent(line: Line) -> Told:
    """That nothing is there: still to come, or missing, and since when."""
    now, due = timezone.localtime().replace(tzinfo=None), line.due
    if due and now > due:
        return "missing", pick("逾期 {} 天", "{} days over").format((now - due).days + 1), None
    if now.date() <= line.month.last:
        return "waiting", "", None
    return "missing", f"{due:%m-%d} {pick('前', 'due')}" if due else "", None
