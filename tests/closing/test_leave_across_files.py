"""A folder whose attendance sheet has columns of leave, settled as a month, again, and after it was corrected."""

from __future__ import annotations

import shutil
from pathlib import Path

import polars as pl

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from tests.closing.quiet import Quiet
from tests.closing.test_case_files import CASES, OCTOBER, line, rows, told

HEAD = "工号,应出勤工时,实际出勤工时,年假(天)\n"


def settled(folder: Path, days: str) -> Run:
    """October with an attendance sheet on which T004 was at work for 144 of 160 hours, and away for some days."""
    data = folder / "data"
    if not data.exists():
        shutil.copytree(CASES / "attendance-in-days" / "data", data)
        (data / "2026-10" / "南城店_考勤.xlsx").unlink()
    (data / "2026-10" / "南城店_考勤.csv").write_text(f"{HEAD}T004,160,144,{days}\n", encoding="utf-8")
    return settle_folder(SettleOptions(OCTOBER, data, folder / "out", lang="zh"), DuckDB(), Quiet())


def rate(run: Run) -> tuple[int, int]:
    found = line(run, "T004", "attendance_rate")
    return found["numerator"], found["denominator"]


def test_days_on_the_attendance_sheet_are_not_due(tmp_path: Path) -> None:
    """Fails when two days of annual leave, 16 hours, are still due, or a correction is not heard."""
    run = settled(tmp_path, "2")
    assert rate(run) == (14_400, 14_400)
    read = run.gathered.read.select("source", "sheet", "accepted", "rejected").sort("source").rows()
    assert read == [("attendance", "", 1, 0), ("leave", "", 1, 0)]
    assert "1 row of leave, of 1 person, from 1 column: 年假(天); a day has 8 hours" in told(run, "read_across")[0]
    assert rate(settled(tmp_path, "2")) == (14_400, 14_400)
    again = settled(tmp_path, "0")
    assert (rate(again), rows(again, "leave").height) == ((14_400, 16_000), 0)
    back = settled(tmp_path, "2")
    assert (rate(back), rows(back, "leave")["hours"].cast(pl.String).to_list()) == ((14_400, 14_400), ["16.00"])
