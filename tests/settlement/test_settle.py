"""The whole way from evidence to yuan, against months worked out by hand, and what must hold for every month."""

from __future__ import annotations

import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.csv_export import tables
from fairwrench.settlement.measure.values import value_at
from fairwrench.settlement.settle import Settlement
from tests.settlement.casebook import cases
from tests.settlement.month_fixtures import ADVISOR, STORE, TECHNICIAN, World, october_world, scheme


def rows_of(settled: Settlement, table: str) -> dict[Any, dict[str, Any]]:
    """The rows of a contract file by employee (and item)."""
    found = tables(settled)[f"{table}.csv"].to_dicts()
    return {(row["employee_id"], row["item"]) if table == "items" else row["employee_id"]: row for row in found}


def fits(row: dict[str, Any], expected: dict[str, Any]) -> None:
    """Every expected cell; numbers are compared as numbers, null is empty."""
    for column, wanted in expected.items():
        shown = row[column]
        if wanted is None or shown is None or isinstance(wanted, str):
            assert shown == wanted, (row, column)
        else:
            assert Decimal(shown) == wanted, (row, column)


def score(settled: Settlement, person: str) -> int | None:
    found = settled.totals.filter(pl.col("employee_id") == person)["score"]
    return None if found[0] is None else int(found[0])


def line(settled: Settlement, person: str, item: str) -> dict[str, Any]:
    found = settled.lines.filter((pl.col("employee_id") == person) & (pl.col("item") == item))
    return found.row(0, named=True)


@cases("months", "october")
def test_a_month_worked_out_by_hand(case: dict[str, Any], tmp_path: Path) -> None:
    """Fails when a figure of somebody's month is not the one that a pocket calculator gives."""
    expected, settled = case["expected"], World.of(case["given"]).settled(tmp_path)
    assert set(rows_of(settled, "totals")) == set(expected["totals"])
    for person, row in expected["totals"].items():
        fits(rows_of(settled, "totals")[person], row)
    shown = rows_of(settled, "items")
    assert set(shown) == {(person, item) for person, items in expected["items"].items() for item in items}
    for person, items in expected["items"].items():
        for item, row in items.items():
            fits(shown[person, item], row)
    for person, row in expected["pay"].items():
        fits(rows_of(settled, "pay")[person], row)


@cases("months", "october")
def test_every_level_adds_up(case: dict[str, Any], tmp_path: Path) -> None:
    """Fails when a department, team, store or the group is anything but the sum of its people's rows."""
    settled = World.of(case["given"]).settled(tmp_path)
    found = settled.found
    assert found is not None
    for level in case["expected"]["levels"]:
        metric = found.scheme.metrics[level["metric"]]
        value = value_at(level["metric"], metric, level["level"], found).filter(pl.col("unit") == level["unit"])
        assert value.select("numerator", "denominator").rows() == [(level["numerator"], level["denominator"])], level


def test_the_order_of_rows_says_nothing(october: World, tmp_path: Path) -> None:
    """Fails when the same evidence in another order, or with other row numbers, gives another byte."""
    october.decision("deduction", "T1", value="12.50", reason="损坏工具")
    october.decision("deduction", "T1", value="7.50", reason="丢失钥匙")
    october.exempted("repair_orders", f"{STORE}|R0030", "on_time")
    plain = written(october.settled(tmp_path / "plain"))
    orders: list[Callable[[list[Any]], list[Any]]] = [
        lambda rows: rows[::-1],
        lambda rows: random.Random(3).sample(rows, len(rows)),
    ]
    for number, order in enumerate(orders):
        assert written(october.reordered(order).settled(tmp_path / str(number))) == plain


def written(settled: Settlement) -> dict[str, str]:
    return {name: frame.write_csv() for name, frame in tables(settled).items()}


def test_a_source_that_was_not_handed_in_is_held_and_never_zero(october: World, tmp_path: Path) -> None:
    """Fails when missing complaints count as "no complaints", which would earn the best points."""
    october.missing = frozenset({"complaints"})
    settled = october.settled(tmp_path)
    for person in ("T1", "T2"):
        held = line(settled, person, "complaints")
        assert (held["state"], held["cause"], held["points"]) == ("held", "not_handed_in", None)
        assert score(settled, person) is None
        pay = rows_of(settled, "pay")[person]
        assert (pay["performance_pay"], pay["total"]) == (None, None)
    # the advisor's card does not read complaints
    assert score(settled, "A1") == 8843


def test_every_source_missing_leaves_everybody_incomplete(october: World, tmp_path: Path) -> None:
    """Fails when a month of which nothing was handed in gives anybody a score or a yuan of performance pay."""
    empty = World(roster=october.roster, missing=frozenset(october.rows))
    settled = empty.settled(tmp_path)
    assessed = settled.totals.filter(pl.col("reason").is_null())
    assert set(assessed["state"]) == {"incomplete"}
    assert settled.pay["performance_pay"].null_count() == settled.pay.height


def test_a_missing_item_may_be_dropped_and_the_others_reweighed(october: World, tmp_path: Path) -> None:
    """Fails when a dropped item's weight still divides, as if it had brought no points."""
    items = [{**item, "when_missing": "reweigh"} if item.get("metric") == "complaints" else item for item in TECHNICIAN]
    october.missing = frozenset({"complaints"})
    settled = october.settled(tmp_path, scheme(scorecards={"technician": {"items": items}}))
    # (110.00 × 40 + 102.88 × 30 + 105.00 × 20) ÷ 90 = 9586.40 ÷ 90 = 106.5155… → 106.52; + 3.00 = 109.52
    assert score(settled, "T1") == 10952
    fits(rows_of(settled, "items")["T1", "complaints"], {"weight": 0, "points": None, "note": "not_handed_in"})


def test_thin_evidence_is_reweighed(october: World, tmp_path: Path) -> None:
    """Fails when four orders decide 40 % of somebody's score although the scheme calls fewer than five thin."""
    few = World(october.roster, {**october.rows, "repair_orders": []})
    few.orders("T1", "2026-10-08", finished=4, on_time=0, labour="9000.00")
    settled = few.settled(tmp_path)
    # both rates are thin: output 36000 ÷ 36000 → 100.00 × 30 and teamwork 105.00 × 20 over 50 = 102.00; + 3.00
    assert score(settled, "T1") == 10500
    assert line(settled, "T1", "on_time")["cause"] == "thin"
    # four valid complaints could not be told from one: neither counts
    assert line(settled, "T1", "complaints")["cause"] == "thin"


def test_a_sum_without_rows_is_a_true_zero(october: World, tmp_path: Path) -> None:
    """Fails when somebody without output is said to be missing, or shown without the figure 0."""
    idle = World(october.roster, {**october.rows, "repair_orders": []})
    idle.orders("T1", "2026-10-08", finished=30, on_time=29)
    settled = idle.settled(tmp_path)
    fits(
        rows_of(settled, "items")["T2", "output"], {"numerator": Decimal(0), "value": Decimal(0), "points": Decimal(0)}
    )


def test_an_item_may_read_the_department_or_the_team(october: World, tmp_path: Path) -> None:
    """Fails when an item of a department or team reads other people's rows, or a mover's rows at the wrong desk."""
    items = [
        {**ADVISOR[0], "of": "department", "weight": "100"},
    ]
    manager = [{**ADVISOR[0], "of": "team", "weight": "60"}, {**ADVISOR[1], "of": "group", "weight": "40"}]
    positions = {"workshop_manager": {"scorecard": "manager"}}
    cards = {"advisor": {"items": items}, "manager": {"items": manager}}
    october.target("group", "output", 80000)
    settled = october.settled(tmp_path, scheme(scorecards=cards, positions=positions))
    # the desk: the four orders that T2 finished while there, 3 on time
    desk = line(settled, "A1", "on_time")
    assert (desk["unit"], desk["numerator"], desk["denominator"]) == (f"{STORE}|desk", 3, 4)
    assert desk["cause"] == "thin"
    led = line(settled, "M1", "on_time")
    assert (led["unit"], led["numerator"], led["denominator"]) == ("M1", 54, 60)
    # 54/60 = 0.90: 60 + 40 × 0.10 ÷ 0.15 = 86.67; the group's output as worked out for A1: 100.30
    # (86.67 × 60 + 100.30 × 40) ÷ 100 = 92.122 → 92.12
    assert score(settled, "M1") == 9212


def test_a_month_with_nobody_to_assess(tmp_path: Path) -> None:
    """Fails when an empty store, or one whose people are all left out, ends in an error."""
    world = World()
    world.person("T4", "孙四", "technician", "workshop", salary=2800, status="probation")
    settled = world.settled(tmp_path)
    assert settled.lines.is_empty()
    assert rows_of(settled, "totals")["T4"]["reason"] == "probation"


def test_people_of_a_settlement_are_those_of_the_roster(october: World, tmp_path: Path) -> None:
    """Fails when somebody in service is silently left out of totals, or anybody stands there twice."""
    settled = october.settled(tmp_path)
    assert settled.totals["employee_id"].to_list() == sorted({row["employee_id"] for row in october.roster})
    assert set(settled.pay["employee_id"]) == set(settled.totals["employee_id"])


def test_forced_ranks_grade_but_never_open_a_plan(october: World, tmp_path: Path) -> None:
    """Fails when the second of four good people gets a plan because half of them had to be at D (S1 ❺ 5.5)."""
    october.rating("T3", "teamwork", "M1", level="良好")
    shares = {"A": "0", "B": "0", "C": "50", "D": "50", "E": "0"}
    grades = {grade: {"share": share} for grade, share in shares.items()}
    forced = scheme(distribution={"mode": "forced", "pool": "store", "min_pool": 4}, bands={"grades": grades})
    history = [("2026-09", person, "settled", 8000, "D") for person in ("T2", "A1")]
    settled = october.settled(tmp_path, forced, history=history)
    found = settled.totals.drop_nulls("score").select("employee_id", "score", "band", "grade").rows()
    # T3 (130.00 × 40 + 55.75 × 30 + 130.00 × 10 + 105.00 × 20) ÷ 100 = 102.725 → 102.73; two at C, two at D
    expected = [("A1", 8843, "D", "D"), ("T1", 10686, "B", "C"), ("T2", 9651, "C", "D"), ("T3", 10273, "C", "C")]
    assert found == expected
    # both were at D before; only A1's own score is at D again
    assert settled.standing.select("employee_id", "event").rows() == [("A1", "improvement_plan")]


@pytest.fixture
def october() -> World:
    """The hand-worked October, to be changed by a test."""
    return october_world()
