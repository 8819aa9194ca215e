"""Quarter and year: mean scores, their grades, and whom the year end considers (S1 ❺ 5.7, 5.8)."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.exact import half_up_expr
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.scheme.scheme import Bands, Standing

_YEAR = {
    "grade": pl.String,
    "rule": pl.String,
    "event": pl.String,
    "preferred": pl.Boolean,
    "reference": pl.String,
}


def period_scores(frame: pl.DataFrame, bands: Bands, least: int) -> pl.DataFrame:
    """The quarter or year of everybody (S1 ❺ 5.7): the mean of the months assessed, half up, banded like a month.

    Takes employee_id, state, score (hundredths), one row a month. `least` is the number of assessed months that a
    grade needs (for a year `cycle.year_months`). Gives employee_id, score, months (assessed), left_out (excluded),
    state (`settled`, `incomplete` while a month is, `too_few`), grade (null unless settled).
    """
    settled = pl.col("state") == "settled"
    held, enough = pl.col("incomplete") > 0, pl.col("months") >= max(least, 1)
    return (
        frame.group_by("employee_id")
        .agg(
            total=pl.col("score").filter(settled).sum(),
            months=settled.sum().cast(pl.Int64),
            left_out=(pl.col("state") == "excluded").sum().cast(pl.Int64),
            incomplete=(pl.col("state") == "incomplete").sum(),
        )
        .with_columns(
            # Mean of the months assessed; of none it stays null, and no division by 0 comes up.
            score=half_up_expr(pl.col("total"), pl.col("months")),
            # A month that waits comes first: once it is settled the mean may be another one.
            state=pl.when(held)
            .then(pl.lit("incomplete"))
            .when(enough)
            .then(pl.lit("settled"))
            .otherwise(pl.lit("too_few")),
        )
        .with_columns(grade=pl.when(pl.col("state") == "settled").then(grade_expr(pl.col("score"), bands)))
        .select("employee_id", "score", "months", "left_out", "state", "grade")
        .sort("employee_id")
    )


def year_candidates(frame: pl.DataFrame, rules: Standing) -> pl.DataFrame:
    """Whom the year end considers (S1 ❺ 5.8), in the order of the rules and their grades: candidates first.

    Takes employee_id, grade (of the year). Gives employee_id, grade, rule, event, preferred, reference.
    """
    rows = [
        (grade, name, rule.event, rule.preferred, rule.reference)
        for name, rule in rules.year.items()
        for grade in rule.grades
    ]
    known = pl.DataFrame(rows, schema=_YEAR, orient="row").with_row_index("place")
    return frame.select("employee_id", "grade").join(known, on="grade").sort("place", "employee_id").drop("place")
