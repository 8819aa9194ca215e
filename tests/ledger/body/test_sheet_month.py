"""Sheets named after a month. What would break: September's hours count for October because they lie in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.ledger.body.sheet_month import months_named, months_of_file
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import HEADER, OCTOBER, PEOPLE, codes, csv, order, roster, take, xlsx

HOURS = [("工号", "出勤工时"), ("1001", "160")]
LATER = [("工号", "出勤工时"), ("1002", "170")]


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("9月", {(None, 9)}),
        ("９月份考勤", {(None, 9)}),
        ("2026-09", {(2026, 9)}),
        ("202609", {(2026, 9)}),
        ("20260930", {(2026, 9)}),
        ("2026年9月", {(2026, 9)}),
        ("26年9月", {(2026, 9)}),
        ("2026.9", {(2026, 9)}),
        ("Sep", {(None, 9)}),
        ("Sept 2026", {(None, 9)}),
        ("september", {(None, 9)}),
        ("九月", {(None, 9)}),
        ("十一月", {(None, 11)}),
        ("9-10月", {(None, 9), (None, 10)}),
        ("11月-1月", {(None, 11), (None, 12), (None, 1)}),
        ("考勤", set()),
        ("Sheet9", set()),
        ("Maybe", set()),
        ("3个月", set()),
        ("2026", set()),
        ("1店", set()),
    ],
)
def test_the_months_that_a_name_says(name: str, named: set[tuple[int | None, int]]) -> None:
    """Fails when a month is not seen in a name, or seen where there is none."""
    assert months_named(name) == named


@pytest.mark.parametrize("name", ["9月", "2026-09", "202609", "2026年9月", "Sep", "2025年10月"])
def test_a_sheet_of_another_month_is_not_read(tmp_path: Path, name: str) -> None:
    """Fails when the tab of September counts for October, or is left out without a word."""
    found = take(xlsx(tmp_path / "考勤.xlsx", **{name: LATER, "10月": HOURS}))
    assert [part.sheet for part in found.sheets] == ["10月"]
    (told,) = [each for each in found.problems if each.code == "sheet_of_another_month"]
    assert (told.severity, told.subject) == ("warning", name)
    assert f"工作表“{name}”写明是另一个月，没有读取" in told.zh and f"sheet {name!r} is of another month" in told.en


def test_a_file_of_another_month_alone_is_an_error(tmp_path: Path) -> None:
    """Fails when a month's only file is left out and it is said in passing."""
    found = take(xlsx(tmp_path / "考勤.xlsx", **{"9月": HOURS}))
    assert not found.sheets
    assert [(each.code, each.severity) for each in found.problems] == [("sheet_of_another_month", "error")]


@pytest.mark.parametrize("name", ["10月", "2026-10", "9-10月", "Oct", "考勤"])
def test_a_sheet_of_its_month_or_of_none_is_read(tmp_path: Path, name: str) -> None:
    """Fails when a sheet of the month asked for is left out."""
    found = take(xlsx(tmp_path / "考勤.xlsx", **{name: HOURS}))
    assert [part.sheet for part in found.sheets] == [name]
    assert "sheet_of_another_month" not in codes(found)


def test_where_rows_say_their_month_the_name_says_nothing(tmp_path: Path) -> None:
    """Fails when rows with a month of their own are lost by the name of their sheet."""
    rows = [("工号", "月份", "出勤工时"), ("1001", "2026-10", "160")]
    found = take(xlsx(tmp_path / "考勤.xlsx", **{"9月": rows}))
    assert found.sheets[0].accepted["month"].to_list() == ["2026-10"]
    assert take(xlsx(tmp_path / "考勤.xlsx", **{"9月": HOURS}), period=None).sheets


@pytest.mark.parametrize(
    ("name", "named"),
    [
        ("考勤2026-09", {(2026, 9)}),
        ("考勤202609", {(2026, 9)}),
        ("9月考勤", {(None, 9)}),
        # what was exported in September cannot hold October
        ("考勤2026-09-30", {(2026, 9)}),
        ("考勤20260930", {(2026, 9)}),
        # of September, exported in October
        ("2026-09考勤_导出2026-10-05", {(2026, 9)}),
        ("考勤2026-10-05", set()),
        ("考勤20261103", set()),
        ("考勤_2026年11月3日导出", set()),
        ("考勤11月3日", set()),
        ("考勤2026-12", {(2026, 12)}),
        ("考勤202611", {(2026, 11)}),
        ("考勤2026-09-26至2026-10-25", {(2026, 9), (2026, 10)}),
        ("考勤20260926-20261025", {(2026, 9), (2026, 10)}),
        ("考勤2026.9.26-10.25", {(2026, 9), (2026, 10)}),
        ("考勤2026.12.26-1.25", {(2026, 12), (2027, 1)}),
        ("五月花店_考勤", set()),
        ("考勤", set()),
    ],
)
def test_the_months_that_a_file_says_it_is_of(name: str, named: set[tuple[int | None, int]]) -> None:
    """Fails when the day of an export is taken for the month of a file, or a month of its own is not seen."""
    assert months_of_file(name, OCTOBER, ["五月花店"]) == named


@pytest.mark.parametrize("name", ["考勤2026-09.csv", "2026-10/一店/9月考勤.csv", "考勤20260930.csv"])
def test_a_file_named_after_another_month_is_not_read(name: str) -> None:
    """Fails when September's hours count for October because their file was put into October's folder."""
    found = take(csv(HOURS), name=name)
    assert not found.sheets
    (told,) = found.problems
    assert (told.code, told.severity) == ("sheet_of_another_month", "error")
    stem = Path(name).stem
    assert told.zh == (
        f"文件名“{stem}”写明是另一个月，没有读取：表中没有月份列，会记为 2026-10；请放到那个月再交，或加上月份列"
    )
    assert told.en == (
        f"by its name {stem!r} the file is of another month and was not read: it has no column for the month and would "
        "count for 2026-10; hand it in for that month, or add the column"
    )


@pytest.mark.parametrize(
    "name", ["考勤2026-10-05.csv", "考勤2026-11-03.csv", "10月考勤（11月3日导出）.csv", "考勤.csv"]
)
def test_the_day_of_an_export_leaves_a_file_in_its_month(name: str) -> None:
    """Fails when a file is left out because it was exported in the month after."""
    found = take(csv(HOURS), name=name)
    assert len(found.sheets) == 1 and "sheet_of_another_month" not in codes(found)


def test_a_tab_of_its_month_speaks_before_the_name_of_the_file(tmp_path: Path) -> None:
    """Fails when the October tab of a workbook begun in September is left out."""
    assert take(xlsx(tmp_path / "考勤2026-09.xlsx", **{"10月": HOURS})).sheets


def test_rows_with_days_of_their_own_count_whatever_their_file_is_called() -> None:
    """Fails when orders of October are lost by a name that was left as it was."""
    found = take(csv([HEADER, order()]), name="2026-10/维修工单2026-09.csv")
    assert [part.months for part in found.sheets] == [("2026-10",)]


def test_an_empty_file_of_another_month_does_not_say_that_there_was_nothing(tmp_path: Path) -> None:
    """Fails when September's file without rows makes October a month without orders."""
    (told,) = take(csv([HEADER, ("", "", "", "")]), name="2026-10/维修工单2026-09.csv").problems
    assert told.code == "sheet_of_another_month"
    assert "表中没有数据，会当作 2026-10 没有发生" in told.zh
    assert "it has no rows and would say of 2026-10 that there was nothing" in told.en
    found = take(xlsx(tmp_path / "工单.xlsx", **{"9月": [HEADER], "10月": [HEADER, order()]}))
    assert [part.sheet for part in found.sheets] == ["10月"]
    assert take(csv([HEADER]), name="2026-10/维修工单2026-10.csv").sheets


def test_a_store_named_like_a_month_is_no_month() -> None:
    """Fails when everything that 五月花店 hands in is taken for May's."""
    people = [("1001", "张三", "五月花店", None, None, None), *PEOPLE]
    found = take(csv(HOURS), name="五月花店_考勤.csv", roster=roster(people), period=Month(2026, 10))
    assert len(found.sheets) == 1
