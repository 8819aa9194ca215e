"""Quarter and year, settled with the month that ends them (S1 ❺ 5.7, 5.8). Means are worked out in the comments."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.settle import Settlement
from tests.settlement.month_fixtures import OCTOBER, World, october_world

DECEMBER = Month(2026, 12)


def december() -> World:
    """The hand-worked October moved to December: T1 106.86, T2 96.51, T3 incomplete, A1 88.43."""
    world = october_world()
    for rows in world.rows.values():
        for row in rows:
            for name, value in row.items():
                if name == "month":
                    row[name] = "2026-12"
                elif hasattr(value, "tzinfo"):
                    row[name] = value.replace(month=12)
    for row in world.roster:
        for name in ("from", "to"):
            if name in row:
                row[name] = row[name].replace(month=12)
    return world


def settled(folder: Path, history: list[tuple[Any, ...]], month: Month = DECEMBER) -> Settlement:
    world = december() if month == DECEMBER else october_world()
    return world.settled(folder, month=month, history=history)


def of(found: Settlement, period: str, person: str) -> dict[str, Any]:
    rows = [row for row in found.periods.to_dicts() if (row["period"], row["employee_id"]) == (period, person)]
    assert len(rows) == 1, rows
    return rows[0]


def test_october_ends_no_quarter(tmp_path: Path) -> None:
    """Fails when a month in the middle of a quarter gives quarter results."""
    assert settled(tmp_path, [("2026-09", "T1", "settled", 9000, "C")], OCTOBER).periods.is_empty()


def test_the_quarter_is_the_mean_of_its_months(tmp_path: Path) -> None:
    """Fails when a quarter takes in months outside it, or weighs them by anything."""
    history = [
        ("2026-09", "T1", "settled", 13000, "A"),
        ("2026-10", "T1", "settled", 9000, "C"),
        ("2026-11", "T1", "settled", 10001, "C"),
    ]
    row = of(settled(tmp_path, history), "2026-Q4", "T1")
    # (90.00 + 100.01 + 106.86) ÷ 3 = 296.87 ÷ 3 = 98.9566… → 98.96
    assert (row["score"], row["months"], row["left_out"], row["state"], row["grade"]) == (9896, 3, 0, "settled", "C")


def test_an_excluded_month_is_left_out_of_the_mean(tmp_path: Path) -> None:
    """Fails when a month of leave counts as a score of 0."""
    history = [("2026-10", "T1", "excluded", None, None), ("2026-11", "T1", "settled", 9000, "C")]
    row = of(settled(tmp_path, history), "2026-Q4", "T1")
    # (90.00 + 106.86) ÷ 2 = 98.43
    assert (row["score"], row["months"], row["left_out"]) == (9843, 2, 1)


def test_an_incomplete_month_keeps_the_quarter_open(tmp_path: Path) -> None:
    """Fails when a quarter is graded while one of its months is not settled."""
    history = [("2026-11", "T3", "settled", 9000, "C")]
    row = of(settled(tmp_path, history), "2026-Q4", "T3")
    assert (row["state"], row["grade"]) == ("incomplete", None)


def test_the_year_needs_six_months_and_names_its_candidates(tmp_path: Path) -> None:
    """Fails when a few good months make a year, or a year at B is no candidate for a raise (S1 ❺ 5.8)."""
    enough = [(f"2026-{month:02d}", "T1", "settled", 10500, "B") for month in range(7, 12)]
    few = [(f"2026-{month:02d}", "T2", "settled", 10500, "B") for month in range(8, 12)]
    found = settled(tmp_path, [*enough, *few, ("2025-12", "T1", "settled", 100, "E")])
    year = of(found, "2026", "T1")
    # (5 × 105.00 + 106.86) ÷ 6 = 631.86 ÷ 6 = 105.31
    assert (year["score"], year["months"], year["grade"], year["event"]) == (10531, 6, "B", "raise_candidate")
    short = of(found, "2026", "T2")
    assert (short["months"], short["state"], short["grade"], short["event"]) == (5, "too_few", None, None)


def test_a_year_at_c_is_considered_after_them(tmp_path: Path) -> None:
    """Fails when C of the year loses its preference in adjustment and promotion."""
    history = [(f"2026-{month:02d}", "A1", "settled", 9500, "C") for month in range(6, 12)]
    year = of(settled(tmp_path, history), "2026", "A1")
    # (6 × 95.00 + 88.43) ÷ 7 = 658.43 ÷ 7 = 94.0614… → 94.06
    assert (year["score"], year["grade"], year["event"], year["preferred"]) == (
        9406,
        "C",
        "raise_considered_next",
        True,
    )


def test_people_who_left_keep_their_quarter(tmp_path: Path) -> None:
    """Fails when somebody who left in November disappears from the quarter."""
    history = [("2026-10", "L1", "settled", 9000, "C"), ("2026-11", "L1", "settled", 8000, "D")]
    row = of(settled(tmp_path, history), "2026-Q4", "L1")
    assert (row["score"], row["months"]) == (8500, 2)


@pytest.mark.parametrize("month", [Month(2026, 12)])
def test_an_appealed_score_counts_in_the_quarter(tmp_path: Path, month: Month) -> None:
    """Fails when the mean is taken of the score before the appeal."""
    world = december()
    world.decision("appeal_score", "T1", month=month, value="110")
    found = world.settled(tmp_path, month=month, history=[("2026-11", "T1", "settled", 9000, "C")])
    # (90.00 + 110.00) ÷ 2 = 100.00
    assert of(found, "2026-Q4", "T1")["score"] == 10000
