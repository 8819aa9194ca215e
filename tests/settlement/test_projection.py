"""Where an unfinished month heads for: what is measured decides alone, and a finished month heads for itself."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Decimal
from pathlib import Path

import polars as pl

from fairwrench.settlement.projection import PROJECTION, projected
from tests.settlement.month_fixtures import october_world


def test_a_finished_month_heads_for_itself(tmp_path: Path) -> None:
    """Fails when a settled person is told another score, grade or pay than was settled."""
    world = october_world()
    settled = world.settled(tmp_path)
    found = projected(settled, world.people())
    assert dict(found.schema) == PROJECTION
    known = settled.totals.filter(pl.col("state") == "settled").select("employee_id", "score", "grade")
    pay = settled.pay.select("employee_id", "performance_pay")
    expected = known.join(pay, on="employee_id").sort("employee_id")
    same = found.join(known.select("employee_id"), on="employee_id", how="semi").select(expected.columns)
    assert known.height > 0
    assert same.equals(expected)


def test_what_waits_is_left_out_of_the_weights(tmp_path: Path) -> None:
    """Fails when a rating that is still to come counts as zero, or the pay is taken from other figures."""
    world = october_world()
    world.person("T5", "钱七", "technician", "workshop", manager="M1", salary=3000)
    world.orders("T5", "2026-10-12", finished=40, on_time=33, labour="500.00")
    world.payroll("T5", "3000.00")
    world.target("T5", "output", 25000)
    settled = world.settled(tmp_path)
    mine = settled.lines.filter(pl.col("employee_id") == "T5")
    held = mine.filter(pl.col("state") == "held")
    assert held["item"].to_list() == ["teamwork"]
    counted = mine.filter((pl.col("state") == "counted") & (pl.col("kind") != "bonus"))
    top = sum(Decimal(points * weight) for points, weight in counted.select("points", "weight").iter_rows())
    score = (top / counted["weight"].sum()).quantize(Decimal(1), ROUND_HALF_UP)
    (heads,) = projected(settled, world.people()).filter(pl.col("employee_id") == "T5").to_dicts()
    assert heads["score"] == score
    assert heads["whole_weight"] - heads["measured_weight"] == held["weight"].sum()
    world.rating("T5", "teamwork", "M1", level="合格")
    finished = world.settled(tmp_path / "finished")
    paid = finished.pay.filter(pl.col("employee_id") == "T5").row(0, named=True)
    rate = Decimal(heads["performance_pay"]) / Decimal(paid["base"])
    assert abs(rate - score / 10_000) < Decimal("0.00001"), "3000.00 × the score that it heads for"
