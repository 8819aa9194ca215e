"""What a roster makes of units, positions, people and assignments."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import polars as pl
import pytest
from auditlog.models import LogEntry
from polars.testing import assert_frame_equal

from fairwrench.catalog.loader import load_scheme
from fairwrench.ledger.roster.roster import read_roster
from fairwrench.samples.sample import make_sample
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Assignment, Employee, Position, Unit
from fairwrench.web.org.roster.roster import roster_frame
from fairwrench.web.people.roster_services import Counts, roster_apply
from tests.web.small_office import PEOPLE, frame_of

pytestmark = pytest.mark.django_db


def test_a_roster_comes_back_as_it_went_in(office: pl.DataFrame) -> None:
    """Breaks if anything that a settlement reads is lost on the way through the database."""
    assert_frame_equal(roster_frame(), office)


def test_terms_that_change_with_the_assignment_come_back_each_with_its_own(roster: pl.DataFrame) -> None:
    """Breaks if a salary or a probation of the past is overwritten by that of today: sealed months would change."""
    moved = roster.filter(pl.col("employee_id") == "E103").with_columns(
        pl.lit(date(2026, 6, 30)).alias("to"), pl.lit(450_000, pl.Int64).alias("full_salary")
    )
    later = roster.filter(pl.col("employee_id") == "E103").with_columns(
        pl.lit(date(2026, 7, 1)).alias("from"), pl.lit("regular").alias("status"), pl.lit("西店").alias("store")
    )
    rest = roster.filter(pl.col("employee_id") != "E103")
    whole = pl.concat([rest, moved, later]).with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))
    roster_apply(roster=whole, by=None)
    assert_frame_equal(roster_frame(), whole)
    person = Employee.objects.get(employee_id="E103")
    assert (person.status, person.full_salary) == ("regular", 500_000)


def test_the_tree_stands_as_group_stores_departments(office: pl.DataFrame) -> None:
    """Breaks if a store hangs elsewhere than below the group, or a department is made twice."""
    group = Unit.objects.get(kind="group")
    assert [store.name for store in Unit.objects.filter(parent=group)] == ["东店", "西店"]
    east = Unit.objects.filter(parent__name="东店").order_by("code")
    assert [unit.code for unit in east] == ["administration", "hr", "service"]
    assert east.last().name == load_scheme("dealership").departments["service"].name.zh
    assert Position.objects.get(code="workshop_manager").manager


def test_the_same_roster_again_changes_nothing(office: pl.DataFrame) -> None:
    """Breaks if importing a file twice writes changes nobody made into the audit log."""
    entries = LogEntry.objects.count()
    assert roster_apply(roster=office, by=None) == Counts(0, 0, 0, len(PEOPLE))
    assert LogEntry.objects.count() == entries
    assert Unit.objects.count() == 1 + 2 + 4


def test_who_is_new_changed_and_gone_is_counted_and_logged(office: pl.DataFrame) -> None:
    """Breaks if a pay rise by import leaves no trace of who did it and what it was before."""
    clerk = User.objects.create(username="clerk")
    lines = [line for line in PEOPLE if line[0] != "E202"]
    lines[2] = (*lines[2][:7], 650_000)
    lines.append(("E203", "严技师", "西店", "service", "technician", "E201", "probation", 400_000))
    assert roster_apply(roster=frame_of(lines), by=clerk) == Counts(new=1, changed=1, gone=1, assignments=7)
    entry = LogEntry.objects.get_for_object(Employee.objects.get(employee_id="E102")).first()
    assert entry.actor == clerk
    assert entry.changes == {"full_salary": ["600000", "650000"]}
    assert Employee.objects.filter(employee_id="E202").exists()
    assert not Assignment.objects.filter(employee__employee_id="E202").exists()


@pytest.mark.parametrize("column", ["employee_id", "name", "store", "position"])
def test_a_row_that_places_nobody_is_refused_and_nothing_changes(office: pl.DataFrame, column: str) -> None:
    """Breaks if half a roster is taken in."""
    spoilt = office.with_columns(pl.when(pl.col("_row") == 4).then(None).otherwise(pl.col(column)).alias(column))
    with pytest.raises(Refused):
        roster_apply(roster=spoilt, by=None)
    assert_frame_equal(roster_frame(), office)


def test_a_sample_as_file_comes_back_whole(tmp_path: Path) -> None:
    """Breaks if a real file's dates, ids or repeated people do not survive file → frame → database → frame."""
    make_sample(tmp_path, stores=2, months=1, people=40, orders=60, seed=7)
    frame, problems = read_roster(tmp_path / "roster.xlsx", load_scheme("dealership"))
    assert not problems
    roster_apply(roster=frame, by=None)
    assert_frame_equal(roster_frame(), frame)
