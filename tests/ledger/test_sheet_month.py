"""Sheets named after a month. What would break: September's hours count for October because they lie in its folder."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairwrench.ledger.sheet_month import months_named
from tests.ledger.handed import codes, take, xlsx

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
