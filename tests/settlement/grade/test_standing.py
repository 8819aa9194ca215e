"""Runs of grades checked on the fingers, appeals, and what must hold for any run."""

from collections.abc import Iterable
from itertools import pairwise
from typing import Any

import polars as pl
import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.grade.standing import Event, MonthResult, held_from, stand, stand_all
from fairwrench.settlement.scheme.scheme import Standing
from tests.settlement.casebook import cases
from tests.settlement.conftest import STANDING

RULES = Standing.model_validate(STANDING)
STATES = {"-": "excluded", "?": "incomplete"}
JANUARY = Month(2026, 1)
MEASURES = {"improvement_plan", "severe_warning", "separation_review"}

# Runs matter here, so bad and best grades come more often than in life.
GRADES = st.text("AABCDDDEEE", max_size=30)
COURSES = st.text("AABCDDDEEE--?", max_size=30)


def months(
    grades: Iterable[str], first: Month = JANUARY, stays: Iterable[str] = (), given: Iterable[str] = ()
) -> list[MonthResult]:
    """One person's months from letters: a grade, - for excluded, ? for incomplete."""
    stayed, awarded = set(stays), set(given)
    results = []
    for step, letter in enumerate(grades):
        month = first.plus(step)
        state, grade = STATES.get(letter, "settled"), None if letter in STATES else letter
        review = "stays" if str(month) in stayed else None
        results.append(MonthResult(month, state, grade, review, ("award",) if str(month) in awarded else ()))
    return results


def line(event: Event) -> str:
    """An event as the cases write it."""
    plan = f"→ {' '.join(map(str, event.plan))}" if event.plan else None
    return " ".join(word for word in (str(event.month), event.event, event.by, event.letter, plan) if word)


@cases("standing", "runs")
def test_runs_as_worked_out_by_hand(case: dict[str, Any], standing: Standing) -> None:
    """Fails when somebody would be warned, reviewed or rewarded by a run that they do not have."""
    asked = case["given"]
    events = stand(months(asked["grades"].split(), Month.parse(asked["from"]), asked.get("stays", ())), standing)
    assert [line(event) for event in events] == case["expected"]
    assert [name for event in events for name in event.set_aside] == case.get("set_aside", [])


@cases("standing", "appeals")
def test_appeals_as_worked_out_by_hand(case: dict[str, Any], standing: Standing) -> None:
    """Fails when a measure without ground would stay in the register, or an award be taken back by a program."""
    asked = case["given"]
    first, given = Month.parse(asked["from"]), asked.get("award_given", ())
    before, after = (stand(months(asked[name].split(), first, (), given), standing) for name in ("before", "after"))
    was, now = ({(event.month, event.event, event.rule): event for event in events} for events in (before, after))
    assert [line(event) for what, event in was.items() if what not in now] == case["withdrawn"]
    assert [line(event) for what, event in now.items() if what not in was] == case["new"]


def test_an_event_says_why_in_both_languages(standing: Standing) -> None:
    """Fails when a letter could not give its reason."""
    (warning,) = stand(months("EE"), standing)
    assert warning.run == (JANUARY, Month(2026, 2))
    assert warning.detail.zh == "连续2个月为E级：2026-01、2026-02；改进期：2026-03；同月较轻的措施不再执行：plan"
    assert warning.detail.en == "2 months running at E: 2026-01, 2026-02; to improve in 2026-03; set aside: plan"
    *_, review = stand(months("EEE"), standing)
    assert (review.rule, review.reference) == ("e_review", "S1 ❺ 5.8")


def test_a_kept_award_says_that_it_was_given(standing: Standing) -> None:
    """Fails when the register would show an award beside grades that do not bring it, without a word."""
    (award,) = stand(months("ABA", given=["2026-03"]), standing)
    assert (award.event, award.by) == ("excellent_employee", "hr")
    assert "予以保留" in award.detail.zh


def test_a_given_award_that_is_due_keeps_its_reason(standing: Standing) -> None:
    """Fails when giving the award would take away the months that it was given for."""
    assert stand(months("AAA", given=["2026-03"]), standing) == stand(months("AAA"), standing)


def test_an_award_of_a_rule_that_is_gone_stays(standing: Standing) -> None:
    """Fails when a new scheme version would delete what was given under an old one."""
    gone = MonthResult(JANUARY, "settled", "A", None, ("reward_trip",))
    assert [(event.event, event.rule) for event in stand([gone], standing)] == [("excellent_employee", "reward_trip")]


def test_a_held_award_that_was_given_stays(standing: Standing) -> None:
    """Fails when a month reopened by an appeal would take an award out of the register."""
    events = stand(months("A?A", given=["2026-03"]), standing)
    assert [line(event) for event in events] == ["2026-03 excellent_employee hr"]


def test_from_when_everything_waits() -> None:
    """Fails when the page could not say which month holds a person's standing."""
    assert held_from(months("DD?D?")) == Month(2026, 3)
    assert held_from(months("DD-D")) is None


def test_months_may_come_in_any_order(standing: Standing) -> None:
    """Fails when a history read in another order would bring other measures."""
    assert stand(months("DDDDD")[::-1], standing) == stand(months("DDDDD"), standing)


def test_a_month_that_is_not_there_is_like_an_excluded_one(standing: Standing) -> None:
    """Fails when a gap in the roster would break, or count in, a run."""
    whole = months("D-D")
    assert stand([whole[0], whole[2]], standing) == stand(whole, standing)


def test_a_month_twice_is_refused(standing: Standing) -> None:
    """Fails when one bad month entered twice would look like two running."""
    with pytest.raises(ValueError, match="twice"):
        stand([*months("D"), *months("D")], standing)


def test_a_settled_month_needs_its_grade(standing: Standing) -> None:
    """Fails when a lost grade would pass for a good one."""
    with pytest.raises(ValueError, match="2026-01 is settled without a grade"):
        stand([MonthResult(JANUARY, "settled")], standing)


def on_the_fingers(grades: str) -> list[tuple[int, str]]:
    """The table of measures read month by month from the run that ends there, apart from the program's counters."""
    found = []
    for place in range(1, len(grades) + 1):
        d = place - len(grades[:place].rstrip("DE"))
        e = place - len(grades[:place].rstrip("E"))
        if d == 5 or e == 3:
            found.append((place, "separation_review"))
        elif d == 4 or e == 2:
            found.append((place, "severe_warning"))
        elif d == 2:
            found.append((place, "improvement_plan"))
    return found


@given(GRADES)
def test_measures_agree_with_the_fingers(grades: str) -> None:
    """Fails when any run would bring another measure than the table of 5.8 says."""
    events = stand(months(grades), RULES)
    taken = [(JANUARY.until(event.month) + 1, event.event) for event in events if event.event in MEASURES]
    assert taken == on_the_fingers(grades)


@given(GRADES, st.lists(st.integers(0, 30)))
def test_excluded_months_are_neutral(grades: str, places: list[int]) -> None:
    """Fails when leave would help or harm: the same measures follow the same grades."""
    stretched = list(grades)
    for place in places:
        stretched.insert(place, "-")
    bare = [event for event in stand(months(grades), RULES) if event.event != "excellent_employee"]
    found = [event for event in stand(months(stretched), RULES) if event.event != "excellent_employee"]
    assert [(event.event, event.rule, len(event.run)) for event in found] == [
        (event.event, event.rule, len(event.run)) for event in bare
    ]


@given(COURSES, COURSES)
def test_what_comes_later_changes_nothing_before(early: str, late: str) -> None:
    """Fails when a later month would rewrite an earlier register, or a held month let something through."""
    end = JANUARY.plus(len(early))
    assert tuple(event for event in stand(months(early + late), RULES) if event.month < end) == stand(
        months(early), RULES
    )
    assert stand(months(f"{early}?{late}"), RULES) == stand(months(early), RULES)


@given(COURSES)
def test_every_measure_stands_on_its_run(grades: str) -> None:
    """Fails when a run would skip a settled month, hold a grade that does not count, or be shorter than its rule."""
    results = months(grades)
    settled = [result.month for result in results if result.state == "settled"]
    grade = {result.month: result.grade for result in results}
    for event in stand(results, RULES):
        if event.event in ("plan_passed", "plan_ended"):
            continue
        rule = RULES.rules[event.rule]
        place = settled.index(event.month)
        assert list(event.run) == settled[place - rule.at + 1 : place + 1]
        assert {grade[month] for month in event.run} <= set(RULES.counters[rule.counter])
        assert list(event.plan) == [event.month.plus(step) for step in range(1, (rule.months or 0) + 1)]


@given(COURSES)
def test_at_most_one_measure_a_month_and_one_award_a_year(grades: str) -> None:
    """Fails when somebody would get two letters at once, or two awards in a year."""
    events = stand(months(grades), RULES)
    measures = [event.month for event in events if event.event in MEASURES]
    awards = [event.month.year for event in events if event.event == "excellent_employee"]
    assert len(set(measures)) == len(measures)
    assert len(set(awards)) == len(awards)
    assert all(one.month <= two.month for one, two in pairwise(events))


@given(COURSES)
def test_every_plan_ends_before_the_next_begins(grades: str) -> None:
    """Fails when a plan would run for ever, twice at once, or end without having begun."""
    running = False
    for event in stand(months(grades), RULES):
        if event.event == "improvement_plan":
            assert not running
            running = True
        elif event.event in ("plan_passed", "plan_ended"):
            assert running
            assert 1 <= len(event.plan) <= 2
            running = False


def as_frame(people: dict[str, list[MonthResult]]) -> pl.DataFrame:
    """Several people's months as a settlement holds them."""
    rows = [
        (person, str(one.month), one.state, one.grade, one.review, list(one.given) or None)
        for person, results in people.items()
        for one in results
    ]
    names = ("employee_id", "month", "state", "grade", "review")
    return pl.DataFrame(rows, schema={**dict.fromkeys(names, pl.String), "given": pl.List(pl.String)}, orient="row")


MONTHS = st.builds(lambda step: str(JANUARY.plus(step)), st.integers(0, 11))
DECIDED = st.lists(MONTHS, max_size=1)
PERSON = st.builds(months, COURSES, st.just(JANUARY), DECIDED, DECIDED)


@given(st.dictionaries(st.sampled_from("PQRST"), PERSON), st.one_of(st.just(""), MONTHS))
def test_everybody_is_everyone_by_himself(people: dict[str, list[MonthResult]], since: str) -> None:
    """Fails when the quick way through a large group would miss somebody, or depend on the order of rows."""
    frame = as_frame(people)
    found = stand_all(frame.sample(fraction=1, shuffle=True, seed=1), RULES, since)
    expected = [
        (str(event.month), person, event.event, event.rule, event.detail.zh, event.detail.en)
        for person in sorted(people)
        for event in stand(people[person], RULES)
        if str(event.month) >= since
    ]
    assert found.select("month", "employee_id", "event", "rule", "detail_zh", "detail_en").rows() == expected


def test_a_plan_that_ends_in_the_asked_month_is_found(standing: Standing) -> None:
    """Fails when looking at one month alone would miss a plan passed in it, or closed by a review."""
    people = {"E01": months("DDC"), "E02": months("DD-", stays=["2026-03"]), "E03": months("CDD")}
    found = stand_all(as_frame(people), standing, since="2026-03")
    assert found.select("employee_id", "event").rows() == [
        ("E01", "plan_passed"),
        ("E02", "plan_ended"),
        ("E03", "improvement_plan"),
    ]


def test_the_frame_carries_what_a_letter_needs(standing: Standing) -> None:
    """Fails when HR would have to look up elsewhere who signs which wording, and until when."""
    frame = as_frame({"E01": months("EE")}).drop("review", "given")
    (row,) = stand_all(frame, standing).drop("detail_zh", "detail_en").rows(named=True)
    assert row == {
        "month": "2026-02",
        "employee_id": "E01",
        "event": "severe_warning",
        "rule": "e_warning",
        "by": "line_manager",
        "letter": "after_oral_warning",
        "reference": "",
        "plan_months": "2026-03",
    }


def test_an_award_confirmed_without_naming_its_rule_stays(standing: Standing) -> None:
    """Fails when HR's plain "award confirmed" would not keep the award from being taken back."""
    given = pl.when(pl.col("month") == "2026-03").then(pl.lit([None], dtype=pl.List(pl.String)))
    frame = as_frame({"E01": months("ABA")}).with_columns(given=given)
    assert stand_all(frame, standing).select("month", "rule").rows() == [("2026-03", "award")]


@pytest.mark.parametrize("spoilt", [{"state": "Settled"}, {"grade": None}, {"state": None}])
def test_a_frame_that_cannot_be_read_is_refused(spoilt: dict[str, Any], standing: Standing) -> None:
    """Fails when a person without any long run, left out of the slow way, would hide a broken row."""
    frame = as_frame({"E01": months("CC")}).with_columns(
        pl.lit(value, dtype=pl.String).alias(name) for name, value in spoilt.items()
    )
    with pytest.raises(ValueError, match="E01, 2026-01"):
        stand_all(frame, standing)


def test_a_frame_with_a_month_twice_is_refused(standing: Standing) -> None:
    """Fails when a month settled twice would count twice."""
    frame = as_frame({"E01": months("CC")})
    with pytest.raises(ValueError, match="E01, 2026-01"):
        stand_all(pl.concat([frame, frame]), standing)


def test_nobody_stands_anywhere(standing: Standing) -> None:
    """Fails when the first month of a company would break."""
    assert stand((), standing) == ()
    assert stand_all(as_frame({"E01": []}), standing).is_empty()


def test_sixty_thousand_people_over_a_year(standing: Standing) -> None:
    """Fails when one planted run in a large group would be missed, or found at somebody else."""
    grades = pl.select(pl.int_range(60_000 * 12).alias("row"))
    frame = grades.select(
        employee_id=pl.format("E{}", (pl.col("row") // 12).cast(pl.String).str.zfill(5)),
        month=pl.format("2026-{}", (pl.col("row") % 12 + 1).cast(pl.String).str.zfill(2)),
        state=pl.lit("settled"),
        # Everybody ends the year at D and the next person starts it at D: no run reaches over people.
        grade=pl.when((pl.col("row") % 12).is_in([0, 11])).then(pl.lit("D")).otherwise(pl.lit("C")),
    )
    planted = (pl.col("employee_id") == "E31415") & pl.col("month").is_in(["2026-06", "2026-07"])
    frame = frame.with_columns(grade=pl.when(planted).then(pl.lit("D")).otherwise("grade"))
    found = stand_all(frame, standing).select("employee_id", "month", "event").rows()
    assert found == [("E31415", "2026-07", "improvement_plan"), ("E31415", "2026-08", "plan_passed")]
