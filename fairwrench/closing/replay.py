"""Two schemes on the same past months: landed once, sealed once a month for both, settled twice."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.book import totals_as_history
from fairwrench.closing.check.scheme_check import checked_scheme
from fairwrench.closing.folder.folder import Progress, gather
from fairwrench.closing.month import Closed, Workspace, seal_month, settle_sealed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
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
    schemes = tuple(checked_scheme(name, sources, engine)[0] for name in (trial.scheme, trial.against))
    gathered = gather(trial.data, schemes[0], sources, trial.months[-1])
    with tempfile.TemporaryDirectory(prefix="fairwrench-simulate-") as scratch:
        ledger = Ledger(Path(scratch) / "ledger", time_zone=schemes[0].cycle.time_zone)
        gathered.land(ledger, sources, bars)
        workspace = Workspace(ledger, engine, sources, gathered.roster)
        bars.expect("settle", len(trial.months))
        return compare(replay_months(workspace, schemes, trial.months, bars))


def replay_months(
    workspace: Workspace, schemes: tuple[Scheme, ...], months: tuple[Month, ...], bars: Progress
) -> list[tuple[Settlement, Settlement]]:
    """Pairs of settlements, each side with its own history."""
    told = [pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=HISTORY)]
    pairs: list[tuple[Settlement, Settlement]] = []
    for month in months:
        bars.step("settle", str(month))
        # One seal for both sides, so that the schemes are all that differs (decision 14).
        sealed = seal_month(workspace, schemes, month)
        both: list[Closed] = []
        for side, scheme in enumerate(schemes):
            done = settle_sealed(workspace, scheme, sealed, told[side], pl.DataFrame(schema=CORRECTIONS))
            # Each side's runs of grades stand on its own grades.
            told[side] = pl.concat([told[side], totals_as_history(done)])
            both.append(done)
        pairs.append((both[0].settlement, both[1].settlement))
    return pairs
