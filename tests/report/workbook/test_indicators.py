"""Store × KPI against the two stores of the small group."""

import pytest

from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.indicators import Figure, indicators, wilson


def figure(material: ReportContext, key: str, store: str) -> Figure:
    """One cell of the table."""
    found = next(each for each in indicators(material) if each.key == key)
    return next(cell for cell in (*found.figures, found.whole) if cell.store == store)


@pytest.mark.parametrize(
    ("key", "store", "expected"),
    [
        ("on_time", "东店", (4, 5, 900_000, "worse")),
        ("on_time", "西店", (1, 2, 500_000, "even")),
        ("on_time", "*", (5, 7, 900_000, "worse")),
        ("satisfied", "东店", (4, 5, 900_000, "worse")),
        ("satisfied", "西店", (None, None, 900_000, "")),
        ("labour", "西店", (110_000, 100, None, "")),
    ],
)
def test_a_store_is_the_sum_of_its_rows(
    material: ReportContext, key: str, store: str, expected: tuple[int | None, int | None, int | None, str]
) -> None:
    """Fails when a store's ratio is a mean of ratios, when its own target is overlooked, when a person's target of a
    sum is taken for the store's, or when what nobody handed in counts as zero."""
    cell = figure(material, key, store)
    assert (cell.n, cell.d, cell.target, cell.against) == expected


def test_the_sample_is_told_with_its_interval(material: ReportContext) -> None:
    """Fails when a satisfaction of few answers looks as sure as one of many (4 of 5: 37.55 % to 96.38 %)."""
    cell = figure(material, "satisfied", "东店")
    assert cell.occasions == 5
    assert (cell.low, cell.high) == (pytest.approx(0.3755, abs=1e-4), pytest.approx(0.9638, abs=1e-4))
    assert figure(material, "on_time", "东店").low is None
    assert not figure(material, "satisfied", "西店").handed_in


@pytest.mark.parametrize(
    ("successes", "trials", "low", "high"), [(8, 10, 0.4902, 0.9433), (0, 10, 0.0, 0.2775), (10, 10, 0.7225, 1.0)]
)
def test_the_interval_is_wilson_s(successes: int, trials: int, low: float, high: float) -> None:
    """Fails when the interval leaves 0–1 at the ends, or is the plain one that says ±0 for ten of ten."""
    assert wilson(successes, trials) == (pytest.approx(low, abs=2e-4), pytest.approx(high, abs=2e-4))


def test_categories_stand_in_the_order_of_the_scorecards(material: ReportContext) -> None:
    """Fails when the table jumps between categories."""
    assert [each.key for each in indicators(material)] == ["on_time", "satisfied", "labour"]
