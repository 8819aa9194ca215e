"""What a day's work brings by a commission plan: worked out by hand for tiers, roundings and what is left out."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal

import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.settlement.scheme.scheme import CommissionLine, Measure, Scheme
from fairwrench.web.settlements.day.day_pay import DayPlan, day_plan
from fairwrench.web.settlements.day.work_of_day import Done, Job, Order, job_measures

SCHEME = load_scheme("dealership_commission")
FIRST, SECOND, THIRD = "2026-11-02", "2026-11-03", "2026-11-04"


def measured(scheme: Scheme) -> tuple[Measure, Measure]:
    """Hours and labour as a scheme measures them."""
    found = job_measures(scheme, load_sources())
    assert found is not None
    return found


def planned(position: str) -> DayPlan:
    """What a day decides of a position's plan."""
    plan = day_plan(SCHEME, position, measured(SCHEME)[0])
    assert plan is not None
    return plan


def test_hours_and_labour_are_the_scheme_s_own_measures() -> None:
    """Fails when the day is measured otherwise than the month, or by some kinds of job alone: output leaves internal jobs
    out, which are work of the day all the same."""
    hours, labour = measured(load_scheme("dealership"))
    metrics = load_scheme("dealership").metrics
    assert hours == metrics["efficiency"].numerator
    assert labour == metrics["labour_output"].numerator.model_copy(update={"where": None})


def test_a_slice_of_a_day_has_its_own_rate() -> None:
    """58 panels and then 5: the first 60 of the month at 28 yuan, what is above at 32.

    By hand: 2 × 28 + 3 × 32 = 152.00 on the second day, 60 × 28 + 3 × 32 = 1776.00 since the first.
    """
    figures = {FIRST: {"panels": 5800}, SECOND: {"panels": 500}, THIRD: {"panels": 900}}
    digits = dict.fromkeys(planned("painter").lines, 2)
    told = planned("painter").paid(SECOND, figures, digits)
    assert [(line.name.zh, line.unit, line.quantity, line.amount) for line in told.lines] == [
        ("喷漆面数", "panels", 500, 15_200)
    ]
    assert (told.amount, told.so_far) == (15_200, 177_600)


def test_lines_of_several_kinds_add_up() -> None:
    """5.5 hours for customers at 18 and 1.25 of warranty at 15: 99.00 + 18.75 = 117.75."""
    figures = {FIRST: {"hours_outside": 550_000, "hours_warranty": 125_000}}
    told = planned("technician").paid(FIRST, figures, dict.fromkeys(planned("technician").lines, 5))
    assert {line.name.zh: line.amount for line in told.lines} == {"对外工时": 9_900, "索赔工时": 1_875}
    assert told.amount == told.so_far == 11_775


def test_the_days_of_a_month_add_up_to_its_line() -> None:
    """0.5 of a thing at 0.01 yuan, three days running: 0.005 is rounded to 0.01 once, not each day anew.

    By hand: the line is 0.01, 0.01 (0.010) and 0.02 (0.015) fen-exact yuan, so the days bring 1, 0 and 1 fen.
    """
    line = CommissionLine(measure=measured(SCHEME)[0], rate=Decimal("0.01"))
    plan = DayPlan(SCHEME, "technician", {"hours_outside": line}, (), ())
    figures = {day: {"hours_outside": 5} for day in (FIRST, SECOND, THIRD)}
    days = [plan.paid(day, figures, {"hours_outside": 1}) for day in (FIRST, SECOND, THIRD)]
    assert [told.amount for told in days] == [1, 0, 1]
    assert [told.so_far for told in days] == [1, 1, 2]


def test_what_a_day_does_not_decide_is_left_out_and_named() -> None:
    """Fails when a team's hours, another file's rows or rework of a month ago count for the day, or are kept quiet."""
    technician, master = planned("technician"), planned("master_technician")
    assert list(technician.lines) == ["hours_outside", "hours_insurance", "hours_warranty", "hours_internal"]
    assert [name.zh for name in technician.left_out] == ["养护施工", "返修扣回工时"]
    assert [name.zh for name in technician.factors] == ["门店产值达成"]
    assert [name.zh for name in master.left_out] == ["所带徒弟工时", "返修扣回工时"]


@pytest.mark.parametrize("position", ["service_advisor", "parts_clerk", "workshop_manager"])
def test_who_is_not_paid_by_jobs_has_no_such_plan(position: str) -> None:
    """Fails when somebody is told of commission that no day of jobs decides."""
    assert day_plan(SCHEME, position, measured(SCHEME)[0]) is None


def test_without_a_plan_there_is_no_commission() -> None:
    """Fails when output is passed off as pay where the commission comes from the payroll."""
    scheme = load_scheme("dealership")
    assert day_plan(scheme, "technician", measured(scheme)[0]) is None


@pytest.mark.parametrize(
    ("hours", "taken_back"), [((150, -150), True), ((150, -50), False), ((150, 0), False), ((-150,), True)]
)
def test_an_order_that_was_reversed_is_no_vehicle(hours: tuple[int, ...], taken_back: bool) -> None:
    """Fails when an order that was taken back whole counts as a vehicle, or one of which something is left does not."""
    at = datetime(2026, 11, 2, 9, tzinfo=UTC)
    jobs = tuple(Job("", n, Done(each, each * 100, (2, 2)), at) for n, each in enumerate(hours, start=1))
    assert Order("RO1", "东店", jobs).taken_back is taken_back
