"""Who is assessed in a month, in which assignment, and who leads whom (S1 ❺ 3; rulebook "People who move")."""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.inputs.reporting_lines import line_problems
from fairwrench.settlement.inputs.roster import ROSTER, covered, overlapping, roster_problems
from fairwrench.settlement.money import fen
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Eligibility, Scheme
from fairwrench.settlement.source.source import Text

#: Why a person is left out of a month; the first that applies, in this order, stands on the person's page.
REASONS: dict[str, Text] = {
    "probation": Text(
        zh="试用期超过当月天数的一半，不参加考核", en="on probation for the larger part of the month, so not assessed"
    ),
    "low_wage": Text(
        zh="工资低于制度规定的下限，不参加考核", en="the wage is below the scheme's limit, so not assessed"
    ),
    "short_service": Text(
        zh="当月在职天数少于制度规定，不参加考核", en="too few days in service in the month, so not assessed"
    ),
    "no_scorecard": Text(zh="所任岗位没有考核表，不参加考核", en="the position has no scorecard, so not assessed"),
    "unknown_position": Text(
        zh="花名册上的岗位不在制度中，无法考核", en="the position on the roster is not in the scheme, so not assessed"
    ),
}

#: One row a person in service in the month. Store, department, position, manager and salary are those of the assignment
#: held longest; `days` are its days, `days_in_service` all days served in the month; `reason` is null when assessed.
PEOPLE: Schema = {
    "employee_id": pl.String,
    "name": pl.String,
    "store": pl.String,
    "department": pl.String,
    "position": pl.String,
    "manager_id": pl.String,
    "status": pl.String,
    "full_salary": pl.Int64,
    "scorecard": pl.String,
    "days": pl.Int64,
    "days_in_service": pl.Int64,
    "reason": pl.String,
}

_POST = ("employee_id", "store", "department", "position")


@dataclass(frozen=True, slots=True)
class Assessed:
    """`people` (columns PEOPLE, by employee id) and what somebody should know or mend."""

    people: pl.DataFrame
    problems: tuple[Problem, ...]


def assess(roster: pl.DataFrame, scheme: Scheme, month: Month) -> Assessed:
    """Everybody with an assignment (columns ROSTER) touching the month, and the reason why some are not assessed."""
    frame = conform(roster, ROSTER, "roster")
    parts = slices(frame, month)
    people = (
        _held_longest(parts)
        .join(_cards(scheme), on="position", how="left", maintain_order="left")
        .with_columns(reason=_reason(scheme.eligibility, month))
        .select(pl.col(column).cast(wanted) for column, wanted in PEOPLE.items())
    )
    found = [*roster_problems(_about(frame, month)), *_unknown(people, scheme), *line_problems(people, frame)]
    return Assessed(people, tuple(found))


def slices(roster: pl.DataFrame, month: Month) -> pl.DataFrame:
    """The stretches of the month that each person spent in each assignment; together they are the days in service.

    Gives the columns of ROSTER with `from`, `to` cut to the month and to the time of service, and `days`; by employee
    id and date. Who kept one assignment has one row. A day that several assignments claim counts for the one that
    began last.
    """
    rows = covered(_about(conform(roster, ROSTER, "roster"), month)).with_columns(
        pl.col("begin").clip(lower_bound=month.first), pl.col("end").clip(upper_bound=month.last)
    )
    clash = overlapping(rows)
    # Day by day only where assignments overlap: of nearly everybody there is nothing to untangle.
    disjoint = pl.concat([rows.filter(~clash), _day_by_day(rows.filter(clash))])
    return (
        disjoint.with_columns(pl.col("begin").alias("from"), pl.col("end").alias("to"), days=_days())
        .drop("begin", "end")
        .sort("employee_id", "from")
    )


def _about(roster: pl.DataFrame, month: Month) -> pl.DataFrame:
    """The rows that may concern the month: not wholly before or after it."""
    # Open ends are null: unknown is not outside, so such a row stays.
    past = pl.min_horizontal("to", "left_on") < month.first
    ahead = pl.max_horizontal("from", "hired_on") > month.last
    return roster.filter(~past.fill_null(False) & ~ahead.fill_null(False))


def _days() -> pl.Expr:
    return (pl.col("end") - pl.col("begin")).dt.total_days() + 1


def _day_by_day(rows: pl.DataFrame) -> pl.DataFrame:
    """Overlapping assignments made disjoint: every day to the row that comes last, runs of days become rows again."""
    numbered = rows.with_row_index("place")
    days = numbered.select("employee_id", "place", day=pl.date_ranges("begin", "end")).explode("day")
    owned = days.group_by("employee_id", "day").agg(pl.col("place").max()).sort("employee_id", "day")
    before = owned.shift(1)
    # A new run where the post changes, or where a day in between belongs to another one or to none.
    breaks = (owned["place"] != before["place"]) | (owned["day"] != before["day"].dt.offset_by("1d"))
    runs = owned.group_by("place", run=breaks.fill_null(True).cum_sum()).agg(
        begin=pl.col("day").min(), end=pl.col("day").max()
    )
    return numbered.drop("begin", "end").join(runs, on="place").select(rows.columns)


def _held_longest(parts: pl.DataFrame) -> pl.DataFrame:
    """Of each person the last slice of the post with most days, the later post on a tie.

    Rows that differ in status, salary or manager alone are one post: a technician who passes probation has not moved.
    """
    probation = pl.when(pl.col("status") == "probation").then("days").otherwise(0)
    ranked = parts.with_columns(
        days_in_service=pl.col("days").sum().over("employee_id"),
        probation_days=probation.sum().over("employee_id"),
        days=pl.col("days").sum().over(_POST),
    )
    # Of the post's slices the last one stays: its salary, status and manager are those that count.
    return ranked.sort("employee_id", "days", "to").unique("employee_id", keep="last", maintain_order=True)


def _cards(scheme: Scheme) -> pl.DataFrame:
    rows = [(name, position.scorecard, True) for name, position in scheme.positions.items()]
    return pl.DataFrame(rows, schema={"position": pl.String, "scorecard": pl.String, "known": pl.Boolean}, orient="row")


def _reason(rules: Eligibility, month: Month) -> pl.Expr:
    """The code of the first reason that applies, else null. An unknown wage or status leaves nobody out."""
    limit = rules.wage_below
    conditions = {
        # The larger part of the month is more than half of its calendar days; a half is not (decision 5).
        "probation": pl.lit(rules.probation_excludes) & (2 * pl.col("probation_days") > month.days),
        # An unknown wage compares to null and leaves nobody out (S1 ❺ 3); `_unknown` tells it.
        "low_wage": pl.col("full_salary") < fen(limit) if limit is not None else pl.lit(False),
        "short_service": pl.col("days_in_service") < rules.min_days_in_service,
        "no_scorecard": pl.col("known") & pl.col("scorecard").is_null(),
        "unknown_position": pl.col("known").is_null(),
    }
    return pl.coalesce(pl.when(applies).then(pl.lit(code)) for code, applies in conditions.items())


def _unknown(people: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """Wages that nobody knows, where the scheme asks for them, and positions that the scheme does not have."""
    found = []
    if scheme.eligibility.wage_below is not None:
        for person, name in people.filter(pl.col("full_salary").is_null()).select("employee_id", "name").iter_rows():
            zh = f"花名册没有 {name}（{person}）的全额工资；仍参加考核，但无法核对工资下限"
            en = f"the roster has no full salary of {name} ({person}); assessed all the same, the limit unchecked"
            found.append(Problem("unknown_wage", zh, en, "warning", subject=person))
    strange = people.filter(~pl.col("position").is_in(list(scheme.positions)).fill_null(False))
    for person, name, position in strange.select("employee_id", "name", "position").iter_rows():
        zh = f"{name}（{person}）的岗位“{position or ''}”不在制度中"
        en = f"the position {position or ''!r} of {name} ({person}) is not in the scheme"
        found.append(Problem("unknown_position", zh, en, "warning", subject=person))
    return found
