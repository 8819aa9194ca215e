"""Months checked as the application keeps them: the seal, what is recorded of the run, and what pages show."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from django.conf import settings

from fairwrench.closing.check.verification import Verification
from fairwrench.closing.check.verify import verify
from fairwrench.closing.run_files import read_kept
from fairwrench.closing.run_store import SETTLED, RunStore
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Engine
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.settle import Settlement
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.workspace import folder_of, store_of_run

#: what pages list and sort by of a result, as its settlement calls it
SHOWN = {"state": "state", "score": "score", "grade": "grade", "total_pay": "total"}


def runs_in_force(*, month: Month | None = None) -> list[Run]:
    """The run that each settled month stands on, in order; of one month alone where it is given."""
    cycles = Cycle.objects.filter(run__isnull=False).select_related("run__cycle").order_by("month")
    chosen = cycles.filter(month=str(month)) if month else cycles
    return [cycle.run for cycle in chosen if cycle.run]


def runs_verified(*, month: Month | None = None, engine: Engine | None = None) -> Iterator[Verification]:
    """Every settled month checked, one after the other; Refused when none is settled, or not the one asked for."""
    runs = runs_in_force(month=month)
    if not runs:
        raise Refused([_none_settled(month)])
    return (run_verified(run=run, engine=engine) for run in runs)


def run_verified(*, run: Run, engine: Engine | None = None) -> Verification:
    """A run checked: worked out again from its seal, then compared with what pages show of it."""
    folder, ledger = folder_of(run=run), Path(settings.LEDGER)
    try:
        verification = verify(folder, engine or DuckDB(), ledger, seal_digest=run.seal)
    except Refused as refused:  # its records cannot be read, and it is known here that there were some
        return Verification(run.cycle.month, "output", refused.problems)
    problems = _shown_otherwise(run, read_kept(folder, ledger).settlement) if verification.equal else []
    return Verification(verification.month, "output", tuple(problems)) if problems else verification


def _shown_otherwise(run: Run, settled: Settlement) -> list[Problem]:
    """What pages read of a run that its settlement does not say: of its files, and of the database."""
    return [*_files_otherwise(store_of_run(run=run), settled), *_rows_otherwise(run, settled)]


def _files_otherwise(store: RunStore, settled: Settlement) -> list[Problem]:
    """The files that pages read where they are not as they were written, or not what is recorded of everybody."""
    try:
        if altered := store.altered():
            return [_file_otherwise(name) for name in altered]
        parts = {name: getattr(settled, name).sort("employee_id", maintain_order=True) for name in SETTLED}
        return [_file_otherwise(name) for name, frame in parts.items() if not store.of_everybody(name).equals(frame)]
    except Refused as refused:
        return list(refused.problems)


def _rows_otherwise(run: Run, settled: Settlement) -> list[Problem]:
    """What the database says of people that their settlement does not."""
    joined = settled.totals.join(
        settled.pay.select("employee_id", "total"), on="employee_id", how="full", coalesce=True
    )
    kept = {row["employee_id"]: row for row in joined.iter_rows(named=True)}
    shown = {row["employee_id"]: row for row in run.results.values("employee_id", *SHOWN)}
    problems: list[Problem] = []
    for person, row in shown.items():
        problems += _differences(person, row, kept.get(person, {}))
    # pay alone is no result of the month and is shown to nobody
    there = {person for person, row in kept.items() if row["state"] is not None}
    return [*problems, *(_not_shown(person) for person in sorted(there - shown.keys()))]


def _differences(person: str, shown: Mapping[str, Any], kept: Mapping[str, Any]) -> Iterator[Problem]:
    for column, name in SHOWN.items():
        expected, actual = kept.get(name), shown[column]
        # columns of text keep nothing as an empty text, columns of numbers as null
        if actual != ("" if expected is None and actual is not None else expected):
            zh = f"数据库中 {person} 的 {name}：应为“{expected}”，实为“{actual}”；请从备份恢复数据库"
            en = f"{name} of {person} in the database should be {expected!r} and is {actual!r}; "
            en += "restore the database from the backup"
            yield Problem("shown_otherwise", zh, en, subject=person, details={"column": name})


def _file_otherwise(name: str) -> Problem:
    zh = f"页面读取的明细文件 {name} 与核算记录不同；请从备份恢复"
    en = f"{name}, which pages read, is not what was recorded; restore it from the backup"
    return Problem("shown_otherwise", zh, en, file=name)


def _not_shown(person: str) -> Problem:
    zh = f"数据库中缺少 {person} 的结果；请从备份恢复数据库"
    en = f"the result of {person} is missing in the database; restore the database from the backup"
    return Problem("shown_otherwise", zh, en, subject=person)


def _none_settled(month: Month | None) -> Problem:
    zh, en = (
        (f"{month} 尚未核算", f"{month} is not settled") if month else ("还没有核算过任何月份", "no month is settled")
    )
    return Problem("none_settled", zh, en)
