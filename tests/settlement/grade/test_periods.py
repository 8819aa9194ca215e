"""Quarter and year scores, their grades, and whom the year end considers."""

from fractions import Fraction
from typing import Any

import polars as pl
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.grade.periods import period_scores, year_candidates
from fairwrench.settlement.scheme.cycle import Cycle
from fairwrench.settlement.scheme.scheme import Bands, Standing
from tests.settlement.casebook import cases, hundredths
from tests.settlement.conftest import BANDS
from tests.settlement.test_exact import nearest

STATES = {"-": "excluded", "?": "incomplete"}
SCORES = st.lists(st.one_of(st.none(), st.integers(0, 13000)), max_size=12)
SHAPE = {"employee_id": pl.String, "state": pl.String, "score": pl.Int64}


def months(person: str, scores: list[Any]) -> pl.DataFrame:
    """A person's months: a score in points, - for excluded, ? for incomplete."""
    rows = [(person, STATES.get(one, "settled"), None if one in STATES else hundredths(one)) for one in scores]
    return pl.DataFrame(rows, schema=SHAPE, orient="row")


@cases("periods", "scores")
def test_periods_as_worked_out_by_hand(case: dict[str, Any], bands: Bands) -> None:
    """Fails when a year's mean would count months that were not assessed, or grade too few."""
    asked = case["given"]
    (row,) = period_scores(months("E01", asked["months"]), bands, asked["least"]).drop("employee_id").rows(named=True)
    row["score"] = None if row["score"] is None else as_decimal(row["score"], 2)
    assert row == case["expected"]


def test_a_year_takes_its_months_from_the_cycle(bands: Bands, cycle: Cycle) -> None:
    """Fails when the setting of the scheme would not decide how many months make a year."""
    year = months("E01", [100] * 5)
    assert period_scores(year, bands, cycle.year_months)["state"].to_list() == ["too_few"]
    assert period_scores(year, bands, 5)["state"].to_list() == ["settled"]


def test_even_without_a_least_number_nobody_is_graded_on_nothing(bands: Bands) -> None:
    """Fails when a scheme that asks for no least number would call a year without months settled."""
    assert period_scores(months("E01", ["-"]), bands, 0)["state"].to_list() == ["too_few"]


def assessed(scores: list[int | None]) -> list[int]:
    """The months that count."""
    return [score for score in scores if score is not None]


def mean(scores: list[int | None]) -> int | None:
    """The mean of the months that count, half up; None without one."""
    months = assessed(scores)
    return nearest(Fraction(sum(months), len(months))) if months else None


@given(st.lists(SCORES.filter(bool), max_size=5))
def test_everybody_is_averaged_like_one(people: list[list[int | None]]) -> None:
    """Fails when people mix, or a month that was not assessed counts."""
    frames = [
        pl.DataFrame(
            [(f"E{number}", "excluded" if score is None else "settled", score) for score in scores],
            schema=SHAPE,
            orient="row",
        )
        for number, scores in enumerate(people)
    ]
    found = period_scores(pl.concat([pl.DataFrame(schema=SHAPE), *frames]), Bands.model_validate(BANDS), 1)
    assert found.select("score", "months").rows() == [(mean(scores), len(assessed(scores))) for scores in people]


@given(SCORES)
def test_a_mean_lies_between_its_months(scores: list[int | None]) -> None:
    """Fails when a mean would be better than the best month or worse than the worst."""
    year = pl.DataFrame([("E01", "settled", score) for score in assessed(scores)], schema=SHAPE, orient="row")
    for found, count in period_scores(year, Bands.model_validate(BANDS), 1).select("score", "months").rows():
        months = assessed(scores)
        assert count == len(months)
        assert min(months) <= found <= max(months)
        assert abs(2 * (found * count - sum(months))) <= count


@cases("periods", "candidates")
def test_candidates_as_worked_out_by_hand(case: dict[str, Any], standing: Standing) -> None:
    """Fails when somebody would miss the year-end list, or be on it without ground."""
    frame = pl.DataFrame({"employee_id": ["E01"], "grade": [case["given"]]}, schema_overrides={"grade": pl.String})
    found = year_candidates(frame, standing)
    assert [list(row) for row in found.select("event", "preferred").rows()] == case["expected"]


def test_those_considered_next_stand_after_the_candidates(standing: Standing) -> None:
    """Fails when C would be listed before A and B (5.8: considered after them)."""
    frame = pl.DataFrame({"employee_id": ["E01", "E02", "E03", "E04"], "grade": ["C", "B", "D", "A"]})
    assert year_candidates(frame, standing)["employee_id"].to_list() == ["E04", "E02", "E01"]


def test_a_scheme_without_year_rules_considers_nobody(standing: Standing) -> None:
    """Fails when a help desk without year-end rules could not close its year."""
    silent = standing.model_copy(update={"year": {}})
    assert year_candidates(pl.DataFrame({"employee_id": ["E01"], "grade": ["A"]}), silent).is_empty()
