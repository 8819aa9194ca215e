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
#: the ten kinds that attendance knows
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
