"""What would lift somebody: the smallest changes, checked by really settling the changed month.

Where the text says "settled again", the rows themselves are changed and the whole month is settled anew; nothing of the
code under test is used for that.
"""

from __future__ import annotations

import copy
from dataclasses import replace
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.explain.lift import Lift, lifts
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import FINISHED, TECHNICIAN, World, october_world, scheme

LABOUR = {**FINISHED, "value": "sum(labour_amount)"}


@pytest.fixture
def october() -> World:
    """With T5: 40 orders of 500.00, 33 of them on time, 4 valid complaints."""
    world = october_world()
    world.person("T5", "钱七", "technician", "workshop", manager="M1", salary=3000)
    world.orders("T5", "2026-10-12", finished=40, on_time=33, labour="500.00")
    for day in (13, 14, 15, 16):
        world.complaint("T5", f"2026-10-{day}", valid=True)
    world.rating("T5", "teamwork", "M1", level="合格")
    world.payroll("T5", "3000.00")
    world.target("T5", "output", 25000)
    return world


def changed(world: World, person: str, item: str, change: int) -> World:
    """The month as it would be with so many orders more in time, complaints fewer, or yuan more."""
    world = replace(world, rows=copy.deepcopy(world.rows))
    if item == "complaints":
        valid = [row for row in world.rows["complaints"] if row["responsible"] == person and row["valid"]]
        for row in valid[: -change or None] if change else []:
            row["valid"] = False
        return world
    orders = [row for row in world.rows["repair_orders"] if row["technician"] == person]
    if item == "output":
        orders[0]["labour_amount"] += change
        return world
    late = [row for row in orders if row["finished_at"] > row["first_promised_at"]]
    for row in late[:change]:
        row["finished_at"] = row["first_promised_at"]
    return world


def month(settled: Settlement, person: str, item: str) -> tuple[int, int, str, int | None]:
    """Points of the item, score, grade, performance pay."""
    total = settled.totals.filter(pl.col("employee_id") == person).row(0, named=True)
    line = settled.lines.filter((pl.col("employee_id") == person) & (pl.col("item") == item)).row(0, named=True)
    pay = settled.pay.filter(pl.col("employee_id") == person)["performance_pay"][0]
    return line["points"], total["score"], total["grade"], pay


def helps(goal: str, now: tuple[Any, ...], then: tuple[Any, ...]) -> bool:
    if goal == "grade":
        return bool(then[2] < now[2])
    place = {"points": 0, "pay": 3}[goal]
    return bool(then[place] is not None and then[place] > now[place])


def found(world: World, folder: Path, person: str, under: Scheme | None = None) -> tuple[Settlement, list[Lift]]:
    settled = world.settled(folder / "now", under)
    return settled, lifts(settled, world.people(), person)


@pytest.mark.parametrize("item", ["on_time", "complaints"])
def test_a_lift_is_the_smallest_change_and_brings_what_it_says(october: World, tmp_path: Path, item: str) -> None:
    """Fails when a smaller change would do, a promised gain does not come, or a possible one is not told.

    Every change from none to all is settled again.
    """
    settled, gains = found(october, tmp_path, "T5")
    now = month(settled, "T5", item)
    room, sign = {"on_time": (7, 1), "complaints": (4, -1)}[item]
    every = {
        change: month(changed(october, "T5", item, sign * change).settled(tmp_path / str(change)), "T5", item)
        for change in range(1, room + 1)
    }
    mine = {gain.goal: gain for gain in gains if gain.item == item}
    for goal in ("points", "grade", "pay"):
        smallest = next((change for change, then in every.items() if helps(goal, now, then)), None)
        gain = mine.get(goal)
        assert (abs(gain.change) if gain else None) == smallest, (goal, gain)
        if gain and smallest:
            then = every[smallest]
            assert gain.change == sign * smallest
            assert (now[0] + gain.points, now[1] + gain.score, gain.grade) == then[:3]
            assert now[3] is not None and gain.pay is not None and now[3] + gain.pay == then[3]
    # more of the good never brings less
    scores = [now[1], *(then[1] for then in every.values())]
    assert scores == sorted(scores)


def test_a_lift_of_a_sum_is_minimal_to_the_yuan(october: World, tmp_path: Path) -> None:
    """Fails when a yuan less would have done, or the yuan told do not do."""
    settled, gains = found(october, tmp_path, "T5")
    now = month(settled, "T5", "output")
    goals = {gain.goal: gain for gain in gains if gain.item == "output"}
    assert set(goals) == {"points", "grade", "pay"}
    for goal, gain in goals.items():
        here = changed(october, "T5", "output", gain.change).settled(tmp_path / f"{goal}-here")
        before = changed(october, "T5", "output", gain.change - 1).settled(tmp_path / f"{goal}-before")
        then = month(here, "T5", "output")
        assert helps(goal, now, then), gain
        assert not helps(goal, now, month(before, "T5", "output")), gain
        assert (now[0] + gain.points, now[1] + gain.score, gain.grade) == then[:3]


def test_nothing_more_can_be_had_from_a_full_item(october: World, tmp_path: Path) -> None:
    """Fails when somebody at the top of a curve is told to do more of it."""
    october.rating("T3", "teamwork", "M1", level="良好")
    _, gains = found(october, tmp_path, "T3")
    # ten of ten on time and no complaint: only the output of 12345.00 can grow
    assert {gain.item for gain in gains} == {"output"}


def test_the_best_pay_comes_first(october: World, tmp_path: Path) -> None:
    """Fails when the list does not begin with what brings most."""
    _, gains = found(october, tmp_path, "T5")
    amounts = [gain.pay or 0 for gain in gains]
    assert amounts == sorted(amounts, reverse=True)
    assert len({(gain.item, gain.goal) for gain in gains}) == len(gains)


@pytest.mark.parametrize("person", ["T4", "X9", "M1"])
def test_who_is_not_settled_is_not_lifted(october: World, tmp_path: Path, person: str) -> None:
    """Fails when somebody incomplete, left out or unknown is promised anything."""
    assert found(october, tmp_path, person)[1] == []


def test_an_incomplete_person_is_promised_nothing(tmp_path: Path) -> None:
    """Fails when a score that is not known yet is predicted."""
    assert found(october_world(), tmp_path, "T3")[1] == []


def test_pay_that_is_not_settled_is_not_promised(october: World, tmp_path: Path) -> None:
    """Fails when yuan are told of a commission that nobody handed in."""
    october.rows["payroll"] = []
    _, gains = found(october, tmp_path, "T5")
    assert {gain.goal for gain in gains} == {"points", "grade"}
    assert {gain.pay for gain in gains} == {None}


def test_each_card_is_lifted_by_its_own_curve(october: World, tmp_path: Path) -> None:
    """Fails when the same metric on another card, with another curve, decides what lifts."""
    flat = {"of": "value", "piecewise": [["0.00", "130"], ["1.00", "130"]]}
    first = [{"metric": "on_time", "category": "key", "weight": "100", "curve": flat}]
    under = scheme(
        scorecards={"aaa_first": {"items": first}, "technician": {"items": TECHNICIAN}},
        positions={"service_advisor": {"scorecard": "aaa_first"}},
    )
    cards = {"aaa_first": under.scorecards["aaa_first"], **under.scorecards}
    _, gains = found(october, tmp_path, "T5", under.model_copy(update={"scorecards": cards}))
    assert "on_time" in {gain.item for gain in gains}


def test_points_set_by_an_appeal_are_not_worked_out_again(october: World, tmp_path: Path) -> None:
    """Fails when a change is told that the decision would swallow."""
    october.decision("appeal_points", "T5", item="complaints", value="90")
    settled, gains = found(october, tmp_path, "T5")
    assert "complaints" not in {gain.item for gain in gains}
    for gain in gains:
        if gain.item == "on_time":
            again = changed(october, "T5", "on_time", gain.change).settled(tmp_path / gain.goal)
            assert month(again, "T5", "on_time")[1] == month(settled, "T5", "on_time")[1] + gain.score


def test_a_total_set_by_an_appeal_cannot_be_lifted(october: World, tmp_path: Path) -> None:
    """Fails when somebody whose total was decided is promised that it will move."""
    october.decision("appeal_score", "T5", value="95")
    assert found(october, tmp_path, "T5")[1] == []


def test_a_decided_grade_is_not_promised_anew(october: World, tmp_path: Path) -> None:
    """Fails when a grade that was decided is told to become what the score alone would give."""
    october.decision("appeal_grade", "T5", item="A")
    _, gains = found(october, tmp_path, "T5")
    assert {gain.goal for gain in gains} == {"points", "pay"}
    assert {gain.grade for gain in gains} == {"A"}


def test_points_off_for_lateness_stay_off(october: World, tmp_path: Path) -> None:
    """Fails when the grade told would only be reached without the confirmed lateness."""
    under = scheme(cycle={"lateness": {"effect": "points"}})
    october.decision("confirm_fine", "T5", value="4")
    settled, gains = found(october, tmp_path, "T5", under)
    gain = next(gain for gain in gains if gain.item == "on_time" and gain.goal == "grade")
    again = changed(october, "T5", "on_time", gain.change).settled(tmp_path / "again", under)
    assert month(again, "T5", "on_time")[1:3] == (month(settled, "T5", "on_time")[1] + gain.score, gain.grade)


def test_a_plan_with_the_score_as_factor_grows_with_it(october: World, tmp_path: Path) -> None:
    """Fails when the yuan told are less than what the plan would really pay."""
    plan = {
        "lines": {"labour": {"measure": LABOUR, "tiers": [["1000", "0.02"], ["15000", "0.03"]]}},
        "factors": [{"attainment": "output", "cap": "1.00"}, {"score": True, "cap": "1.20"}],
    }
    october.target("朝阳店", "output", 90000)
    under = scheme(pay={"commission": {"technician": plan}})
    settled, gains = found(october, tmp_path, "T5", under)
    gain = next(gain for gain in gains if gain.item == "on_time" and gain.goal == "grade")
    again = changed(october, "T5", "on_time", gain.change).settled(tmp_path / "again", under)
    now, then = month(settled, "T5", "on_time"), month(again, "T5", "on_time")
    assert now[3] is not None and gain.pay is not None and then[3] == now[3] + gain.pay


def test_decimals_of_both_sides_are_kept_apart(october: World, tmp_path: Path) -> None:
    """Fails when one hour more of a ratio of hours counts as a hundredth, or a hundred, of one."""
    hours = {"name": {"zh": "效率", "en": "Efficiency"}, "better": "higher", "unit": "percent"}
    top = {**FINISHED, "value": "sum(labour_amount)"}
    metrics = {"efficiency": {**hours, "numerator": top, "denominator": FINISHED}}
    linear = {"of": "value", "piecewise": [["400", "60"], ["600", "130"]]}
    items = [{"metric": "efficiency", "category": "key", "weight": "100", "curve": linear}]
    under = scheme(metrics=metrics, scorecards={"technician": {"items": items}})
    settled, gains = found(october, tmp_path, "T5", under)
    gain = next(gain for gain in gains if gain.goal == "points")
    # 20000.00 ÷ 40 = 500: 95 points; a point is 40 × 200 ÷ 70 = 114.3 yuan, so a hundredth of one 1.14, and the first
    # half of it, which rounds up, 0.57
    assert month(settled, "T5", "efficiency")[0] == 9500
    assert (gain.change, gain.points) == (1, 1)
    again = changed(october, "T5", "output", gain.change).settled(tmp_path / "again", under)
    assert month(again, "T5", "efficiency")[0] == 9500 + gain.points


def test_what_is_neither_more_nor_less_is_left_alone(october: World, tmp_path: Path) -> None:
    """Fails when a metric that is best inside a band is told to grow without end."""
    band = {"name": {"zh": "均价", "en": "Mean amount"}, "better": "band", "unit": "money"}
    metrics = {"mean": {**band, "numerator": LABOUR, "denominator": FINISHED}}
    curve = {"of": "value", "band": {"low": "550", "high": "600", "inside": "100", "per": "1", "floor": "0"}}
    items = [{"metric": "mean", "category": "key", "weight": "100", "curve": curve}]
    _, gains = found(october, tmp_path, "T5", scheme(metrics=metrics, scorecards={"technician": {"items": items}}))
    assert gains == []


def test_the_month_of_these_tests(october: World, tmp_path: Path) -> None:
    """Fails when T5's month is not what the tests say it is: an E with room above in three items."""
    settled = october.settled(tmp_path)
    # 33/40 = 0.825: 66.67; 20000 ÷ 25000 = 0.80: 50; 4/40 = 0.10: 50; 合格: 90
    # (66.67 × 40 + 50 × 30 + 50 × 10 + 90 × 20) ÷ 100 = 64.668 → 64.67
    assert month(settled, "T5", "on_time")[:3] == (6667, 6467, "E")
    assert Decimal(month(settled, "T5", "on_time")[3] or 0) == 3000 * Decimal("64.67")
