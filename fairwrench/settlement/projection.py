"""Where a month heads for: everybody's score, grade and performance pay if what is not measured yet goes as what is.

The month's own rules are asked, with the lines that are still held left out; nothing is predicted from other months.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

import polars as pl

from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.pay.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.score.score import totals
from fairwrench.settlement.settle import Settlement
from fairwrench.settlement.words.wording import MISSING

#: One row a person assessed. `measured_weight` is the weight of the items that count by now, `whole_weight` that of
#: those and of those still to come; what nothing came of this month is in neither. Weights and score in hundredths, pay
#: in fen; null where nothing is measured, or where the pay base itself is not known yet.
PROJECTION: Schema = {
    "employee_id": pl.String,
    "measured_weight": pl.Int64,
    "whole_weight": pl.Int64,
    "score": pl.Int64,
    "grade": pl.String,
    "performance_pay": pl.Int64,
}


def so_far(settlement: Settlement) -> Settlement:
    """The settlement as if what is still held did not count: everybody of whom anything is measured is settled."""
    # As an item that nothing came of: it leaves the mean, and no zero enters it.
    held = pl.when(pl.col("state") == "held").then(pl.lit("dropped")).otherwise("state")
    lines = settlement.lines.with_columns(state=held)
    bands = settlement.scheme.bands
    again = totals(lines, bands).select("employee_id", so_far="score", counting="counted_weight")
    wide = settlement.totals.join(again, on="employee_id", how="left", maintain_order="left")
    # Confirmed lateness is taken off here too, or the score would drop once the month is whole (S1 ❺ 5.7).
    score = (pl.col("so_far") - pl.col("points_off")).clip(lower_bound=0)
    waits = (pl.col("state") == "incomplete") & score.is_not_null()
    headed = wide.with_columns(
        score=pl.when(waits).then(score).otherwise("score"),
        worked_out=pl.when(waits).then(score).otherwise("worked_out"),
        grade=pl.when(waits).then(grade_expr(score, bands)).otherwise("grade"),
        band=pl.when(waits).then(grade_expr(score, bands)).otherwise("band"),
        counted_weight=pl.when(waits).then("counting").otherwise("counted_weight"),
        state=pl.when(waits).then(pl.lit("settled")).otherwise("state"),
    )
    return replace(settlement, lines=lines, totals=headed.select(settlement.totals.columns))


def as_headed(settlement: Settlement, pay_headed: Mapping[str, int | None]) -> Settlement:
    """The settlement of a month so far with the score, the grade and the performance pay that people head for in the
    place of what is not settled yet; its lines stay as they are. `pay_headed`: employee id → fen (`projected`)."""
    heads = so_far(settlement).totals
    fen = pl.col("employee_id").replace_strict(pay_headed, default=None, return_dtype=pl.Int64)
    headed = pl.coalesce("performance_pay", fen).alias("performance_pay")
    return replace(settlement, totals=heads, pay=settlement.pay.with_columns(headed))


def projected(settlement: Settlement, roster: pl.DataFrame) -> pl.DataFrame:
    """Columns PROJECTION by employee id. A settled person heads for exactly what was settled."""
    # what was not handed in may come yet, though it keeps nobody waiting: it is no more measured than what is held
    counted = pl.col("state") == "counted"
    awaited = (pl.col("state") == "held") | pl.col("cause").is_in(MISSING).fill_null(False)
    assessed = settlement.lines.group_by("employee_id").agg(
        whole_weight=pl.col("weight").filter(counted | awaited).sum(),
        measured_weight=pl.col("weight").filter(counted).sum(),
    )
    heads = so_far(settlement).totals.join(assessed.select("employee_id"), on="employee_id", how="semi")
    paid = _performance_pay(heads.select(list(CARD)), settlement, roster)
    wide = (
        heads.drop("whole_weight", "measured_weight", "held", strict=False)
        .join(assessed, on="employee_id")
        .join(paid, on="employee_id", how="left")
    )
    return wide.select(list(PROJECTION)).sort("employee_id")


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
        # Performance pay alone is asked for, and nothing that is due beside it changes it.
        deductions=empty(AMOUNT),
        corrections=empty(AMOUNT),
        pool_pay=empty(AMOUNT),
    )
    return result.frame.select("employee_id", "performance_pay")
