"""Somebody's leave of a year, and the time off that overtime has left them at the end of a month."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import render

from fairwrench.closing.leave_taken import LEAVE, LeaveTaken, leave_taken
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.source.labels import word_label
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.selectors import ledger_read
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.views.explain import run_and_result
from fairwrench.web.settlements.workspace import seal_of, sources_of


@allowed("results.view_person", about="employee_id")
def leave(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """The balance of time off at the end of the month, and each leave of the year behind it."""
    run, result = run_and_result(request, month, employee_id)
    taken = taken_of(run=run, employee_id=employee_id)
    context = {"run": run, "result": result, "taken": taken, "rows": rows_shown(run, taken) if taken else []}
    return render(request, "settlements/leave.html", context)


def taken_of(*, run: Run, employee_id: str) -> LeaveTaken | None:
    """Somebody's leave as a run was sealed with it; None where no leave was handed in."""
    seal = seal_of(run=run)
    roster = sealed_roster(seal, Path(settings.LEDGER))
    return leave_taken(employee_id, Workspace(ledger_read(), DuckDB(), sources_of(run=run), roster), seal)


def rows_shown(run: Run, taken: LeaveTaken) -> list[dict[str, Any]]:
    """Each leave with its kind in words and its times as they are where the stores are."""
    kinds = sources_of(run=run)[LEAVE].columns["kind"]
    zone = seal_of(run=run).time_zone
    local = [pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None) for name in ("begins_at", "ends_at")]
    rows = taken.rows.with_columns(local).iter_rows(named=True)
    return [{**row, "kind": word_label(kinds, row["kind"])} for row in rows]
