"""What a file of people makes of the whole roster, and which published months it would have settled otherwise."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import timedelta

import polars as pl

from fairwrench.ledger.roster.roster import COLUMNS
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.problem import Problem
from fairwrench.web.org.roster.changes import Change
from fairwrench.web.org.roster.dating import (
    Dated,
    Dating,
    Terms,
    first_day,
    people_of,
    row_on,
    rows_changed,
    rows_hired,
    rows_left,
)
from fairwrench.web.org.roster.given import rows_as_given, rows_given

#: what a month is settled on of a person
SETTLED = ("employee_id", "store", "department", "position", "manager_id", "status", "full_salary", "from", "to")


@dataclass(frozen=True)
class Becoming:
    """The roster that a file makes of the one before. `asks_day`: whether any change depends on the day of the dating;
    `same_begin`: whether any row begins when a present one does and says otherwise (`Dating.corrects`)."""

    roster: pl.DataFrame
    asks_day: bool
    same_begin: bool
    problems: list[Problem]


def roster_becoming(*, before: pl.DataFrame, handed: pl.DataFrame, dating: Dating, missing_left: bool) -> Becoming:
    """What a file (columns `ledger.roster.roster.GIVEN`) makes of a roster (COLUMNS).

    People whom the file does not name stay as they are; with `missing_left` the last day of those who served before is
    the one before the day of the dating. The first roster of all is taken as it is. Rows are numbered anew, from 2 as
    below a header.
    """
    old, new = people_of(before.iter_rows(named=True)), people_of(handed.iter_rows(named=True))
    if not old:
        return Becoming(_numbered(handed.select(list(COLUMNS))), False, False, [])
    found = {person: Dated(rows) for person, rows in old.items()}
    found |= {person: _dated(old.get(person), rows, dating) for person, rows in new.items()}
    if missing_left:
        missing = {person: rows for person, rows in old.items() if person not in new and _serves(rows, dating)}
        found |= {person: _left(rows, dating) for person, rows in missing.items()}
    rows = [row for dated in found.values() for row in dated.rows]
    return Becoming(
        roster=_numbered(pl.DataFrame(rows, schema=dict(COLUMNS), orient="row")),
        asks_day=any(dated.asks_day for dated in found.values()),
        same_begin=any(dated.same_begin for dated in found.values()),
        problems=[problem for dated in found.values() for problem in dated.problems],
    )


def _dated(before: Sequence[Terms] | None, handed: Sequence[Terms], dating: Dating) -> Dated:
    if before is None:
        return rows_hired(rows_as_given(handed), dating)
    return rows_changed(before, rows_given(handed, before, dating), dating)


def _serves(rows: Sequence[Terms], dating: Dating) -> bool:
    """Whether a person was in service before the day of the dating and is on it, where rows may be touched."""
    held = row_on(rows, dating.day)
    serves = held["left_on"] is None or held["left_on"] >= dating.day
    return serves and first_day(held) < dating.day and dating.reaches(held)


def _left(rows: Sequence[Terms], dating: Dating) -> Dated:
    return Dated(rows_left(rows, dating.day - timedelta(days=1)), asks_day=True)


def _numbered(roster: pl.DataFrame) -> pl.DataFrame:
    return roster.with_columns(_row=pl.int_range(2, pl.len() + 2, dtype=pl.Int64))


def months_rewritten(
    *, before: pl.DataFrame, after: pl.DataFrame, changes: Sequence[Change], published: Sequence[Month]
) -> Mapping[str, list[Month]]:
    """Employee id → the published months on which a roster after some changes says otherwise than the one before.

    Both are cut to the days of the month as settling cuts them, so that only what would be settled otherwise counts.
    """
    ids = [change.employee_id for change in changes]
    rosters = [roster.filter(pl.col("employee_id").is_in(ids)) for roster in (before, after)]
    found: dict[str, list[Month]] = {}
    for month in published if ids else ():
        # names and other names settle nothing, so they are not compared
        old, new = (slices(roster, month).select(SETTLED) for roster in rosters)
        # a row that both have stands twice; what stands once only one of them says
        either = pl.concat([old, new])
        differs = either.filter(either.is_duplicated().not_())["employee_id"].unique(maintain_order=True)
        for person in differs:
            found.setdefault(person, []).append(month)
    return found
