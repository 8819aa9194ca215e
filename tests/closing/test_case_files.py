"""Files as offices hand them in, each settled as a month by the shipped scheme, against what its README says is right.

The amounts are worked out by hand from the cells: ten orders of 300.00 labour and 500.00 parts are 8 000.00 of output.
"""

from __future__ import annotations

import shutil
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from tests.closing.quiet import Quiet
from tests.ledger.handed import xlsx

CASES = Path(__file__).parents[1] / "cases" / "files"
OCTOBER = Month(2026, 10)


def settled(case: str, out: Path) -> Run:
    """October of a case, from its folder of files."""
    return settle_folder(SettleOptions(OCTOBER, CASES / case / "data", out, lang="en"), DuckDB(), Quiet())


def line(run: Run, employee: str, item: str) -> dict[str, Any]:
    """One item of one person."""
    return run.closed.settlement.lines.row(
        by_predicate=(pl.col("employee_id") == employee) & (pl.col("item") == item), named=True
    )


def rows(run: Run, source: str) -> pl.DataFrame:
    """The rows of a source that count."""
    return run.workspace.ledger.current(source, run.workspace.sources[source])


def told(run: Run, *codes: str) -> list[str]:
    """What was said of the files, in English, of some codes."""
    return [problem.en for problem in run.problems if problem.code in codes]


@pytest.mark.parametrize(
    "case", ["csv-equals-quoted-keys", "merged-advisor", "money-in-fen", "two-columns-one-field", "xlsx-1904-with-x15"]
)
def test_ten_orders_are_an_output_of_8000_yuan(case: str, tmp_path: Path) -> None:
    """Fails when orders of October count for nobody, in another month, a hundredfold, or by the list price."""
    run = settled(case, tmp_path)
    assert run.rejected.is_empty()
    assert line(run, "T003", "advisor_output")["numerator"] == 800_000
    assert line(run, "T002", "output")["numerator"] == 800_000


def test_job_lines_find_orders_whose_numbers_stand_in_quotes(tmp_path: Path) -> None:
    """Fails when ="A0001" is another number than A0001, so that rework and exemptions miss without a word."""
    run = settled("csv-equals-quoted-keys", tmp_path)
    orders, lines = rows(run, "repair_orders"), rows(run, "job_lines")
    assert lines.join(orders, on=["store", "ro_no"], how="anti").is_empty()
    assert "A0001" in orders["ro_no"]
    assert told(run, "no_partner") == []


def test_a_merged_advisor_belongs_to_all_its_rows_and_is_told(tmp_path: Path) -> None:
    """Fails when nine of ten orders under one merged cell count for nobody."""
    run = settled("merged-advisor", tmp_path)
    assert rows(run, "repair_orders")["advisor"].to_list() == ["T003"] * 10
    (words,) = told(run, "merged_text")
    assert "E2:E11" in words


def test_the_column_that_the_documents_name_is_taken_and_the_other_told(tmp_path: Path) -> None:
    """Fails when the list price is taken for what was received, or their difference is not said."""
    run = settled("two-columns-one-field", tmp_path)
    first, second = told(run, "column_preferred")
    assert "实收工时费" in first and "300 and 600" in first
    assert "实收配件费" in second and "500 and 1000" in second


def test_days_of_attendance_are_not_no_attendance(tmp_path: Path) -> None:
    """Fails when a rate whose hours no file had is left out as if there was no occasion, its weight on other items."""
    run = settled("attendance-in-days", tmp_path)
    found = line(run, "T004", "attendance_rate")
    assert (found["state"], found["cause"]) == ("held", "column_missing")
    assert found["lacks"] == "attendance.attended_hours,attendance.scheduled_hours"
    assert found["numerator"] is None
    state = run.closed.settlement.totals.filter(pl.col("employee_id") == "T004")["state"]
    assert state.to_list() == ["incomplete"]


def test_durations_of_more_than_a_day_are_hours(tmp_path: Path) -> None:
    """Fails when 176:00 is rejected as a date that nobody wrote, or read as 8 hours."""
    run = settled("hours-as-h-mm", tmp_path)
    found = line(run, "T004", "attendance_rate")
    assert (found["numerator"], found["denominator"]) == (15_000, 17_600)
    assert found["cause"] is None


def test_last_month_s_rows_are_not_this_month_s_file(tmp_path: Path) -> None:
    """Fails when a sheet whose month nobody changed makes October handed in, and its item no occasion."""
    run = settled("month-column-not-changed", tmp_path)
    assert line(run, "T004", "attendance_rate")["cause"] == "other_month"
    (words,) = told(run, "other_month")
    assert "3 of 2026-09" in words and "2026-10 this counts as not handed in" in words


def test_a_reversal_nets_out_and_is_told(tmp_path: Path) -> None:
    """Fails when an order that was reversed stays in the output."""
    run = settled("red-letter-order", tmp_path)
    assert run.rejected.is_empty()
    assert line(run, "T003", "advisor_output")["numerator"] == 720_000
    assert len(told(run, "reversals")) == 1


def test_a_target_of_640_percent_is_rejected_with_what_was_meant(tmp_path: Path) -> None:
    """Fails when an expense ratio of any size is full marks against a target written 6.4."""
    run = settled("target-6.4-for-6.4-percent", tmp_path)
    assert rows(run, "targets").is_empty()
    (reason,) = run.rejected["reason_en"]
    assert "640 %" in reason and "0.064 (6.4 %)" in reason
    (words,) = told(run, "speaks_for_nobody")
    assert words.startswith("all of it, 1 row was rejected, so it says of no store") and "0.064 (6.4 %)" in words


def test_the_unit_above_the_header_is_applied_and_told(tmp_path: Path) -> None:
    """Fails when 50 万元 is 50 yuan."""
    run = settled("unit-in-title", tmp_path)
    (row,) = rows(run, "store_month").to_dicts()
    assert (row["sales_gross"], row["service_gross"]) == (Decimal(500_000), Decimal(600_000))
    units = told(run, "unit_in_title")
    assert len(units) == 4 and all("万元" in words for words in units)


@pytest.mark.parametrize(
    ("case", "cells"),
    [
        ("xls-error-cells", [("F2", "#N/A"), ("F3", "never computed")]),
        ("xlsx-indented-uncomputed", [("F3", "never computed")]),
    ],
)
def test_cells_without_a_value_reject_their_rows(case: str, cells: list[tuple[str, str]], tmp_path: Path) -> None:
    """Fails when a deduction in error is no deduction, and the pay too high."""
    run = settled(case, tmp_path)
    reasons = run.rejected.sort("row")["reason_en"].to_list()
    assert [at in reason and why in reason for reason, (at, why) in zip(reasons, cells, strict=True)] == [True] * len(
        cells
    )
    assert set(rows(run, "payroll")["employee_id"]).isdisjoint({"T003"})


def test_commas_that_may_be_decimal_signs_are_asked_about(tmp_path: Path) -> None:
    """Fails when 1,500 hours are 1500 and 0,500 are 500."""
    run = settled("decimal-comma", tmp_path)
    assert rows(run, "job_lines").is_empty()
    assert set(run.rejected["value"]) == {"1,500", "0,500"}
    assert line(run, "T004", "labour_output")["cause"] == "all_rejected"


def test_ids_that_lost_their_digits_stop_the_work(tmp_path: Path) -> None:
    """Fails when one of two people vanishes and the other is paid for both."""
    with pytest.raises(Refused) as refused:
        settled("roster-ids-in-scientific-notation", tmp_path / "out")
    assert any("4.40301E+17" in problem.en for problem in refused.value.problems)
    assert not (tmp_path / "out").exists()


def test_two_files_that_contradict_each_other_are_told_row_by_row(tmp_path: Path) -> None:
    """Fails when the name of a corrected export, `… (1).xlsx`, decides which of the two counts."""
    case, newer = CASES / "newer-copy-loses" / "data", "南城店_薪资数据 (1).xlsx"
    with pytest.raises(Refused) as refused:
        settle_folder(SettleOptions(OCTOBER, case, tmp_path / "by-name"), DuckDB(), Quiet())
    assert not (tmp_path / "by-name").exists()
    (problem,) = [each for each in refused.value.problems if each.code == "files_differ"]
    assert (problem.severity, problem.file) == ("error", "2026-10/南城店_薪资数据.xlsx")
    assert f"contradicts 2026-10/{newer} in 2 rows" in problem.en and "only people know" in problem.en
    assert "T002" in problem.en and "1996.80, 2996.80 there" in problem.en
    for told in (["warning"], []):  # settled again, it is the same month
        run = settle_folder(SettleOptions(OCTOBER, case, tmp_path / "said", last=(newer,)), DuckDB(), Quiet())
        assert str(rows(run, "payroll").filter(employee_id="T003")["commission"].item()) == "2996.80"
        assert [batch.number for batch in run.workspace.ledger.batches("payroll")] == [1, 2]
        assert [each.severity for each in run.problems if each.code == "files_differ"] == told


def test_a_contradiction_is_worded_as_the_files_show_it(tmp_path: Path) -> None:
    """Fails when somebody is told of 01:00 in UTC, of None and True, or not in which sheets to look."""
    case = tmp_path / "case"
    shutil.copytree(CASES / "newer-copy-loses" / "data", case)
    header = ("工单号", "门店", "接车时间", "竣工时间", "维修类型", "是否预约", "工位")
    rows = {
        "初稿": ("RO1", "南城店", "2026-10-01 09:00:00", "2026-10-01 10:00:00", "保养", "是", None),
        "终稿": ("RO1", "南城店", "2026-10-01 09:00:00", "2026-10-01 11:30:00", "维修", "否", "2号"),
    }
    xlsx(case / "2026-10" / "南城店_维修工单.xlsx", **{name: (header, row) for name, row in rows.items()})
    with pytest.raises(Refused) as refused:
        settle_folder(SettleOptions(OCTOBER, case, tmp_path / "out"), DuckDB(), Quiet())
    (told,) = [each for each in refused.value.problems if each.code == "files_differ" and "RO1" in each.zh]
    assert told.zh.startswith("工作表“终稿”与工作表“初稿”有 1 行不一致：第 2 行（那边第 2 行）")
    assert told.zh.endswith("请从文件中删去不对的那个工作表再交")
    assert told.en.startswith("sheet '终稿' contradicts sheet '初稿' in 1 row: row 2 (row 2 there)")
    for text in (
        "竣工时间 2026-10-01 11:30:00，那边是 2026-10-01 10:00:00",
        "是否预约 否，那边是 是",
        "工位 2号，那边是 空",
    ):
        assert text in told.zh
    for text in ("Finished 2026-10-01 11:30:00, 2026-10-01 10:00:00 there", "Booked no, yes there", "empty there"):
        assert text in told.en
    assert "维修类型 维修，那边是 保养" in told.zh and "Kind repair, maintenance there" in told.en


def test_a_file_that_is_to_count_has_to_be_there(tmp_path: Path) -> None:
    """Fails when a mistyped name lets another file count than the one meant."""
    asked = SettleOptions(OCTOBER, CASES / "newer-copy-loses" / "data", tmp_path, last=("薪资.xlsx",))
    with pytest.raises(Refused) as refused:
        settle_folder(asked, DuckDB(), Quiet())
    assert [problem.code for problem in refused.value.problems] == ["which_file"]


def test_the_folder_itself_says_which_file_comes_last(tmp_path: Path) -> None:
    """Fails when the order of two files has to be said anew each time, or a slip in it passes without a word."""
    case = tmp_path / "case"
    shutil.copytree(CASES / "newer-copy-loses" / "data", case)
    (case / "order.txt").write_text(
        "\ufeff# 先后\n南城店_薪资数据.xlsx\n2026-10/南城店_薪资数据 (1).xlsx\n", encoding="utf-8"
    )
    run = settle_folder(SettleOptions(OCTOBER, case, tmp_path / "out"), DuckDB(), Quiet())
    assert str(rows(run, "payroll").filter(employee_id="T003")["commission"].item()) == "2996.80"
    (case / "order.txt").write_text("薪资数据(1).xlsx\n", encoding="utf-8")
    with pytest.raises(Refused) as refused:
        settle_folder(SettleOptions(OCTOBER, case, tmp_path / "other"), DuckDB(), Quiet())
    assert [problem.code for problem in refused.value.problems] == ["which_file"]
