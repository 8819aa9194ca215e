"""The roster: who holds which position where and when, and what is wrong with it."""

from __future__ import annotations

from datetime import date

import polars as pl

from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.problem import Problem

#: One row an assignment. `from`, `to` are inclusive, null is open; so are `hired_on` and `left_on` (the last day of
#: service). `full_salary` is in fen, null when unknown; `status` is regular, probation or left; `_row` is the number of
#: the row as a person sees it in the sheet.
ROSTER: Schema = {
    "employee_id": pl.String,
    "name": pl.String,
    "store": pl.String,
    "department": pl.String,
    "position": pl.String,
    "manager_id": pl.String,
    "status": pl.String,
    "hired_on": pl.Date,
    "left_on": pl.Date,
    "full_salary": pl.Int64,
    "from": pl.Date,
    "to": pl.Date,
    "_row": pl.Int64,
}

#: The order of a person's assignments: by the first day covered, then by place in the sheet; the rest only makes sure
#: that the order in which rows arrive never decides.
_ORDER = ("employee_id", "begin", "_row", "end", "store", "department", "position", "status", "full_salary")
_ALWAYS, _FOR_EVER = date(1, 1, 1), date(9999, 12, 31)


def roster_problems(roster: pl.DataFrame) -> list[Problem]:
    """Rows that nobody can place in time: without a person, ending before they begin, gone without a date, overlapping.

    `roster` has the columns of ROSTER. What concerns one month alone (managers, wages, positions) is found by
    `eligibility.assess`.
    """
    frame = conform(roster, ROSTER, "roster").sort("employee_id", "_row")
    return [*_without_person(frame), *_backwards(frame), *_left_without_date(frame), *_overlaps(frame)]


def _problem(row: dict[str, object], code: str, zh: str, en: str, severity: str = "error") -> Problem:
    line, person = row["_row"], row["employee_id"]
    return Problem(
        code=code,
        zh=zh,
        en=en,
        severity="error" if severity == "error" else "warning",
        line=line if isinstance(line, int) else 0,
        subject=str(person) if person is not None else "",
    )


def _without_person(frame: pl.DataFrame) -> list[Problem]:
    return [
        _problem(
            row,
            "no_employee_id",
            f"花名册第 {row['_row']} 行没有工号，无法归到任何人",
            f"row {row['_row']} of the roster has no employee id, so it counts for nobody",
        )
        for row in frame.filter(pl.col("employee_id").is_null()).iter_rows(named=True)
    ]


def _backwards(frame: pl.DataFrame) -> list[Problem]:
    found = frame.filter((pl.col("to") < pl.col("from")) | (pl.col("left_on") < pl.col("hired_on")))
    return [
        _problem(
            row,
            "ends_before_it_begins",
            f"{row['name']}（{row['employee_id']}）的任职结束日早于开始日，该行不覆盖任何一天，请更正日期",
            f"the assignment of {row['name']} ({row['employee_id']}) ends before it begins and covers no day; "
            "mend its dates",
        )
        for row in found.iter_rows(named=True)
    ]


def _left_without_date(frame: pl.DataFrame) -> list[Problem]:
    found = frame.filter((pl.col("status") == "left") & pl.col("left_on").is_null() & pl.col("to").is_null())
    return [
        _problem(
            row,
            "left_without_date",
            f"{row['name']}（{row['employee_id']}）已离职但没有离职日期，在职天数无法计算，该行不计",
            f"{row['name']} ({row['employee_id']}) has left, but no last day is given; "
            "the days in service are unknown and the row does not count",
        )
        for row in found.iter_rows(named=True)
    ]


def _overlaps(frame: pl.DataFrame) -> list[Problem]:
    """Each assignment that begins before another of the same person has ended."""
    rows = covered(frame)
    # The furthest end so far: a long assignment may overlap one two rows further on.
    ended = pl.col("end").cum_max().shift(1).over("employee_id")
    shared = rows.filter(overlapping(rows)).filter(ended >= pl.col("begin"))
    return [
        _problem(
            row,
            "overlapping_assignments",
            f"{row['name']}（{row['employee_id']}）自 {row['begin']} 起的任职与前一任职日期重叠，"
            "重叠的日子按后开始的任职计",
            f"the assignment of {row['name']} ({row['employee_id']}) from {row['begin']} overlaps an earlier one; "
            "shared days count for the one that began later",
            "warning",
        )
        for row in shared.iter_rows(named=True)
    ]


def covered(roster: pl.DataFrame) -> pl.DataFrame:
    """The rows that have a person and cover at least a day, with `begin` and `end` (inclusive), each person's in order.

    A row covers `from` to `to`, but never a day before `hired_on` or after `left_on`. The rows left out here are those
    that `roster_problems` tells, and assignments that would have begun after the person left.
    """
    gone = (pl.col("status") == "left") & pl.col("to").is_null() & pl.col("left_on").is_null()
    return (
        roster.with_columns(
            # Service bounds every assignment: nobody holds a post before being hired or after leaving.
            begin=pl.max_horizontal("from", "hired_on").fill_null(_ALWAYS),
            end=pl.min_horizontal("to", "left_on").fill_null(_FOR_EVER),
        )
        .filter(pl.col("employee_id").is_not_null() & (pl.col("begin") <= pl.col("end")) & ~gone.fill_null(False))
        .sort(_ORDER)
    )


def overlapping(rows: pl.DataFrame) -> pl.Series:
    """For rows as `covered` gives them: whether the row's person has two assignments that share a day.

    Of assignments ordered by their first day, two neighbours overlap wherever any two do.
    """
    same = pl.col("employee_id") == pl.col("employee_id").shift(1)
    clashing = rows.filter(same & (pl.col("begin") <= pl.col("end").shift(1)))["employee_id"]
    return rows["employee_id"].is_in(clashing.implode())
