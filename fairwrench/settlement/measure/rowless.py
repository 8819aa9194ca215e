"""People and stores without a row in a source that has one for everybody: what they did is not known, and is no zero.

An attendance sheet lists everybody in service. Whoever is not in it, or whose row was rejected, was not absent all
month, nor was there no occasion: the row is missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import polars as pl

from fairwrench.settlement.measure.measure import Engine, Evidence, Pass, Planned
from fairwrench.settlement.scheme.scheme import Level, Measure
from fairwrench.settlement.source.source import Source

#: source → the people (or stores) with a row of the settled month; sources that need no row for everybody are not named
Rows = Mapping[str, frozenset[str]]

_COUNT = "rows"


def subjects_with_rows(measures: Iterable[Measure], engine: Engine, evidence: Evidence) -> Rows:
    """Of each source that has a row for everybody: who has one."""
    names = sorted({measure.source for measure in measures} & {*evidence.sources})
    return {name: _subjects(name, engine, evidence) for name in names if evidence.sources[name].source.everybody}


def _subjects(name: str, engine: Engine, evidence: Evidence) -> frozenset[str]:
    source = evidence.sources[name].source
    person = person_of(source)
    counted = Planned(_COUNT, Measure(source=name, date=source.filed_by, credit=person))
    cells = engine.cells(Pass(name, (counted,)), evidence).filter(pl.col(_COUNT) != 0)
    return frozenset(cells[person or "store"].drop_nulls())


def person_of(source: Source) -> str | None:
    """The person that a row of the source is about, None where it is about a store."""
    return next((name for name in source.key if source.columns[name].type == "person"), None)


def asks_for_rows(source: Source, measure: Measure, level: Level) -> bool:
    """Whether a figure of that level is one subject's own, so that it needs the subject's row."""
    if not source.everybody:
        return False
    person = person_of(source)
    # A team's or department's figure is a sum of those who have rows; only one's own needs one's own row.
    return (level == "person" and measure.credit == person) if person else level == "store"
