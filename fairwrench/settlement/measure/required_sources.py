"""What must have been handed in before a measure says anything (nothing missing counts as zero).

A measure reads its own source and, where it uses derived columns, the sources that those look into: a rate of comebacks
says nothing while the orders that tell which vehicle came are missing.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.dialect import Clock, Dialect
from fairwrench.settlement.source.formula import parse_aggregate, parse_condition
from fairwrench.settlement.source.source import Existence, Lookup, Recurrence, Shift, Source, Total, reads


def sources_read(measure: Measure, sources: Mapping[str, Source], dialect: Dialect) -> frozenset[str]:
    """The measure's own source and every other one that it needs."""
    source = sources.get(measure.source)
    needed = needs_handed_in(source, read_columns(measure, source, dialect)) if source else set()
    return frozenset({measure.source, *needed})


def read_columns(measure: Measure, source: Source, dialect: Dialect) -> set[str]:
    """Every column of its source that a measure reads."""
    read = {measure.date} | ({measure.credit} if measure.credit else set())
    read |= parse_aggregate(measure.value, source, dialect, Clock()).columns
    if measure.where:
        read |= parse_condition(measure.where, source, dialect, Clock())[1]
    return read


def needs_handed_in(source: Source, columns: Iterable[str]) -> set[str]:
    """The sources that these columns look into, through all the derived columns they are worked out from."""
    needed: set[str] = set()
    todo, seen = list(columns), set[str]()
    while todo:
        column = todo.pop()
        if column in seen or column not in source.derived:
            continue
        seen.add(column)
        derived = source.derived[column]
        if isinstance(derived, Lookup):
            needed.add(derived.lookup)
            todo += derived.by
        elif isinstance(derived, Existence):
            needed.add(derived.exists)
            todo += derived.by
        elif isinstance(derived, Recurrence):
            todo += [*derived.recurrence, *derived.visit, derived.opened, derived.closed]
        elif isinstance(derived, Shift):
            todo.append(derived.shift)
        else:
            # A total is 0 in a store that never hands its source in (`values.py` waits where one did).
            todo += reads(derived)
    return needed


def totals_read(measure: Measure, sources: Mapping[str, Source], dialect: Dialect) -> frozenset[str]:
    """The sources that a measure adds up where there is anything to add; a store that did once hands them in."""
    source = sources.get(measure.source)
    if source is None:
        return frozenset()
    found: set[str] = set()
    todo, seen = [*read_columns(measure, source, dialect)], set[str]()
    while todo:
        column = todo.pop()
        derived = source.derived.get(column)
        if derived is None or column in seen:
            continue
        seen.add(column)
        todo += reads(derived)
        if isinstance(derived, Total):
            found.add(derived.total)
    return frozenset(found)
