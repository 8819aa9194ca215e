"""What reports are written from: a settled month, the ledger it stands on, and everything that was told on the way."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any, TypeVar

import polars as pl

from fairwrench.closing.folder.files_read import FILES
from fairwrench.closing.month import Workspace
from fairwrench.closing.run import Run
from fairwrench.closing.run_files import Kept
from fairwrench.report.naming import Names
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.settle import Settlement

Told = TypeVar("Told")


@dataclass(frozen=True)
class ReportContext:
    """One month to report on.

    `kept` is the settlement with its seal, as explanations and traces read it; `found` the cells it was scored from.
    `rejected` has one row a reason (columns of rejected.csv, and `reason_en`); `problems` are everybody's, in order of
    the work, `files` what each file of a folder was read as (columns of files.csv). `out` is where reports go.
    """

    out: Path
    lang: str
    kept: Kept
    found: MeasuredFacts
    workspace: Workspace
    rejected: pl.DataFrame
    problems: tuple[Problem, ...] = field(repr=False, default=())
    files: pl.DataFrame = field(default_factory=lambda: pl.DataFrame(schema=FILES), repr=False)
    _known: dict[Callable[[ReportContext], Any], Any] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    @staticmethod
    def of(run: Run) -> ReportContext:
        """The material of a run of `settle`."""
        closed = run.closed
        case = closed.case
        # The same shape as a month read back from its folder, so that reports cannot tell the two apart.
        kept = Kept(closed.seal, closed.settlement, case.history, case.corrections, {}, sources=case.sources)
        assert closed.settlement.found is not None  # a settlement fresh from settling has what it was scored from
        found = closed.settlement.found
        out, lang = run.asked.out, run.asked.lang
        return ReportContext(out, lang, kept, found, run.workspace, run.rejected, run.problems, run.gathered.read)

    def once(self, work: Callable[[ReportContext], Told]) -> Told:
        """What `work` finds in this material; page and workbook ask for the same, and it is worked out once."""
        if work not in self._known:
            self._known[work] = work(self)
        found: Told = self._known[work]
        return found

    @property
    def settled(self) -> Settlement:
        """The settlement."""
        return self.kept.settlement

    @cached_property
    def names(self) -> Names:
        """The words for everything in it."""
        return Names(self.settled.scheme, self.workspace.sources, self.lang)
