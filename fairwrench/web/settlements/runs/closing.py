"""A month settled in the application: the same book as on the command line, led on from the months settled before."""

from __future__ import annotations

import shutil
from collections.abc import Iterable
from importlib.metadata import version as version_of
from uuid import uuid4

import polars as pl

from fairwrench.closing.book import Book
from fairwrench.closing.month import Closed, Workspace, evidence_of
from fairwrench.closing.run_files import write_closed
from fairwrench.closing.run_store import FIGURES
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import Case
from fairwrench.settlement.problem import Refused, errors
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.settlements.models import MONTH, Run
from fairwrench.web.settlements.runs.run_parts import figures_of, parts_of, parts_write
from fairwrench.web.settlements.runs.run_writer import TakenOver, is_frozen, run_record
from fairwrench.web.settlements.workspace import STORES, folder_of, records, store_of_run, workspace
from fairwrench.web.ui.files.folders import ledger_shared
from fairwrench.web.work.models import Step
from fairwrench.web.work.queue.kinds import Progress, passed

Kind = Run.Kind
#: runs of the month so far that are kept; older ones are nobody's figures any more
LIVE_KEPT = 3


def month_close(*, cycle: Cycle, kind: str, by: User | None, progress: Progress) -> Run:
    """Settle a month anew and write the run down; what late evidence changes in earlier months is kept beside it."""
    at = workspace()
    month = cycle.at
    book, before = book_until(workspace=at, month=month, progress=progress)
    progress.expect("settle", 1)
    with ledger_shared():  # sealed files lie in the ledger
        closed = book.close(month)
    # of the month so far errors are shown beside the figures; nobody is paid by those
    if kind == Kind.FINAL and (wrong := errors(closed.settlement.problems)):
        raise Refused(wrong)
    progress.expect("write", 1)
    progress.step("write", str(month))
    parts = parts_of(closed, at)
    run = _kept(cycle=cycle, kind=kind, known_at=month, closed=closed, by=by)
    folder = folder_of(run=run)
    last, figures = _earlier(run), figures_of(closed, at, folder)
    files = store_of_run(run=last) if last else None
    store = parts_write(folder=folder / STORES, parts=parts, figures=figures, before=files)
    passed("kept")
    alike = TakenOver(last, store.same_as(files)) if last and files else None
    run_record(run=run, closed=closed, parts=parts, same=alike)
    progress.hold()  # what is forgotten below may by now be another worker's
    if kind == Kind.FINAL:
        # what an earlier settling of this month had found in earlier ones; it is found anew below
        runs_forget(Run.objects.filter(kind=Kind.RESTATED, known_at=str(month)))
        # a run that was settled, approved or sent back is named by its step, and stays to show what that was about
        steps = Step.objects.filter(workflow=MONTH, record=cycle.pk).values_list("about", flat=True)
        stood = [about["run"] for about in steps if about.get("run")]
        runs_forget(cycle.runs.filter(kind=Kind.FINAL).exclude(pk=run.pk).exclude(pk__in=stood))
        for earlier, known in book.known.items():
            # the book puts another object there for each month that late evidence had worked out anew
            if earlier < month and known is not before[earlier]:
                again = _kept(
                    cycle=Cycle.objects.get(month=str(earlier)), kind=Kind.RESTATED, known_at=month, closed=known
                )
                none = pl.DataFrame(schema=FIGURES)
                parts_write(folder=folder_of(run=again) / STORES, parts=parts_of(known, at), figures=none)
                # it has records and no results, so it is whole once those lie there
                Run.objects.filter(pk=again.pk).update(whole=True)
    else:
        live_prune(cycle=cycle)
    return run


def book_until(*, workspace: Workspace, month: Month, progress: Progress) -> tuple[Book, dict[Month, Closed]]:
    """The book of all months settled before `month`, and each of them as known so far."""
    schemes: dict[Month, Scheme] = {month: scheme_at(month=month)}
    known: dict[Month, Closed] = {}
    for cycle in Cycle.objects.filter(month__lt=str(month), run__isnull=False).order_by("month"):
        run = latest_known(cycle=cycle, month=month)
        kept = records(run=run)
        schemes[cycle.at] = kept.settlement.scheme
        evidence = evidence_of(kept.seal, workspace, (kept.settlement.scheme,))
        case = Case(kept.settlement.scheme, kept.sources, workspace.roster, evidence, kept.history, kept.corrections)
        known[cycle.at] = Closed(kept.seal, case, kept.settlement, kept.standing_changes)
    book = Book(workspace, schemes[month], progress=lambda kind, at: progress.step(kind, str(at)), in_force=schemes)
    book.known.update(known)
    book.closed.update(known)
    return book, dict(known)


def latest_known(*, cycle: Cycle, month: Month) -> Run:
    """The run of an earlier month as the evidence up to the month before `month` has it."""
    # not of this month itself: what its own settling finds goes into it as corrections
    corrected = cycle.runs.filter(kind=Kind.RESTATED, known_at__lt=str(month), whole=True).order_by("-known_at", "-id")
    found = corrected.first() or cycle.run
    assert found is not None  # the caller asks only for cycles that have a run
    return found


def _kept(*, cycle: Cycle, kind: str, known_at: Month, closed: Closed, by: User | None = None) -> Run:
    """The records of a settled month on disk, and its run, not yet whole.

    The row comes first: records that a killed worker leaves are found by it and removed.
    """
    scheme = closed.settlement.scheme
    run = Run.objects.create(
        cycle=cycle,
        kind=kind,
        known_at=str(known_at),
        scheme=scheme.scheme,
        scheme_version=str(scheme.version),
        seal=closed.seal.digest,
        # a folder never used before: whatever is kept in memory by its name stays right
        folder=f"{cycle.month}/{kind}-{uuid4().hex[:12]}",
        program=version_of("fairwrench"),
        by=by,
    )
    write_closed(closed, folder_of(run=run), "zh")
    return run


def _earlier(run: Run) -> Run | None:
    """The latest other run of the month by the same program, of which most stores are the same."""
    others = run.cycle.runs.filter(whole=True, program=run.program).exclude(pk=run.pk).exclude(kind=Kind.RESTATED)
    return others.order_by("-id").first()


def live_prune(*, cycle: Cycle) -> None:
    """Forget the runs of the month so far that later ones replaced."""
    whole = cycle.runs.filter(kind=Kind.LIVE, whole=True).order_by("-id")
    # the caller's own run is whole by now, so any other that is not was left by a killed worker
    runs_forget([*whole[LIVE_KEPT:], *cycle.runs.filter(kind=Kind.LIVE, whole=False)])


def runs_forget(runs: Iterable[Run]) -> None:
    """Remove runs that nobody's figures are, with their records: replaced ones, and what a killed worker left.

    PermissionError for one that somebody was shown for good.
    """
    for run in runs:
        if run.whole and is_frozen(run):
            raise PermissionError(f"run {run.pk} of {run.cycle} is published")
        # the folder first: killed in between, the row still leads to what is left
        shutil.rmtree(folder_of(run=run), ignore_errors=True)
        run.delete()
