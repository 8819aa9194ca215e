"""The same data handed in twice under other names: for another store, or with other numbers."""

from __future__ import annotations

import csv
from pathlib import Path

from fairwrench.closing.run import SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from tests.closing.quiet import Quiet

OCTOBER = Month(2026, 10)
HEAD = ("员工编号", "姓名", "门店", "部门", "岗位", "直接上级", "人员类别", "入职日期", "全额工资", "生效日期")
PEOPLE = [
    ("E1", "王一", "东店", "配件部", "配件经理", "", "正式", "2020-01-01", "8000", "2020-01-01"),
    ("E2", "李二", "西店", "配件部", "配件经理", "", "正式", "2020-01-01", "8000", "2020-01-01"),
]
ORDERS = ("工单号", "接车时间", "维修类型", "车架号", "进厂里程")


def write(path: Path, *rows: tuple[str, ...]) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)


def told(data: Path, out: Path) -> dict[str, str]:
    """Code → what is told, in English."""
    run = settle_folder(SettleOptions(OCTOBER, data, out), DuckDB(), Quiet())
    return {problem.code: problem.en for problem in run.problems}


def test_what_one_store_handed_in_is_not_another_s_without_a_word(tmp_path: Path) -> None:
    """Fails when a copy of a file under another store's name counts for both and nobody is told."""
    data = tmp_path / "data"
    write(data / "roster.csv", HEAD, *PEOPLE)
    rows = [("RO1", "2026-10-11 08:00", "维修", "LFV2A21K1G3000001", "41000")]
    write(data / "2026-10/东店_维修工单.csv", ORDERS, *rows)
    assert "same_content_elsewhere" not in told(data, tmp_path / "one")
    write(data / "2026-10/西店_维修工单.csv", ORDERS, *rows)
    said = told(data, tmp_path / "two")
    assert "东店" in said["same_content_elsewhere"] and "西店" in said["same_content_elsewhere"]


def test_an_export_with_other_numbers_is_told(tmp_path: Path) -> None:
    """Fails when the month's orders count twice because their numbers are written in another way the second time."""
    data = tmp_path / "data"
    write(data / "roster.csv", HEAD, *PEOPLE)
    rows = [("RO1", "2026-10-11 08:00", "维修", "LFV2A21K1G3000001", "41000")]
    write(data / "2026-10/东店_维修工单.csv", ORDERS, *rows)
    write(data / "2026-10/东店_维修工单_补.csv", ORDERS, *(("RO-1", *row[1:]) for row in rows))
    assert "RO-1 / RO1" in told(data, tmp_path / "out")["alike_landed"]
