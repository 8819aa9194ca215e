"""The metrics of monthly summaries as they are shipped, on a card, worked by hand."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest

from fairwrench.settlement.scheme.scheme import Scheme
from tests.catalog.metric_library import load_metrics
from tests.settlement.month_fixtures import ADVISOR, METRICS, october_world, scheme

#: in time is 100, not in time 60; a day late takes ten points
CURVES: dict[str, dict[str, Any]] = {
    "summary_in_time": {"of": "value", "piecewise": [["0", "60"], ["1", "100"]]},
    "summary_late_days": {"of": "value", "piecewise": [["0", "100"], ["10", "0"]]},
}


def with_summaries(metric: str) -> Scheme:
    """The small scheme whose advisors have one of the metrics for half of their card."""
    item = {"metric": metric, "category": "key", "weight": "50", "curve": CURVES[metric]}
    shipped = load_metrics("people")[metric].model_dump(mode="json")
    card = {"items": [{**ADVISOR[0], "weight": "50"}, item]}
    return scheme(scorecards={"advisor": card}, metrics={**METRICS, metric: shipped})


@pytest.mark.parametrize(
    ("day", "late", "in_time", "days"),
    [
        (date(2026, 11, 2), 0, (1, 1, 10_000), (0, 10_000)),
        # 4 working days late: 100 − 4 × 10
        (date(2026, 11, 6), 4, (0, 1, 6_000), (4, 6_000)),
        # missing: it was to be handed in and is not in time, and has no days to count
        (None, None, (0, 1, 6_000), None),
    ],
)
def test_a_summary_counts_in_its_own_month_and_for_its_own_person(
    day: date | None,
    late: int | None,
    in_time: tuple[int, int, int],
    days: tuple[int, int] | None,
    tmp_path: Path,
) -> None:
    """Breaks if a missing summary counts as in time, another's or another month's counts, or days are not added up."""
    for metric in CURVES:
        world = october_world()
        told = (("A1", "2026-10", day, late), ("A1", "2026-09", day, 9), ("T1", "2026-10", date(2026, 11, 3), 7))
        for who, month, handed_in_on, late_days in told:
            world.add("monthly_summaries", employee_id=who, month=month, handed_in_on=handed_in_on, late_days=late_days)
        settled = world.settled(tmp_path / metric, with_summaries(metric))
        line = settled.lines.filter(employee_id="A1", item=metric).row(0, named=True)
        if metric == "summary_in_time":
            assert (line["numerator"], line["denominator"], line["points"]) == in_time
        elif days:
            assert (line["numerator"], line["points"]) == days
        else:
            assert line["numerator"] in (None, 0)
