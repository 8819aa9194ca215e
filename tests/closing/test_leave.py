"""Leave from file to figure: what the law protects is not due, what contradicts is told, nothing is lost.

T1 of 朝阳店 is due for 160 hours in October 2026, as is everybody else of the workshops.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.leave_taken import leave_taken
from fairwrench.closing.month import Closed
from fairwrench.ledger.batches.records import Upload
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from tests.catalog.metric_library import load_metrics
from tests.closing.small import (
    CHAOYANG,
    HAIDIAN,
    LINEAR,
    OCTOBER,
    SEPTEMBER,
    SOURCES,
    TECHNICIAN,
    Group,
    document,
    frame,
)
from tests.closing.test_coverage import line
from tests.engines.landed import at

WORKERS = ("T1", "T2", "T3", "T4", "T5")


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group with everything of October but attendance and leave."""
    return everything_but_leave(tmp_path)


def everything_but_leave(folder: Path) -> Group:
    """The group with everything of October but attendance and leave."""
    made = Group(folder / "ledger")
    made.land_month(OCTOBER)
    return made


def with_rate(metric: str = "attendance_rate") -> Scheme:
    """The scheme with an attendance rate of the library on the technicians' card."""
    whole = document()
    whole["metrics"][metric] = load_metrics("people")[metric].model_dump(mode="json", exclude_none=True)
    item = {"metric": metric, "category": "key", "weight": "20", "curve": LINEAR}
    whole["scorecards"]["technician"]["items"] = [*TECHNICIAN[:2], item, *TECHNICIAN[3:]]
    return Scheme.model_validate(whole)


def at_work(group: Group, hours: str = "160", person: str = "T1") -> None:
    """Everybody's attendance: 160 of 160 hours, but of one person `hours`."""
    rows = [
        {"employee_id": each, "month": "2026-10", "store": HAIDIAN if each in ("T3", "T5") else CHAOYANG}
        | {"scheduled_hours": Decimal(160), "attended_hours": Decimal(hours if each == person else 160)}
        for each in WORKERS
    ]
    group.land("attendance", rows, OCTOBER)


def leave(
    kind: str = "annual", hours: str = "16", *, begins: str = "2026-10-12", ends: str = "2026-10-13", **more: Any
) -> dict[str, Any]:
    """Two days of T1, unless said otherwise."""
    times = {"begins_at": at(begins), "ends_at": at(ends)}
    row = {"employee_id": "T1", "month": "2026-10", "store": CHAOYANG, "kind": kind, "hours": Decimal(hours)}
    return {**row, **times, **more}


def nothing_of(group: Group, month: Month) -> None:
    """朝阳店 hands in leave of a month without a row: nobody was away."""
    upload = Upload(f"{month}/leave.csv", f"no leave in {month}".encode())
    group.ledger.land("leave", SOURCES["leave"], frame("leave", []), upload, period=month, stores=[CHAOYANG], by="ann")


def closed(group: Group, *rows: dict[str, Any], metric: str = "attendance_rate") -> Closed:
    """October with these leaves."""
    if rows:
        group.land("leave", rows, OCTOBER)
    return Book(group.office, with_rate(metric)).close(OCTOBER)


def rate(done: Closed, person: str = "T1", item: str = "attendance_rate") -> tuple[str, int | None, int | None]:
    """State, hours attended and hours due of a person's item, in hundredths."""
    found = line(done, person, item)
    return found["state"], found["numerator"], found["denominator"]


def told(done: Closed) -> list[Problem]:
    return [problem for problem in done.settlement.problems if problem.subject == "leave"]


@pytest.mark.parametrize(
    "kind", ["annual", "maternity", "paternity", "marriage", "bereavement", "work_injury", "time_off"]
)
def test_protected_leave_is_not_due(group: Group, kind: str) -> None:
    """Fails when two days of a leave that the law protects make 144 of 160 hours, which is 90 %."""
    at_work(group, "144")
    assert rate(closed(group, leave(kind))) == ("counted", 14400, 14400)


@pytest.mark.parametrize("kind", ["sick", "personal", "overtime"])
def test_other_kinds_change_nothing(group: Group, kind: str) -> None:
    """Fails when personal leave, or hours worked late, are taken off what was due."""
    at_work(group, "144")
    assert rate(closed(group, leave(kind))) == ("counted", 14400, 16000)


def test_sick_leave_is_excused_where_the_scheme_says_so(group: Group) -> None:
    """Fails when a store's rule on sick leave needs other code: 8 of 16 missed hours were sick leave."""
    at_work(group, "144")
    done = closed(group, leave("sick", "8"), metric="attendance_rate_sick_excused")
    assert rate(done, item="attendance_rate_sick_excused") == ("counted", 14400, 15200)


@pytest.mark.parametrize(
    ("attended", "hours", "due"),
    [
        ("144", "40", 14400),  # 16 hours are lacking, so 24 of the leave are too many
        ("160", "16", 16000),
        ("168", "16", 16000),  # hours worked late stay 105 %, as without leave
        ("150.50", "9.50", 15050),
    ],
)
def test_leave_lifts_nobody_above_full(group: Group, attended: str, hours: str, due: int) -> None:
    """Fails when leave that was worked through, or written twice, makes more than 100 % of somebody."""
    at_work(group, attended)
    assert rate(closed(group, leave(hours=hours))) == ("counted", int(Decimal(attended) * 100), due)


def test_several_leaves_of_one_person_add_up(group: Group) -> None:
    """Fails when a second leave makes a second row of attendance, or is left out."""
    at_work(group, "136")
    more = leave("marriage", "8", begins="2026-10-20", ends="2026-10-20")
    done = closed(group, leave(), more, leave(employee_id="T5", store=HAIDIAN))
    assert rate(done) == ("counted", 13600, 13600)
    assert rate(done, "T2") == ("counted", 16000, 16000)


def test_leave_of_another_month_takes_nothing_off(group: Group) -> None:
    """Fails when September's leave excuses October's absence."""
    at_work(group, "144")
    group.land("leave", [leave(month="2026-09", begins="2026-09-14", ends="2026-09-15")], SEPTEMBER)
    nothing_of(group, OCTOBER)
    assert rate(closed(group)) == ("counted", 14400, 16000)


@pytest.mark.parametrize("ends", ["2026-09-15", "2026-10-09"])
def test_a_month_of_a_store_that_hands_leave_in_is_waited_for(group: Group, ends: str) -> None:
    """Fails when October's file that never came means that nobody of 朝阳店 was on leave, and 16 of 160 hours are lost;
    or when a leave of September that ends in October is taken for October's file."""
    at_work(group, "144")
    group.land("leave", [leave(month="2026-09", begins="2026-09-14", ends=ends)], SEPTEMBER, stores=[CHAOYANG])
    done = closed(group)
    found = line(done, "T1", "attendance_rate")
    assert (found["state"], found["cause"], found["lacks"]) == ("held", "not_handed_in", "leave")
    # 海淀店 never handed leave in, and hands none in
    assert rate(done, "T5") == ("counted", 16000, 16000)


def test_a_file_without_rows_says_that_nobody_was_away(group: Group) -> None:
    """Fails when a store waits for ever once nobody takes leave."""
    at_work(group, "144")
    group.land("leave", [leave(month="2026-09", begins="2026-09-14", ends="2026-09-15")], SEPTEMBER)
    nothing_of(group, OCTOBER)
    assert rate(closed(group)) == ("counted", 14400, 16000)


def test_leave_of_a_later_month_is_not_waited_for(group: Group) -> None:
    """Fails when the months before a store began to hand leave in wait for it."""
    at_work(group, "144")
    group.land("leave", [leave(month="2026-11", begins="2026-11-02", ends="2026-11-03")], Month(2026, 11))
    assert rate(closed(group)) == ("counted", 14400, 16000)


def test_without_any_leave_all_is_as_before(group: Group) -> None:
    """Fails when a store that never hands leave in waits for it, or reads other hours."""
    at_work(group, "144")
    done = closed(group)
    assert rate(done) == ("counted", 14400, 16000)
    assert told(done) == []


def test_a_file_whose_rows_were_rejected_is_waited_for(group: Group) -> None:
    """Fails when leave that came and could not be read counts as no leave, and lowers the score."""
    at_work(group, "144")
    table = frame("leave", [])
    upload = Upload("2026-10/leave.csv", b"all rejected")
    group.ledger.land("leave", SOURCES["leave"], table, upload, period=OCTOBER, stores=[], refused=[CHAOYANG], by="ann")
    done = closed(group)
    found = line(done, "T1", "attendance_rate")
    assert (found["state"], found["cause"], found["lacks"]) == ("held", "all_rejected", "leave")
    assert rate(done, "T5") == ("counted", 16000, 16000)


def test_a_corrected_leave_counts_once(group: Group) -> None:
    """Fails when the hours of a leave handed in again are added to those of before."""
    at_work(group, "144")
    group.land("leave", [leave(hours="4")], OCTOBER)
    assert rate(closed(group, leave(hours="8"))) == ("counted", 14400, 15200)


POOL = {
    "draw": {"metric": "output", "rate": "0.05"},
    "split": {"technician": "100"},
    "within": ["attendance"],
    "attendance": "attendance_rate",
}


def pooled(group: Group, *rows: dict[str, Any]) -> list[int | None]:
    """The shares of T1 to T4, the technicians of 朝阳店, of a pool split by attendance alone."""
    if rows:
        group.land("leave", rows, OCTOBER)
    whole = with_rate().model_dump(mode="json", by_alias=True)
    done = Book(group.office, Scheme.model_validate({**whole, "pools": {"bonus": POOL}})).close(OCTOBER)
    pay = dict(done.settlement.pay.select("employee_id", "pool_pay").iter_rows())
    return [pay[person] for person in ("T1", "T2", "T3", "T4")]


@pytest.mark.parametrize(("hours", "away"), [("80", "80"), ("0", "160")])
def test_protected_leave_lowers_no_share_of_a_pool(group: Group, hours: str, away: str) -> None:
    """Fails when half a month, or all of it, on maternity leave lessens the share, or holds everybody's."""
    at_work(group, hours)
    shares = pooled(group, leave("maternity", away, begins="2026-10-01", ends="2026-10-31"))
    assert None not in shares
    # four equal claims; the fen that is left goes to the smaller number
    assert max(map(int, filter(None, shares))) - min(map(int, filter(None, shares))) <= 1


def test_personal_leave_lowers_the_share_as_before(group: Group) -> None:
    """Fails when whoever was away for reasons of their own gets the share of somebody at work: 80 of 160 hours."""
    at_work(group, "80")
    first, second, *_ = pooled(group, leave("personal", "80", begins="2026-10-01", ends="2026-10-15"))
    assert first is not None and second is not None
    assert abs(2 * first - second) <= 2


def test_nothing_due_without_leave_is_not_known_to_be_leave(group: Group) -> None:
    """Fails when a sheet that says 0 of 0 hours earns a full share although nobody handed leave in."""
    rows = [
        {"employee_id": each, "month": "2026-10", "store": CHAOYANG, "attended_hours": Decimal(due)}
        | {"scheduled_hours": Decimal(due)}
        for each, due in (("T1", 0), ("T2", 160), ("T3", 160), ("T4", 160))
    ]
    group.land("attendance", rows, OCTOBER)
    assert pooled(group) == [None] * 4


# What is left of time off


def worked_late(month: str, hours: str, kind: str = "overtime", person: str = "T1") -> dict[str, Any]:
    """Overtime, or time off, of the third of a month."""
    return leave(kind, hours, employee_id=person, month=month, begins=f"{month}-03 18:00", ends=f"{month}-03 21:00")


def test_time_off_is_what_overtime_earned_less_what_was_taken(group: Group) -> None:
    """Fails when a month of the year is left out, an older or a later one counts, or somebody else's.

    8 + 3.50 hours earned, 4 taken in October: 7.50 left; October 2025 is a year and a day ago, November not over.
    """
    at_work(group)
    rows = [worked_late("2025-10", "20"), worked_late("2025-11", "8"), worked_late("2026-10", "4", "time_off")]
    rows += [worked_late("2026-09", "3.50"), worked_late("2026-09", "9", person="T2"), worked_late("2026-11", "50")]
    for row in rows:
        group.land("leave", [row, leave(month=row["month"])], Month.parse(row["month"]))
    done = closed(group)
    taken = leave_taken("T1", group.office, done.seal)
    assert taken is not None
    assert (taken.earned, taken.used, taken.left) == (Decimal("11.50"), Decimal("4.00"), Decimal("7.50"))
    # nobody handed in December to August: what was earned or taken then is not known
    assert taken.handed_in == ("2025-11", "2026-09", "2026-10")
    assert taken.lacking == ("2025-12", *(f"2026-0{month}" for month in range(1, 9)))
    # annual leave stands in the list, and in no balance
    assert {*taken.rows["kind"]} == {"overtime", "time_off", "annual"}
    nobody = leave_taken("A2", group.office, done.seal)
    assert nobody is not None and (nobody.rows.height, nobody.left) == (0, Decimal(0))


def test_a_month_that_was_not_handed_in_has_no_balance(group: Group) -> None:
    """Fails when October that never came counts as a month without overtime and time off."""
    at_work(group)
    group.land("leave", [worked_late("2026-09", "8")], SEPTEMBER, stores=[CHAOYANG])
    taken = leave_taken("T1", group.office, closed(group).seal)
    assert taken is not None
    assert (taken.left, taken.handed_in) == (None, ("2026-09",)) and "2026-10" in taken.lacking


def test_the_balance_of_a_settled_month_stays(group: Group) -> None:
    """Fails when overtime told later changes what a settled month says was left at its end."""
    at_work(group)
    done = closed(group, worked_late("2026-10", "8"))
    group.land("leave", [worked_late("2026-10", "2")], Month.parse("2026-11"))
    taken = leave_taken("T1", group.office, done.seal)
    assert taken is not None and taken.left == Decimal("8.00")


def test_more_time_off_than_earned_is_below_nothing(group: Group) -> None:
    """Fails when what somebody owes is shown as nothing."""
    at_work(group)
    done = closed(group, worked_late("2026-10", "4", "time_off"))
    taken = leave_taken("T1", group.office, done.seal)
    assert taken is not None and taken.left == Decimal("-4.00")


def test_without_leave_there_is_no_balance(group: Group) -> None:
    """Fails when a group that hands no leave in shows everybody a balance of 0."""
    at_work(group)
    assert leave_taken("T1", group.office, closed(group).seal) is None
