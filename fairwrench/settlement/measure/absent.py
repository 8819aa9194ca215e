"""Columns that a measure reads and that the files did not have: their rows would count as if they said nothing.

A file without the column that a measure adds up, tests, dates or credits by brings rows that look like zeros. Which
rows these are is known by their batch, so they are counted here store by store; where there are any, the measure is
missing for that store (nothing missing counts as zero).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.measure.measure import Engine, Evidence, Pass, Planned
from fairwrench.settlement.measure.required_sources import read_columns
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.formula import columns_of
from fairwrench.settlement.source.source import Existence, Lookup, Shift, Source, Total, reads

#: source and column
Place = tuple[str, str]
#: measure → store → the columns that files of the store lacked, as `source.column`
Absent = Mapping[Measure, Mapping[str, tuple[str, ...]]]

#: the shortest month, so that a date moved by days is never taken to reach over too few months
_MONTH = 28


@dataclass(frozen=True)
class _Question:
    """How many rows of a measure's window came without a column: the measure concerned and what is counted."""

    about: Measure
    place: Place
    counted: Planned


def absent_columns(measures: Iterable[Measure], engine: Engine, evidence: Evidence) -> Absent:
    """For each measure and store the columns that it reads and that files with rows of its window did not have."""
    questions = [
        question
        for measure in dict.fromkeys(measures)
        if measure.source in evidence.sources
        for question in _questions(measure, evidence, engine.dialect)
    ]
    counts = _counted({question.counted for question in questions}, engine, evidence)
    found: dict[Measure, dict[str, set[str]]] = {}
    for question in questions:
        for store in counts[question.counted]:
            found.setdefault(question.about, {}).setdefault(store, set()).add(".".join(question.place))
    return {about: {store: tuple(sorted(of)) for store, of in by.items()} for about, by in found.items()}


def _questions(measure: Measure, evidence: Evidence, dialect: Dialect) -> Iterable[_Question]:
    sources = {name: sealed.source for name, sealed in evidence.sources.items()}
    source = sources[measure.source]
    dating = base_columns(measure.source, [measure.date], sources)
    for place in sorted(base_columns(measure.source, read_columns(measure, source, dialect), sources)):
        batches = evidence.sources[place[0]].absent.get(place[1], ()) if place[0] in evidence.sources else ()
        declared = sources[place[0]].columns.get(place[1]) if batches else None
        if batches and not (declared and declared.optional):
            date, months = measure.date, measure.months
            if place in dating or place[0] != measure.source:
                # These rows have no date of the measure, so all are meant that may have been dated in the window.
                date, months = sources[place[0]].filed_by, measure.months + _months_apart(measure, source)
            # No more is sealed than the look-back, so further back nothing could be counted.
            counted = Measure(
                source=place[0], date=date, months=min(months, sources[place[0]].look_back + measure.months)
            )
            yield _Question(measure, place, Planned(_key(counted, batches), counted, batches=batches))


def _key(counted: Measure, batches: tuple[int, ...]) -> str:
    """A name for what is counted, the same for the same question."""
    return f"absent_{counted.date}_{counted.months}_{'_'.join(map(str, batches))}"


def _months_apart(measure: Measure, source: Source) -> int:
    """How many months before its date a row may have been filed: the one before, and those that the date is shifted."""
    days, column = 0, measure.date
    while column in source.derived:
        derived = source.derived[column]
        if not isinstance(derived, Shift):
            break
        days, column = days + max(derived.days, 0), derived.shift
    return 1 + (days + _MONTH - 1) // _MONTH


def _counted(asked: Iterable[Planned], engine: Engine, evidence: Evidence) -> dict[Planned, list[str]]:
    """The stores with any row of each question, in one pass a source."""
    by_source: dict[str, list[Planned]] = {}
    for planned in sorted(asked, key=lambda planned: (planned.measure.source, planned.key)):
        by_source.setdefault(planned.measure.source, []).append(planned)
    found: dict[Planned, list[str]] = {}
    for source, every in by_source.items():
        cells = engine.cells(Pass(source, tuple(every)), evidence)
        for planned in every:
            # One row is enough: what it would have said is not known.
            there = cells.filter(pl.col(planned.key) > 0)["store"]
            found[planned] = sorted(there.drop_nulls().unique())
    return found


def base_columns(source: str, columns: Iterable[str], sources: Mapping[str, Source]) -> set[Place]:
    """The columns of files that some columns come to, through all that they are worked out from."""
    base: set[Place] = set()
    seen: set[Place] = set()
    todo = [(source, column) for column in columns]
    while todo:
        place = todo.pop()
        name, column = place
        if place in seen or name not in sources:
            continue
        seen.add(place)
        derived = sources[name].derived.get(column)
        # Declared, or `store`, which every source has: nothing further is behind it.
        if derived is None:
            base.add(place)
            continue
        todo += [(name, read) for read in reads(derived)]
        if isinstance(derived, Lookup):
            todo += [(derived.lookup, other) for other in (derived.take, *derived.by.values())]
        elif isinstance(derived, Existence):
            todo += [(derived.exists, other) for other in (derived.date, *derived.by.values())]
        elif isinstance(derived, Total):
            tested = columns_of(derived.where) if derived.where else ()
            todo += [(derived.total, other) for other in (derived.take, *derived.by.values(), *tested)]
    return base
