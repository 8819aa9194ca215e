"""Commission plans and bonus pools through whole settlements, worked out in the comments (S1 ❺ 5.6; S3 壹, 貳)."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import FINISHED, STORE, World, october_world, scheme

LABOUR = {**FINISHED, "value": "sum(labour_amount)"}
PLAN = {
    "lines": {"labour": {"measure": LABOUR, "tiers": [["0", "0.02"], ["20000", "0.03"]], "reference": "house 1"}},
    "factors": [{"attainment": "output", "of": "store", "floor": "0.80", "cap": "1.20"}],
}
POOL = {
    "draw": {"metric": "output", "rate": "0.05", "gate_metric": "output", "gate_attainment": "0.90"},
    "split": {"technician": "70", "service_advisor": "30"},
    "within": ["score", "attendance"],
    "attendance": "attendance",
}


@pytest.fixture
def october() -> World:
    """T1 106.86, T2 96.51, A1 88.43; T3 is rated here and comes to 102.73. Output of the store 80 242.50 of 80 000."""
    world = october_world()
    world.rating("T3", "teamwork", "M1", level="良好")
    return world


def planned(**plan: Any) -> Scheme:
    return scheme(pay={"commission": {"technician": {**PLAN, **plan}}})


def paid(settled: Settlement, person: str) -> dict[str, Any]:
    return settled.pay.filter(pl.col("employee_id") == person).row(0, named=True)


def codes(settled: Settlement) -> set[str]:
    return {problem.code for problem in settled.problems}


def test_a_plan_works_commission_out_from_the_evidence(october: World, tmp_path: Path) -> None:
    """Fails when a tier, a factor, or the plan of the position held longest is not applied as written."""
    settled = october.settled(tmp_path, planned())
    # T1 37035.00: 20000 × 0.02 + 17035 × 0.03 = 400.00 + 511.05 = 911.05; × 80242.50/80000 = 913.8116 → 913.81;
    # × 1.0686 = 976.4973… → 976.50
    assert (paid(settled, "T1")["base"], paid(settled, "T1")["performance_pay"]) == (91381, 97650)
    # T2, an advisor for ten days: 14814.00 × 0.02 = 296.28; × 1.00303125 = 297.178 → 297.18; × 0.9651 = 286.81
    assert (paid(settled, "T2")["base"], paid(settled, "T2")["performance_pay"]) == (29718, 28681)
    # A1 has no plan: as handed in
    assert paid(settled, "A1")["base"] == 500000


def test_commission_handed_in_beside_a_plan_is_told(october: World, tmp_path: Path) -> None:
    """Fails when somebody's payroll figure is silently not used."""
    settled = october.settled(tmp_path, planned())
    (note,) = [problem for problem in settled.problems if problem.code == "commission_set_aside"]
    assert note.details["people"] == "T1, T2, T3"


def test_the_score_may_be_a_factor(october: World, tmp_path: Path) -> None:
    """Fails when a factor by score is dropped or its cap not kept."""
    settled = october.settled(tmp_path, planned(factors=[{"score": True, "cap": "1.05"}]))
    # T1 911.05 × 1.05 (of 1.0686) = 956.6025 → 956.60; T2 296.28 × 0.9651 = 285.9398… → 285.94
    assert (paid(settled, "T1")["base"], paid(settled, "T2")["base"]) == (95660, 28594)


def test_nobody_loses_the_plan_for_having_no_rows(october: World, tmp_path: Path) -> None:
    """Fails when somebody who finished nothing is said to be missing instead of earning 0.00."""
    october.person("T5", "钱七", "technician", "workshop", manager="M1", salary=3000)
    october.rating("T5", "teamwork", "M1", level="合格")
    settled = october.settled(tmp_path, planned())
    assert (paid(settled, "T5")["base"], paid(settled, "T5")["performance_pay"]) == (0, 0)
    assert paid(settled, "T5")["total"] == 300000


def test_a_plan_whose_evidence_is_missing_pays_nothing_yet(october: World, tmp_path: Path) -> None:
    """Fails when orders that nobody handed in become a commission of 0."""
    october.missing = frozenset({"repair_orders"})
    settled = october.settled(tmp_path, planned())
    assert (paid(settled, "T1")["base"], paid(settled, "T1")["total"]) == (None, None)
    assert "missing_commission" in codes(settled)


def test_a_factor_without_its_target_pays_nothing_yet(october: World, tmp_path: Path) -> None:
    """Fails when a missing target of the store counts as reached, or as missed."""
    october.rows["targets"] = [row for row in october.rows["targets"] if row["subject"] != STORE]
    assert paid(october.settled(tmp_path, planned()), "T1")["base"] is None


def test_a_factor_over_evidence_that_is_missing_is_unknown(october: World, tmp_path: Path) -> None:
    """Fails when a ratio of which one side was not handed in counts as an attainment of 0."""
    october.target(STORE, "complaints", "0.03")
    october.missing = frozenset({"complaints"})
    factors = [{"attainment": "complaints", "of": "store", "floor": "0.50"}]
    assert paid(october.settled(tmp_path, planned(factors=factors)), "T1")["base"] is None


def test_a_store_without_output_takes_the_floor(tmp_path: Path) -> None:
    """Fails when a store that handed in its orders, and had none, leaves everybody's commission open."""
    world = october_world()
    world.rows["repair_orders"] = []
    settled = world.settled(tmp_path, planned())
    # 0 × 0.80
    assert paid(settled, "T1")["base"] == 0


def attended(world: World) -> World:
    hours = {"T1": (176, 176), "T2": (160, 176), "T3": (168, 176), "A1": (170, 170)}
    for person, (there, due) in hours.items():
        row = {"employee_id": person, "month": "2026-10", "store": STORE}
        world.add("attendance", **row, attended_hours=Decimal(there), scheduled_hours=Decimal(due))
    return world


def test_a_pool_is_shared_out_to_the_fen(october: World, tmp_path: Path) -> None:
    """Fails when a fen of the pool is lost, or a share is not by position, score and attendance."""
    settled = attended(october).settled(tmp_path, scheme(pools={"bonus": POOL}))
    # 80242.50 × 5 % = 4012.125 → 4012.13; technicians 70 % = 2808.491, advisors 30 % = 1203.639: the odd fen goes to
    # the larger remainder: 2808.49 and 1203.64.
    # claims: T1 106.86 × 1, T2 96.51 × 160/176 = 87.7364, T3 102.73 × 168/176 = 98.0605; together 292.6568
    # 2808.49 × 106.86 ÷ 292.6568 = 1025.485 …, T2 841.964…, T3 941.040…: 1025.48 + 841.96 + 941.04 = 2808.48, the odd
    # fen to T1 (.52 of a fen)
    shares = {person: paid(settled, person)["pool_pay"] for person in ("T1", "T2", "T3", "A1")}
    assert shares == {"T1": 102549, "T2": 84196, "T3": 94104, "A1": 120364}
    assert sum(shares.values()) == 401213
    assert paid(settled, "T1")["total"] == 960395 + 102549


def test_one_open_score_holds_its_position_alone(october: World, tmp_path: Path) -> None:
    """Fails when the others are paid from a pool that the open one might still claim, or everybody waits."""
    october.rows["ratings"] = [row for row in october.rows["ratings"] if row["employee_id"] != "T3"]
    settled = attended(october).settled(tmp_path, scheme(pools={"bonus": POOL}))
    assert (paid(settled, "T1")["pool_pay"], paid(settled, "T1")["total"]) == (None, None)
    assert paid(settled, "A1")["pool_pay"] == 120364
    assert "pool_held" in codes(settled)


def test_a_gate_that_is_missed_draws_nothing(october: World, tmp_path: Path) -> None:
    """Fails when a store below 90 % of its target draws a bonus, or its people are left open."""
    october.target(STORE, "output", 100000)
    settled = attended(october).settled(tmp_path, scheme(pools={"bonus": POOL}))
    # the larger of the two targets counts: 80242.50 ÷ 100000 = 0.80
    assert paid(settled, "T1")["pool_pay"] == 0
    assert paid(settled, "T1")["total"] == 960395


def test_a_pool_over_missing_evidence_is_open_and_over_none_is_empty(tmp_path: Path) -> None:
    """Fails when "not handed in" and "no output" are the same thing to a pool."""
    pool = {**POOL, "draw": {"metric": "output", "rate": "0.05"}}
    idle = attended(october_world())
    idle.rows["repair_orders"] = []
    assert paid(idle.settled(tmp_path / "a", scheme(pools={"bonus": pool})), "A1")["pool_pay"] == 0
    missing = attended(october_world())
    missing.missing = frozenset({"repair_orders"})
    settled = missing.settled(tmp_path / "b", scheme(pools={"bonus": pool}))
    assert paid(settled, "A1")["pool_pay"] is None
    assert "pool_not_drawn" in codes(settled)


def test_every_pool_takes_its_own_attendance(october: World, tmp_path: Path) -> None:
    """Fails when the second pool is shared out by the attendance of the first."""
    draw = {"metric": "output", "rate": "0.05"}
    one = {**POOL, "draw": draw, "split": {"technician": "100"}, "within": ["attendance"]}
    pools = {"by_hours": one, "by_orders": {**one, "attendance": "on_time"}}
    settled = attended(october).settled(tmp_path, scheme(pools=pools))
    # by hours 176 : 160 : 168 of 504: 1401.061, 1273.692, 1337.377 (in yuan); the odd fen to T3 (.67 of a fen)
    # by orders 29/30 : 11/12 : 1 = 58 : 55 : 60 of 173: 1345.107, 1275.532, 1391.490; the odd fen to T1 (.72)
    hours = {"T1": 140106, "T2": 127369, "T3": 133738}
    orders = {"T1": 134511, "T2": 127553, "T3": 139149}
    assert sum(hours.values()) == sum(orders.values()) == 401213
    found = {person: paid(settled, person)["pool_pay"] for person in hours}
    assert found == {person: hours[person] + orders[person] for person in hours}
    steps = settled.steps.filter((pl.col("employee_id") == "T1") & (pl.col("step") == "pool_share"))
    assert steps.sort("sequence")["subject"].to_list() == ["by_hours/technician", "by_orders/technician"]
