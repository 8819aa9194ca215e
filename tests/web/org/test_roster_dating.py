"""What a file makes of a person's rows, checked by what settling cuts out of the roster for months before and after."""

from __future__ import annotations

from datetime import date
from typing import Any

import polars as pl
import pytest

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.web.org.roster.becoming import Becoming, months_rewritten, roster_becoming
from fairwrench.web.org.roster.changes import roster_changes
from fairwrench.web.org.roster.dating import Dating

SEPTEMBER, OCTOBER, NOVEMBER, DECEMBER = (Month(2026, month) for month in (9, 10, 11, 12))
#: the day from which a file's changes hold below
DAY, TODAY = date(2026, 11, 1), date(2026, 11, 20)
EVERY = frozenset(COLUMNS)
#: E102 and the manager E101, since 2024
HELD: dict[str, Any] = {
    "employee_id": "E102", "name": "吕技师", "store": "东店", "department": "service", "position": "technician",
    "manager_id": "E101", "status": "regular", "hired_on": date(2024, 3, 1), "left_on": None, "full_salary": 600_000,
    "from": date(2024, 3, 1), "to": None, "_row": 2, "aliases": None,
}  # fmt: skip
BOSS = HELD | {"employee_id": "E101", "name": "何主管", "position": "workshop_manager", "manager_id": None}


def frame(*rows: dict[str, Any]) -> pl.DataFrame:
    """A roster of such rows."""
    return pl.DataFrame(list(rows), schema=dict(COLUMNS), orient="row")


def given(*rows: dict[str, Any], without: frozenset[str] = frozenset()) -> pl.DataFrame:
    """The same as a file that has every column but some."""
    columns = pl.Series([sorted(EVERY - without)] * len(rows), dtype=pl.List(pl.String))
    return frame(*rows).with_columns(given=columns)


def undated(**changes: Any) -> dict[str, Any]:
    """The row of E102 in a file without days."""
    return HELD | {"from": None, "to": None} | changes


def becoming(
    *rows: dict[str, Any],
    before: tuple[dict[str, Any], ...] = (BOSS, HELD),
    without: frozenset[str] = frozenset(),
    missing_left: bool = False,
    **dating: Any,
) -> Becoming:
    """What a file of these rows makes of a roster."""
    return roster_becoming(
        before=frame(*before),
        handed=given(*rows, without=without),
        dating=Dating(**{"day": DAY, "today": TODAY, **dating}),
        missing_left=missing_left,
    )


def settled(roster: pl.DataFrame, month: Month, *columns: str, who: str = "E102") -> list[Any]:
    """What settling a month finds of somebody: a column of each stretch, or several."""
    rows = slices(roster, month).filter(pl.col("employee_id") == who)
    return rows[columns[0]].to_list() if len(columns) == 1 else rows.select(columns).rows()


@pytest.mark.parametrize(
    ("column", "value", "was"),
    [
        ("full_salary", 650_000, 600_000),
        ("full_salary", None, 600_000),
        ("position", "workshop_manager", "technician"),
        ("manager_id", None, "E101"),
        ("store", "西店", "东店"),
        ("department", "hr", "service"),
        ("status", "probation", "regular"),
    ],
)
@pytest.mark.parametrize("exported", [False, True])
def test_a_change_without_a_day_of_its_own_holds_from_the_day_asked_for(
    column: str, value: Any, was: Any, exported: bool
) -> None:
    """Fails when a raise in a file, exported and changed or not, counts for the months before it."""
    row = (HELD if exported else undated()) | {column: value}
    found = becoming(row)
    assert (found.asks_day, found.same_begin, found.problems) == (True, exported, [])
    assert settled(found.roster, OCTOBER, column) == [was]
    assert settled(found.roster, NOVEMBER, column) == [value]
    assert settled(found.roster, NOVEMBER, "from", "to", "days") == [(DAY, date(2026, 11, 30), 30)]


def test_a_change_in_the_middle_of_a_month_splits_it() -> None:
    """Fails when a raise on the 10th counts for the whole month."""
    found = becoming(undated(full_salary=650_000), day=date(2026, 11, 10))
    assert settled(found.roster, NOVEMBER, "full_salary", "days") == [(600_000, 9), (650_000, 21)]


def test_what_began_on_the_day_or_later_is_corrected_in_its_place() -> None:
    """Fails when a new colleague's wrong salary leaves a stretch of no days, or a gap."""
    for begins in (DAY, date(2026, 11, 9)):
        hired = HELD | {"hired_on": begins, "from": begins}
        found = becoming(undated(hired_on=begins, full_salary=650_000), before=(BOSS, hired))
        assert settled(found.roster, NOVEMBER, "full_salary") == [650_000]
        assert settled(found.roster, OCTOBER, "full_salary") == []
        assert found.roster.filter(pl.col("employee_id") == "E102").height == 1


@pytest.mark.parametrize("exported", [False, True])
def test_a_file_says_how_things_are_today_also_where_they_changed_since_the_day(exported: bool) -> None:
    """Fails when a promotion within the open month is undone by a file that was handed in after it."""
    moved = (HELD | {"to": date(2026, 11, 9)}, HELD | {"from": date(2026, 11, 10), "full_salary": 650_000})
    row = moved[1] if exported else undated(full_salary=650_000)
    same = becoming(row, before=(BOSS, *moved))
    assert roster_changes(before=frame(BOSS, *moved), after=same.roster) == []
    for day, stretches in (
        (DAY, [(600_000, 9), (700_000, 21)]),
        (date(2026, 11, 16), [(600_000, 9), (650_000, 6), (700_000, 15)]),
    ):
        found = becoming(row | {"full_salary": 700_000}, before=(BOSS, *moved), day=day)
        assert settled(found.roster, NOVEMBER, "full_salary", "days") == stretches
        assert (found.asks_day, found.same_begin) == (True, exported)


def test_a_row_that_corrects_holds_from_its_own_day() -> None:
    """Fails when what was noted wrongly cannot be mended."""
    found = becoming(HELD | {"full_salary": 650_000}, corrects=True)
    assert settled(found.roster, SEPTEMBER, "full_salary") == [650_000]
    assert (found.asks_day, found.same_begin) == (False, True)


def test_dated_rows_are_history_from_their_first_day_on() -> None:
    """Fails when a file with one dated move drops what was before it, or keeps what it replaces."""
    later = HELD | {"from": date(2026, 10, 1), "full_salary": 650_000}
    found = becoming(later)
    assert settled(found.roster, SEPTEMBER, "full_salary") == [600_000]
    assert settled(found.roster, OCTOBER, "full_salary") == [650_000]
    again = becoming(later | {"full_salary": 700_000}, before=(BOSS, *found.roster[1:].rows(named=True)), corrects=True)
    assert settled(again.roster, SEPTEMBER, "full_salary") == [600_000]
    assert settled(again.roster, OCTOBER, "full_salary") == [700_000]
    assert not found.asks_day


def test_a_whole_history_replaces_the_one_before() -> None:
    """Fails when rows of a file that tells everything pile up on those that stood."""
    first = HELD | {"to": date(2026, 9, 30), "full_salary": 500_000}
    second = HELD | {"from": date(2026, 10, 1)}
    found = becoming(first, second)
    assert found.roster.filter(pl.col("employee_id") == "E102").height == 2
    assert settled(found.roster, SEPTEMBER, "full_salary") == [500_000]
    assert settled(found.roster, OCTOBER, "full_salary") == [600_000]


def test_who_leaves_by_the_file_keeps_what_held_before() -> None:
    """Fails when a leaver's probation is forgotten, or the last month is counted to its end."""
    probation = HELD | {"status": "probation"}
    row = undated(status="left", left_on=date(2026, 11, 12))
    found = becoming(row, before=(BOSS, probation))
    assert settled(found.roster, OCTOBER, "status") == ["probation"]
    assert settled(found.roster, NOVEMBER, "status", "days") == [("probation", 12)]
    assert settled(found.roster, DECEMBER, "status") == []
    assert not found.asks_day
    again = becoming(row, before=tuple(found.roster.rows(named=True)))
    assert roster_changes(before=found.roster, after=again.roster) == []


def test_who_comes_back_begins_anew() -> None:
    """Fails when the time away counts as service, or the former time is lost."""
    gone = HELD | {"left_on": date(2026, 9, 12), "to": date(2026, 9, 12)}
    for row, begins in (
        (undated(), DAY),
        (undated(hired_on=date(2026, 11, 9)), date(2026, 11, 9)),
        (HELD | {"from": date(2026, 11, 9), "hired_on": date(2026, 11, 9)}, date(2026, 11, 9)),
    ):
        found = becoming(row, before=(BOSS, gone))
        assert settled(found.roster, SEPTEMBER, "to") == [date(2026, 9, 12)]
        assert settled(found.roster, OCTOBER, "to") == []
        assert settled(found.roster, NOVEMBER, "from", "hired_on") == [(begins, begins)]


def test_a_file_without_a_column_for_the_last_day_brings_back_who_it_says_is_in_service() -> None:
    """Fails when the days of a former service cut off the new one."""
    gone = HELD | {"left_on": date(2026, 9, 12), "to": date(2026, 9, 12)}
    found = becoming(undated(), before=(BOSS, gone), without=frozenset({"left_on", "hired_on"}))
    assert settled(found.roster, NOVEMBER, "from", "left_on") == [(DAY, None)]
    stays = becoming(undated(), before=(BOSS, gone), without=frozenset({"left_on", "hired_on", "status"}))
    assert settled(stays.roster, NOVEMBER, "from") == []


def test_a_last_day_to_come_is_taken_back_by_an_empty_cell_and_kept_without_the_column() -> None:
    """Fails when somebody who stays is put out, or a resignation is lost by a file that says nothing of it."""
    leaves = HELD | {"left_on": date(2026, 12, 12), "to": date(2026, 12, 12)}
    assert settled(becoming(undated(), before=(BOSS, leaves)).roster, DECEMBER, "days") == [31]
    found = becoming(undated(full_salary=650_000), before=(BOSS, leaves), without=frozenset({"left_on"}))
    assert settled(found.roster, DECEMBER, "full_salary", "days") == [(650_000, 12)]


@pytest.mark.parametrize("column", ["department", "manager_id", "status", "hired_on", "full_salary", "aliases"])
def test_a_column_that_the_file_leaves_out_stays_as_it_is(column: str) -> None:
    """Fails when a file without salaries takes them from everybody."""
    before = HELD | {"status": "probation", "aliases": "老吕", "department": "hr"}
    row = undated(**{**before, "from": None, column: None if column != "status" else "regular"})
    assert roster_changes(
        before=frame(BOSS, before), after=becoming(row, before=(BOSS, before), without=frozenset({column})).roster
    ) == []  # fmt: skip
    assert roster_changes(before=frame(BOSS, before), after=becoming(row, before=(BOSS, before)).roster) != []


def test_a_department_left_out_is_that_of_the_new_position() -> None:
    """Fails when a technician made HR stays in the workshop."""
    row = undated(position="hr_specialist", department="hr")
    found = becoming(row, without=frozenset({"department"}))
    assert settled(found.roster, NOVEMBER, "department") == ["hr"]


def test_names_belong_to_the_person_whatever_the_day() -> None:
    """Fails when one id stands for two names after a marriage."""
    moved = (HELD | {"to": date(2026, 9, 30)}, HELD | {"from": date(2026, 10, 1), "full_salary": 650_000})
    found = becoming(undated(name="吕大技师", aliases="吕技师", full_salary=650_000), before=(BOSS, *moved))
    assert set(found.roster.filter(pl.col("employee_id") == "E102")["name"]) == {"吕大技师"}
    assert settled(found.roster, SEPTEMBER, "full_salary") == [600_000]
    assert not found.asks_day


def test_a_day_of_hire_is_corrected_for_the_whole_time_of_service() -> None:
    """Fails when somebody was hired on two days."""
    found = becoming(undated(hired_on=date(2024, 2, 1)))
    assert settled(found.roster, OCTOBER, "hired_on") == settled(found.roster, NOVEMBER, "hired_on")
    assert not found.asks_day


@pytest.mark.parametrize(
    ("rows", "before", "code"),
    [
        ((undated(), undated(full_salary=1)), (HELD,), "several_undated"),
        (
            (undated(full_salary=1),),
            (HELD | {"to": date(2026, 12, 31)}, HELD | {"from": date(2027, 1, 1), "position": "workshop_manager"}),
            "later_assignment",
        ),
        (
            (undated(left_on=date(2026, 9, 12), full_salary=1),),
            (HELD | {"left_on": date(2026, 9, 12)},),
            "gone_changed",
        ),
    ],
)
def test_what_has_two_meanings_is_told_and_changes_nothing(
    rows: tuple[dict[str, Any], ...], before: tuple[dict[str, Any], ...], code: str
) -> None:
    """Fails when one of two readings is taken silently."""
    found = becoming(*rows, before=(BOSS, *before))
    assert [problem.code for problem in found.problems] == [code]
    assert roster_changes(before=frame(BOSS, *before), after=found.roster) == []


def test_people_left_out_leave_with_the_day_and_keep_their_past() -> None:
    """Fails when a file that leaves somebody out takes them out of the months they worked."""
    found = becoming(BOSS, missing_left=True)
    assert settled(found.roster, OCTOBER, "days") == [31]
    assert settled(found.roster, NOVEMBER, "days") == []
    assert settled(becoming(BOSS).roster, NOVEMBER, "days") == [30]
    fresh = HELD | {"hired_on": date(2026, 11, 5), "from": date(2026, 11, 5)}
    stays = becoming(BOSS, before=(BOSS, fresh), missing_left=True)
    assert settled(stays.roster, NOVEMBER, "days") == [26], "who was hired since is in no file of before"


def test_a_store_touches_no_row_of_another() -> None:
    """Fails when a store's file moves somebody back who went to another, or cuts what they did there."""
    moved = (HELD | {"to": date(2026, 8, 31)}, HELD | {"from": date(2026, 9, 1), "store": "西店"})
    here = {"stores": {"东店"}, "before": (BOSS, *moved)}
    for row in (undated(), HELD, HELD | {"from": date(2026, 10, 1)}):
        found = becoming(row, **here)  # type: ignore[arg-type]  # the options of a dict
        assert [problem.code for problem in found.problems] == ["strange_person"], row
    same = becoming(moved[0], **here)  # type: ignore[arg-type]  # the options of a dict
    assert roster_changes(before=frame(BOSS, *moved), after=same.roster) == []
    left = becoming(BOSS, missing_left=True, **here)  # type: ignore[arg-type]  # the options of a dict
    assert settled(left.roster, NOVEMBER, "days") == [30]


def test_somebody_new_without_any_day_begins_with_the_day_asked_for() -> None:
    """Fails when a new colleague was in service in all the months before."""
    new = undated(employee_id="E105", hired_on=None)
    found = becoming(new)
    assert found.asks_day
    assert settled(found.roster, OCTOBER, "days", who="E105") == []
    assert settled(found.roster, NOVEMBER, "days", who="E105") == [30]
    first = roster_becoming(before=frame(), handed=given(new), dating=Dating(DAY, TODAY), missing_left=False)
    assert settled(first.roster, OCTOBER, "days", who="E105") == [31]


def test_the_published_months_that_a_change_rewrites_are_found() -> None:
    """Fails when a correction of the past passes without being said, or a harmless one is told."""

    def rewritten(*rows: dict[str, Any], **options: Any) -> dict[str, list[Month]]:
        before, found = frame(BOSS, HELD), becoming(*rows, **options)
        changes = roster_changes(before=before, after=found.roster)
        return dict(
            months_rewritten(before=before, after=found.roster, changes=changes, published=[SEPTEMBER, OCTOBER])
        )

    assert rewritten(undated(full_salary=650_000)) == {}
    assert rewritten(HELD | {"from": date(2026, 10, 15), "full_salary": 650_000}) == {"E102": [OCTOBER]}
    assert rewritten(HELD | {"full_salary": 650_000}, corrects=True) == {"E102": [SEPTEMBER, OCTOBER]}
    assert rewritten(undated(name="吕大技师")) == {}
    assert rewritten(undated(hired_on=date(2024, 1, 1))) == {}
    assert rewritten(undated(status="left", left_on=date(2026, 10, 20))) == {"E102": [OCTOBER]}
    assert rewritten(undated(employee_id="E105", hired_on=date(2026, 10, 20))) == {"E105": [OCTOBER]}
