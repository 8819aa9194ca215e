"""What is told of leave: what contradicts something, what does not count, whom it is lacking, and where rows lie."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import polars as pl
import pytest

from fairwrench.closing.check.added_up import added_up
from fairwrench.closing.check.tracing import rows_behind
from fairwrench.closing.leave_taken import leave_taken
from fairwrench.closing.month import Closed
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.intake.rejection import REJECTED
from fairwrench.settlement.explain.explain import explain
from fairwrench.settlement.problem import Problem
from tests.closing.small import CHAOYANG, HAIDIAN, OCTOBER, PEOPLE, SEPTEMBER, SOURCES, Group, frame, roster
from tests.closing.test_leave import (
    at_work,
    closed,
    everything_but_leave,
    leave,
    nothing_of,
    rate,
    told,
    with_rate,
    worked_late,
)


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group with everything of October but attendance and leave."""
    return everything_but_leave(tmp_path)


def one(done: Closed, code: str) -> Problem:
    (problem,) = told(done)
    assert (problem.code, problem.severity, problem.details["people"]) == (code, "warning", "T1")
    return problem


def test_overlapping_leaves_are_told(group: Group) -> None:
    """Fails when one day counts as annual and as marriage leave, and nobody sees it."""
    at_work(group, "136")
    problem = one(
        closed(group, leave(), leave("marriage", "8", begins="2026-10-13", ends="2026-10-13")), "leave_overlaps"
    )
    assert "有 1 条请假与本人的另一条请假时间重叠" in problem.zh and "张一（T1） 婚假 10-13 至 10-13" in problem.zh
    assert "1 leave shares time with another of the same person" in problem.en


@pytest.mark.parametrize(
    ("first", "second"),
    [
        (("2026-10-12 09:00", "2026-10-12 12:00"), ("2026-10-12 13:30", "2026-10-12 18:00")),
        (("2026-10-12", "2026-10-13"), ("2026-10-14", "2026-10-14")),
        (("2026-10-12 09:00", "2026-10-12 12:00"), ("2026-10-12 12:00", "2026-10-13")),
    ],
)
def test_leaves_beside_each_other_are_no_overlap(group: Group, first: tuple[str, str], second: tuple[str, str]) -> None:
    """Fails when a morning and an afternoon, or a day and the day after, are called the same time."""
    at_work(group, "144")
    rows = [leave(kind, "8", begins=times[0], ends=times[1]) for kind, times in (("annual", first), ("sick", second))]
    assert told(closed(group, *rows)) == []


def test_a_short_leave_within_a_long_one_is_found_behind_another(group: Group) -> None:
    """Fails when only neighbours are compared: the third lies within the first, not within the second."""
    at_work(group, "40")
    rows = [
        leave("sick", "80", begins="2026-10-05", ends="2026-10-20"),
        leave("annual", "8", begins="2026-10-06", ends="2026-10-06"),
        leave("personal", "8", begins="2026-10-19", ends="2026-10-19"),
    ]
    assert "有 2 条请假" in one(closed(group, *rows), "leave_overlaps").zh


def in_columns(kind: str = "annual", hours: str = "16") -> dict[str, object]:
    """Leave of T1 that stood in a column of the attendance sheet."""
    return leave(kind, hours, begins="2026-10-01", ends="2026-10-31", month_alone=True)


def test_leave_of_a_month_alone_counts_and_shares_time_with_nothing(group: Group) -> None:
    """Fails when two kinds in columns of the attendance sheet, both of the whole month, are told to overlap."""
    at_work(group, "136")
    done = closed(group, in_columns(), in_columns("marriage", "8"), leave("sick", "0"))
    assert told(done) == []
    assert rate(done) == ("counted", 13600, 13600)


def test_leave_in_columns_and_in_a_file_of_its_own_is_asked_about(group: Group) -> None:
    """Fails when 16 hours of the attendance sheet and 16 of the leave file count as 32 and nobody is told."""
    at_work(group, "120")
    problem = one(closed(group, in_columns(), leave()), "leave_twice")
    assert "有 1 人的 1 项请假或加班在考勤表的列里有，在请假表里也有，两处都计了" in problem.zh
    assert "张一（T1） 年假 考勤表 16.00、请假表 16.00 小时" in problem.zh
    assert "1 kind of leave or overtime of 1 person stands both in" in problem.en


def test_leave_beside_attendance_of_the_same_hours_is_told(group: Group) -> None:
    """Fails when 150 hours attended and 16 of leave, of 160 due, go by unseen."""
    at_work(group, "150")
    problem = one(closed(group, leave()), "leave_over_attendance")
    assert "张一（T1） 150.00＋16.00，应出勤 160.00" in problem.zh
    assert "1 person has more hours attended and on leave than scheduled" in problem.en


def test_overtime_is_no_leave_beside_attendance(group: Group) -> None:
    """Fails when everybody who worked late and earned time off is told every month."""
    at_work(group)
    assert told(closed(group, leave("overtime", "6", begins="2026-10-12 18:00", ends="2026-10-12 21:00"))) == []


def test_leave_after_the_last_day_is_told(tmp_path: Path) -> None:
    """Fails when somebody who left on the 20th has leave from the 19th to the 21st, and nobody looks."""
    people = [{**person, **({"to": "2026-10-20"} if person["id"] == "T1" else {})} for person in PEOPLE]
    group = Group(tmp_path / "ledger", people=roster(people))
    group.land_month(OCTOBER)
    at_work(group, "144")
    rows = [
        leave(begins="2026-10-12", ends="2026-10-12", hours="8"),
        leave("sick", "8", begins="2026-10-19", ends="2026-10-21"),
    ]
    problem = one(closed(group, *rows), "leave_out_of_service")
    assert "有 1 条请假落在离职之后或入职之前：张一（T1） 病假 10-19 至 10-21" in problem.zh


def test_who_moved_within_the_month_has_not_left(group: Group) -> None:
    """Fails when the end of one assignment is taken for the end of service: T3 moved on the 16th."""
    at_work(group, "144", "T3")
    rows = [leave(employee_id="T3", begins="2026-10-19", ends="2026-10-20", store=HAIDIAN)]
    assert told(closed(group, *rows)) == []


def test_leave_of_another_month_is_told(group: Group) -> None:
    """Fails when leave of September handed in with October's files excuses October without a word."""
    at_work(group, "144")
    done = closed(group, leave(begins="2026-09-14", ends="2026-09-15"))
    assert "没有一天在本月，没有计入" in one(done, "leave_of_other_month").zh
    assert rate(done) == ("counted", 14400, 16000)


def test_august_lifts_no_october(group: Group) -> None:
    """Fails when 744 hours of August fill what is lacking in October, or its overtime is October's to take."""
    at_work(group, "120")
    august = {"begins": "2026-08-01", "ends": "2026-08-31"}
    done = closed(group, leave(hours="744", **august), leave("overtime", "9", **august))
    assert rate(done) == ("counted", 12000, 16000)
    one(done, "leave_of_other_month")
    taken = leave_taken("T1", group.office, done.seal)
    assert taken is not None and taken.left == Decimal(0)


@pytest.mark.parametrize(
    ("said", "code", "due"),
    [
        ({"approval": "approved"}, "", 14400),
        ({"approval_state": "approved", "approval": None}, "", 14400),
        ({"approval": "refused", "approval_state": "approved"}, "leave_refused", 16000),
        ({"approval": "approved", "approval_state": "withdrawn"}, "leave_refused", 16000),
        ({"approval_state": "pending"}, "leave_pending", 16000),
    ],
)
def test_only_approved_leave_counts(group: Group, said: dict[str, str | None], code: str, due: int) -> None:
    """Fails when leave that was refused, taken back or never answered is protected like any other."""
    at_work(group, "144")
    done = closed(group, leave(**said))
    assert rate(done) == ("counted", 14400, due)
    assert [problem.code for problem in told(done)] == ([code] if code else [])
    if code:
        assert "张一（T1） 年假 10-12 至 10-13" in one(done, code).zh


def test_a_file_without_approvals_counts_as_before(group: Group) -> None:
    """Fails when a file that says nothing of approval waits for the column, or its leave counts for nothing."""
    at_work(group, "144")
    upload = Upload("2026-10/leave.csv", b"no column of approval")
    lacking = ["approval", "approval_state", "hours_in"]
    group.ledger.land(
        "leave", SOURCES["leave"], frame("leave", [leave()]), upload,
        period=OCTOBER, stores=[CHAOYANG], absent=lacking, by="ann",
    )  # fmt: skip
    assert rate(closed(group)) == ("counted", 14400, 14400)


def test_time_off_that_nobody_approved_is_not_taken(group: Group) -> None:
    """Fails when time off that was refused is taken off the balance, or overtime that was refused earns some."""
    at_work(group)
    refused = {"approval": "refused"}
    rows = [worked_late("2026-10", "8"), {**worked_late("2026-10", "3", "time_off"), **refused}]
    other = leave("overtime", "5", begins="2026-10-20 18:00", ends="2026-10-20 21:00", **refused)
    taken = leave_taken("T1", group.office, closed(group, *rows, other).seal)
    assert taken is not None and (taken.earned, taken.used) == (Decimal("8.00"), Decimal(0))
    assert taken.rows.height == 3


@pytest.mark.parametrize("rest", [False, True])
def test_leave_that_goes_on_and_has_no_row_is_told(group: Group, rest: bool) -> None:
    """Fails when the October part of a leave from 28 September to 9 October is forgotten, and lowers the score."""
    at_work(group, "144")
    times = {"begins": "2026-09-28", "ends": "2026-10-09"}
    group.land("leave", [leave("maternity", "24", month="2026-09", **times)], SEPTEMBER)
    nothing_of(group, OCTOBER)
    done = closed(group, *([leave("maternity", "16", **times)] if rest else []))
    if rest:
        assert told(done) == [] and rate(done) == ("counted", 14400, 14400)
    else:
        one(done, "leave_goes_on")


def test_people_on_no_roster_stop_nothing(group: Group) -> None:
    """Fails when leave of somebody whom nobody knows breaks the month; such rows are told as those of strangers."""
    at_work(group, "144")
    stranger = leave(employee_id=None, begins="2026-10-26", ends="2026-10-26")
    assert rate(closed(group, leave(), stranger)) == ("counted", 14400, 14400)


def half_read(group: Group, *names: str, file: str = "2026-10/leave.csv", rejected: Sequence[str] = ()) -> None:
    """朝阳店's leave of October with a row for each of `names`; rows of `rejected` were turned away."""
    rows = frame("leave", [leave(employee_id=name) for name in names])
    gone = pl.DataFrame(
        {"row": range(2, 2 + len(rejected)), "code": "blank", "person": list(rejected)}, schema_overrides=REJECTED
    )
    upload = Upload(file, f"{names} {rejected}".encode())
    group.ledger.land(
        "leave", SOURCES["leave"], rows, upload,
        period=OCTOBER, stores=[CHAOYANG], rejected=gone, counts={"rejected": len(rejected)}, by="ann",
    )  # fmt: skip


def named(done: Closed) -> list[str]:
    """The people who are told to lack rows of leave."""
    return [problem.details["people"] for problem in told(done) if problem.code == "people_turned_away"]


def test_whoever_lost_a_row_of_leave_is_named(group: Group) -> None:
    """Fails when a rejected row of maternity leave lowers a score, and only a line about the file tells of it."""
    at_work(group, "144")
    half_read(group, "T2", rejected=["T1"])
    done = closed(group)
    assert named(done) == ["T1"]
    (problem,) = [problem for problem in told(done) if problem.code == "people_turned_away"]
    assert "张一（T1）" in problem.zh and "1 person has rejected rows of Leave" in problem.en


@pytest.mark.parametrize("file", ["2026-10/leave_rejected.xlsx", "2026-10/leave.csv"])
def test_whoever_was_made_good_is_named_no_more(group: Group, file: str) -> None:
    """Fails when mended rows, or the whole file handed in again, leave the warning behind for ever."""
    at_work(group, "144")
    half_read(group, "T2", rejected=["T1"])
    half_read(group, "T1", file=file)
    assert named(closed(group)) == []


def test_a_mended_row_of_somebody_else_names_still(group: Group) -> None:
    """Fails when any later file takes the warning away."""
    at_work(group, "144")
    half_read(group, "T2", rejected=["T1", "T4"])
    half_read(group, "T4", file="2026-10/leave_rejected.xlsx")
    assert named(closed(group)) == ["T1"]


def test_the_rows_of_a_total_are_traced(group: Group) -> None:
    """Fails when 8 hours of protected leave lead to no row of leave, or to one that does not count."""
    at_work(group, "144")
    rows = [leave(hours="8"), leave("personal", "8", begins="2026-10-20", ends="2026-10-20")]
    done = closed(group, *rows, leave(employee_id="T2"))
    tree = explain(done.settlement, "T1", "attendance_rate", sources=SOURCES)
    below = next(step for _, step in tree.walk() if step.rows and step.rows[0].part == "denominator")
    (behind,) = added_up(below.rows[0], SOURCES, group.office.engine.dialect)
    found = rows_behind(behind, group.office.as_sealed(done.seal), done.seal, with_rate())
    assert found.select("employee_id", "kind", "hours").rows() == [("T1", "annual", Decimal("8.00"))]
