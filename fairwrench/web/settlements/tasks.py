"""The background work of months: settling, estimating, verifying."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import transaction

from fairwrench.closing.verify import verify
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.deadlines import Month
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.jobs.work import Progress, passed, work
from fairwrench.web.settlements.closing import Kind, month_close
from fairwrench.web.settlements.decided import decided_land
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.office import folder_of
from fairwrench.web.settlements.services import cycle_open, cycle_settled


@work("settle_month")
def settle_month(progress: Progress, month: str) -> dict[str, Any]:
    """Land what was decided in the application, settle the month, put the run in force."""
    cycle = cycle_open(month=Month.parse(month))
    decided_land(month=month, by=progress.job.by)
    run = month_close(cycle=cycle, kind=Kind.FINAL, by=progress.job.by, progress=progress)
    passed("settled")
    with transaction.atomic():
        progress.hold()
        cycle_settled(cycle=cycle, run=run, by=progress.job.by)
    return {"run": run.pk, "month": month}


@work("estimate_month")
def estimate_month(progress: Progress, month: str) -> dict[str, Any]:
    """The month so far, from what has landed and was rated by now."""
    cycle = cycle_open(month=Month.parse(month))
    decided_land(month=month, by=progress.job.by)
    run = month_close(cycle=cycle, kind=Kind.LIVE, by=progress.job.by, progress=progress)
    return {"run": run.pk, "month": month}


@work("verify_run")
def verify_run(progress: Progress, run: int) -> dict[str, Any]:
    """Recompute a run from its seal; every difference is told."""
    found = Run.objects.get(pk=run)
    progress.expect("verify", 1)
    progress.step("verify", found.cycle.month)
    differences = verify(folder_of(run=found), DuckDB(), sources(), Path(settings.LEDGER))
    return {"equal": not differences, "differences": [asdict(problem) for problem in differences]}
