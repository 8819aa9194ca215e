"""Who is assessed, in which assignment, on which days, and under whom (S1 ❺ 3, 5.2, 5.6)."""

from datetime import date, timedelta
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.eligibility import (
    PEOPLE,
    REASONS,
    Assessed,
    assess,
    slices,
)
from fairwrench.settlement.inputs.reporting_lines import circles, superiors
from fairwrench.settlement.inputs.roster import ROSTER, roster_problems
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.scheme.scheme import Eligibility
from tests.settlement.casebook import cases
from tests.settlement.pay_fixtures import OCTOBER, frame, roster, scheme

SCHEME = scheme()


def judged(given: dict[str, Any]) -> Assessed:
    """The month of a case."""
    return assess(roster(given["roster"]), SCHEME, Month.parse(given["month"]))


def codes(found: Assessed) -> list[str]:
    """What is told, by code."""
    return [problem.code for problem in found.problems]


@cases("eligibility", "assessed")
def test_who_is_assessed_as_counted_by_hand(case: dict[str, Any]) -> None:
    """Fails when somebody would be left out, or drawn in, against the article of the case."""
    found = judged(case["given"])
    rows = found.people.rows(named=True)
    if case["expected"] is None:
        assert rows == []
    else:
        assert [{name: rows[0][name] for name in case["expected"]}] == [case["expected"]]
        assert len(rows) == 1
    assert codes(found) == case.get("problems", [])


@cases("eligibility", "moved")
def test_people_who_move_as_counted_by_hand(case: dict[str, Any]) -> None:
    """Fails when a person would be assessed on the card of a post held for fewer days."""
    found = judged(case["given"])
    row = found.people.row(0, named=True)
    assert {name: row[name] for name in case["expected"]} == case["expected"]
    assert codes(found) == case.get("problems", [])


@cases("eligibility", "roster_problems")
def test_what_is_wrong_with_a_roster(case: dict[str, Any]) -> None:
    """Fails when a slip in the roster would cost somebody days or a rater without a word."""
    assert codes(judged(case["given"])) == case["expected"]


def test_the_frame_has_the_promised_columns() -> None:
    """Fails when rooms that read the people would find another column or type."""
    for rows in ([], [{}]):
        assert assess(roster(rows), SCHEME, OCTOBER).people.schema == dict(PEOPLE)


def test_every_reason_has_words_in_both_languages() -> None:
    """Fails when a person left out would read a code instead of a sentence."""
    assert all(words.zh and words.en for words in REASONS.values())


def test_rules_that_are_switched_off_leave_nobody_out() -> None:
    """Fails when a scheme without these limits would apply the regulation's all the same."""
    lenient = Eligibility(probation_excludes=False, wage_below=None, min_days_in_service=0)
    rules = SCHEME.model_copy(update={"eligibility": lenient})
    rows = [{"status": "probation", "salary": 1, "hired_on": date(2026, 10, 31)}, {"employee_id": "E2", "salary": None}]
    found = assess(roster(rows), rules, OCTOBER)
    assert found.people["reason"].to_list() == [None, None]
    assert found.problems == ()


def test_a_problem_says_whom_it_concerns_and_where() -> None:
    """Fails when HR would have to search the roster for the row to mend."""
    (problem,) = roster_problems(roster([{}, {"position": "service_advisor", "from": date(2026, 10, 20), "_row": 7}]))
    assert (problem.subject, problem.line, problem.severity) == ("E1", 7, "warning")
    assert "2026-10-20" in problem.zh
    assert "2026-10-20" in problem.en


def test_an_overlap_of_another_year_is_not_told_every_month() -> None:
    """Fails when each month of a year would repeat a slip that does not concern it."""
    rows = [{"to": date(2024, 6, 30)}, {"from": date(2024, 6, 1), "to": date(2025, 1, 31)}, {"from": date(2025, 2, 1)}]
    assert [problem.code for problem in roster_problems(roster(rows))] == ["overlapping_assignments"]
    assert assess(roster(rows), SCHEME, OCTOBER).problems == ()


def test_slices_are_the_stretches_of_the_month() -> None:
    """Fails when the salary of somebody who moved would be split by other days than those served."""
    rows = [
        {"position": "technician", "from": date(2026, 9, 1), "to": date(2026, 10, 10)},
        {"position": "hr_specialist", "from": date(2026, 10, 15), "left_on": date(2026, 10, 20)},
    ]
    found = slices(roster(rows), OCTOBER).select("position", "from", "to", "days").rows()
    assert found == [
        ("technician", date(2026, 10, 1), date(2026, 10, 10), 10),
        ("hr_specialist", date(2026, 10, 15), date(2026, 10, 20), 6),
    ]


def test_a_stretch_within_a_stretch_makes_three_slices() -> None:
    """Fails when days after a nested assignment would be lost and not paid."""
    rows = [{}, {"position": "service_advisor", "from": date(2026, 10, 10), "to": date(2026, 10, 12)}]
    found = slices(roster(rows), OCTOBER).select("position", "days").rows()
    assert found == [("technician", 9), ("service_advisor", 3), ("technician", 19)]


def test_a_frame_that_is_not_a_roster_is_refused() -> None:
    """Fails when a missing column, or a salary as a binary fraction, would be computed with."""
    whole = roster([{}])
    with pytest.raises(Refused, match="full_salary"):
        assess(whole.drop("full_salary"), SCHEME, OCTOBER)
    with pytest.raises(Refused, match="Float64"):
        assess(whole.with_columns(pl.col("full_salary").cast(pl.Float64)), SCHEME, OCTOBER)


FAMILY = [
    {"employee_id": "E1", "manager_id": "E2"},
    {"employee_id": "E2", "manager_id": "E3"},
    {"employee_id": "E3"},
    {"employee_id": "E4", "manager_id": "E2"},
    {"employee_id": "E5", "manager_id": "E9"},
]


def test_lines_of_management() -> None:
    """Fails when a form would go to the wrong superior for scoring or signing."""
    above = superiors(assess(roster(FAMILY), SCHEME, OCTOBER).people)
    led = {manager: above.filter(line_manager=manager)["employee_id"].to_list() for manager in ("E1", "E2")}
    assert led == {"E1": [], "E2": ["E1", "E4"]}
    lines = {person: managers for person, *managers in above.rows()}
    assert (lines["E1"], lines["E3"]) == (["E2", "E3"], [None, None])
    assert above.rows() == [
        ("E1", "E2", "E3"),
        ("E2", "E3", None),
        ("E3", None, None),
        ("E4", "E2", "E3"),
        ("E5", None, None),
    ]


@given(st.lists(st.one_of(st.none(), st.integers(0, 11)), min_size=1, max_size=12))
def test_circles_are_found_by_walking_each_line(managers: list[int | None]) -> None:
    """Fails when a circle of managers would be overlooked, or a straight line called one."""
    people = pl.DataFrame(
        [(f"E{number:02}", None if manager is None else f"E{manager:02}") for number, manager in enumerate(managers)],
        schema={"employee_id": pl.String, "manager_id": pl.String},
        orient="row",
    )
    above = {number: manager for number, manager in enumerate(managers) if manager is not None}
    in_circle = set()
    for start in range(len(managers)):
        place, steps = above.get(start), 0
        while place is not None and place < len(managers) and steps < len(managers):
            if place == start:
                in_circle.add(f"E{start:02}")
            place, steps = above.get(place), steps + 1
    assert {person for ring in circles(people) for person in ring} == in_circle


DAYS = st.integers(-40, 40).map(lambda days: date(2026, 10, 15) + timedelta(days=days))
ASSIGNMENT = st.fixed_dictionaries(
    {
        "employee_id": st.sampled_from(["E1", "E2", "E3"]),
        "position": st.sampled_from(["technician", "hr_specialist", "nobody"]),
        "store": st.sampled_from(["S1", "S2"]),
        "status": st.sampled_from(["regular", "probation", "left", None]),
        "hired_on": st.one_of(st.none(), DAYS),
        "left_on": st.one_of(st.none(), DAYS),
        "from": st.one_of(st.none(), DAYS),
        "to": st.one_of(st.none(), DAYS),
    }
)


def served(row: dict[str, Any], day: date) -> bool:
    """Whether a row of the roster covers a day, said as a person would."""
    if row["status"] == "left" and row["to"] is None and row["left_on"] is None:
        return False
    starts = [bound for bound in (row["from"], row["hired_on"]) if bound is not None]
    ends = [bound for bound in (row["to"], row["left_on"]) if bound is not None]
    return all(start <= day for start in starts) and all(day <= end for end in ends)


@given(st.lists(ASSIGNMENT, max_size=7))
def test_slices_cover_each_day_served_exactly_once(rows: list[dict[str, Any]]) -> None:
    """Fails when a day of service would be paid twice or not at all, however assignments overlap."""
    found = slices(roster(rows), OCTOBER)
    covered = [
        (person, first + timedelta(days=step))
        for person, first, days in found.select("employee_id", "from", "days").iter_rows()
        for step in range(days)
    ]
    month = [OCTOBER.first + timedelta(days=step) for step in range(OCTOBER.days)]
    expected = {(row["employee_id"], day) for row in rows for day in month if served(row, day)}
    assert sorted(covered) == sorted(expected)


@given(st.lists(ASSIGNMENT, max_size=7), st.randoms(use_true_random=False))
def test_the_order_of_rows_never_matters(rows: list[dict[str, Any]], chance: Any) -> None:
    """Fails when the same roster, sorted otherwise, would give somebody another card or other days."""
    numbered = roster(rows)
    turned = numbered[chance.sample(range(numbered.height), numbered.height)]
    assert assess(turned, SCHEME, OCTOBER).people.equals(assess(numbered, SCHEME, OCTOBER).people)
    assert slices(turned, OCTOBER).equals(slices(numbered, OCTOBER))


def test_no_roster_gives_nobody() -> None:
    """Fails when an empty group could not be settled at all."""
    assert assess(frame(ROSTER, []), SCHEME, OCTOBER).people.is_empty()
