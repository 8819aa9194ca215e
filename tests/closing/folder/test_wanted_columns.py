"""Columns that the scheme reads and a file does not have: said before it lands, with the header that may be meant."""

from __future__ import annotations

from collections.abc import Sequence

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.closing.folder.wanted_columns import wanted_columns, with_wanted
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from tests.ledger.handed import csv, roster

SOURCES = load_sources()
WANTED = wanted_columns(load_scheme("dealership"), SOURCES)


def read(head: Sequence[str], *rows: Sequence[str]) -> Intake:
    """A file of attendance handed in for October by the first store."""
    found = intake(
        csv([head, *rows]), sources=SOURCES, roster=roster(), period=Month(2026, 10), name="一店_考勤.csv",
        placed_store="一店",
    )  # fmt: skip
    (sheet,) = found.sheets
    assert sheet.source == "attendance"
    return with_wanted(sheet, SOURCES["attendance"], WANTED)


def told(part: Intake) -> list[Problem]:
    return [problem for problem in part.problems if problem.code == "column_wanted"]


def test_what_the_scheme_reads_is_known_through_totals() -> None:
    """Fails when the hours of leave, which attendance adds up, are taken for a column that nothing reads."""
    assert {"scheduled_hours", "attended_hours"} <= {*WANTED["attendance"]}
    assert "hours" in WANTED["leave"]
    assert [text.zh for text in WANTED["attendance"]["attended_hours"]] == ["出勤率", "日均喷漆面数"]


def test_misspelt_headers_are_offered() -> None:
    """Fails when a file without any hours is accepted with a grey note, and the rate of attendance waits for it."""
    part = read(("工号", "月份", "应出勤", "实出勤小时", "仪容问题"), ("1001", "2026-10", "168", "160", "0"))
    assert part.counts["accepted"] == 1
    (problem,) = told(part)
    assert problem.severity == "warning"
    assert problem.zh.startswith("没有“应出勤工时”“实际出勤工时”这 2 列，“出勤率”“日均喷漆面数”将无法计算；")
    assert "“应出勤”是“应出勤工时”吗？“实出勤小时”是“实际出勤工时”吗？" in problem.zh
    assert "is '实出勤小时' meant for Attended hours?" in problem.en


def test_one_column_is_asked_about_in_plain_words() -> None:
    """Fails when the only missing column is asked about as one of several, or a header that is read is offered."""
    part = read(("工号", "月份", "应出勤工时", "实出勤小时", "仪容问题"), ("1001", "2026-10", "168", "160", "0"))
    (problem,) = told(part)
    assert problem.zh.startswith("没有“实际出勤工时”这一列，“出勤率”“日均喷漆面数”将无法计算；“实出勤小时”是它吗？")


def test_nothing_like_it_is_asked_for() -> None:
    """Fails when any header at all is offered for a column."""
    part = read(("工号", "月份", "应出勤工时", "备注"), ("1001", "2026-10", "168", "无"))
    (problem,) = told(part)
    assert "备注" not in problem.zh and problem.zh.endswith("请补上后再交")


@pytest.mark.parametrize("more", [(), ("备注",)])
def test_a_file_with_all_that_is_read_tells_nothing(more: Sequence[str]) -> None:
    """Fails when a column that the scheme does not read, or one that a file may lack, is asked for."""
    head = ("工号", "月份", "应出勤工时", "实际出勤工时", "仪容不合格次数", "迟到早退次数", *more)
    assert told(read(head, ("1001", "2026-10", "168", "160", "0", "0", *more))) == []


@pytest.mark.parametrize("cell", ["全勤", "一百六"])
def test_texts_in_a_column_of_numbers_are_told(cell: str) -> None:
    """Fails when 全勤 is accepted as no hours at all."""
    head = ("工号", "月份", "应出勤工时", "实际出勤工时")
    part = read(head, ("1001", "2026-10", "168", cell), ("1002", "2026-10", "168", "160"))
    assert part.rejected["value"].to_list() == [cell]
