"""Where the rows of a total are found: leave behind the hours that attendance does not count as absence."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from fairwrench.settlement.explain.explain import RowsBehind
from fairwrench.settlement.measure.required_sources import read_columns
from fairwrench.settlement.scheme.scheme import Measure
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.source import Source, Total, reads


def added_up(behind: RowsBehind, sources: Mapping[str, Source], dialect: Dialect) -> Iterator[RowsBehind]:
    """The rows that are added up in columns which a figure reads, for the same unit; none where it reads no total.

    They are credited to whom the figure is credited to, and dated as the source that they stand in is filed.
    """
    source, measure = sources.get(behind.measure.source), behind.measure
    if source is None:
        return
    todo, seen = [*read_columns(measure, source, dialect)], set[str]()
    while todo:
        column = todo.pop()
        derived = source.derived.get(column)
        if derived is None or column in seen:
            continue
        seen.add(column)
        todo += reads(derived)
        if isinstance(derived, Total) and derived.total in sources:
            credit = derived.by.get(measure.credit) if measure.credit else None
            summed = Measure(
                source=derived.total,
                value=f"sum({derived.take})",
                where=derived.where or None,
                date=sources[derived.total].filed_by,
                credit=credit,
            )
            # Of no metric: what is exempted from one are rows of its own source.
            yield RowsBehind("", column, summed, behind.level, behind.unit)
