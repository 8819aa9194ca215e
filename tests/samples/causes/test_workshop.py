"""Results follow from causes: who mends badly sees cars again, a full or badly supplied workshop is late."""

from __future__ import annotations

from datetime import date, timedelta
from random import Random

import polars as pl
import pytest

from fairwrench.ledger.rows.checking import wrong_vin
from fairwrench.samples.causes.arrivals import Shop
from fairwrench.samples.causes.causes import StoreCauses, Traits
from fairwrench.samples.causes.people import Store
from fairwrench.samples.causes.workshop import Crew, run_day
from fairwrench.samples.orders import Order
from fairwrench.samples.vehicles import make_fleet

FIRST = date(2026, 3, 1)
GOOD = Traits(skill=0.95, pace=1.1, care=0.9, punctual=1, effort=1, study=1, regard=0.7)
BAD = Traits(skill=0.35, pace=0.8, care=0.9, punctual=1, effort=1, study=1, regard=0.7)
HASTY = Traits(skill=0.95, pace=1.1, care=0.1, punctual=1, effort=1, study=1, regard=0.7)


def worked(
    hands: Traits, manners: Traits = GOOD, missing: float = 0.03, heads: int = 10, chances: str = "workshop"
) -> list[Order]:
    """A hundred days of a store of 600 orders a month."""
    random = Random(chances)
    fleet = make_fleet(random, 2_400, 0, FIRST, ["E01090"])
    shop = Shop(Store(0, "测试店", StoreCauses(1.0, missing, 8, 1.0)), fleet, 600, random)
    crew = Crew(
        advisors=[(f"E0109{n}", manners, False) for n in range(6)],
        technicians=[(f"E010{n:02d}", hands, n == 0) for n in range(heads)],
        body=[("E01050", hands, False), ("E01051", hands, False)],
        judge="E01099",
        honest=1.0,
    )
    return [order for day in range(100) for order in run_day(shop, FIRST + timedelta(days=day), crew)]


@pytest.fixture(scope="module")
def usual() -> list[Order]:
    return worked(GOOD)


def late(orders: list[Order]) -> float:
    return sum(order.late_hours > 0 for order in orders) / len(orders)


def test_low_skill_brings_cars_back(usual):
    again = [sum(order.returns_for is not None for order in orders) / len(orders) for orders in (usual, worked(BAD))]
    assert again[0] < 0.01
    assert again[1] > 5 * again[0]


def test_missing_parts_and_careless_promises_make_orders_late(usual):
    assert late(worked(GOOD, missing=0.3)) > 2 * late(usual)
    # two in a hundred are late, so that one hundred days alone say little of how an advisor promises
    careful, hasty = ([each for word in "abc" for each in worked(GOOD, who, chances=word)] for who in (GOOD, HASTY))
    assert late(hasty) > 1.3 * late(careful)


def test_fewer_hands_make_cars_wait(usual):
    waits = [sum(o.finished - o.opened for o in orders) / len(orders) for orders in (usual, worked(GOOD, heads=3))]
    assert waits[1] > 1.5 * waits[0]


def test_a_comeback_is_the_same_car_with_the_same_fault_within_thirty_days():
    orders = worked(BAD)
    by_number = {order.ro_no: order for order in orders}
    back = [order for order in orders if order.returns_for]
    assert back
    for order in back:
        first = by_number[order.first_ro_no]
        assert order.vehicle is first.vehicle
        assert order.jobs[0].system in {job.system for job in first.jobs}
        assert 0 < order.opened - first.delivered <= 30 * 1440
        assert order.rework and order.kind == "internal" and order.labour == 0


def test_a_shared_job_carries_the_whole_jobs_hours_on_both_rows(usual):
    shared = [order for order in usual if any(job.share < 1000 for job in order.jobs)]
    assert shared
    for order in shared:
        for line in {job.line for job in order.jobs}:
            jobs = [job for job in order.jobs if job.line == line]
            assert sum(job.share for job in jobs) == 1000
            assert len({(job.billed, job.labour) for job in jobs}) == 1


def test_vehicle_numbers_have_the_right_check_digit():
    fleet = make_fleet(Random(3), 500, 2, FIRST, ["E1"])
    numbers = pl.Series([car.vin for car in fleet])
    assert numbers.n_unique() == 500
    assert not wrong_vin(numbers).any()
