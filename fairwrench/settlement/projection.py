"""Where a month heads for: everybody's score, grade and performance pay if what is not measured yet goes as what is.

The month's own rules are asked, with the lines that are still held left out; nothing is predicted from other months.
"""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.eligibility import slices
from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.grade import grade_expr
from fairwrench.settlement.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.score import totals
from fairwrench.settlement.settle import Settlement

#: One row a person assessed. `measured_weight` is the weight of the items that do not wait for anything. Weights and
#: score in hundredths, pay in fen; null where nothing is measured, or where the pay base itself is not known yet.
PROJECTION: Schema = {
    "employee_id": pl.String,
    "measured_weight": pl.Int64,
    "whole_weight": pl.Int64,
    "score": pl.Int64,
    "grade": pl.String,
    "performance_pay": pl.Int64,
}


def projected(settlement: Settlement, roster: pl.DataFrame) -> pl.DataFrame:
    """Columns PROJECTION by employee id. A settled person heads for exactly what was settled."""
    held = pl.when(pl.col("state") == "held").then(pl.lit("dropped")).otherwise("state")
    open_totals = totals(settlement.lines.with_columns(state=held), settlement.scheme.bands)
    waiting = settlement.lines.group_by("employee_id").agg(
        held_weight=pl.col("weight").filter(pl.col("state") == "held").sum()
    )
    known = settlement.totals.select("employee_id", "store", "state", "points_off", was="score", given="grade")
    so_far = (pl.col("score") - pl.col("points_off")).clip(lower_bound=0)
    score = pl.when(pl.col("state") == "settled").then("was").otherwise(so_far)
    merged = open_totals.join(known, on="employee_id").join(waiting, on="employee_id").with_columns(heads=score)
    graded = merged.with_columns(
        grade=pl.when(pl.col("state") == "settled")
        .then("given")
        .otherwise(grade_expr(pl.col("heads"), settlement.scheme.bands))
    )
    cards = graded.select(
        "employee_id",
        "store",
        "grade",
        score="heads",
        state=pl.when(pl.col("heads").is_null()).then(pl.lit("incomplete")).otherwise(pl.lit("settled")),
    )
    paid = _performance_pay(cards.select(list(CARD)), settlement, roster)
    wide = graded.join(paid, on="employee_id", how="left")
    return wide.select(
        "employee_id",
        (pl.col("whole_weight") - pl.col("held_weight")).alias("measured_weight"),
        "whole_weight",
        pl.col("heads").alias("score"),
        "grade",
        "performance_pay",
    ).sort("employee_id")


def _performance_pay(cards: pl.DataFrame, settlement: Settlement, roster: pl.DataFrame) -> pl.DataFrame:
    """employee_id, performance_pay by the month's own rules; a commission counts as the settlement recorded it."""
    recorded = settlement.steps.filter((pl.col("part") == "pay") & (pl.col("step") == "commission"))
    earned = recorded.select("employee_id", amount=pl.col("amount").cast(pl.Int64)).unique("employee_id")
    result = pay(
        cards,
        settlement.scheme,
        settlement.month,
        slices=slices(roster, settlement.month),
        commission=earned.select(list(COMMISSION)),
        deductions=empty(AMOUNT),
        corrections=empty(AMOUNT),
        pool_pay=empty(AMOUNT),
    )
    return result.frame.select("employee_id", "performance_pay")
