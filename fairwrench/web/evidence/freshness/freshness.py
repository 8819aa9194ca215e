"""What is there for a month and what is not: source by store, whose duty it is, and how it stands to its deadline."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import lru_cache
from html import escape

from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month, deadlines
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.settlement.measure.required_sources import totals_read
from fairwrench.settlement.measure.values import parts_of
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source, Total
from fairwrench.web.access.models import User
from fairwrench.web.access.reach import Reach
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import Place, providers, watch_of
from fairwrench.web.evidence.authority import places_in_app, stores_and_places_in_app
from fairwrench.web.evidence.freshness.arrivals import Arrived, arrived, waiting
from fairwrench.web.evidence.freshness.opened import Opened
from fairwrench.web.evidence.kept_on_pages import kept_on_pages, still_to_give
from fairwrench.web.evidence.models import Upload
from fairwrench.web.ui.components import HEAT, heat_cell
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import MARKS, lang, of, pick

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
        # the frame is cached without address and names, so these are escaped here, each time
        told = _frame(self.state, self.text, self.url is not None, language).replace(ABOUT, escape(self.about))
        return told.replace(URL, escape(self.url)) if self.url else told


@dataclass(frozen=True)
class Line:
    """A source: by when it is due (local time), and how it stands in each store where it is watched."""

    name: str
    source: Source
    month: Month
    due: datetime | None
    states: Mapping[str, str]


@dataclass(frozen=True)
class Row:
    """A line as it is shown: a cell for each store of the page, None where the source there is not this user's."""

    line: Line
    cells: Sequence[Cell | None]

    @property
    def drawn(self) -> SafeString:
        """The row's cells, drawn here and not by a template: there are hundreds of them on a page."""
        language = lang()
        return SafeString("".join(f"<td>{cell.drawn(language) if cell else ''}</td>" for cell in self.cells))


@dataclass(frozen=True)
class Freshness:
    """The heat map of a month, and how many cells are in each state.

    `stores` are those of the map; `every_store` and `kinds` (sources by name) are what it may be narrowed to.
    """

    month: Month
    stores: list[str]
    lines: list[Line]
    every_store: list[str]
    kinds: dict[str, Source]
    _map: _Map

    @property
    def counts(self) -> list[tuple[str, str]]:
        """Each state there is, with its word and how many cells are in it."""
        states = Counter(state for line in self.lines for state in line.states.values())
        return [(state, f"{pick(*HEAT[state][1])} {states[state]}") for state in HEAT if state in states]

    @property
    def troubled(self) -> list[str]:
        """The stores of the map, those of which the most is missing first."""
        missing = Counter(store for line in self.lines for store, state in line.states.items() if state == "missing")
        # sorting is stable: stores of which the same is missing keep the order of the list
        return sorted(self.stores, key=lambda store: -missing[store])

    def beside(self, stores: Sequence[str]) -> list[Row]:
        """The rows of some stores alone, side by side in that order, with who hands in what there."""
        # who hands in is asked for the stores that are shown alone, a page of the group and not all of it
        names = providers(stores=stores)
        return [Row(line, self._map.cells(line, stores, names)) for line in self.lines]


# states, their words and languages; the language is an argument because the words inside are in it
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
    watched = watch_of(user=user)
    scheme, kinds = selectors.scheme_at(month=month), selectors.sources()
    every_store, in_app = _stores(watched, month)
    stores = [name for name in every_store if store in ("", name)]
    files = list(selectors.uploads_open() if desk is None else desk)
    # asked where somebody watches what pages keep alone
    kept = any(watched.stores_of(name) != frozenset() for name in kept_on_pages())
    left = still_to_give(month) if kept else {}
    landed, earlier = arrived(month, added_up(scheme, kinds))
    there = _Map(landed, waiting(month, files), in_app, watched, Opened.of(user, files), left=left)
    due, needs = due_of(scheme=scheme, month=month), needed(scheme)
    before = {name: frozenset().union(*stores.values()) for name, stores in earlier.items()}
    lines = []
    # what scorecards read, what came in all the same, and what is somebody's duty
    for name in sorted(needs | {*before} | there.sources | set(watched.duties)):
        # a kind that was retired may still have landings of the month
        if name in kinds and source in ("", name):
            by = due.get(kinds[name].provided_by or "")
            absent = stores if name in needs else before.get(name, ())
            states = there.states(name, stores, by, dict.fromkeys(absent, _absent(month, by)[0]))
            lines += [Line(name, kinds[name], month, by, states)] if states else []
    return Freshness(month, stores, lines, every_store, kinds, there)


def freshness_now(*, user: User) -> Freshness:
    """The map of the month that evidence is gathered for; asked once where several parts of a page are made of it."""
    return once(f"freshness {user.pk}", lambda: freshness(user=user, month=selectors.open_month()))


def _stores(watched: Reach, month: Month) -> tuple[list[str], set[Place]]:
    """The stores that somebody watches, and what these keep in the application in a month."""
    if watched.stores is None:
        return stores_and_places_in_app(month=month)
    stores = sorted(watched.stores)
    # who watches nothing that pages keep is spared the query
    kept = any(watched.stores_of(name) != frozenset() for name in kept_on_pages())
    return stores, places_in_app(month=month, stores=stores) if kept else set()


def due_of(*, scheme: Scheme, month: Month) -> dict[str, datetime]:
    """Position → by when it hands in its figures of a month (local time); empty where the scheme sets no deadline."""
    plan, _ = deadlines(month, scheme.cycle)
    # planning, interview and payday (S1 ❺ 5.1, 5.7) ask for no figures
    return {deadline.responsible: deadline.due for deadline in plan if deadline.hands_in}


def needed(scheme: Scheme) -> set[str]:
    """The sources that some scorecard reads."""
    metrics = [item.metric for card in scheme.scorecards.values() for item in card.items if item.metric]
    return {name for metric in metrics for name in metric_sources(scheme.metrics[metric])} | {*AGREED}


def added_up(scheme: Scheme, kinds: Mapping[str, Source]) -> dict[str, int]:
    """Sources that scorecards add up (leave) → how many months back: a store that handed one in there is waited for."""
    metrics = {item.metric for card in scheme.scorecards.values() for item in card.items if item.metric}
    measures = {part for name in metrics for part in parts_of(scheme.metrics[name]) if _adds_up(kinds.get(part.source))}
    added = {name for measure in measures for name in totals_read(measure, kinds, DuckDB.dialect)} & {*kinds}
    # no further back than a month's seal looks, so that the page and the settled month wait for the same
    return {name: kinds[name].look_back for name in added}


def _adds_up(source: Source | None) -> bool:
    """Whether a source has totals of another; formulas are read of those alone, a page has no time for all of them."""
    return source is not None and any(isinstance(derived, Total) for derived in source.derived.values())


class _Map:
    """How each place stands: the state of all of them, and the cells of those that are shown."""

    def __init__(
        self,
        landed: Mapping[Place, Arrived],
        waits: Mapping[Place, int],
        in_app: Collection[Place],
        watched: Reach,
        opened: Opened,
        *,
        left: Mapping[Place, int],
    ) -> None:
        self.landed, self.waits, self.in_app, self.left = landed, waits, in_app, left
        self.watched, self.opened = watched, opened
        # looked up once a map, not once a cell: there are hundreds
        self.zone = timezone.get_current_timezone()

    @property
    def sources(self) -> set[str]:
        """Those of which anything is there."""
        return {name for name, _ in (*self.landed, *self.waits, *self.in_app)}

    def states(
        self, source: str, stores: Sequence[str], due: datetime | None, absent: Mapping[str, str]
    ) -> dict[str, str]:
        """Store → state, where the source is watched; `absent` where nothing is there, by store: the others are left
        out."""
        # deadlines are local, landings are instants: one is turned into the other once a line
        reached, late = self.watched.stores_of(source), self._utc(due)
        some = stores if reached is None else [store for store in stores if store in reached]
        states = {store: self._state((source, store), late) or absent.get(store) for store in some}
        return {store: state for store, state in states.items() if state}

    def _state(self, place: Place, late: datetime | None) -> str | None:
        """On the desk and not landed yet, kept on the pages, landed, `late` when after that; None for none of these."""
        landed = self.landed.get(place)
        # before the pages' word: a file of a store that keeps the source in the app still waits for somebody
        if place in self.waits or (landed and landed.rejected):
            return "partial"
        # kept on pages or handed in: as long as some is still to be given it is not all there
        if place in self.left and (landed or place in self.in_app):
            return "partial"
        if place in self.in_app:
            return "landed"
        if landed is None:
            return None
        # by the first landing: a correction that comes later does not make the store late
        return "late" if late and landed.first > late else "landed"

    def _utc(self, due: datetime | None) -> datetime | None:
        return due.replace(tzinfo=self.zone).astimezone(UTC) if due else None

    def cells(self, line: Line, stores: Sequence[str], names: Mapping[Place, list[str]]) -> list[Cell | None]:
        """The cells of some stores; `names` tells who hands in what."""
        source = of(line.source.name)
        between, absent, late = pick("、", MARKS["、"]), _absent(line.month, line.due)[1], self._utc(line.due)
        batch = _numbered("evidence:batch", line.name)
        found: list[Cell | None] = []
        for store in stores:
            place, state = (line.name, store), line.states.get(store)
            if state is None:
                found.append(None)
                continue
            text, url = self._told(place, state, late, batch) or (absent, None)
            about = between.join((source, store, *names.get(place, ())))
            found.append(Cell(store, state, text, url, about))
        return found

    def _told(
        self, place: Place, state: str, late: datetime | None, batch: Callable[[int], str]
    ) -> tuple[str, str | None] | None:
        """What is said of what is there, and where to look."""
        if upload := self.waits.get(place):
            url = reverse("evidence:upload", args=[upload]) if self.opened.upload(upload) else None
            return pick("待导入", "to land"), url
        landed = self.landed.get(place)
        if place in self.left and not (landed and landed.rejected) and (landed or place in self.in_app):
            return pick("缺 {} 项", "{} to give").format(self.left[place]), self._batch(place, landed, batch)
        if place in self.in_app and state == "landed":
            return pick("系统内", "in the app"), self._batch(place, landed, batch)
        if landed is None:
            return None
        return self._of_landed(landed, state, late), self._batch(place, landed, batch)

    def _batch(self, place: Place, landed: Arrived | None, batch: Callable[[int], str]) -> str | None:
        """Where a landing is looked at, for whom it opens."""
        return batch(landed.number) if landed and self.opened.batch(place[0], landed) else None

    def _of_landed(self, landed: Arrived, state: str, late: datetime | None) -> str:
        if state == "partial":
            return pick("退回 {}", "{} rejected").format(landed.rejected)
        if state == "late" and late:
            return pick("晚 {} 天", "{} days late").format((landed.first - late).days + 1)
        return f"{landed.last.astimezone(self.zone):%m-%d}"


def _absent(month: Month, due: datetime | None) -> tuple[str, str]:
    """The state where nothing is there, still to come or missing, and since when."""
    now = timezone.localtime().replace(tzinfo=None)
    if due and now > due:
        return "missing", pick("逾期 {} 天", "{} days over").format((now - due).days + 1)
    if now.date() <= month.last:
        return "waiting", ""
    return "missing", f"{due:%m-%d} {pick('前', 'due')}" if due else ""


def _numbered(page: str, *args: str) -> Callable[[int], str]:
    """The addresses of a page that end in a number, each without asking for the address anew."""
    before, _, after = reverse(page, args=[*args, 0]).rpartition("0")
    return lambda number: f"{before}{number}{after}"
