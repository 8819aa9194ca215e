"""A month as it stands before it is settled for good: landed and worked out in a place of its own, nothing kept."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import polars as pl

from fairwrench.closing.folder.folder import Gathered, Progress, gather
from fairwrench.closing.month import Workspace, close
from fairwrench.closing.run_files import Kept
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.intake.discovery import find_files
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.report.report_context import ReportContext
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import CORRECTIONS, HISTORY
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True)
class Wanted:
    """Which month of which folder, in which language, for reports into `out`."""

    month: Month
    data: Path
    out: Path
    lang: str = "zh"


@contextmanager
def open_month(
    wanted: Wanted, scheme: Scheme, sources: Mapping[str, Source], engine: Engine, bars: Progress
) -> Iterator[ReportContext]:
    """The material of a month from what the folder holds by now; a roster alone will do.

    Standing and corrections are left out: they need the months before, and no form shows them.
    """
    gathered = _gathered(wanted, scheme, sources)
    # Thrown away afterwards: what is landed here must not look as if somebody had handed it in.
    with tempfile.TemporaryDirectory(prefix="fairwrench-forms-") as scratch:
        ledger = Ledger(Path(scratch) / "ledger", time_zone=scheme.cycle.time_zone)
        told = gathered.land(ledger, sources, bars)
        workspace = Workspace(ledger, engine, sources, gathered.roster)
        bars.expect("settle", 1)
        bars.step("settle", str(wanted.month))
        # Settled in full though only a part is shown: the figures come by the same steps as those of the settlement.
        closed = close(workspace, scheme, wanted.month, pl.DataFrame(schema=HISTORY), pl.DataFrame(schema=CORRECTIONS))
        case = closed.case
        kept = Kept(closed.seal, closed.settlement, case.history, case.corrections, {}, sources=case.sources)
        assert closed.settlement.found is not None  # a settlement fresh from settling has what it was scored from
        problems = (*gathered.problems, *told, *closed.settlement.problems)
        found = closed.settlement.found
        yield ReportContext(wanted.out, wanted.lang, kept, found, workspace, gathered.rejected, problems, gathered.read)


def _gathered(wanted: Wanted, scheme: Scheme, sources: Mapping[str, Source]) -> Gathered:
    """What the folder holds; before anything was handed in, the roster alone."""
    try:
        return gather(wanted.data, scheme, sources, wanted.month)
    except Refused as refused:
        files = find_files(wanted.data)
        # Only an empty folder is forgiven; a roster or a file that is wrong is told as in any other command.
        if files.roster is None or not {problem.code for problem in refused.problems} & {"no_files"}:
            raise
        roster, problems = read_roster(files.roster, scheme)
        return Gathered(wanted.data, (), roster, wanted.month, problems, scheme.cycle.time_zone)
