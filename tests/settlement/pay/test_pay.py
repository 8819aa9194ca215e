"""From score to yuan: bases, days, coefficients, totals, and what is missing (S1 ❺ 5.6, 5.8, 5.9)."""

from datetime import date
from decimal import Decimal
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal, half_up
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.money import STEPS, fen, largest_remainder
from fairwrench.settlement.pay.pay import PAY, PayResult
from fairwrench.settlement.pay.pay_base import base_of, bases, commissioned, salary_parts
from fairwrench.settlement.problem import Refused
from tests.settlement.casebook import cases
from tests.settlement.pay_fixtures import OCTOBER, amounts, cards, earned, paid, roster, scheme

SCHEME = scheme()
DIGITS = {"base": 2, "coefficient": 4, "performance_pay": 2, "fixed_part": 2, "total": 2}
MONEY = {**DIGITS, "pool_pay": 2, "deductions": 2, "corrections": 2}


def run(given: dict[str, Any]) -> tuple[PayResult, pl.DataFrame]:
    """The pay of a case and the slices it was worked out from."""
    month = Month.parse(given.get("month", "2026-10"))
    parts = slices(roster(given["assignments"]), month)
    card = {name: given[name] for name in ("score", "grade", "state") if name in given}
    due = {
        name: amounts([{"amount": amount} for amount in given.get(name, [])])
        for name in ("pool_pay", "deductions", "corrections")
    }
    result = paid(
        cards([card]),
        parts,
        rules=scheme(given.get("pay")),
        month=month,
        commission=earned({"E1": given["commission"]} if "commission" in given else {}),
        **due,
    )
    return result, parts


def shown(result: PayResult, names: dict[str, Any]) -> dict[str, Any]:
    """The figures of the one person as a payslip shows them."""
    row = result.frame.row(0, named=True)
    return {
        name: as_decimal(row[name], MONEY[name]) if name in MONEY and row[name] is not None else row[name]
        for name in names
    }


def check(case: dict[str, Any]) -> None:
    """Compare a case with what is paid and told."""
    result, parts = run(case["given"])
    assert shown(result, case["expected"]) == case["expected"]
    if "problems" in case:
        assert [problem.code for problem in result.problems] == case["problems"]
    if "slices" in case:
        found = salary_parts(parts, SCHEME, Month.parse(case["given"].get("month", "2026-10")))
        split = [[as_decimal(part, 2) for part in row] for row in found.select("salary_part", "base_part").iter_rows()]
        assert split == case["slices"]


@cases("pay", "bases")
def test_bases_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when performance pay would be drawn from another base, or rounded otherwise."""
    check(case)


@cases("pay", "days")
def test_days_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when somebody who joined, left or moved would get another part of the salary."""
    check(case)


@cases("pay", "coefficients")
def test_coefficients_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a score would be worth another coefficient than the scheme says."""
    check(case)


@cases("pay", "missing")
def test_what_is_missing_never_counts_as_zero(case: dict[str, Any]) -> None:
    """Fails when missing evidence would be paid as 0, or a person left out would be paid by the appraisal."""
    check(case)


@cases("pay", "totals")
def test_totals_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a payslip would not add up, or a risky deduction would pass without a word."""
    check(case)


def test_the_frames_have_the_promised_columns() -> None:
    """Fails when pay.csv, or the explanation, would find another column or type."""
    result, _ = run({"score": 95, "assignments": [{"position": "hr_specialist"}]})
    assert result.frame.schema == dict(PAY)
    assert result.steps.schema == dict(STEPS)
    nobody = paid(cards([]), slices(roster([]), OCTOBER))
    assert (nobody.frame.schema, nobody.frame.height) == (dict(PAY), 0)


def test_which_rule_gives_the_base() -> None:
    """Fails when a manager's 50 % would come before the position's own base, or the side's before both."""
    found = {name: base_of(position, SCHEME.pay) for name, position in SCHEME.positions.items()}
    rules = {name: base[1] for name, base in found.items() if base}
    assert rules == {
        "technician": "profit",
        "service_advisor": "profit",
        "hr_specialist": "function",
        "receptionist": "function",
        "sales_manager": "manager",
        "hr_manager": "own",
        "apprentice": "own",
        "general_manager": "manager",
    }


@pytest.mark.parametrize("share", [30, None, Decimal("-0.1")])
def test_a_share_that_is_no_fraction_is_refused(share: Decimal | int | None) -> None:
    """Fails when 30 written for 30 % would pay thirty salaries."""
    wrong = scheme({"bases": {"function": {"kind": "salary", "share": share}}})
    with pytest.raises(Refused, match="hr_specialist"):
        bases(wrong)


@pytest.mark.parametrize("rule", [{"by": "grade"}, {"by": "piecewise"}])
def test_a_coefficient_without_its_table_is_refused(rule: dict[str, str]) -> None:
    """Fails when a scheme that forgot its table would pay nobody anything."""
    parts = slices(roster([{"position": "hr_specialist"}]), OCTOBER)
    with pytest.raises(Refused, match="coefficient"):
        paid(cards([{"score": 95}]), parts, rules=scheme({"coefficient": rule}))


def test_a_person_with_two_cards_is_refused() -> None:
    """Fails when a repeated card would pay somebody twice."""
    with pytest.raises(Refused, match="E1"):
        paid(cards([{"score": 95}, {"score": 96}]), slices(roster([{}]), OCTOBER))


def test_a_leaver_still_gets_the_correction() -> None:
    """Fails when money owed to somebody who is no longer on any card would be lost."""
    result = paid(cards([]), slices(roster([]), OCTOBER), corrections=amounts([{"employee_id": "E7", "amount": 12}]))
    assert result.frame.select("employee_id", "state", "total").rows() == [("E7", "excluded", 1200)]


def test_commission_that_no_base_counts_is_told() -> None:
    """Fails when commission handed in for somebody on salary, or not assessed, would vanish without a word."""
    parts = slices(roster([{"position": "hr_specialist"}, {"employee_id": "E2"}]), OCTOBER)
    people = cards([{"score": 95}, {"employee_id": "E2", "state": "excluded"}])
    told = paid(people, parts, commission=earned({"E1": 100, "E2": 100, "E3": 100, "E4": 0})).problems
    assert [(problem.code, problem.subject) for problem in told] == [
        ("commission_not_counted", "E1"),
        ("commission_not_counted", "E2"),
        ("commission_not_counted", "E3"),
    ]


def test_a_card_without_any_assignment_is_incomplete() -> None:
    """Fails when somebody whose roster row is missing would be paid 0."""
    result = paid(cards([{"score": 95}]), slices(roster([]), OCTOBER))
    assert result.frame.select("total", "state", "missing").rows() == [(None, "incomplete", "assignment")]


def test_deductions_that_cannot_be_checked_are_told() -> None:
    """Fails when a deduction would seem checked although the wage, or the store's minimum wage, is not known."""
    parts = slices(roster([{"position": "hr_specialist"}, {"employee_id": "E2", "position": "hr_specialist"}]), OCTOBER)
    people = cards([{"state": "incomplete"}, {"employee_id": "E2", "store": "S2", "score": 100}])
    due = amounts([{"amount": 5}, {"employee_id": "E2", "amount": 5}])
    told = [
        (problem.code, problem.subject, problem.severity) for problem in paid(people, parts, deductions=due).problems
    ]
    assert told == [("deduction_not_checked", "E1", "note"), ("minimum_wage_unset", "S2", "note")]


def test_a_negative_deduction_is_told() -> None:
    """Fails when a sign slip would turn a deduction into a bonus unseen."""
    result, _ = run({"score": 95, "deductions": [-5], "assignments": [{"position": "hr_specialist"}]})
    assert [(problem.code, problem.severity) for problem in result.problems] == [("negative_deduction", "error")]


def test_whose_plan_works_out_the_commission() -> None:
    """Fails when somebody who moved would earn by the plan of a post held for fewer days, or of an office."""
    rows = [
        {"position": "technician", "to": date(2026, 10, 4)},
        {"position": "service_advisor", "from": date(2026, 10, 5), "to": date(2026, 10, 12)},
        {"position": "hr_specialist", "from": date(2026, 10, 13)},
        {"employee_id": "E2", "position": "hr_manager"},
    ]
    assert commissioned(slices(roster(rows), OCTOBER), SCHEME).rows() == [("E1", "service_advisor")]


def test_the_steps_of_a_payslip() -> None:
    """Fails when a payslip could not be redone from the steps shown, or would not name its article."""
    result, _ = run(
        {
            "score": 110,
            "commission": 2000,
            "deductions": [10],
            "assignments": [
                {"position": "technician", "salary": 3100, "to": date(2026, 10, 15)},
                {"position": "hr_specialist", "salary": 6200, "from": date(2026, 10, 16)},
            ],
        }
    )
    steps = result.steps.sort("sequence").select("step", "subject", "basis", "numerator", "denominator", "amount")
    assert steps.rows() == [
        ("salary_part", "technician", 310000, 15, 31, 150000),
        ("salary_part", "hr_specialist", 620000, 16, 31, 320000),
        ("base_part", "hr_specialist", 620000, 16 * 300000, 31 * 1000000, 96000),
        ("commission", None, None, None, None, 200000),
        ("base", "mixed", None, None, None, 296000),
        ("performance_pay", None, 296000, 11000, 10000, 325600),
        ("fixed_part", None, None, None, None, 374000),
        ("deductions", "", None, None, None, 1000),
        ("total", None, None, None, None, 698600),
    ]
    references = set(result.steps.filter(pl.col("step") == "salary_part")["reference"])
    assert references == {"S1 ❺ 5.6(1)", "S1 ❺ 5.6(2)"}


SALARY = st.integers(0, 5_000_000)
POST = st.sampled_from(["technician", "hr_specialist", "receptionist", "sales_manager", "hr_manager", "apprentice"])
STAFF = st.lists(
    st.tuples(
        POST, SALARY, st.integers(0, 13000), st.integers(-100_000, 3_000_000), st.integers(1, 31), st.integers(1, 31)
    ),
    max_size=8,
)


def month_of(rows: list[tuple[str, int, int, int, int, int]]) -> tuple[pl.DataFrame, pl.DataFrame, pl.DataFrame]:
    """Cards, roster and commission of people who hold one post from one day on and, maybe, move to an office."""
    assignments = []
    for number, (post, salary, _, _, first, moved) in enumerate(rows):
        who = {"employee_id": f"E{number}", "salary": Decimal(salary) / 100}
        until = {"to": date(2026, 10, moved)} if moved >= first else {}
        assignments.append({**who, "position": post, "from": date(2026, 10, first), **until})
        if until and moved < OCTOBER.days:
            assignments.append({**who, "position": "hr_specialist", "from": date(2026, 10, moved + 1)})
    appraised = cards([{"employee_id": f"E{n}", "score": Decimal(row[2]) / 100} for n, row in enumerate(rows)])
    return appraised, roster(assignments), earned({f"E{n}": Decimal(row[3]) / 100 for n, row in enumerate(rows)})


@settings(max_examples=30)
@given(STAFF)
def test_nothing_of_the_salary_is_lost_or_paid_twice(rows: list[tuple[str, int, int, int, int, int]]) -> None:
    """Fails when base and fixed part would not add up to the salary of the days served, to the fen."""
    appraised, assignments, commission = month_of(rows)
    parts = salary_parts(slices(assignments, OCTOBER), SCHEME, OCTOBER)
    found = paid(appraised, slices(assignments, OCTOBER), commission=commission).frame
    for number, (_, salary, _, earned_fen, first, _) in enumerate(rows):
        own = parts.filter(pl.col("employee_id") == f"E{number}")
        row = found.row(number, named=True)
        due = half_up(salary * (OCTOBER.days - first + 1), OCTOBER.days)
        assert own["salary_part"].sum() == due
        drawn = row["base"] - (earned_fen if (own["base_kind"] == "commission").any() else 0)
        assert own["base_part"].sum() == drawn
        assert row["fixed_part"] + drawn == due


@settings(max_examples=30)
@given(STAFF)
def test_a_payslip_adds_up(rows: list[tuple[str, int, int, int, int, int]]) -> None:
    """Fails when a total would differ from what an independent calculation of its lines gives."""
    appraised, assignments, commission = month_of(rows)
    for row in paid(appraised, slices(assignments, OCTOBER), commission=commission).frame.iter_rows(named=True):
        assert row["performance_pay"] == half_up(row["base"] * row["coefficient"], 10_000)
        assert row["total"] == row["performance_pay"] + row["fixed_part"]


@settings(max_examples=30)
@given(st.integers(0, 10_000_000), st.lists(st.integers(0, 13000), min_size=2, max_size=6))
def test_a_better_score_never_pays_less(base: int, scores: list[int]) -> None:
    """Fails when points gained would cost somebody money."""
    rows = [{"employee_id": f"E{number}", "score": Decimal(score) / 100} for number, score in enumerate(sorted(scores))]
    line = {"by": "piecewise", "piecewise": [[60, 0], [90, Decimal("0.8")], [90, 1], [120, Decimal("1.5")]]}
    people = roster([{"employee_id": row["employee_id"]} for row in rows])
    commission = earned({row["employee_id"]: Decimal(base) / 100 for row in rows})
    for rule in ({"by": "score"}, line):
        rules = scheme({"coefficient": rule})
        found = paid(cards(rows), slices(people, OCTOBER), rules=rules, commission=commission).frame
        assert found["performance_pay"].to_list() == sorted(found["performance_pay"])


@settings(max_examples=30)
@given(STAFF, st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[tuple[str, int, int, int, int, int]], chance: Any) -> None:
    """Fails when the same month, sorted otherwise, would pay, explain or warn otherwise."""
    appraised, assignments, commission = month_of(rows)
    due = amounts(
        [{"employee_id": f"E{number % 3}", "amount": number, "reason": "fine"} for number in range(len(rows))]
    )
    turned = [
        frame[chance.sample(range(frame.height), frame.height)] for frame in (appraised, assignments, commission, due)
    ]
    first = paid(appraised, slices(assignments, OCTOBER), commission=commission, deductions=due)
    second = paid(turned[0], slices(turned[1], OCTOBER), commission=turned[2], deductions=turned[3])
    assert first.frame.equals(second.frame)
    assert first.steps.equals(second.steps)
    assert first.problems == second.problems


@given(st.integers(0, 10**9), st.lists(st.integers(0, 10**12), min_size=1, max_size=9).filter(any))
def test_largest_remainder_gives_all_and_nobody_a_fen_too_much(total: int, weights: list[int]) -> None:
    """Fails when a split would lose a fen, or give somebody a whole fen more or less than the exact share."""
    parts = largest_remainder(total, weights)
    assert sum(parts) == total
    whole = sum(weights)
    assert all(abs(part * whole - total * weight) < whole for part, weight in zip(parts, weights, strict=True))


@pytest.mark.parametrize(("total", "weights"), [(1, []), (1, [0, 0]), (-1, [1]), (1, [2, -1])])
def test_a_split_that_means_nothing_is_refused(total: int, weights: list[int]) -> None:
    """Fails when a sum nobody may claim would be given to somebody."""
    with pytest.raises(ValueError, match="cannot be split"):
        largest_remainder(total, weights)


def test_an_amount_of_a_document_has_whole_fen() -> None:
    """Fails when a limit of the scheme would be cut off in silence."""
    assert fen(Decimal("800.5")) == 80050
    with pytest.raises(ValueError, match="decimals"):
        fen(Decimal("0.001"))
