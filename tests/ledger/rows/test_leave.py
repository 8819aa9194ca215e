"""Leave at intake: kinds in the words that people export, whole days, hours that are never guessed from days."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import csv, roster

CATALOG = load_sources()
HEAD = ("发起人工号", "发起人姓名", "请假类型", "开始时间", "结束时间", "时长")
#: the kinds that attendance knows, in words that people use
KINDS = {
    "年假": "annual",
    "病假": "sick",
    "事假": "personal",
    "产假": "maternity",
    "陪产假": "paternity",
    "婚假": "marriage",
    "丧假": "bereavement",
    "工伤": "work_injury",
    "调休": "time_off",
    "加班": "overtime",
    "年假（法定）": "annual",
    "年假(法定)": "annual",
    "哺乳假": "nursing",
    "产检假": "prenatal",
    "育儿假": "childcare",
    "陪护假": "paternity",
    "独生子女护理假": "family_care",
    "探亲假": "home_visit",
    "节育假": "family_planning",
    "公假": "civic",
    "出差": "on_duty",
}


def leave(kind: str = "年假", begins: str = "2026-10-12", ends: str = "2026-10-13", hours: str = "16") -> tuple:
    """A row of somebody in service below HEAD."""
    return ("1001", "张三", kind, begins, ends, hours)


def handed(*rows: Sequence[str], head: Sequence[str] = HEAD) -> Intake:
    """A file of leave handed in for October by the first store, recognised among all kinds of files."""
    found = intake(
        csv([head, *rows]),
        sources=CATALOG,
        roster=roster(),
        period=Month(2026, 10),
        name="请假记录.csv",
        placed_store="一店",
    )
    (sheet,) = found.sheets
    assert sheet.source == "leave"
    return sheet


@pytest.mark.parametrize(("word", "kind"), KINDS.items())
def test_every_kind_is_known_by_its_word(word: str, kind: str) -> None:
    """Fails when a kind of leave that the law protects is turned away, and its hours count as absence."""
    row = handed(leave(word)).accepted.row(0, named=True)
    assert (row["employee_id"], row["month"], row["kind"], row["hours"]) == ("1001", "2026-10", kind, Decimal("16.00"))


def test_a_kind_nobody_knows_is_rejected_and_said() -> None:
    """Fails when leave of an unknown kind is dropped without a word, or taken for another kind."""
    sheet = handed(leave("出海假"), leave("年假"))
    assert sheet.accepted["kind"].to_list() == ["annual"]
    assert sheet.rejected.height == 1


def test_days_without_times_are_whole_days_and_nothing_to_tell() -> None:
    """Fails when whoever writes leave by days is warned of every row."""
    sheet = handed(leave(), leave(begins="2026-10-20", ends="2026-10-20", hours="8"))
    assert [problem.code for problem in sheet.problems if problem.code == "day_without_time"] == []
    # local midnight of 12 October in Shanghai
    assert sheet.accepted["begins_at"].to_list()[0] == datetime(2026, 10, 11, 16, tzinfo=UTC)


@pytest.mark.parametrize(
    ("head", "rows", "why"),
    [
        ((*HEAD[:5], "时长(天)"), [leave(hours="2")], "a day has as many hours as the store says"),
        (HEAD, [leave(hours="")], "empty hours would protect nothing"),
        (HEAD, [leave(begins="2026-10-13", ends="2026-10-12")], "it ends before it begins"),
        (HEAD, [leave(hours="-8")], "hours below zero"),
    ],
)
def test_what_cannot_be_meant_is_rejected(head: Sequence[str], rows: list[tuple], why: str) -> None:
    """Fails when days are taken for hours, or a wrong cell counts as leave."""
    sheet = handed(*rows, leave(begins="2026-10-26", ends="2026-10-26", hours="8"), head=head)
    assert 2 in sheet.rejected["row"].to_list(), why


def test_two_half_days_of_one_day_are_asked_about() -> None:
    """Fails when a morning and an afternoon written by the day alone count once, or are told as one row too many."""
    half = leave(ends="2026-10-12", hours="4")
    sheet = handed(half, half, leave(begins="2026-10-20", ends="2026-10-20", hours="8"))
    assert sheet.accepted["hours"].to_list() == [Decimal("8.00")]
    assert sheet.rejected["row"].to_list() == [2, 3] and {*sheet.rejected["code"]} == {"same_day"}
    assert "第 2、3 行是同一人同一天的同一项，只写了日期" in sheet.rejected["reason"][0]
    assert sheet.rejected["person"].to_list() == ["1001", "1001"]


def test_half_days_of_different_hours_or_ends_are_asked_about() -> None:
    """Fails when 4 hours and 3.5 hours of a day are told to be one row that says two things."""
    sheet = handed(leave(ends="2026-10-12", hours="4"), leave(hours="3.5"))
    assert {*sheet.rejected["code"]} == {"same_day"}


def test_half_days_with_their_times_add_up() -> None:
    """Fails when a morning and an afternoon with times are taken for one."""
    morning = leave(begins="2026-10-12 08:30", ends="2026-10-12 12:00", hours="4")
    afternoon = leave(begins="2026-10-12 13:30", ends="2026-10-12 17:30", hours="4")
    sheet = handed(morning, afternoon, afternoon)
    assert sheet.accepted["hours"].to_list() == [Decimal("4.00")] * 2
    assert sheet.counts["ignored_duplicate"] == 1, "a row that stands twice to the minute is one"


APPROVED = (*HEAD, "审批结果", "审批状态")


@pytest.mark.parametrize(
    ("outcome", "state", "read"),
    [
        ("同意", "已完成", ("approved", "approved")),
        ("拒绝", "已完成", ("refused", "approved")),
        ("", "审批中", (None, "pending")),
        ("同意", "已撤销", ("approved", "withdrawn")),
        ("审批通过", "通过后撤销", ("approved", "withdrawn")),
    ],
)
def test_what_became_of_a_request_is_read(outcome: str, state: str, read: tuple[str | None, str | None]) -> None:
    """Fails when the words of 企业微信 or 钉钉 reject the row, or are passed over."""
    row = handed((*leave(), outcome, state), head=APPROVED).accepted.row(0, named=True)
    assert (row["approval"], row["approval_state"]) == read


def test_a_refused_request_gives_way_to_the_one_made_anew() -> None:
    """Fails when leave asked for again after a refusal is rejected as a contradiction."""
    rows = [(*leave(), "拒绝", "已完成"), (*leave(), "同意", "已完成")]
    sheet = handed(*rows, head=APPROVED)
    assert sheet.accepted["approval"].to_list() == ["approved"]
    assert (sheet.rejected["row"].to_list(), sheet.rejected["code"].to_list()) == ([2], ["given_way"])


def test_days_told_in_a_column_of_units_are_asked_for_in_hours() -> None:
    """Fails when 2 days count as 2 hours because the unit stands in a column of its own."""
    sheet = handed((*leave(hours="2"), "天"), (*leave("事假", hours="8"), "小时"), head=(*HEAD, "时长单位"))
    assert sheet.accepted["hours"].to_list() == [Decimal("8.00")]
    assert sheet.rejected["row"].to_list() == [2]
