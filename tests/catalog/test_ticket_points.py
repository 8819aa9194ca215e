"""The item of tickets as it is shipped: on a card with a weight of 10, a ticket's point is a point of the score."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.catalog.document import read_document
from fairwrench.catalog.loader import CATALOG
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.settle import Settlement
from tests.catalog.metric_library import load_metrics
from tests.settlement.month_fixtures import ADVISOR, METRICS, STORE, World, october_world, scheme

ITEMS = CATALOG / "schemes" / "_regulation" / "items.yaml"


def with_tickets() -> Scheme:
    """The small scheme whose advisors have the shipped item for a tenth of their card, beside on-time delivery."""
    shipped = read_document(ITEMS.read_text("utf-8"), "items").data["item_defaults"]["ticket_points"]
    card = [{**ADVISOR[0], "weight": "90"}, {**shipped, "metric": "ticket_points", "weight": "10"}]
    metric = load_metrics("people")["ticket_points"].model_dump(mode="json")
    return scheme(scorecards={"advisor": {"items": card}}, metrics={**METRICS, "ticket_points": metric})


def ticket(world: World, number: int, who: str, kind: str, points: str, *, day: date = date(2026, 10, 5)) -> None:
    world.add(
        "tickets",
        **{"ticket_no": f"T{number}", "store": STORE, "employee_id": who, "issued_on": day, "kind": kind},
        **{"points": Decimal(points)},
    )


def of_advisor(settled: Settlement) -> tuple[Any, Any, Any]:
    """State and points (hundredths) of the item, and the score."""
    line = settled.lines.filter(employee_id="A1", item="ticket_points").row(0, named=True)
    return line["state"], line["points"], settled.totals.filter(employee_id="A1")["score"][0]


@pytest.mark.parametrize(
    ("tickets", "points"),
    [
        # 100 + 10 for each point, at most 130, at least 0; T1's ticket is another's
        ([("T1", "reward", "1.00")], 10_000),
        ([("A1", "reward", "2.00"), ("A1", "penalty", "3.50")], 8_500),
        ([("A1", "reward", "3.00")], 13_000),
        ([("A1", "reward", "5.00")], 13_000),
        ([("A1", "penalty", "10.00")], 0),
        ([("A1", "penalty", "12.00")], 0),
    ],
)
def test_points_follow_the_tickets_of_the_month(
    tickets: list[tuple[str, str, str]], points: int, tmp_path: Path
) -> None:
    """Breaks if a penalty counts as a reward, another's ticket counts, or a month beside this one does."""
    world = october_world()
    for number, told in enumerate(tickets):
        ticket(world, number, *told)
    ticket(world, 99, "A1", "penalty", "9.00", day=date(2026, 9, 30))
    state, found, score = of_advisor(world.settled(tmp_path, with_tickets()))
    assert (state, found) == ("counted", points)
    # on-time delivery alone has 90 of 100: what the tickets bring is a tenth of their points
    bare = october_world()
    ticket(bare, 0, "T1", "reward", "1.00")
    whole = of_advisor(bare.settled(tmp_path / "bare", with_tickets()))[2]
    assert score - whole == (points - 10_000) // 10


def test_nobody_waits_for_tickets(tmp_path: Path) -> None:
    """Breaks if nobody is settled where nothing was rewarded or penalised, or where tickets never came in."""
    without_rows, never = october_world(), october_world()
    never.missing = frozenset({"tickets"})
    assert of_advisor(without_rows.settled(tmp_path / "rows", with_tickets()))[:2] == ("counted", 10_000)
    state, points, score = of_advisor(never.settled(tmp_path / "never", with_tickets()))
    assert (state, points) == ("dropped", None)
    assert score is not None


def test_a_reward_decided_is_paid_beside_what_was_earned(tmp_path: Path) -> None:
    """Breaks if a reward is not paid, is deducted, counts in another month, or is paid to nobody in particular."""
    world, plain = october_world(), october_world().settled(tmp_path / "plain")
    world.decision("reward", "T1", value="120.50", reason="奖惩单 T000001：锦旗")
    world.decision("reward", "T1", value="0.25", reason="奖惩单 T000002：建议")
    world.decision("reward", None, value="100")
    settled = world.settled(tmp_path / "rewarded")
    before, after = (found.pay.filter(employee_id="T1").row(0, named=True) for found in (plain, settled))
    assert (after["corrections"], after["deductions"]) == (12_075, before["deductions"])
    assert after["total"] - before["total"] == 12_075
    assert after["performance_pay"] == before["performance_pay"]
    told = settled.steps.filter(employee_id="T1", step="corrections")
    assert set(told["subject"]) == {"奖惩单 T000001：锦旗", "奖惩单 T000002：建议"}
    others = settled.pay.filter(settled.pay["employee_id"] != "T1")
    assert others.equals(plain.pay.filter(plain.pay["employee_id"] != "T1"))


def test_a_reward_below_zero_takes_nothing_and_is_an_error(tmp_path: Path) -> None:
    """Breaks if −500 yuan of reward are taken from somebody without ground and without a word."""
    world, plain = october_world(), october_world().settled(tmp_path / "plain")
    world.decision("reward", "T1", value="-500.00", reason="更正")
    settled = world.settled(tmp_path / "below")
    (problem,) = [each for each in settled.problems if each.code == "negative_reward"]
    assert (problem.severity, problem.subject) == ("error", "T1")
    assert settled.pay.equals(plain.pay)
