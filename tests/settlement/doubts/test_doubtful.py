"""Figures that count and can hardly be meant are told: far from their target, or with nothing beneath them."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.settle import Settlement
from tests.settlement.inputs.test_recorded_inputs import line, told
from tests.settlement.month_fixtures import METRICS, STEPS, World, measure, october_world, position, scheme

FULL = {"of": "value", "piecewise": [["0.90", "60"], ["0.98", "100"], ["1.00", "130"]]}
LATE = {
    "late": {
        **{"name": {"zh": "迟到", "en": "Times late"}, "better": "lower", "unit": "times"},
        "numerator": measure("attendance", "employee_id", "month", "sum(late_times)"),
    }
}


def hours(*items: dict[str, Any], **changes: Any) -> Any:
    """A scheme of technicians who are scored by attendance, against a target of 98 %, and by `items`."""
    card = [{"metric": "attendance", "category": "key", "weight": "60", "target": "0.98", "curve": FULL}, *items]
    cards = {"technician": {"items": card}}
    positions = {"service_advisor": position("desk", "profit", None)}
    return scheme(scorecards=cards, metrics={**METRICS, **LATE}, positions=positions, **changes)


def attend(made: World, scheduled: str, attended: dict[str, str], **more: int) -> World:
    """Rows of attendance laid on a month: the hours that each person was there, of so many each."""
    for person, there in attended.items():
        amounts = {"scheduled_hours": Decimal(scheduled), "attended_hours": Decimal(there)}
        made.add("attendance", employee_id=person, month="2026-10", store="朝阳店", **amounts, **more)
    return made


def world(scheduled: str, attended: dict[str, str], **more: int) -> World:
    """The people of October with their hours."""
    return attend(october_world(), scheduled, attended, **more)


def one(settled: Settlement, code: str) -> Problem:
    (problem,) = told(settled, code)
    assert problem.severity == "warning"
    return problem


def test_a_plain_month_has_nothing_doubtful(tmp_path: Path) -> None:
    """Fails when a month like any other brings warnings that nobody reads any more."""
    settled = october_world().settled(tmp_path)
    assert told(settled, "implausible") == told(settled, "nothing_beneath") == []


def test_one_person_far_above_the_target_is_told_and_scored_all_the_same(tmp_path: Path) -> None:
    """Fails when 952 % of the scheduled hours are 130 points without a word (1676 ÷ 176 = 9.5227…)."""
    settled = world("176", {"T1": "1676", "T2": "176", "T3": "172"}).settled(tmp_path, hours())
    problem = one(settled, "implausible")
    assert "“出勤率”有 1 个数比目标高 5 倍以上，请核对单位（小时/分钟、元/万元、百分比）和目标值：" in problem.zh
    assert "张一（T1） 952.27 %（目标 98 %）" in problem.zh
    assert "1 figure of Attendance is more than 5 times the target; " in problem.en
    assert problem.en.endswith("张一 (T1) 952.27 % (target 98 %)")
    assert problem.details == {"about": "张一 (T1)"}
    assert line(settled, "T1", "attendance")["points"] == 13000


def test_exactly_five_times_the_target_is_not_above_it(tmp_path: Path) -> None:
    """Fails when the bound is not where it is said to be: 4.90 is 5 × 0.98."""
    five = world("100", {"T1": "490", "T2": "98", "T3": "98"})
    assert told(five.settled(tmp_path / "a", hours()), "implausible") == []
    more = world("100", {"T1": "490.01", "T2": "98", "T3": "98"})
    assert one(more.settled(tmp_path / "b", hours()), "implausible").details == {"about": "张一 (T1)"}


def test_a_target_in_another_unit_than_the_figure(tmp_path: Path) -> None:
    """Fails when 30 orders of 1,234.50 yuan against a target of 3.6 are full marks without a word."""
    october = october_world()
    october.rows["targets"] = []
    october.target("T1", "output", "3.6")
    assert "张一 (T1) 37,035.00 (target 3.60)" in one(october.settled(tmp_path), "implausible").en


@pytest.mark.parametrize(
    ("attended", "told_of"),
    [
        # 22 days for everybody: 12.5 % each
        ({"T1": "22", "T2": "22", "T3": "22"}, "张一 (T1), 李二 (T2), 赵三 (T3)"),
        # two of three are most of them
        ({"T1": "22", "T2": "22", "T3": "176"}, "张一 (T1), 李二 (T2)"),
        # one may have been ill all month
        ({"T1": "22", "T2": "172", "T3": "176"}, None),
        # nothing at all is no unit
        ({"T1": "0", "T2": "0", "T3": "0"}, None),
    ],
)
def test_most_people_far_below_the_target(tmp_path: Path, attended: dict[str, str], told_of: str | None) -> None:
    """Fails when days for hours are 12.5 % for everybody without a word, or one bad month is told as a wrong unit."""
    settled = world("176", attended).settled(tmp_path, hours())
    assert [problem.details["about"] for problem in told(settled, "implausible")] == [told_of] * (told_of is not None)
    if told_of:
        assert "less than a part in 5 of the target" in one(settled, "implausible").en


@pytest.mark.parametrize(("times", "count"), [(40, 0), (41, 3)])
def test_where_lower_is_better_only_most_of_them_far_beyond_the_target(tmp_path: Path, times: int, count: int) -> None:
    """Fails when 41 times late against a target of 2 is taken as it is, or none at all is too good to be true."""
    item = {"metric": "late", "category": "key", "weight": "40", "target": "2", "curve": STEPS}
    made = world("176", {"T1": "176", "T2": "176", "T3": "176"}, late_times=times)
    found = told(made.settled(tmp_path, hours(item)), "implausible")
    assert [problem.details["about"].count("T") for problem in found] == [count] * bool(count)


def test_something_with_nothing_beneath_is_told(tmp_path: Path) -> None:
    """Fails when 176 hours attended of 0 scheduled lose their weight without a word."""
    made = attend(world("0", {"T1": "176", "T2": "0"}), "176", {"T3": "172"})
    settled = made.settled(tmp_path, hours())
    assert line(settled, "T1", "attendance")["cause"] == "no_occasion"
    problem = one(settled, "nothing_beneath")
    assert "“出勤率”有 1 处分母为 0 而分子不为 0" in problem.zh and problem.zh.endswith("张一（T1）")
    assert "1 figure with nothing beneath and something above, which is scored as no occasion" in problem.en
    assert problem.details == {"about": "张一 (T1)"}


def test_who_takes_the_value_of_the_department_is_told_all_the_same(tmp_path: Path) -> None:
    """Fails when a figure with nothing beneath hides behind the department's."""
    made = attend(world("0", {"T1": "176"}), "176", {"T2": "172", "T3": "172"})
    card = [{"metric": "attendance", "category": "key", "weight": "100", "curve": FULL, "when_thin": "unit"}]
    desk = {"service_advisor": position("desk", "profit", None)}
    settled = made.settled(tmp_path, scheme(scorecards={"technician": {"items": card}}, positions=desk))
    assert line(settled, "T1", "attendance")["cause"] == "unit"
    assert one(settled, "nothing_beneath").details == {"about": "张一 (T1)"}
