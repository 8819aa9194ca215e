"""Quarter and year results where a month ends one: mean scores, grades, and whom the year end considers (S1 ❺ 5.7)."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import Case
from fairwrench.settlement.grade.periods import period_scores, year_candidates

PERIODS = {
    "period": pl.String,
    "employee_id": pl.String,
    "score": pl.Int64,
    "months": pl.Int64,
    "left_out": pl.Int64,
    "state": pl.String,
    "grade": pl.String,
    "event": pl.String,
    "preferred": pl.Boolean,
}
QUARTER, YEAR = 3, 12


def period_results(case: Case, graded: pl.DataFrame) -> pl.DataFrame:
    """Columns PERIODS: the quarter (`2026-Q3`) and the year (`2026`) that end with the month; none in other months.

    A person's grade set by an appeal counts through the score of its month; a year grade needs the cycle's number of
    assessed months.
    """
    month = case.evidence.month
    found = [pl.DataFrame(schema=PERIODS)]
    if month.month % QUARTER == 0:
        name = f"{month.year}-Q{month.month // QUARTER}"
        found.append(_of(name, month.plus(1 - QUARTER), case, graded, 1))
    if month.month == YEAR:
        found.append(_of(str(month.year), month.plus(1 - YEAR), case, graded, case.scheme.cycle.year_months))
    return pl.concat(found)


def _of(name: str, first: Month, case: Case, graded: pl.DataFrame, least: int) -> pl.DataFrame:
    columns = ["employee_id", "state", "score"]
    # The month itself comes from what was just graded: the history may hold it as it was before.
    earlier = case.history.filter((pl.col("month") >= str(first)) & (pl.col("month") < str(case.evidence.month)))
    months = pl.concat([earlier.select(columns), graded.select(columns)])
    scores = period_scores(months, case.scheme.bands, least).with_columns(period=pl.lit(name))
    # Only a year makes candidates (S1 ❺ 5.8).
    if "-" in name:
        scores = scores.with_columns(event=pl.lit(None, pl.String), preferred=pl.lit(None, pl.Boolean))
    else:
        chosen = year_candidates(scores, case.scheme.standing).select("employee_id", "event", "preferred")
        scores = scores.join(chosen, on="employee_id", how="left")
    return scores.select([pl.col(column).cast(kind) for column, kind in PERIODS.items()])
