"""A folder of files settled: landed, closed month by month, written out."""

from __future__ import annotations

import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.book import Book
from fairwrench.closing.check.scheme_check import checked_scheme
from fairwrench.closing.csv_export import REJECTED
from fairwrench.closing.folder.files_read import Kinds
from fairwrench.closing.folder.folder import Gathered, Progress, gather
from fairwrench.closing.history import history_from
from fairwrench.closing.month import Closed, Workspace
from fairwrench.closing.run_files import LEDGER, write_closed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.intake.order import listed_last
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import HISTORY
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Problem, Refused, errors
from fairwrench.settlement.scheme.scheme import Scheme

#: workbooks of rejected rows, ready to be mended and uploaded again
TO_MEND = "rejected"


@dataclass(frozen=True)
class SettleOptions:
    """What a person asked for: a month, of which folder, into which, under which scheme."""

    month: Month
    data: Path
    out: Path
    scheme: str = "dealership"
    source_folders: tuple[Path, ...] = ()
    history: Path | None = None
    lang: str = "zh"
    kinds: Kinds = field(default_factory=Kinds)
    #: of files that contradict each other, those that have the last word
    last: tuple[str, ...] = ()


@dataclass(frozen=True)
class Run:
    """What came of it. `rejected` has the columns of rejected.csv; `problems` are everybody's, in order of the work."""

    asked: SettleOptions
    workspace: Workspace
    scheme: Scheme
    book: Book
    closed: Closed
    gathered: Gathered
    problems: tuple[Problem, ...] = field(repr=False, default=())

    @property
    def rejected(self) -> pl.DataFrame:
        """Every rejected row's reasons."""
        return self.gathered.rejected


def settle_folder(asked: SettleOptions, engine: Engine, bars: Progress) -> Run:
    """Land what the folder holds, settle the month asked for (and those before it, for its history), write it out."""
    sources = load_sources(*asked.source_folders)
    scheme, _ = checked_scheme(asked.scheme, sources, engine)
    # Everything that can be refused without landing is looked at first.
    history = history_from(asked.history, scheme) if asked.history else pl.DataFrame(schema=HISTORY)
    gathered = gather(asked.data, scheme, sources, asked.month)
    gathered.kinds = asked.kinds
    gathered.settle_order(listed_last(asked.last))
    with _nothing_when_refused(asked.out):
        ledger = Ledger(asked.out / LEDGER, time_zone=scheme.cycle.time_zone)
        landed = gathered.land(ledger, sources, bars, asked.out / TO_MEND, lang=asked.lang)
        workspace = Workspace(ledger, engine, sources, gathered.roster)
        book = Book(workspace, scheme, history, progress=lambda kind, month: bars.step(kind, str(month)))
        # A history given takes the place of earlier months in the folder (decision 2).
        earlier = [] if asked.history else [month for month in gathered.months if month < asked.month]
        bars.expect("settle", len(earlier) + 1)
        book.catch_up(earlier, asked.month)
        closed = book.close(asked.month)
        # Still inside: a month refused now must leave nothing behind either.
        problems = (*gathered.problems, *landed, *closed.settlement.problems)
        if errors(problems):
            raise Refused(problems)
    write_closed(closed, asked.out, asked.lang)
    write_rejected_csv(gathered.rejected, asked.out, asked.lang)
    gathered.read.write_csv(asked.out / "files.csv", line_terminator="\n")
    return Run(asked, workspace, scheme, book, closed, gathered, problems)


@contextmanager
def _nothing_when_refused(out: Path) -> Iterator[None]:
    """A refusal leaves nothing in a folder in which there was no ledger before.

    Where there was one, an earlier month stands on it; what has landed since stays for the next try, and lands once.
    """
    there, kept = out.exists(), (out / LEDGER).exists()
    try:
        yield
    except Refused:
        if not kept:
            # A folder that was there before may hold what is not ours.
            for place in (out / LEDGER, out / TO_MEND) if there else (out,):
                shutil.rmtree(place, ignore_errors=True)
        raise


def write_rejected_csv(rejected: pl.DataFrame, out: Path, lang: str) -> None:
    """rejected.csv: file, sheet, row, column, value, reason."""
    frame = rejected if lang == "zh" else rejected.with_columns(reason="reason_en")
    frame.select(list(REJECTED)).write_csv(out / "rejected.csv", line_terminator="\n")
