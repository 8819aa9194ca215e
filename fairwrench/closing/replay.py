"""Two schemes on the same past months: landed once, sealed once a month for both, worked out twice."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.check.scheme_check import checked_scheme
from fairwrench.closing.folder.folder import Progress, gather
from fairwrench.closing.month import Workspace, outcomes, seal_month
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Outcome
from fairwrench.settlement.simulate import Comparison, compare


@dataclass(frozen=True)
class Trial:
    """Which months, of which folder, under which scheme against which other."""

    months: tuple[Month, ...]
    data: Path
    scheme: str
    against: str
    source_folders: tuple[Path, ...] = ()


def replay(trial: Trial, engine: Engine, bars: Progress) -> Comparison:
    """Settle every month under both schemes and lay them side by side."""
    sources = load_sources(*trial.source_folders)
    schemes = checked_scheme(trial.scheme, sources, engine)[0], checked_scheme(trial.against, sources, engine)[0]
    gathered = gather(trial.data, schemes[0], sources, trial.months[-1])
    with tempfile.TemporaryDirectory(prefix="fairwrench-simulate-") as scratch:
        ledger = Ledger(Path(scratch) / "ledger", time_zone=schemes[0].cycle.time_zone)
        gathered.land(ledger, sources, bars)
        workspace = Workspace(ledger, engine, sources, gathered.roster)
        bars.expect("settle", len(trial.months))
        return compare(replay_months(workspace, schemes, trial.months, bars))


def replay_months(
    workspace: Workspace, schemes: tuple[Scheme, Scheme], months: tuple[Month, ...], bars: Progress
) -> list[tuple[Outcome, Outcome]]:
    """What each month comes to under both schemes; months do not hang on each other, as standing is not compared."""
    pairs: list[tuple[Outcome, Outcome]] = []
    for month in months:
        bars.step("settle", str(month))
        # One seal for both sides, so that the schemes are all that differs (decision 14).
        a, b = outcomes(workspace, schemes, seal_month(workspace, schemes, month))
        pairs.append((a, b))
    return pairs
