"""Rows that somebody may ask to be exempted: of which kinds, found by what stands in them, and what they count for."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl
from django.conf import settings

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.settlement.scheme.scheme import Measure, Metric, Scheme
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.source.team_names import team_of
from fairwrench.web.access.models import User
from fairwrench.web.access.reach import PAY_SOURCES
from fairwrench.web.access.scope import Scope
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.exemptions.team_rows import teams_of, with_members
from fairwrench.web.evidence.models import Exemption
from fairwrench.web.evidence.sources.names import STORE
from fairwrench.web.evidence.sources.names import names_of as names_in
from fairwrench.web.evidence.uploads.preview import cell_of, column_words, names_of
from fairwrench.web.org.models import Employee

#: rows shown of a search
FOUND = 20
#: types of columns in which words are sought
WORDS = ("text", "int", "month")
# words that may be columns in an expression; what is none is dropped by comparing with the source's columns
_WORD = re.compile(r"[a-z_][a-z0-9_]*")


@dataclass(frozen=True)
class FoundRow:
    """A row of the ledger: its key as exemptions write it, its store, its values by column."""

    key: str
    store: str
    values: dict[str, Any]

    def cells(self, source: Source) -> list[tuple[str, str]]:
        """What it says, in words."""
        return self._told(source, list(source.columns))

    def title(self, source: Source) -> str:
        """Its key in words, without the store."""
        return " · ".join(text for _, text in self._told(source, [name for name in source.key if name != STORE]))

    def facts(self, source: Source, parts: list[Measure]) -> list[tuple[str, str]]:
        """What tells it from others beside its key: its date, its people, and what some measures read of it."""
        read = {word for part in parts for word in _WORD.findall(f"{part.value} {part.where or ''} {part.date}")}
        people = [name for name, column in source.columns.items() if column.type == "person"]
        # each column once, those that people tell rows by first
        wanted = dict.fromkeys([source.filed_by, *people, *(name for name in source.columns if name in read)])
        return self._told(source, [name for name in wanted if name not in (*source.key, STORE)])

    def _told(self, source: Source, columns: list[str]) -> list[tuple[str, str]]:
        there = {name: self.values[name] for name in columns if self.values.get(name) is not None}
        people = names_of(value for name, value in there.items() if source.columns[name].type == "person")
        return [(column_words(source, name), cell_of(source, name, value, people)) for name, value in there.items()]


@dataclass(frozen=True)
class Concerned:
    """A metric that reads a row: whose figure the row is in (empty: a department's or store's), and the positions that
    are assessed by it. `counts` is false when the row does not belong to the month for it."""

    name: str
    metric: Metric
    people: list[str]
    positions: list[Text]
    counts: bool


def metrics_of(scheme: Scheme, source: str) -> dict[str, Metric]:
    """The metrics that scorecards use and that read a source."""
    # a metric that no scorecard uses moves nobody's points, so there is nothing to be exempted from
    used = {item.metric for card in scheme.scorecards.values() for item in card.items if item.metric}
    return {name: scheme.metrics[name] for name in sorted(used) if source in metric_sources(scheme.metrics[name])}


def parts_of(metric: Metric, source: str) -> list[Measure]:
    """What a metric measures of a source."""
    return [part for part in (metric.numerator, metric.denominator) if part and part.source == source]


def credited(metric: Metric, source: str, row: FoundRow, month: Month) -> list[str]:
    """The employee ids whose figure a row is in; of a row booked on a team what stands for it, and its members."""
    columns = [part.credit for part in parts_of(metric, source) if part.credit]
    named = {str(row.values[name]) for name in columns if row.values.get(name)}
    return with_members(named, month, selectors.sources()[source].look_back)


def concerned(*, row: FoundRow, source: str, scheme: Scheme, month: Month) -> list[Concerned]:
    """The metrics that a row may be taken out of in a month; those of people first, what does not count last."""
    kind, found = selectors.sources()[source], []
    for name, metric in metrics_of(scheme, source).items():
        people = credited(metric, source, row, month)
        called = names_of(people)
        cards = {key for key, card in scheme.scorecards.items() if name in {item.metric for item in card.items}}
        positions = [each.name for each in scheme.positions.values() if each.scorecard in cards]
        # numerator and denominator may look at different dates: one of them is enough
        counts = any(_counts(part, row, kind, month) for part in parts_of(metric, source))
        told = [team[1] if (team := team_of(each)) else f"{called.get(each, '')} {each}".strip() for each in people]
        found.append(Concerned(name, metric, told, positions, counts))
    return sorted(found, key=lambda each: (not each.counts, not each.people))


def _counts(part: Measure, row: FoundRow, kind: Source, month: Month) -> bool:
    """Whether a row lies in the months that a measure looks at; a date that is worked out at the seal is not known."""
    if part.date not in kind.columns:
        return True
    value = row.values.get(part.date)
    # a measure over several months looks back from the settled one, itself included
    return value is not None and month.plus(1 - part.months) <= _month_of(value) <= month


def _month_of(value: Any) -> Month:
    if isinstance(value, datetime):
        # a month is cut at local midnight: the instant of 00:30 at the first of a month is still the day before in UTC
        return Month.of(value.replace(tzinfo=value.tzinfo or UTC).astimezone(ZoneInfo(settings.TIME_ZONE)).date())
    return Month.of(value) if isinstance(value, date) else Month.parse(str(value))


def kinds_offered(*, user: User, scheme: Scheme) -> dict[str, Source]:
    """The kinds of file that some scorecard reads and that may hold rows which a user may speak for."""
    reach, leads = reach_of(user=user), bool(Scope.of(user).led)
    found = {}
    for name, kind in selectors.sources().items():
        # None is every store, the empty set none
        there = reach.stores_of(name)
        of_people = leads and name not in PAY_SOURCES and any(c.type == "person" for c in kind.columns.values())
        if (there is None or there or of_people) and metrics_of(scheme, name):
            found[name] = kind
    return found


def rows_found(*, user: User, source: str, month: Month, sought: str, exact: bool = False) -> list[FoundRow]:
    """The rows a metric of a month may look at, of those a user may speak for: in the stores one hands in or oversees,
    or about somebody one leads, a team of theirs included. `sought` stands in their key or words or is part of
    somebody's name, or, when `exact`, is their key; empty finds all. The newest come first, one more than `FOUND` at
    most.
    """
    kind, ledger = selectors.sources().get(source), selectors.ledger_read()
    if kind is None or (exact and not sought) or not ledger.has(source):
        return []
    # a measure may look back: a row of an earlier month may count in this one
    months = Month.range(month.plus(-kind.look_back), month)
    rows = ledger.current(source, kind, months).with_columns(key_of(kind).alias("_key"))
    match = pl.col("_key") == sought if exact else _matches(kind, sought)
    mine = rows.filter(match, _spoken_for(user, source, kind, month)).sort(
        kind.filed_by, "_id", descending=True, nulls_last=True
    )
    return [
        FoundRow(row["_key"], row["store"], {name: row[name] for name in kind.columns})
        for row in mine.head(FOUND + 1).iter_rows(named=True)
    ]


def key_of(source: Source) -> pl.Expr:
    """A row's key as exemptions write it: its parts joined by |."""
    return pl.concat_str([pl.col(name).cast(pl.String).fill_null("") for name in source.key], separator="|")


def _matches(kind: Source, sought: str) -> pl.Expr:
    if not sought:
        return pl.lit(True)
    words = [name for name, column in kind.columns.items() if column.type in (*WORDS, "person")]
    people = [name for name, column in kind.columns.items() if column.type == "person"]
    # rows hold ids; a name may be several people, and then all their rows are found
    ids = list(Employee.objects.filter(name__contains=sought).values_list("employee_id", flat=True)) if people else []
    # taken as it is typed: a plate or an order number may hold signs of a pattern
    stands = (pl.col(name).cast(pl.String).str.contains(sought, literal=True) for name in ("_key", *words))
    # an empty cell matches nothing, and must not make the row unknown
    return pl.any_horizontal(*stands, *(pl.col(name).is_in(ids) for name in people)).fill_null(False)


def _spoken_for(user: User, source: str, kind: Source, month: Month) -> pl.Expr:
    stores = reach_of(user=user).stores_of(source)
    if stores is None:
        return pl.lit(True)
    # who leads people speaks for their rows in any store, but sees nothing of what they are paid
    led = [] if source in PAY_SOURCES else sorted(Scope.of(user).led)
    people = [name for name, column in kind.columns.items() if column.type == "person"]
    # a row booked on a team is its members', too
    led += teams_of(led, month, kind.look_back) if led and people else []
    return pl.any_horizontal(pl.col("store").is_in(sorted(stores)), *(pl.col(name).is_in(led) for name in people))


def row_told(exemption: Exemption) -> list[tuple[str, str]]:
    """The row of a request as it stood when it was asked, its columns in order and by the reader's words for them."""
    kind = selectors.sources().get(exemption.source)
    if kind is None:
        # the kind of file may be gone by now: the request still reads as it was asked
        return list(exemption.row.items())
    names, order = names_in(kind), list(kind.columns)
    # the row is kept by labels in the language of who asked; they lead back to columns, and are said in the reader's
    ids = {label: names.find(label) or label for label in exemption.row}
    sort = sorted(exemption.row, key=lambda label: order.index(ids[label]) if ids[label] in order else len(order))
    return [(column_words(kind, ids[label]), exemption.row[label]) for label in sort]


def title_of(exemption: Exemption) -> str:
    """The row of a request by its key, in words and without the store."""
    kind = selectors.sources().get(exemption.source)
    if kind is None:
        return str(exemption.key)
    names = names_in(kind)
    told = {names.find(label): text for label, text in exemption.row.items()}
    return " · ".join(told[name] for name in kind.key if name != STORE and name in told) or str(exemption.key)
