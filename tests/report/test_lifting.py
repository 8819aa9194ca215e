"""Which of the changes that lift somebody are told: one an item, a better grade before others."""

from __future__ import annotations

import polars as pl

from fairwrench.report.lifting import best_of_each, best_of_everybody
from fairwrench.settlement.explain.lift import LIFT, Lift

FOUND = [
    Lift("speed", "pay", 9, 900, 400, "B", 12000),
    Lift("speed", "points", 1, 100, 40, "C", 1200),
    Lift("quality", "pay", 1, 500, 100, "C", 3000),
    Lift("quality", "grade", 2, 900, 200, "B", 2900),
    Lift("hours", "points", 3, 1, 0, "C", 0),
    Lift("open", "points", 2, 70, 30, "C", None),
]


def test_one_change_an_item_is_told() -> None:
    """Fails when an item is told twice, a better grade is passed over, or what nobody would see is told."""
    assert best_of_each(FOUND) == [FOUND[0], FOUND[3], FOUND[5]]
    assert best_of_each([]) == []


def test_everybody_is_told_what_each_would_be() -> None:
    """Fails when one person's best change hides another's of the same item."""
    rows = [(person, *vars(lift).values()) for person in ("E2", "E1") for lift in FOUND]
    best = best_of_everybody(pl.DataFrame(rows, schema=dict(LIFT), orient="row"))
    told = best.select("employee_id", "item", "goal").rows()
    assert told == [
        (person, lift.item, lift.goal) for person in ("E1", "E2") for lift in (FOUND[0], FOUND[3], FOUND[5])
    ]
