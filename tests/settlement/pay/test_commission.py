"""Commission plans: lines, tiers, factors, one rounding, and nothing missing counted as zero (S1 ❺ 5.6)."""

from decimal import Decimal
from fractions import Fraction
from itertools import pairwise
from math import floor
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.doubts.commission_lacks import below_zero
from fairwrench.settlement.money import STEPS
from fairwrench.settlement.pay.commission import EARNED, EARNER, FACTOR, LINE_VALUE, CommissionResult, commission
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Scheme
from tests.settlement.casebook import cases
from tests.settlement.pay_fixtures import fen, frame, scheme

MEASURE = {"source": "job_lines", "date": "finished_at"}


def planned(plan: dict[str, Any]) -> Scheme:
    """A scheme whose technicians earn by the plan."""
    lines = {name: {"measure": MEASURE, **line} for name, line in plan["lines"].items()}
    return scheme({"commission": {"technician": {"lines": lines, "factors": plan.get("factors", [])}}})


def value(person: str, line: str, quantity: Decimal | int | None) -> dict[str, Any]:
    """A quantity as an integer and its number of decimals."""
    if quantity is None:
        return {"employee_id": person, "line": line, "value": None, "digits": 0}
    digits = max(-int(Decimal(quantity).as_tuple().exponent), 0)
    return {"employee_id": person, "line": line, "value": int(Decimal(quantity).scaleb(digits)), "digits": digits}


def attained(person: str, place: int, ratio: list[int] | None) -> dict[str, Any]:
    """The attainment of one factor."""
    top, bottom = ratio or (None, None)
    return {"employee_id": person, "factor": place, "numerator": top, "denominator": bottom}


def worked_out(given: dict[str, Any]) -> CommissionResult:
    """The commission of the one technician of a case."""
    values = [value("E1", line, quantity) for line, quantity in given["values"].items()]
    ratios = [attained("E1", place, ratio) for place, ratio in enumerate(given.get("attainments", []))]
    person = {"employee_id": "E1", "position": "technician", "score": fen(given.get("score"))}
    return commission(
        frame(EARNER, [person]),
        planned(given["plan"]),
        values=frame(LINE_VALUE, values),
        factors=frame(FACTOR, ratios),
    )


def check(case: dict[str, Any]) -> None:
    """Compare a case with what is earned."""
    assert worked_out(case["given"]).frame.rows() == [("E1", fen(case["expected"]), case.get("missing", ""))]


@cases("commission", "lines")
def test_lines_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a quantity would be paid at another rate, or rounded more than once."""
    check(case)


@cases("commission", "tiers")
def test_tiers_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a yuan more would be paid at the rate of another slice."""
    check(case)


@cases("commission", "factors")
def test_factors_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a factor would not be cut, or would lose a fraction before the end."""
    check(case)


@cases("commission", "missing")
def test_what_is_missing_never_counts_as_zero(case: dict[str, Any]) -> None:
    """Fails when evidence that nobody handed in would cost somebody the commission of a month."""
    check(case)


def test_the_frames_have_the_promised_columns() -> None:
    """Fails when pay, or the explanation, would find another column or type."""
    found = worked_out({"plan": {"lines": {"hours": {"rate": 18}}}, "values": {"hours": 1}})
    assert (found.frame.schema, found.steps.schema) == (dict(EARNED), dict(STEPS))
    nobody = commission(frame(EARNER, []), scheme(), values=frame(LINE_VALUE, []), factors=frame(FACTOR, []))
    assert (nobody.frame.schema, nobody.frame.height) == (dict(EARNED), 0)


def test_only_positions_with_a_plan_are_worked_out() -> None:
    """Fails when the commission handed in for a position without a plan would be replaced."""
    people = [{"employee_id": "E1", "position": "technician"}, {"employee_id": "E2", "position": "service_advisor"}]
    rules = planned({"lines": {"hours": {"rate": 18}}})
    values = frame(LINE_VALUE, [value("E1", "hours", 2), value("E2", "hours", 2)])
    found = commission(frame(EARNER, people), rules, values=values, factors=frame(FACTOR, []))
    assert found.frame.rows() == [("E1", 3600, "")]


def test_the_steps_of_a_commission() -> None:
    """Fails when a commission could not be redone from the steps shown."""
    found = worked_out(
        {
            "plan": {
                "lines": {"hours": {"rate": 18}, "labour": {"tiers": [["0", "0.02"], ["10000", "0.03"]]}},
                "factors": [{"attainment": "output", "cap": "1.2"}, {"score": True}],
            },
            "values": {"hours": Decimal("1.5"), "labour": 12000},
            "attainments": [[3, 2]],
            "score": 90,
        }
    )
    steps = found.steps.sort("sequence").select("step", "subject", "basis", "numerator", "denominator", "amount")
    one, yuan = 10**12, 100
    # 27 + 200 + 60 = 287; 287 × 1.2 × 0.9 = 309.96.
    assert steps.rows() == [
        ("commission_line", "technician/hours", 15 * one // 10, 18_000_000, 1_000_000, 27 * yuan),
        ("commission_line", "technician/labour", 10_000 * one, 20_000, 1_000_000, 200 * yuan),
        ("commission_line", "technician/labour", 2_000 * one, 30_000, 1_000_000, 60 * yuan),
        ("commission_sum", None, None, None, None, 287 * yuan),
        ("commission_attainment", "output", None, 3, 2, None),
        ("commission_factor", "output", None, 1_200_000, 1_000_000, None),
        ("commission_factor", "score", None, 9000, 10_000, None),
        ("commission", None, None, None, None, 30996),
    ]


def test_a_better_score_never_takes_more() -> None:
    """Fails when −200 yuan of rework beyond what was earned are 160 less at 80 points and 200 less at 100, or when how
    much was taken off is not to be seen."""
    plan = {"lines": {"hours": {"rate": 20}, "rework": {"rate": -20}}, "factors": [{"score": True}]}
    for score in (80, 100):
        found = worked_out({"plan": plan, "values": {"hours": 10, "rework": 20}, "score": score})
        assert found.frame.rows() == [("E1", 0, "")]
        steps = found.steps.sort("sequence").filter(pl.col("amount").is_not_null()).select("step", "amount").rows()
        assert steps[2:] == [("commission_sum", -20_000), ("commission_floor", 0), ("commission", 0)]
    (told,) = below_zero(found.steps)
    assert (told.code, "−200.00 元" in told.zh, "200.00 yuan" in told.en) == ("commission_below_zero", True, True)


def test_a_line_says_its_article() -> None:
    """Fails when a commission could not be led back to the article that grants it."""
    found = worked_out({"plan": {"lines": {"hours": {"rate": 18, "reference": "S1 ❺ 5.6(1)"}}}, "values": {"hours": 1}})
    assert found.steps.filter(pl.col("step") == "commission_line")["reference"].to_list() == ["S1 ❺ 5.6(1)"]


@pytest.mark.parametrize(
    ("plan", "quantity", "ratio", "word"),
    [
        ({"lines": {"hours": {}}}, 1, None, "no rate"),
        ({"lines": {"hours": {"rate": 1_000_000}}}, 1, None, "too large"),
        ({"lines": {"hours": {"rate": 1}}}, 10**12, None, "too large"),
        ({"lines": {"hours": {"rate": 1}}}, Decimal("0.0000000000001"), None, "too many decimals"),
        ({"lines": {"hours": {"rate": 1}}, "factors": [{"attainment": "a"}]}, 1, [10**26, 1], "too large"),
        ({"lines": {"hours": {"rate": 1}}, "factors": [{"attainment": "a", "floor": -1}]}, 1, [1, 1], "bounds"),
    ],
)
def test_what_cannot_be_exact_is_refused(plan: Any, quantity: Any, ratio: Any, word: str) -> None:
    """Fails when a number that outgrows 128 bits would wrap round and be paid."""
    with pytest.raises(Refused, match=word):
        worked_out({"plan": plan, "values": {"hours": quantity}, "attainments": [ratio] if ratio else []})


def test_a_line_with_two_values_is_refused() -> None:
    """Fails when one of two values would be picked by chance."""
    twice = frame(LINE_VALUE, [value("E1", "hours", 2), value("E1", "hours", 3)])
    people = frame(EARNER, [{"employee_id": "E1", "position": "technician"}])
    with pytest.raises(Refused, match="E1 hours"):
        commission(people, planned({"lines": {"hours": {"rate": 18}}}), values=twice, factors=frame(FACTOR, []))


UP_TO_A_MILLION = st.decimals(-1_000_000, 1_000_000, places=2)
RATES = st.decimals(0, 100, places=4)
TIERS = st.lists(st.tuples(st.decimals(0, 900_000, places=2), RATES), min_size=1, max_size=4, unique_by=lambda t: t[0])
RATIO = st.tuples(st.integers(0, 10**15), st.integers(1, 10**15))


def to_the_fen(yuan: Fraction) -> Fraction:
    """Half up to the fen, away from zero when negative."""
    size = Fraction(floor(abs(yuan) * 100 + Fraction(1, 2)), 100)
    return -size if yuan < 0 else size


def by_definition(quantity: Decimal, tiers: list[tuple[Decimal, Decimal]]) -> Fraction:
    """Each slice above its first amount at its own rate, a whole fen, in plain fractions."""
    earned = Fraction(0)
    steps = [*sorted(tiers), (Decimal(10**9), Decimal(0))]
    for place, ((lower, rate), (upper, _)) in enumerate(pairwise(steps)):
        within = min(Fraction(quantity), Fraction(upper)) - Fraction(lower)
        earned += to_the_fen(Fraction(rate) * (within if place == 0 and lower == 0 else max(within, Fraction(0))))
    return earned


@settings(max_examples=40)
@given(
    st.tuples(UP_TO_A_MILLION, RATES),
    st.tuples(UP_TO_A_MILLION, TIERS),
    st.lists(RATIO, max_size=3),
    st.integers(0, 13000),
)
def test_a_plan_agrees_with_plain_fractions(
    flat: tuple[Decimal, Decimal],
    tiered: tuple[Decimal, list[tuple[Decimal, Decimal]]],
    ratios: list[tuple[int, int]],
    score: int,
) -> None:
    """Fails when the exact integers would differ by a fen from the definition worked out in fractions."""
    (hours, rate), (labour, tiers) = flat, tiered
    found = worked_out(
        {
            "plan": {
                "lines": {"hours": {"rate": rate}, "labour": {"tiers": tiers}},
                "factors": [
                    *({"attainment": f"m{n}", "floor": "0.5", "cap": "1.5"} for n in range(len(ratios))),
                    {"score": True},
                ],
            },
            "values": {"hours": hours, "labour": labour},
            "attainments": [list(ratio) for ratio in ratios],
            "score": Decimal(score) / 100,
        }
    )
    whole = to_the_fen(Fraction(hours) * Fraction(rate)) + by_definition(labour, tiers)
    exact = max(whole, Fraction(0)) * Fraction(score, 10_000)
    for top, bottom in ratios:
        exact *= min(max(Fraction(top, bottom), Fraction(1, 2)), Fraction(3, 2))
    assert found.frame["amount"].to_list() == [to_the_fen(exact) * 100]


@settings(max_examples=30)
@given(TIERS, st.lists(st.decimals(0, 1_000_000, places=2), min_size=2, max_size=6))
def test_more_never_earns_less(tiers: list[tuple[Decimal, Decimal]], quantities: list[Decimal]) -> None:
    """Fails when somebody would lose by working or selling more, whatever the tiers."""
    people = [{"employee_id": f"E{place}", "position": "technician"} for place in range(len(quantities))]
    values = [value(f"E{place}", "labour", quantity) for place, quantity in enumerate(sorted(quantities))]
    rules = planned({"lines": {"labour": {"tiers": tiers}}})
    found = commission(frame(EARNER, people), rules, values=frame(LINE_VALUE, values), factors=frame(FACTOR, [])).frame
    assert found["amount"].to_list() == sorted(found["amount"])


@settings(max_examples=30)
@given(st.lists(st.tuples(UP_TO_A_MILLION, RATIO), max_size=6), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[tuple[Decimal, tuple[int, int]]], chance: Any) -> None:
    """Fails when the same evidence, sorted otherwise, would earn or explain otherwise."""
    rules = planned({"lines": {"b": {"rate": 1}, "a": {"rate": 2}}, "factors": [{"attainment": "m"}]})
    people = frame(EARNER, [{"employee_id": f"E{place}", "position": "technician"} for place in range(len(rows))])
    values = [value(f"E{place}", line, row[0]) for place, row in enumerate(rows) for line in ("a", "b")]
    ratios = [attained(f"E{place}", 0, list(row[1])) for place, row in enumerate(rows)]
    whole = (people, frame(LINE_VALUE, values), frame(FACTOR, ratios))
    turned = [part[chance.sample(range(part.height), part.height)] for part in whole]
    first = commission(whole[0], rules, values=whole[1], factors=whole[2])
    second = commission(turned[0], rules, values=turned[1], factors=turned[2])
    assert first.frame.equals(second.frame)
    assert first.steps.equals(second.steps)
