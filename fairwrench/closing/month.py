"""One month closed: sealed, its derived columns worked out, settled."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from importlib.metadata import version
from pathlib import Path

import polars as pl

from fairwrench.closing.by_identity import by_identity
from fairwrench.closing.folder.references import reference_problems
from fairwrench.closing.folder.turned_away import turned_away_problems
from fairwrench.closing.kept.derived_columns import SideFiles
from fairwrench.closing.kept.kept_cells import CachingEngine
from fairwrench.closing.lookback import reach, used_derived
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.seal.seal import KeptInApp, Seal, nowhere, seal, sealed_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.time_zone import other_time_zone
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.case import CORRECTIONS, HISTORY, Case
from fairwrench.settlement.inputs.problem_people import with_names
from fairwrench.settlement.measure.measure import Engine, Evidence, SealedSource
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Outcome, Settlement, outcome, settle
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True)
class Workspace:
    """Where months are closed: the ledger, the engine, the sources that exist, the roster, what is kept in the
    application instead of handed in."""

    ledger: Ledger
    engine: Engine
    sources: Mapping[str, Source]
    roster: pl.DataFrame
    kept_in_app: KeptInApp = nowhere

    def as_sealed(self, sealed: Seal) -> Workspace:
        """The office with the sources as a month was sealed with them, and no others."""
        return replace(self, sources=sealed_sources(sealed, self.ledger.folder))


#: events of earlier months that corrections took away (`withdrawn`) or brought (`newly_due`)
STANDING_CHANGES = dict.fromkeys(("month", "employee_id", "event", "rule", "change"), pl.String)


@dataclass(frozen=True)
class Closed:
    """A closed month: what it stands on, what came out, and what it changes in the standing of earlier months."""

    seal: Seal
    case: Case
    settlement: Settlement
    standing_changes: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=STANDING_CHANGES))


def close(
    workspace: Workspace,
    scheme: Scheme,
    month: Month,
    history: pl.DataFrame,
    corrections: pl.DataFrame,
    *,
    limit: Month | None = None,
) -> Closed:
    """Seal the month as known at `limit` (the month itself unless said otherwise) and settle it."""
    sealed = seal_month(workspace, (scheme,), month, limit)
    return settle_sealed(workspace, scheme, sealed, history, corrections)


def settle_sealed(
    workspace: Workspace, scheme: Scheme, sealed: Seal, history: pl.DataFrame, corrections: pl.DataFrame
) -> Closed:
    """Settle a month from its seal; what was measured under this seal before is only scored."""
    # From here on the catalog of today counts no more: a sealed month is settled from its seal alone (decision 14).
    workspace = workspace.as_sealed(sealed)
    evidence = evidence_of(sealed, workspace, (scheme,))
    case = Case(scheme, workspace.sources, workspace.roster, evidence, history, corrections)
    settled = settle(case, CachingEngine(workspace.engine, workspace.ledger.folder, sealed))
    leading_nowhere = reference_problems(workspace.ledger, workspace.engine, sealed, evidence)
    turned_away = turned_away_problems(workspace.ledger, workspace.engine, case, sealed)
    problems = with_names((*settled.problems, *leading_nowhere, *turned_away), workspace.roster)
    return Closed(sealed, case, replace(settled, problems=problems))


def outcomes(workspace: Workspace, schemes: Sequence[Scheme], sealed: Seal) -> tuple[Outcome, ...]:
    """What a sealed month comes to under each of the schemes that it was sealed for: everybody's totals and pay.

    The evidence is opened once for all of them, and nothing is looked for that is only told.
    """
    workspace = workspace.as_sealed(sealed)
    evidence = evidence_of(sealed, workspace, schemes)
    engine = CachingEngine(workspace.engine, workspace.ledger.folder, sealed)
    history, corrections = pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=CORRECTIONS)
    cases = [Case(scheme, workspace.sources, workspace.roster, evidence, history, corrections) for scheme in schemes]
    return tuple(outcome(case, engine) for case in cases)


def seal_month(workspace: Workspace, schemes: Sequence[Scheme], month: Month, limit: Month | None = None) -> Seal:
    """The seal of a month with the derived columns that these schemes read; the first scheme's document is sealed.

    Refused when a scheme names another time zone than the ledger's.
    """
    # Two zones cut months differently, and nobody would see it in the figures.
    if problems := [problem for scheme in schemes for problem in other_time_zone(scheme, workspace.ledger.time_zone)]:
        raise Refused(problems)
    dialect = workspace.engine.dialect
    back = reach(schemes, workspace.sources, dialect)
    sealed = seal(
        workspace.ledger,
        month,
        {name: (workspace.sources[name], months) for name, months in back.items()},
        roster=workspace.roster,
        scheme=scheme_json(schemes[0]),
        calendar=calendar(month, schemes[0]),
        program=version("fairwrench"),
        period_limit=limit,
        kept_in_app=workspace.kept_in_app,
    )
    return _with_derived(sealed, workspace, schemes)


def calendar(month: Month, scheme: Scheme) -> pl.DataFrame:
    """day, works: every day of the month and of the one after it, in which its deadlines lie."""
    days = pl.date_range(month.first, month.plus(1).last, eager=True).alias("day")
    worked = WorkCalendar.of(scheme.cycle)
    return pl.DataFrame([days, pl.Series("works", [worked.works(day) for day in days], pl.Boolean)])


@by_identity
def scheme_json(scheme: Scheme) -> str:
    """A scheme as JSON; numbers are text, so that they stay exact.

    What is written first stays first: positions share a pool, and steps follow each other, in the order of the scheme.
    """
    return json.dumps(scheme.model_dump(mode="json", by_alias=True), ensure_ascii=False, indent=1)


def _with_derived(sealed: Seal, workspace: Workspace, schemes: Sequence[Scheme]) -> Seal:
    """The seal with a side file of each source's derived columns that the schemes read."""
    # Without derived columns: reading one while they are worked out is refused, where it would have been empty.
    side_files = SideFiles(workspace.ledger, workspace.engine, evidence_of(sealed, workspace, ()))
    for name, columns in used_derived(schemes, workspace.sources, workspace.engine.dialect).items():
        if sealed.sources[name].files:
            sealed = side_files.added(sealed, name, columns)
    return sealed


def evidence_of(sealed: Seal, workspace: Workspace, schemes: Sequence[Scheme]) -> Evidence:
    """The sealed evidence as an engine reads it, every source as it was defined when the month was sealed."""
    folder: Path = workspace.ledger.folder
    sources = sealed_sources(sealed, folder)
    used = used_derived(schemes, sources, workspace.engine.dialect)
    found = {}
    for name, part in sealed.sources.items():
        side = sealed.derived.get(name)
        found[name] = SealedSource(
            source=sources[name],
            files=tuple(part.paths(folder)),
            filed=tuple(file.month for file in part.files),
            derived=(str(folder / side.path),) if side else (),
            upto_batch=part.upto_batch,
            covered=_covered(part.coverage),
            dated={column: _covered(by_month) for column, by_month in part.dated.items()},
            uncovered={(store, m): why for m, stores in part.uncovered.items() for store, why in stores.items()},
            absent=part.absent,
            reversals=part.reversals,
            kept=used.get(name, ()) if side else (),
        )
    return Evidence(Month.parse(sealed.month), sealed.time_zone, found)


def _covered(coverage: Mapping[str, Sequence[str]]) -> frozenset[tuple[str, str]]:
    return frozenset((store, month) for month, stores in coverage.items() for store in stores)
