"""Somebody's leave of a year as a page shows it, read from the seal of the run that the page is about."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import Any

import polars as pl
from django.conf import settings

from fairwrench.closing.leave_taken import LEAVE, LeaveTaken, leave_taken
from fairwrench.closing.month import Workspace
from fairwrench.closing.run_files import sealed_roster
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.labels import word_label
from fairwrench.settlement.source.source import Total
from fairwrench.web.evidence.selectors import ledger_read
from fairwrench.web.settlements.figures.figure_rows import FigureRows
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.workspace import seal_of, sources_of
from fairwrench.web.ui.words import Words, both

#: why leave does not count, by what became of the request
UNCOUNTED = {
    "pending": both("审批中，不计", "not approved yet, not counted"),
    "refused": both("未批准，不计", "refused, not counted"),
    "withdrawn": both("已撤回，不计", "taken back, not counted"),
}


def taken_of(*, result: Result) -> LeaveTaken | None:
    """Somebody's leave as their month was sealed with it; None where no leave was handed in."""
    seal = seal_of(run=result.run)
    roster = sealed_roster(seal, Path(settings.LEDGER))
    workspace = Workspace(ledger_read(), DuckDB(), sources_of(run=result.run), roster)
    return leave_taken(result.employee_id, workspace, seal)


def counts_leave(rows: FigureRows) -> bool:
    """Whether a figure takes hours of leave into account, which have rows of their own."""
    derived = (rows.source.derived.get(name) for name in rows.deciding)
    return any(isinstance(each, Total) and each.total == LEAVE for each in derived)


def months_told(months: Sequence[str]) -> Words:
    """Months one after the other; those in a row as the first and the last of them."""
    runs: list[list[Month]] = []
    for month in map(Month.parse, months):
        if runs and runs[-1][-1].plus(1) == month:
            runs[-1].append(month)
        else:
            runs.append([month])
    zh = [f"{run[0]} 至 {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    en = [f"{run[0]} to {run[-1]}" if len(run) > 1 else f"{run[0]}" for run in runs]
    return "、".join(zh), ", ".join(en)


def rows_shown(*, run: Run, taken: LeaveTaken) -> list[dict[str, Any]]:
    """Each leave with its kind in words, and its times as they are where the stores are."""
    kinds, zone = sources_of(run=run)[LEAVE].columns["kind"], seal_of(run=run).time_zone
    local = [pl.col(name).dt.convert_time_zone(zone).dt.replace_time_zone(None) for name in ("begins_at", "ends_at")]
    rows = taken.rows.with_columns(local).iter_rows(named=True)
    return [{**row, "kind": word_label(kinds, row["kind"]), "why": _why_not(row)} for row in rows]


def _why_not(row: dict[str, Any]) -> Words:
    """Why a leave does not count; empty where it does."""
    if row["counts"]:
        return ""
    return UNCOUNTED.get(row["approved"], both("不在本月，不计", "not of the month, not counted"))
