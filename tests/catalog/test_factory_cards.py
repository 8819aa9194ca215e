"""Scores of the manufacturer and referrals on the cards of who answers for them, settled through the whole chain."""

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

DEFAULTS = read_document((CATALOG / "schemes/dealership/items.yaml").read_text("utf-8"), "items").data["item_defaults"]


def with_item(metric: str, **more: Any) -> Scheme:
    """The small scheme whose advisors have the shipped item of the metric for a tenth of their card."""
    item = {**DEFAULTS[metric], "metric": metric, "category": "objective", "weight": "10", **more}
    card = [{**ADVISOR[0], "weight": "90"}, item]
    found = load_metrics("factory")[metric].model_dump(mode="json")
    return scheme(scorecards={"advisor": {"items": card}}, metrics={**METRICS, metric: found})


def line_of(settled: Settlement, who: str, item: str) -> tuple[Any, Any]:
    """State and points (hundredths) of somebody's item."""
    line = settled.lines.filter(employee_id=who, item=item).row(0, named=True)
    return line["state"], line["points"]


def scored(world: World, kind: str, score: str, store: str = STORE, month: str = "2026-10") -> None:
    world.add(
        "factory_scores",
        **{"store": store, "month": month, "kind": kind, "score": Decimal(score), "full_score": Decimal(1000)},
        **{"regional_average": Decimal(900)},
    )


@pytest.mark.parametrize(
    ("metric", "score", "points"),
    [
        # 0.75 gives 50, 0.90 gives 100, 1.00 gives 130: 0.96 lies 0.06 above 0.90, six tenths of 30 on
        ("csi_score", "900", 10_000), ("csi_score", "960", 11_800), ("csi_score", "500", 5_000),
        # 900 is the region; 945 is 1.05 of it, 936 is 1.04: four fifths of 30 above 100
        ("csi_to_region", "900", 10_000), ("csi_to_region", "945", 13_000), ("csi_to_region", "936", 12_400),
    ],
)  # fmt: skip
def test_the_stores_score_reaches_the_card_of_who_answers_for_it(
    metric: str, score: str, points: int, tmp_path: Path
) -> None:
    """Breaks if another kind's score, another store's or another month's counts, or the advisor's own is looked for."""
    world = october_world()
    scored(world, "csi", score)
    scored(world, "ssi", "100")
    scored(world, "csi", "100", month="2026-09")
    scored(world, "csi", "100", store="滨江店")
    assert line_of(world.settled(tmp_path, with_item(metric)), "A1", metric) == ("counted", points)


def test_a_score_that_did_not_come_is_waited_for(tmp_path: Path) -> None:
    """Breaks if a store whose manufacturer has not told its score would be scored as if it had none of the points."""
    world = october_world()
    world.missing = frozenset({"factory_scores"})
    assert line_of(world.settled(tmp_path, with_item("csi_score")), "A1", "csi_score") == ("held", None)


def test_a_month_without_a_round_is_no_score_of_nothing(tmp_path: Path) -> None:
    """Breaks if two months of a quarter, handed in with a header alone, hold the cards or count as 0."""
    settled = october_world().settled(tmp_path, with_item("csi_score"))
    assert line_of(settled, "A1", "csi_score") == ("dropped", None)
    assert settled.totals.filter(employee_id="A1")["score"][0] is not None


def sent(world: World, number: int, who: str, income: str) -> None:
    world.add(
        "referrals",
        **{"store": STORE, "referral_no": f"Z{number}", "kind": "car", "referred_by": who, "received_by": "X9"},
        **{"referred_on": date(2026, 10, 2), "won_on": date(2026, 10, 20), "income": Decimal(income)},
    )


def test_income_of_a_referral_is_that_of_the_department_that_referred(tmp_path: Path) -> None:
    """The desk's A1 brought 6000 of a target of 10 000, which is 0.60 and gives 0; the workshop's 9000 are not theirs.

    Breaks if what technicians refer is the advisors' doing, or what is credited is the showroom's.
    """
    world = october_world()
    sent(world, 1, "A1", "6000.00")
    sent(world, 2, "T1", "9000.00")
    world.target(f"{STORE}/desk", "referral_income", "10000")
    settled = world.settled(tmp_path / "desk", with_item("referral_income", of="department"))
    assert line_of(settled, "A1", "referral_income") == ("counted", 0)
    sent(world, 3, "A1", "4000.00")
    settled = world.settled(tmp_path / "more", with_item("referral_income", of="department"))
    assert line_of(settled, "A1", "referral_income") == ("counted", 10_000)
