"""Two schemes on the same month side by side; figures follow from `cases/months.yaml`."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.simulate import Comparison, compare
from tests.settlement.month_fixtures import ADVISOR, TECHNICIAN, World, october_world, scheme


@pytest.fixture
def october() -> World:
    """T1 106.86, T2 96.51, T3 incomplete, A1 88.43; T4, A2 and M1 are left out."""
    return october_world()


def weighed(*weights: str) -> Scheme:
    """The scheme with other weights for the technician's four items."""
    items = [{**item, "weight": weight} for item, weight in zip(TECHNICIAN, weights, strict=False)]
    return scheme(scorecards={"technician": {"items": [*items, TECHNICIAN[-1]]}})


def compared(world: World, folder: Path, against: Scheme, under: Scheme | None = None) -> Comparison:
    return compare([(world.settled(folder / "a", under), world.settled(folder / "b", against))])


def person(found: Comparison, employee: str) -> dict[str, Any]:
    return found.people.filter(pl.col("employee_id") == employee).row(0, named=True)


def test_a_scheme_against_itself_changes_nothing(october: World, tmp_path: Path) -> None:
    """Fails when the laying side by side itself makes winners."""
    found = compared(october, tmp_path, scheme())
    assert found.people["pay_change"].drop_nulls().to_list() == [0, 0, 0]
    assert found.months.select("winners", "losers", "unsettled").rows() == [(0, 0, 1)]
    assert found.shift.filter(pl.col("grade_a") != pl.col("grade_b")).is_empty()


def test_who_wins_who_loses_and_what_it_costs(october: World, tmp_path: Path) -> None:
    """Fails when a change of weights is not told person by person, to the fen."""
    found = compared(october, tmp_path, weighed("10", "30", "10", "50"))
    # T1 (110.00 × 10 + 102.88 × 30 + 80.00 × 10 + 105.00 × 50) ÷ 100 = 102.364 → 102.36; + 3.00 = 105.36
    # T2 (91.11 × 10 + 96.90 × 30 + 130.00 × 10 + 90.00 × 50) ÷ 100 = 96.181 → 96.18
    assert (person(found, "T1")["score_b"], person(found, "T1")["score_change"]) == (10536, -150)
    # 6180.00 × 1.0536 = 6511.248 → 6511.25, was 6603.95
    assert (person(found, "T1")["pay_b"], person(found, "T1")["pay_change"]) == (651125, -9270)
    # 2000.00 × 0.9618 = 1923.60, was 1930.20; A1's card is the same
    assert (person(found, "T2")["pay_change"], person(found, "A1")["pay_change"]) == (-660, 0)
    (row,) = found.months.to_dicts()
    assert row == {
        **{"month": "2026-10", "pay_a": 660395 + 193020 + 442150, "pay_b": 651125 + 192360 + 442150},
        **{"winners": 0, "losers": 2, "unsettled": 1},
    }


def test_grades_shift_where_bands_move(october: World, tmp_path: Path) -> None:
    """Fails when the table of grades does not add up to the people."""
    found = compared(october, tmp_path, scheme(bands={"grades": {"C": {"from": "85"}}}))
    shifts = {(a, b): people for a, b, people in found.shift.iter_rows()}
    # A1, at 88.43, comes from D to C; T3 has no grade on either side
    assert shifts == {("B", "B"): 1, ("C", "C"): 1, ("D", "C"): 1, (None, None): 1}


def test_somebody_unsettled_on_one_side_is_no_saving(october: World, tmp_path: Path) -> None:
    """Fails when pay that is only not known yet under the other scheme looks like money saved."""
    items = [*ADVISOR[:1], {**TECHNICIAN[3], "weight": "40"}]
    found = compared(october, tmp_path, scheme(scorecards={"advisor": {"items": items}}))
    assert (person(found, "A1")["state_b"], person(found, "A1")["pay_b"]) == ("incomplete", None)
    assert person(found, "A1")["pay_change"] is None
    (row,) = found.months.to_dicts()
    assert (row["pay_b"] - row["pay_a"], row["unsettled"]) == (0, 2)


def test_somebody_left_out_on_one_side_is_shown(october: World, tmp_path: Path) -> None:
    """Fails when people whom only one of the schemes assesses disappear."""
    found = compared(october, tmp_path, scheme(eligibility={"probation_excludes": False}))
    row = person(found, "T4")
    assert (row["state_a"], row["state_b"], row["score_a"]) == ("excluded", "incomplete", None)
    assert "M1" not in set(found.people["employee_id"])


def test_pools_are_part_of_what_a_scheme_decides(october: World, tmp_path: Path) -> None:
    """Fails when a pool that only one scheme has costs nothing."""
    pool = {"draw": {"metric": "output", "rate": "0.05"}, "split": {"service_advisor": "100"}}
    found = compared(october, tmp_path, scheme(pools={"bonus": pool}))
    # 80242.50 × 5 % = 4012.125 → 4012.13
    assert person(found, "A1")["pay_change"] == 401213


def test_several_months_lie_one_under_the_other(october: World, tmp_path: Path) -> None:
    """Fails when months are mixed up or added together."""
    one = (october.settled(tmp_path / "a"), october.settled(tmp_path / "b"))
    earlier = october.case(tmp_path / "c").evidence.month.plus(-1)
    other = tuple(october.settled(tmp_path / str(side), month=earlier) for side in (0, 1))
    found = compare([(other[0], other[1]), one])
    assert found.months["month"].to_list() == ["2026-09", "2026-10"]
    assert found.people.group_by("month").len().sort("month")["month"].to_list() == ["2026-09", "2026-10"]
    assert sum(found.shift["people"]) == found.people.height
