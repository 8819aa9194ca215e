"""The background work of months: settling, estimating, verifying."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.db import transaction
from django.utils import timezone

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.schemes.documents.kept import version_path
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.schemes.selectors import opened, scheme_at
from fairwrench.web.settlements.feeds import decided_land
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.after_settling import run_in_force
from fairwrench.web.settlements.runs.closing import Kind, month_close
from fairwrench.web.settlements.runs.verification import run_verified
from fairwrench.web.settlements.services import cycle_open, cycle_sealing, cycle_settled, cycle_unsealed
from fairwrench.web.settlements.submissions.evidence import submissions_tell
from fairwrench.web.settlements.trials.trials import trial_keep, trial_path, tried
from fairwrench.web.settlements.workspace import workspace
from fairwrench.web.work.queue.kinds import Lost, Progress, passed


def settle_month(progress: Progress, month: str, note: str = "") -> dict[str, Any]:
    """Begin to seal the month, land what was decided in the application, freeze and settle it, put the run in force.

    Where that fails the month is as it was before.
    """
    # the state first: nobody approves figures that are about to change
    cycle = cycle_sealing(cycle=cycle_open(month=Month.parse(month)))
    passed("sealing")
    # taken before the outbox is emptied: what is decided from here on may be missing in it, so counts as not in it
    begun = timezone.now()
    try:
        submissions_tell(cycle=cycle)
        decided_land(month=month)
        passed("drained")
        run = month_close(cycle=cycle, kind=Kind.FINAL, by=progress.job.by, progress=progress)
        Run.objects.filter(pk=run.pk).update(made_at=begun)  # what was decided since is not in it
        passed("settled")
        # in one transaction nobody takes the job between making sure and putting the run in force
        with transaction.atomic():
            progress.hold()
            run_in_force(cycle=cycle_settled(cycle=cycle, run=run, by=progress.job.by, note=note), run=run)
    except Lost:  # another worker goes on with it
        raise
    except Exception:
        # only whoever still has the job may undo
        progress.hold()
        cycle_unsealed(cycle=cycle)
        raise
    return {"run": run.pk, "month": month}


def estimate_month(progress: Progress, month: str) -> dict[str, Any]:
    """The month so far, from what has landed and was rated by now."""
    cycle = cycle_open(month=Month.parse(month))
    submissions_tell(cycle=cycle)
    decided_land(month=month)
    run = month_close(cycle=cycle, kind=Kind.LIVE, by=progress.job.by, progress=progress)
    return {"run": run.pk, "month": month}


def try_scheme(progress: Progress, version: int, month: str) -> dict[str, Any]:
    """Settle a month by the scheme that held and by a version, side by side; nothing of the month changes."""
    found, at = SchemeVersion.objects.get(pk=version), Month.parse(month)
    people = tried(workspace(), scheme_at(month=at), opened(str(version_path(version=found))), at, progress)
    progress.hold()
    trial_keep(path=trial_path(version=found, month=at), people=people)
    return {"version": version, "month": month}


def verify_run(progress: Progress, run: int) -> dict[str, Any]:
    """Recompute a run from its seal; every difference is told."""
    found = Run.objects.get(pk=run)
    progress.expect("verify", 1)
    progress.step("verify", found.cycle.month)
    checked = run_verified(run=found)
    differences = [asdict(problem) for problem in checked.problems]
    return {"equal": checked.equal, "cause": checked.cause, "differences": differences}
