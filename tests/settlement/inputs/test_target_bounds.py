"""Targets of ratios that cannot be meant, and what probably is."""

from __future__ import annotations

from decimal import Decimal

import pytest

from fairwrench.settlement.inputs.target_bounds import implausible
from fairwrench.settlement.scheme.scheme import Metric
from tests.catalog.metric_library import load_metrics

COUNT = {"source": "repair_orders", "value": "count", "date": "opened_at"}


def metric(unit: str = "percent", **more: object) -> Metric:
    named = {"name": {"zh": "费用率", "en": "Expense ratio"}, "better": "lower", "unit": unit}
    return Metric.model_validate({**named, "numerator": COUNT, "denominator": COUNT, **more})


@pytest.mark.parametrize(
    ("target", "says"),
    [
        ("6.4", "did you mean 0.064 (6.4 %)?"),
        ("80", "did you mean 0.8 (80 %)?"),
        ("97", "did you mean 0.97 (97 %)?"),
        ("100", "did you mean 1 (100 %)?"),
        ("2", "did you mean 0.02 (2 %)?"),
        ("1.01", "did you mean 0.0101 (1.01 %)?"),
        ("6400", "rates are written as decimals, 97 % as 0.97"),
    ],
)
def test_a_ratio_beyond_the_whole_is_refused_with_what_is_meant(target: str, says: str) -> None:
    """Fails when an expense ratio of 640 % is agreed, against which everybody is full marks."""
    found = implausible(metric(), Decimal(target))
    assert found is not None and says in found.en and "费用率" in found.zh and target in found.zh


@pytest.mark.parametrize("target", ["0", "0.064", "0.8", "1", "1.0", "0.999999"])
def test_a_part_of_the_whole_may_be_a_target(target: str) -> None:
    """Fails when 100 % is refused."""
    assert implausible(metric(), Decimal(target)) is None


@pytest.mark.parametrize(
    ("most", "target", "refused"), [("1.5", "1.2", False), ("1.5", "1.6", True), ("3", "2", False)]
)
def test_a_metric_says_how_far_beyond_the_whole_it_may_go(most: str, target: str, refused: bool) -> None:
    """Fails when 120 % of efficiency, which is usual, cannot be agreed, or 160 % passes all the same."""
    assert (implausible(metric(target_most=most), Decimal(target)) is not None) is refused


@pytest.mark.parametrize("unit", ["count", "money", "hours", "points"])
def test_what_is_no_ratio_has_no_bound(unit: str) -> None:
    """Fails when 6.4 hours are taken for a percentage."""
    assert implausible(metric(unit), Decimal("6400")) is None


def test_shipped_ratios_that_may_exceed_the_whole_say_how_far() -> None:
    """Fails when a shipped metric of a share gets no bound, or one that is often above 100 % refuses its targets."""
    library = load_metrics("workshop") | load_metrics("sales") | load_metrics("parts") | load_metrics("finance")
    beyond = {name for name, known in library.items() if known.target_most is not None}
    assert all(library[name].unit == "percent" and library[name].target_most == Decimal("1.5") for name in beyond)
    assert implausible(library["rework_rate"], Decimal("3")) is not None
