"""A month cut into one person's days: the same measures with the day as bounds, and the rows of each day."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.check.tracing import PersonDays, days_of_person
from fairwrench.closing.run_files import LEDGER, Kept, read_kept
from fairwrench.settlement.scheme.scheme import Measure
from tests.closing.small import AUGUST, HAIDIAN, OCTOBER, SEPTEMBER, Group, evidence

BEGIN, END = datetime.fromisoformat("2026-09-30T16:00+00:00"), datetime.fromisoformat("2026-10-31T16:00+00:00")
SHARES = Measure(source="job_lines", value="sum(share)", credit="technician", date="finished_at")
JOBS = Measure(source="job_lines", credit="technician", date="finished_at")
BRAKES = JOBS.model_copy(update={"where": "fault_system = '制动'"})


@pytest.fixture(scope="module")
def kept(closed: Path) -> Kept:
    """October as it was settled."""
    return read_kept(closed)


def days(closed: Path, kept: Kept, person: str) -> PersonDays:
    """Somebody's October."""
    about = (Group(closed / LEDGER).office, kept.seal, kept.settlement.scheme)
    by_day = {"shares": SHARES, "jobs": JOBS, "brakes": BRAKES}
    return days_of_person(
        person, by_row={"shares": SHARES}, by_day=by_day, workspace=about[0], sealed=about[1], scheme=about[2]
    )


def by_hand(person: str) -> dict[date, list[dict[str, Any]]]:
    """The jobs of somebody by the local day on which they were finished, with plain loops."""
    found = defaultdict(list)
    for month in (AUGUST, SEPTEMBER, OCTOBER):
        for job in evidence(month)["job_lines"]:
            if job["technician"] == person and BEGIN <= job["finished_at"] < END:
                found[(job["finished_at"] + timedelta(hours=8)).date()].append(job)
    return found


@pytest.mark.parametrize("person", ["T1", "T2", "T3", "T4", "T5"])
def test_each_day_has_what_was_finished_on_it(closed: Path, kept: Kept, person: str) -> None:
    """Fails when a job counts on another day than it was finished, or one in another store is lost."""
    told, expected = days(closed, kept, person), by_hand(person)
    assert len(expected) > 10
    assert {row["day"]: (row["shares"], row["jobs"], row["brakes"]) for row in told.figures.to_dicts()} == {
        # a share has three decimals, and each of these is whole
        day.isoformat(): (1000 * len(jobs), len(jobs), sum(job["fault_system"] == "制动" for job in jobs))
        for day, jobs in expected.items()
    }


def test_the_rows_of_a_day_add_up_to_its_figure(closed: Path, kept: Kept) -> None:
    """Fails when the list behind a count holds other jobs than were counted: T2 lends a hand in another store, too."""
    told, expected = days(closed, kept, "T2"), by_hand("T2")
    found = defaultdict(list)
    for row in told.rows.iter_rows(named=True):
        assert row["value_shares"] == Decimal(1)
        found[row["_day"]].append((row["store"], row["ro_no"]))
    assert found == {day: [(job["store"], job["ro_no"]) for job in jobs] for day, jobs in expected.items()}
    assert HAIDIAN in told.rows["store"].to_list()


def test_who_did_nothing_has_no_day(closed: Path, kept: Kept) -> None:
    """Fails when somebody without a job is told of days of 0."""
    told = days(closed, kept, "A1")
    assert told.rows.is_empty() and told.figures.is_empty()
