"""Work that is booked on a team, from file to figure: split by the shares of the row's day, and never silently lost.

In October 2026 钣喷一组 of 朝阳店 finished an order of 10 000 yuan on the 8th and one of 6 000 on the 20th. Without it
T1 put out 15 001 yuan (14 000 and eleven times 0 + 1 + … + 13), T2 15 100, T4 15 298.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.check.tracing import days_of_person, rows_behind
from fairwrench.closing.month import Closed
from fairwrench.settlement.explain.explain import RowsBehind
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.team_names import reads_as_team, team_id
from tests.closing.small import CHAOYANG, HAIDIAN, OCTOBER, PEOPLE, SEPTEMBER, Group, document, roster
from tests.closing.test_coverage import line
from tests.engines.landed import at, day

TEAM = team_id(CHAOYANG, "钣喷一组")
FIRST = {"T1": "0.5", "T2": "0.3", "T4": "0.2"}
SECOND = {"T1": "0.6", "T2": "0.4"}
AUGUST = SEPTEMBER.plus(-1)


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """October with the two orders of the team."""
    made = Group(tmp_path / "ledger")
    made.land_month(OCTOBER)
    made.land("repair_orders", [order("8", 10_000), order("20", 6_000)], OCTOBER, [CHAOYANG])
    return made


def order(on: str, labour: int, **more: Any) -> dict[str, Any]:
    """An order of the team, finished on a day of October, in time."""
    opened, finished = at(f"2026-10-{on.zfill(2)} 09:00"), at(f"2026-10-{on.zfill(2)} 17:00")
    facts = {"vin": f"V-{on}", "kind": "body", "advisor": "A1", "technician": TEAM, "opened_at": opened}
    times = {"finished_at": finished, "delivered_at": finished, "first_promised_at": finished}
    return {"ro_no": f"B{on}", "store": CHAOYANG, "labour_amount": Decimal(labour), **facts, **times, **more}


def shares(group: Group, given: Mapping[str, str | None], begin: str | None = None, month: Any = OCTOBER) -> None:
    """The team leader confirms shares that hold from a day of the month, its first unless said otherwise."""
    rows = [
        {"month": str(month), "store": CHAOYANG, "team": "钣喷一组", "employee_id": who or None}
        | {"share": Decimal(share or 0), "begin": day(begin) if begin else month.first}
        for who, share in given.items()
    ]
    group.land("team_shares", rows, month, [CHAOYANG])


def closed(group: Group, **changes: Any) -> Closed:
    return Book(group.office, Scheme.model_validate(document(**changes))).close(OCTOBER)


def output(done: Closed, person: str, item: str = "output") -> Decimal | str:
    """What somebody put out in yuan, or why that is not known."""
    found = line(done, person, item)
    if found["numerator"] is None or found["state"] != "counted":
        return str(found["cause"])
    return Decimal(found["numerator"]).scaleb(-found["numerator_digits"])


def told(done: Closed) -> list[Problem]:
    return [problem for problem in done.settlement.problems if problem.code.startswith("team_")]


def test_what_a_team_did_is_split_by_the_shares_of_the_day(group: Group) -> None:
    """Fails when 10 000 and 6 000 yuan are not 5 000 + 3 600, 3 000 + 2 400 and 2 000 more."""
    shares(group, FIRST)
    shares(group, SECOND, "2026-10-11")
    done = closed(group)
    assert [output(done, who) for who in ("T1", "T2", "T4")] == [Decimal(23601), Decimal(20500), Decimal(17298)]
    assert told(done) == []


def test_a_member_counts_in_the_department_of_that_day(group: Group) -> None:
    """Fails when T4, who stood at the desk until the 10th, brings 2 000 yuan of the 8th into the workshop: there are
    15 001 + 15 100 and 14 000 of the team beside what T3 and T4 did in it themselves."""
    shares(group, FIRST)
    shares(group, SECOND, "2026-10-11")
    assert output(closed(group), "M1") == workshop_without_team(group) + 14_000


def workshop_without_team(group: Group) -> Decimal:
    """The output of the workshop where the team did nothing."""
    alone = Group(group.folder.parent / "alone")
    alone.land_month(OCTOBER)
    found = output(closed(alone), "M1")
    assert isinstance(found, Decimal)
    return found


def test_an_order_counts_by_its_share_too(group: Group) -> None:
    """Fails when an order of three is three orders: of T1's 14 orders one was late, half an order more was not."""
    shares(group, FIRST)
    shares(group, SECOND, "2026-10-11")
    found = line(closed(group), "T1", "on_time")
    assert (found["numerator"], found["denominator"], found["numerator_digits"]) == (14_100, 15_100, 3)


def test_without_shares_it_counts_for_the_store_and_nobody_and_the_members_wait(group: Group) -> None:
    """Fails when work of nobody is silently lost to those who did it: by September's shares they are known."""
    shares(group, FIRST, month=SEPTEMBER)
    done = closed(group)
    assert [output(done, who) for who in ("T1", "T2", "T4")] == ["not_shared"] * 3
    assert output(done, "T5") != "not_shared"
    (problem,) = told(done)
    assert (problem.code, "朝阳店 钣喷一组" in problem.zh, "3 名成员" in problem.zh) == ("team_unshared", True, True)
    state = done.settlement.totals.filter(pl.col("employee_id") == "T1")["state"].item()
    assert state == "incomplete"


@pytest.mark.parametrize(
    ("given", "begin", "code", "said"),
    [
        ({"T1": "0.5", "T2": "0.4"}, None, "team_shares_not_whole", "合计是 0.900"),
        ({"T1": "0.5", "T2": "0.6"}, None, "team_shares_not_whole", "合计是 1.100"),
        ({"T1": "0.5", "": "0.5"}, None, "team_shares_of_nobody", "不在花名册上"),
        (FIRST, "2026-11-01", "team_shares_outside", "2026-11-01 不在 2026-10 内"),
    ],
)
def test_shares_that_cannot_hold_are_told_and_split_nothing(
    group: Group, given: dict[str, str], begin: str | None, code: str, said: str
) -> None:
    """Fails when shares that are not the whole are paid as if they were."""
    shares(group, given, begin)
    done = closed(group)
    assert [problem.code for problem in told(done)] == [code, "team_unshared"]
    assert said in told(done)[0].zh
    assert output(done, "T1") == "not_shared"


def test_a_member_who_leaves_ends_the_shares_on_the_last_day(group: Group) -> None:
    """Fails when T2, gone since the 15th, is given a part of an order of the 20th; that of the 8th stays split."""
    people = [person | ({"to": "2026-10-14"} if person["id"] == "T2" else {}) for person in PEOPLE]
    group.people = roster(people)
    shares(group, FIRST)
    done = closed(group)
    assert [problem.code for problem in told(done)] == ["team_member_away", "team_unshared"]
    assert "2026-10-15 至 2026-10-31" in told(done)[0].zh
    shares(group, SECOND | {"T2": "0", "T4": "0.4"}, "2026-10-15")
    again = closed(group)
    # T2 is named with nothing, so the set is whole without them
    assert [output(again, who) for who in ("T1", "T4")] == [Decimal(23601), Decimal(19698)]


def test_a_member_of_another_store_has_no_part_and_the_rest_waits(group: Group) -> None:
    """Fails when T5 of the other store is paid for what a team of this one did, or waits for it."""
    shares(group, {"T1": "0.6", "T5": "0.4"})
    done = closed(group)
    assert [problem.code for problem in told(done)] == ["team_member_elsewhere", "team_unshared"]
    assert f"T5（{HAIDIAN}），不在{CHAOYANG}" in told(done)[0].zh
    assert "1 名成员" in told(done)[1].zh
    # T5 has their own fourteen orders of 2 000 yuan and some, and nothing of the team's 4 000 and 2 400
    alone = Group(group.folder.parent / "alone")
    alone.land_month(OCTOBER)
    assert (output(done, "T1"), output(done, "T5")) == ("not_shared", output(closed(alone), "T5"))


def test_a_member_has_a_part_on_the_days_in_the_store_alone(group: Group) -> None:
    """Fails when T3, of the other store until the 15th, has a part of the order of the 8th: 10 000 × 0.4 yuan."""
    shares(group, {"T1": "0.6", "T3": "0.4"})
    done = closed(group)
    assert [problem.code for problem in told(done)] == ["team_member_elsewhere", "team_unshared"]
    assert "2026-10-01 至 2026-10-15" in told(done)[0].zh
    shares(group, {"T1": "1", "T3": "0"})
    shares(group, {"T1": "0.6", "T3": "0.4"}, "2026-10-16")
    again = closed(group)
    assert told(again) == []
    # all of the 10 000 and six tenths of the 6 000, beside 15 001 of one's own
    assert output(again, "T1") == Decimal(15001 + 10_000 + 3_600)


def test_rows_behind_a_members_figure_are_the_teams_too(group: Group) -> None:
    """Fails when the orders shown behind T4's figure leave out the one that 2 000 yuan of it come from, or show one of
    days on which T4 had no share."""
    shares(group, FIRST)
    shares(group, SECOND, "2026-10-11")
    done = closed(group)
    measure = done.settlement.scheme.metrics["output"].numerator
    rows = rows_behind(
        RowsBehind("output", "numerator", measure, "person", "T4"), group.office, done.seal, done.settlement.scheme
    )
    assert rows.filter(pl.col("technician") == TEAM)["ro_no"].to_list() == ["B8"]
    assert rows.height == 15


def test_what_matures_later_is_of_who_did_the_work(group: Group) -> None:
    """Fails when a job of 20 September that lasted, or came back, counts for those who have the team's shares when its
    30 days are over, in October: T1 did it, T2 has the shares of October."""
    before = [line(closed(group), who, "one_time_fix_rate")["denominator"] for who in ("T1", "T2")]
    opened, finished = at("2026-09-20 09:00"), at("2026-09-20 17:00")
    same = {"ro_no": "B-old", "store": CHAOYANG, "technician": TEAM, "opened_at": opened, "finished_at": finished}
    told = {"vin": "V-old", "kind": "body", "advisor": "A1", "delivered_at": finished, "first_promised_at": finished}
    group.land("repair_orders", [{**same, **told, "labour_amount": Decimal(500)}], SEPTEMBER, [CHAOYANG])
    job = {"line": 1, "share": Decimal(1), "fault_system": "漆面"}
    group.land("job_lines", [{**same, **job}], SEPTEMBER, [CHAOYANG])
    shares(group, {"T1": "1"}, month=SEPTEMBER)
    shares(group, {"T2": "1"})
    after = [line(closed(group), who, "one_time_fix_rate")["denominator"] for who in ("T1", "T2")]
    assert after == [1000 * (before[0] + 1), 1000 * before[1]]


def test_shares_lacking_in_a_month_before_hold_who_could_have_a_part(group: Group) -> None:
    """Fails when October's member waits for the shares of September, in which somebody else was the team, or when the
    month in which shares are lacking is not said."""
    opened, finished = at("2026-09-20 09:00"), at("2026-09-20 17:00")
    same = {"ro_no": "B-old", "store": CHAOYANG, "technician": TEAM, "opened_at": opened, "finished_at": finished}
    about = {"vin": "V-old", "kind": "body", "advisor": "A1", "delivered_at": finished, "first_promised_at": finished}
    group.land("repair_orders", [{**same, **about, "labour_amount": Decimal(500)}], SEPTEMBER, [CHAOYANG])
    job = {"line": 1, "share": Decimal(1), "fault_system": "漆面"}
    group.land("job_lines", [{**same, **job}], SEPTEMBER, [CHAOYANG])
    shares(group, {"T2": "1"})
    done = closed(group)
    (problem,) = told(done)
    assert (problem.code, problem.details["about"]) == ("team_unshared_before", f"2026-09 {CHAOYANG} 钣喷一组")
    assert [output(done, who, "one_time_fix_rate") == "not_shared" for who in ("T1", "T2")] == [False, False]
    shares(group, {"T1": "1"}, month=AUGUST)
    done = closed(group)
    assert "1 名成员" in told(done)[0].zh
    assert [output(done, who, "one_time_fix_rate") == "not_shared" for who in ("T1", "T2")] == [True, False]


def test_rows_of_what_does_not_add_up_are_shown_whole(group: Group) -> None:
    """Fails when the orders behind a number of different cars cannot be shown, or count for who has no share."""
    shares(group, {"T1": "1", "T2": "0"})
    done = closed(group)
    cars = Measure(source="repair_orders", value="count_distinct(vin)", credit="technician", date="finished_at")
    behind = [RowsBehind("cars", "numerator", cars, "person", who) for who in ("T1", "T2")]
    found = [rows_behind(each, group.office, done.seal, done.settlement.scheme) for each in behind]
    assert [rows.filter(pl.col("technician") == TEAM)["ro_no"].to_list() for rows in found] == [["B8", "B20"], []]


def test_a_line_booked_on_somebody_else_by_a_later_file_is_told(group: Group) -> None:
    """Fails when a job put right from the team to T1 is paid to both without a word; halves of two files are whole."""
    opened, finished = at("2026-10-08 09:00"), at("2026-10-08 17:00")
    job = {"ro_no": "B8", "line": 1, "store": CHAOYANG, "opened_at": opened, "finished_at": finished}
    shares(group, FIRST)
    group.land("job_lines", [{**job, "technician": TEAM, "share": Decimal(1)}], OCTOBER, [CHAOYANG])
    halves = [{**job, "line": 2, "technician": TEAM, "share": Decimal("0.5")}]
    group.land("job_lines", halves, OCTOBER, [CHAOYANG])
    group.land("job_lines", [{**halves[0], "technician": "T1"}], OCTOBER, [CHAOYANG])
    assert [each.code for each in closed(group).settlement.problems if each.code == "told_of_several"] == []
    group.land("job_lines", [{**job, "technician": "T1", "share": Decimal(1)}], OCTOBER, [CHAOYANG])
    again = Book(group.office, Scheme.model_validate(document())).close(OCTOBER)
    (problem,) = [each for each in again.settlement.problems if each.code == "told_of_several"]
    assert (problem.details["rows"], "B8 1" in problem.zh) == ("1", True)


def test_the_evening_of_a_member_has_the_part_of_the_day(group: Group) -> None:
    """Fails when T1's 20 October lacks 6 000 × 0.6 yuan of the team, or has all of it."""
    shares(group, FIRST)
    shares(group, SECOND, "2026-10-11")
    done = closed(group)
    measure = done.settlement.scheme.metrics["output"].numerator
    asked = {"labour": measure}
    told = days_of_person(
        "T1", by_row=asked, by_day=asked, workspace=group.office, sealed=done.seal, scheme=done.settlement.scheme
    )
    own = {str(row["_day"]): row["value_labour"] for row in told.rows.to_dicts() if row["technician"] == "T1"}
    shared = {str(row["_day"]): row["value_labour"] for row in told.rows.to_dicts() if row["technician"] == TEAM}
    assert shared == {"2026-10-08": 5000, "2026-10-20": 3600}
    of_days = {row["day"]: Decimal(row["labour"]).scaleb(-2 - told.more_digits) for row in told.figures.to_dicts()}
    assert {day: of_days[day] for day in shared} == {day: own.get(day, 0) + part for day, part in shared.items()}
    assert sum(of_days.values()) == output(done, "T1")


@pytest.mark.parametrize("name", ["机电一组", "钣喷班组", "早班", "A组（东区）", "Team A", "Body Team", "机电 1 组"])
def test_names_of_teams(name: str) -> None:
    assert reads_as_team(name)


@pytest.mark.parametrize("name", ["张三", "组长", "班", "Steam", "teammate", "外援", "班超"])
def test_names_that_are_none(name: str) -> None:
    assert not reads_as_team(name)
