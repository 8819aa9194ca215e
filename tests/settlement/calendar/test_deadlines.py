"""Deadlines, lateness and months against a paper calendar, and what must hold for any month."""

from datetime import UTC, date, datetime, timedelta
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from fairwrench.settlement.calendar.deadlines import (
    Deadline,
    HandedIn,
    Month,
    deadlines,
    fines,
    summary_due,
    summary_late_days,
)
from fairwrench.settlement.calendar.workdays import WorkCalendar
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme.cycle import Cycle, Step
from fairwrench.settlement.source.source import Text
from tests.settlement.casebook import cases
from tests.settlement.conftest import CYCLE

MONTHS = st.builds(Month, st.integers(2004, 2025), st.integers(1, 12))
POSTPONE = st.sampled_from(["weekends", "workdays"])
CLOCK = "%Y-%m-%d %H:%M"


def cycle_with(**changes: Any) -> Cycle:
    """The cycle of the fixtures with some settings changed."""
    return Cycle.model_validate(CYCLE | changes)


@cases("deadlines", "deadlines")
def test_deadlines_as_worked_out_by_hand(case: dict[str, Any], cycle: Cycle) -> None:
    """Fails when somebody would be called late, or early, against the calendar on the wall."""
    asked = case["given"]
    cycle = cycle.model_copy(update={"country": asked.get("country", "CN")})
    plan, problems = deadlines(
        Month.parse(asked["month"]), cycle, postpone=asked.get("postpone"), override=asked.get("table")
    )
    assert {one.step: one.due.strftime(CLOCK) for one in plan} == case["expected"]
    assert {one.step: one.reason.zh for one in plan if one.reason} == case.get("moved", {})
    assert {problem.code: problem.severity for problem in problems} == case.get("problems", {})


def test_each_deadline_names_its_responsible_and_its_day(cycle: Cycle) -> None:
    """Fails when a provider of figures is not told which day is his (5.7: who has scored by when)."""
    plan, _ = deadlines(Month(2026, 10), cycle)
    assert [(one.step, one.responsible, one.nominal.strftime(CLOCK)) for one in plan] == [
        ("planning", "line_manager", "2026-10-05 17:30"),
        ("discipline", "administration_manager", "2026-11-02 17:30"),
        ("learning", "hr_specialist", "2026-11-03 17:30"),
        ("key", "department_manager", "2026-11-04 17:30"),
        ("satisfaction", "customer_service_manager", "2026-11-05 17:30"),
        ("finance", "finance_manager", "2026-11-07 17:30"),
    ]


@pytest.mark.parametrize(
    ("month", "summary", "due"),
    [
        # 2026-11-03 is a Tuesday; 2026-10-03 a Saturday, within the National Day holiday (1st to 7th, by the notice of
        # the State Council: 10 October is worked)
        ("2026-10", {"day": 3}, {"weekends": "2026-11-03 17:30", "workdays": "2026-11-03 17:30"}),
        ("2026-09", {"day": 3}, {"weekends": "2026-10-05 17:30", "workdays": "2026-10-08 17:30"}),
        ("2026-10", {"day": 28, "month": 0}, {"weekends": "2026-10-28 17:30", "workdays": "2026-10-28 17:30"}),
    ],
)
def test_the_day_of_summaries_moves_over_days_off(month: str, summary: dict[str, int], due: dict[str, str]) -> None:
    """Fails when somebody is called late with a summary that was due on a Saturday."""
    for postpone, expected in due.items():
        found = summary_due(Month.parse(month), cycle_with(summary=summary, postpone=postpone))
        assert found is not None and found.strftime(CLOCK) == expected, postpone
    assert summary_due(Month.parse(month), cycle_with()) is None


@pytest.mark.parametrize(
    ("done", "days"),
    [
        ("2026-11-03 17:30", 0),
        ("2026-11-03 17:31", 1),
        ("2026-11-04 17:30", 1),
        ("2026-11-04 17:31", 2),
        # Friday the 6th after 17:30 is the fourth started day; over the weekend no other begins
        ("2026-11-06 18:00", 4),
        ("2026-11-08 23:00", 4),
        ("2026-11-09 17:30", 4),
        ("2026-11-09 18:00", 5),
    ],
)
def test_a_late_summary_counts_started_working_days(done: str, days: int) -> None:
    """Fails when a weekend makes a summary later, or a minute late is none."""
    asked = cycle_with(summary={"day": 3})
    assert summary_late_days(Month(2026, 10), asked, datetime.strptime(done, CLOCK)) == days
    assert summary_late_days(Month(2026, 10), cycle_with(), datetime.strptime(done, CLOCK)) == 0


def test_a_moved_deadline_says_why_in_english_too(cycle: Cycle) -> None:
    """Fails when an English reader sees a date without its reason."""
    plan, _ = deadlines(Month(2026, 10), cycle)
    assert plan[-1].reason is not None
    assert plan[-1].reason.en == "2026-11-07 is a Saturday; moved to 2026-11-09"


def test_a_step_waits_for_the_one_ahead_of_it() -> None:
    """Fails when a scheme whose later step has the earlier day would have it done before its figures are there."""
    step = {"name": {"zh": "甲", "en": "first"}, "responsible": "hr", "day": 6}
    second = {"name": {"zh": "乙", "en": "second"}, "responsible": "hr", "day": 4}
    plan, _ = deadlines(Month(2026, 10), cycle_with(steps={"first": step, "second": second}))
    assert [one.due for one in plan] == [datetime(2026, 11, 6, 17, 30)] * 2
    assert plan[1].reason is not None
    assert plan[1].reason.zh == "不得早于前一步骤「甲」"


def test_a_payday_on_a_day_off_moves_to_the_working_day_before() -> None:
    """15 November 2026 is a Sunday: wages are paid on Friday the 13th, though the step ahead is due on Monday the 16th.
    From 1 to 7 October 2026 all is off by the official calendar, so a payday on the 3rd is 30 September."""
    ahead = Step(name=Text(zh="步", en="step"), responsible="general_manager", day=14)
    payday = Step(name=Text(zh="步", en="step"), responsible="finance_manager", day=15, moves="earlier")
    plan, _ = deadlines(Month(2026, 10), cycle_with(steps={"approval": ahead, "payday": payday}))
    assert [f"{each.due:%m-%d}" for each in plan] == ["11-16", "11-13"]
    reason = plan[1].reason
    assert reason is not None
    assert (reason.zh, reason.en) == (
        "2026-11-15是星期日，提前至2026-11-13",
        "2026-11-15 is a Sunday; moved to 2026-11-13",
    )
    early = payday.model_copy(update={"day": 3})
    plan, _ = deadlines(Month(2026, 9), cycle_with(steps={"payday": early}), postpone="workdays")
    assert f"{plan[0].due:%Y-%m-%d}" == "2026-09-30"


def test_planning_comes_first_wherever_the_document_names_it(cycle: Cycle) -> None:
    """Fails when a planning step written last would drag the assessment steps after it, or be dragged."""
    moved = dict(sorted(cycle.steps.items()))
    plan, _ = deadlines(Month(2026, 9), cycle.model_copy(update={"steps": moved}))
    assert plan[0].step == "planning"
    assert plan[0].due == datetime(2026, 9, 7, 17, 30)


@given(MONTHS, POSTPONE)
def test_deadlines_keep_their_order(month: Month, postpone: Any) -> None:
    """Fails when a holiday would turn two steps around, or put a deadline on a day off or before its own day."""
    cycle = cycle_with()
    plan, problems = deadlines(month, cycle, postpone=postpone)
    calendar = WorkCalendar.of(cycle, postpone)
    assert not problems
    assert [one.due for one in plan] == sorted(one.due for one in plan)
    for one in plan:
        assert calendar.works(one.due.date())
        assert one.due >= one.nominal
        assert (one.reason is None) == (one.due == one.nominal)


@given(MONTHS, st.dictionaries(st.dates(date(2026, 1, 1), date(2026, 12, 31)), st.booleans()))
def test_an_imported_table_never_breaks_the_order(month: Month, table: dict[date, bool]) -> None:
    """Fails when an odd table (every day off, holidays on single days) would turn two steps around."""
    plan, _ = deadlines(month, cycle_with(), postpone="workdays", override=table)
    assert [one.due for one in plan] == sorted(one.due for one in plan)
    assert all(table.get(one.due.date(), True) for one in plan)


def late_days(due: datetime, done: datetime, cycle: Cycle) -> int:
    """How many started days a person is fined for who hands in one thing of one step."""
    step = Deadline("key", Text(zh="关键", en="key"), "hr", due, due)
    found, _ = fines([step], [HandedIn("E01", "key", done)], cycle)
    return sum(len(fine.days) for fine in found)


@cases("deadlines", "lateness")
def test_lateness_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a fine would be a day too high or too low."""
    asked = case["given"]
    lateness = {"amount": "500", "counted_in": asked.get("counted_in", "working_days")}
    cycle = cycle_with(postpone=asked.get("postpone", "weekends"), lateness=lateness)
    due, done = (datetime.strptime(asked[name], CLOCK) for name in ("due", "done"))
    assert late_days(due, done, cycle) == case["expected"]


def test_a_scheme_without_lateness_fines_nobody() -> None:
    """Fails when a company that dropped the fine still gets one."""
    cycle = cycle_with(lateness=None)
    plan, _ = deadlines(Month(2026, 10), cycle)
    late = HandedIn("E01", "key", datetime(2026, 12, 1))
    assert late_days(plan[0].due, late.done, cycle) == 0
    assert fines(plan, [late], cycle) == ((), ())


@given(st.datetimes(datetime(2026, 10, 1), datetime(2026, 12, 31)), st.timedeltas(timedelta(0), timedelta(days=40)))
def test_later_never_costs_less(done: datetime, more: timedelta) -> None:
    """Fails when waiting longer, or counting calendar days, would be cheaper."""
    due = datetime(2026, 11, 9, 17, 30)
    by_calendar = cycle_with(lateness=CYCLE["lateness"] | {"counted_in": "calendar_days"})
    assert late_days(due, done, cycle_with()) <= late_days(due, done + more, cycle_with())
    assert late_days(due, done, cycle_with()) <= late_days(due, done, by_calendar)
    assert (late_days(due, done, by_calendar) > 0) == (done > due)


@cases("deadlines", "fines")
def test_fines_as_worked_out_by_hand(case: dict[str, Any]) -> None:
    """Fails when a person would be fined by form, or for somebody else."""
    asked = case["given"]
    cycle = cycle_with(lateness=asked.get("lateness", CYCLE["lateness"]))
    plan, _ = deadlines(Month(2026, 10), cycle)
    handed = [
        HandedIn(person, step, datetime.strptime(done, CLOCK))
        for person, step, done, forms in asked["handed_in"]
        for _ in range(forms)
    ]
    found, problems = fines(plan, handed, cycle)
    assert [
        {"person": one.person, "steps": list(one.steps), "days": len(one.days), "amount": as_decimal(one.amount, 2)}
        for one in found
    ] == case["expected"]
    assert {problem.code: problem.severity for problem in problems} == case.get("problems", {})


def test_a_country_is_asked_only_for_years_that_it_knows() -> None:
    """Fails when a year without any holiday on record would pass for one without holidays."""
    _, problems = deadlines(Month(2150, 3), cycle_with(country="DE"), postpone="workdays")
    assert [problem.code for problem in problems] == ["calendar_unpublished"]


def test_a_fine_carries_its_article_and_the_warning(cycle: Cycle) -> None:
    """Fails when HR would confirm a fine without reading that it may be unlawful where the store is."""
    plan, _ = deadlines(Month(2026, 10), cycle)
    (fine,), _ = fines(plan, [HandedIn("E01", "key", datetime(2026, 11, 6, 9))], cycle)
    assert fine.days == (date(2026, 11, 4), date(2026, 11, 5))
    assert (fine.effect, fine.reference) == ("money", "S1 ❺ 5.7")
    assert fine.warning is not None
    assert "unlawful" in fine.warning.en


def test_a_fine_over_an_unpublished_year_says_so() -> None:
    """Fails when days of a year without calendar would be counted as if it were known."""
    cycle = cycle_with(postpone="workdays")
    plan, _ = deadlines(Month(2098, 12), cycle)
    _, problems = fines(plan, [HandedIn("E01", "key", datetime(2099, 1, 30))], cycle)
    assert [problem.code for problem in problems] == ["calendar_unpublished"]


@pytest.mark.parametrize("text", ["2026-13", "2026-00", "2026-1", "202610", "2026-10-01", "", "２０２６-10"])
def test_what_is_no_month_is_refused(text: str) -> None:
    """Fails when a mistyped month would be settled as another one."""
    with pytest.raises(ValueError, match="is not a month like"):
        Month.parse(text)


def test_a_month_has_twelve_names() -> None:
    """Fails when arithmetic could make a thirteenth month."""
    with pytest.raises(ValueError, match="from 1 to 12"):
        Month(2026, 13)


def test_months_by_the_calendar() -> None:
    """Fails when February, or the turn of the year, is miscounted."""
    assert [Month(year, 2).days for year in (2024, 2025, 2000, 2100)] == [29, 28, 29, 28]
    assert str(Month(2026, 12).plus(1)) == "2027-01"
    assert str(Month(2026, 1).plus(-13)) == "2024-12"
    assert [str(month) for month in Month.range(Month(2026, 11), Month(2027, 2))] == [
        *("2026-11", "2026-12", "2027-01", "2027-02"),
    ]
    assert list(Month.range(Month(2026, 2), Month(2026, 1))) == []


def test_a_month_is_cut_at_local_midnight() -> None:
    """Fails when work done in the small hours of the 1st counts for the month before (5.7: local midnight)."""
    # Beijing is 8 hours ahead of UTC, so 1 October begins there at 16:00 UTC on 30 September.
    assert Month(2026, 10).bounds_utc("Asia/Shanghai") == (
        datetime(2026, 9, 30, 16, tzinfo=UTC),
        datetime(2026, 10, 31, 16, tzinfo=UTC),
    )
    # Berlin leaves summer time on 25 October 2026: +2 at the begin, +1 at the end.
    assert Month(2026, 10).bounds_utc("Europe/Berlin") == (
        datetime(2026, 9, 30, 22, tzinfo=UTC),
        datetime(2026, 10, 31, 23, tzinfo=UTC),
    )


@given(MONTHS, st.integers(-500, 500))
def test_months_count_like_numbers(month: Month, step: int) -> None:
    """Fails when moving there and back ends elsewhere, or text, order and days disagree."""
    moved = month.plus(step)
    assert moved.plus(-step) == Month.parse(str(month)) == Month.of(month.last)
    assert month.until(moved) == step
    assert (moved > month) == (step > 0) == (str(moved) > str(month))
    assert month.last + timedelta(days=1) == month.plus(1).first
    assert month.bounds_utc("Asia/Shanghai")[1] == month.plus(1).bounds_utc("Asia/Shanghai")[0]
