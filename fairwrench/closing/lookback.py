"""How far back each source is read for a month, and which derived columns its measures use."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fairwrench.settlement.measure.measure import measures_of
from fairwrench.settlement.measure.required_sources import read_columns
from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.source import Existence, Lookup, Source, Total

#: sources of what people agree and decide → the months before the settled one that are read
#: (of decisions a year: standing asks who stayed after a review and who had this year's award, S1 ❺ 5.8; of a team's
#: shares too: what it did in an earlier month of a window is split by those of that month, and where they lack the
#: last ones say who waits for them)
DECIDED = {
    "targets": 0,
    "ratings": 0,
    "decisions": 12,
    "exemptions": 0,
    "payroll": 0,
    "submissions": 0,
    TEAM_SHARES: 12,
}


def used_derived(
    schemes: Iterable[Scheme], sources: Mapping[str, Source], dialect: Dialect
) -> dict[str, tuple[str, ...]]:
    """Source → its derived columns that measures read, in declared order; sources without any are left out."""
    used: dict[str, set[str]] = {}
    for scheme in schemes:
        for _, _, measure in measures_of(scheme):
            if measure.source in sources:
                used.setdefault(measure.source, set()).update(read_columns(measure, sources[measure.source], dialect))
    found = {name: tuple(c for c in sources[name].derived if c in columns) for name, columns in used.items()}
    return {name: columns for name, columns in found.items() if columns}


def reach(schemes: Iterable[Scheme], sources: Mapping[str, Source], dialect: Dialect) -> dict[str, int]:
    """Source → how many months before the settled one are read, through windows, look-backs, lookups and existences."""
    chosen = list(schemes)
    back: dict[str, int] = {name: months for name, months in DECIDED.items() if name in sources}
    for scheme in chosen:
        for _, _, measure in measures_of(scheme):
            if measure.source in sources:
                source = sources[measure.source]
                # The settled month is one of the window's.
                far = max(measure.months - 1, source.look_back)
                back[measure.source] = max(back.get(measure.source, 0), far)
    for name, columns in used_derived(chosen, sources, dialect).items():
        for other, months in _looked_up(sources[name], columns, back[name]):
            if other in sources:
                back[other] = max(back.get(other, 0), months)
                # What is added up may have begun before: leave of the months before that goes on.
                if any(isinstance(d, Total) and d.total == other for d in sources[name].derived.values()):
                    back[other] = max(back[other], months + sources[other].look_back)
    return dict(sorted(back.items()))


def _looked_up(source: Source, columns: Iterable[str], own: int) -> Iterable[tuple[str, int]]:
    # Derived columns stand on each other, so what any of them looks up is read, asked for or not.
    for column in (*columns, *source.derived):
        derived = source.derived[column]
        if isinstance(derived, Lookup):
            yield derived.lookup, own
        elif isinstance(derived, Existence):
            yield derived.exists, derived.months - 1
        elif isinstance(derived, Total):
            yield derived.total, own
