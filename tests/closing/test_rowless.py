"""Whoever has no row where everybody has one: the figure is missing, neither 0 nor "no occasion"."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fairwrench.closing.book import Book
from fairwrench.settlement.scheme.scheme import Scheme
from tests.catalog.metric_library import load_metrics
from tests.closing.small import LINEAR, OCTOBER, TECHNICIAN, Group, document
from tests.closing.test_coverage import line


@pytest.fixture
def group(tmp_path: Path) -> Group:
    """The group with everything of October but attendance."""
    made = Group(tmp_path / "ledger")
    made.land_month(OCTOBER)
    return made


def with_attendance() -> Scheme:
    """The scheme with an attendance rate on the technicians' card."""
    rate = load_metrics("people")["attendance_rate"].model_dump(mode="json", exclude_none=True)
    whole = document()
    whole["metrics"]["attendance_rate"] = rate
    item = {"metric": "attendance_rate", "category": "key", "weight": "20", "curve": LINEAR}
    whole["scorecards"]["technician"]["items"] = [*TECHNICIAN[:2], item, *TECHNICIAN[3:]]
    return Scheme.model_validate(whole)


def present(person: str, hours: int) -> dict[str, object]:
    store = "海淀店" if person in ("T3", "T5") else "朝阳店"
    return {
        "employee_id": person,
        "month": "2026-10",
        "store": store,
        "scheduled_hours": Decimal(160),
        "attended_hours": Decimal(hours),
    }


def test_who_is_not_on_the_attendance_sheet_waits_for_the_row(group: Group) -> None:
    """Fails when the weight of the item goes to the others, so that not being on the sheet raises the pay."""
    group.land("attendance", [present(person, 120) for person in ("T1", "T3", "T4", "T5")], OCTOBER)
    done = Book(group.office, with_attendance()).close(OCTOBER)
    there, gone = line(done, "T1", "attendance_rate"), line(done, "T2", "attendance_rate")
    assert (there["state"], there["numerator"], there["denominator"]) == ("counted", 12000, 16000)
    assert (gone["state"], gone["cause"], gone["lacks"]) == ("held", "no_row", "attendance")
    assert done.settlement.totals.filter(employee_id="T2")["state"].to_list() == ["incomplete"]


def test_hours_of_0_are_a_row(group: Group) -> None:
    """Fails when somebody who was away all month is taken for one of whom nothing is known."""
    group.land("attendance", [present(person, 0) for person in ("T1", "T2", "T3", "T4", "T5")], OCTOBER)
    found = line(Book(group.office, with_attendance()).close(OCTOBER), "T2", "attendance_rate")
    assert (found["state"], found["numerator"]) == ("counted", 0)


def test_where_nothing_was_handed_in_that_is_the_cause(group: Group) -> None:
    """Fails when the whole sheet is missing and each person is told to look for a row."""
    found = line(Book(group.office, with_attendance()).close(OCTOBER), "T2", "attendance_rate")
    assert (found["state"], found["cause"]) == ("held", "not_handed_in")
