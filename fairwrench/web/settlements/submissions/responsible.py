"""Who answers for what by which step of a month's calendar, and when it was all there (S1 ❺ 5.7).

A source of a store is handed in by whoever has the duty to provide it, by the step of the position that the source
names; a rated item is handed in by its rater, by the step of the item's category. One line a person and step: late is
who handed in the last of it late.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from zoneinfo import ZoneInfo

from fairwrench.settlement.calendar.deadlines import Deadline, deadlines, late_days
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.scheme.scheme import Item, Scheme
from fairwrench.settlement.source.source import Text
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.access import providers
from fairwrench.web.evidence.events.events import key_text
from fairwrench.web.evidence.freshness.arrivals import arrived
from fairwrench.web.evidence.freshness.freshness import needed
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import sources, store_names
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import Rating, Result, Run
from fairwrench.web.settlements.months.way import COUNTED
from fairwrench.web.settlements.ratings.filed_ratings import RATINGS, ratings_filed, roles_filed
from fairwrench.web.settlements.ratings.raters import Raters, roles_of
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.selectors import OWN

#: who rates themselves hands in nothing
SELF = "self"


@dataclass
class Submission:
    """What one person answers for by one step: how many things, how many of them are there, and when the last came."""

    person: str
    step: Deadline
    things: int = 0
    there: int = 0
    last: datetime | None = None
    #: what is still missing, each with its store or person
    missing: list[tuple[Text, str]] = field(default_factory=list)

    @property
    def done(self) -> datetime | None:
        """When all of it was there (UTC); None while anything is missing."""
        return self.last if self.there == self.things else None

    def add(self, what: tuple[Text, str], at: datetime | None, *, there: bool) -> None:
        """One thing more; `at` is when it came (UTC), None where nobody knows."""
        self.things += 1
        self.there += there
        if not there:
            self.missing.append(what)
        elif at is not None:
            self.last = at if self.last is None else max(self.last, at)


def submissions(*, cycle: Cycle, stores: Collection[str] | None = None) -> list[Submission]:
    """Every person and step of a month, by the calendar and then by person; of some stores alone where they are
    named."""
    book = _Book(cycle, scheme_at(month=cycle.at))
    book.data(sorted(store_names() if stores is None else stores))
    if (run := run_to_rate(month=cycle.month)) is not None:
        book.ratings(run, stores)
    order = {step.step: at for at, step in enumerate(book.steps)}
    return sorted(book.found.values(), key=lambda each: (order[each.step.step], each.person))


class _Book:
    """What is gathered of one month: person and step → what they answer for."""

    def __init__(self, cycle: Cycle, scheme: Scheme) -> None:
        self.cycle, self.scheme = cycle, scheme
        self.steps = [step for step in deadlines(cycle.at, scheme.cycle)[0] if step.hands_in]
        self.landed, _ = arrived(cycle.at)
        self.found: dict[tuple[str, str], Submission] = {}

    def data(self, stores: Sequence[str]) -> None:
        """The sources that scorecards read, each store's by whose duty it is."""
        kinds, names = sources(), providers(stores=stores)
        by = {step.responsible: step for step in self.steps}
        for source in sorted(needed(self.scheme) & {*kinds}):
            step = by.get(kinds[source].provided_by or "")
            if step is None:
                continue
            for store in stores:
                place = self.landed.get((source, store))
                for person in names.get((source, store), ()):
                    # each is named with the id behind the name, which no id has a blank in
                    line = self._of(person.rpartition(" ")[2], step)
                    line.add((kinds[source].name, store), place.first if place else None, there=place is not None)

    def ratings(self, run: Run, stores: Collection[str] | None) -> None:
        """The rated items of everybody assessed, each by its first rater; a bonus is given or not, so nobody is late
        with it."""
        raters, given, zone = Raters.of(run), GivenRatings(self.cycle.month), ZoneInfo(self.scheme.cycle.time_zone)
        filed = roles_filed(filed=ratings_filed(month=self.cycle.at, scheme=self.scheme), raters=raters)
        people = run.results.exclude(state="excluded").defer(*OWN).order_by("employee_id")
        for result in people if stores is None else people.filter(store__in=list(stores)):
            for item, role, step in self._asked(result):
                who = next(iter(raters.named(result, item, role)), "")
                if not who:  # nobody leads this person: the checklist says so
                    continue
                key = (result.employee_id, item.key, role)
                there = key in given or key in filed
                # by file: nothing says when a rating of it was given but the file's landing
                place = self.landed.get((RATINGS, result.store))
                at = given.at(key, step.due.replace(tzinfo=zone)) or (place.first if place else None)
                said = item.name or Text(zh=item.key, en=item.key)
                self._of(who, step).add((said, result.name), at, there=there)

    def _asked(self, result: Result) -> Iterator[tuple[Item, str, Deadline]]:
        card = self.scheme.scorecards.get(result.scorecard)
        by = {category: step for step in self.steps for category in self.scheme.cycle.steps[step.step].categories}
        for item in card.items if card else ():
            if item.kind == "rating" and item.category in by:
                yield from ((item, role, by[item.category]) for role in roles_of(item) if role != SELF)

    def _of(self, person: str, step: Deadline) -> Submission:
        return self.found.setdefault((person, step.step), Submission(person, step))


class GivenRatings:
    """When each rating that stands was given, as far as lateness goes: who changes it later was not late, whoever had
    taken it back by the deadline was."""

    def __init__(self, month: str) -> None:
        self.standing = {
            (each.employee.employee_id, each.item, each.role): each
            for each in Rating.standing.filter(month=month).select_related("employee", "rater")
        }
        events = EvidenceEvent.objects.filter(source=RATINGS, period=month)
        self.first = dict(events.filter(revision=1).values_list("key", "at"))
        #: key → each moment at which it was given (true) or taken back, of those that were ever taken back
        self.changes: dict[str, list[tuple[datetime, bool]]] = defaultdict(list)
        gone = events.filter(row__isnull=True).values("key")
        for key, at, row in events.filter(key__in=gone).order_by("revision").values_list("key", "at", "row"):
            self.changes[key].append((at, row is not None))

    def __contains__(self, rated: tuple[str, str, str]) -> bool:
        return rated in self.standing

    def at(self, rated: tuple[str, str, str], due: datetime) -> datetime | None:
        """When a rating was there for a deadline; None for one that does not stand."""
        each = self.standing.get(rated)
        if each is None:
            return None
        key = key_text((each.employee.employee_id, each.item, each.rater.employee_id, each.month))
        first = self.first.get(key, each.rated_at)
        changes = self.changes.get(key, [])
        before = [stands for at, stands in changes if at <= due]
        if before and not before[-1]:
            first = next((at for at, stands in changes if at > due and stands), each.rated_at)
        return min(first, each.rated_at)


def late_of(*, line: Submission, scheme: Scheme, now: datetime) -> int:
    """How many days of lateness have begun for a line (`now` in UTC), counted as the scheme counts them; of what is
    still missing up to now."""
    zone = ZoneInfo(scheme.cycle.time_zone)
    # deadlines are the stores' wall clock
    done = (line.done or now).astimezone(zone).replace(tzinfo=None)
    return len(late_days(line.step.due, done, scheme.cycle.lateness or COUNTED, WorkCalendar.of(scheme.cycle)))
