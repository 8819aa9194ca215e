"""What could lift somebody at all: each measured item of each settled person, with what it is scored and paid by."""

from __future__ import annotations

from collections.abc import Collection

import polars as pl

from fairwrench.settlement.explain.lift_pay import bases
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.grade.grade import grade_expr
from fairwrench.settlement.scheme.scheme import Metric, Scheme
from fairwrench.settlement.score.card_items import curves, scored_by
from fairwrench.settlement.settle import Settlement

#: the farthest change that is tried
FARTHEST = 2**39
#: whether more or fewer of a metric's numerator are better; of others neither is
SIGNS = {"higher": 1, "lower": -1}

LANE = (
    *("employee_id", "item", "curve", "n", "d", "target", "unit", "sign", "room"),
    *("weight", "counted_weight", "others", "bonus", "points_off", "fixed", "base", "plan"),
)
_RULE: Schema = {
    "scorecard": pl.String,
    "item": pl.String,
    "curve": pl.Int64,
    "sign": pl.Int64,
    "share": pl.Boolean,
}
_POWERS = pl.DataFrame(
    [(digits, 10**digits) for digits in range(25)], schema={"digits": pl.Int64, "one": pl.Int128}, orient="row"
)


def liftable(settlement: Settlement, roster: pl.DataFrame, people: Collection[str] | None) -> pl.DataFrame:
    """One row a person and item (`lane` counts them).

    curve, n, d, target: the number of the curve among `card_items.curves`, and what it reads; unit: what a whole one
    more adds to n; sign: whether more or fewer help; room: how many whole ones the numerator could change; weight,
    counted_weight, others (Σ points × weight of the other items), bonus, points_off: what the score is made of; fixed:
    the grade where no score changes it; base, plan: see `lift_pay.bases`.
    """
    # A total set by an appeal stays, whatever the items bring.
    settled = (pl.col("state") == "settled") & (pl.col("worked_out") == pl.col("score"))
    asked = pl.lit(True) if people is None else pl.col("employee_id").is_in(list(people))
    totals = settlement.totals.filter(settled & asked)
    lines = settlement.lines.join(totals.select("employee_id"), on="employee_id", how="semi")
    lanes = (
        _measured(lines)
        .join(_with_fixed(totals, settlement.scheme), on="employee_id")
        .join(_rules(settlement.scheme), on=["scorecard", "item"])
        .join(_sums(lines), on="employee_id")
    )
    lanes = _with_room(lanes).filter(pl.col("room") > 0)
    lanes = lanes.with_columns(others=pl.col("top") - pl.col("points").cast(pl.Int128) * pl.col("weight"))
    paid = bases(settlement, roster, totals.join(lanes, on="employee_id", how="semi"))
    lanes = lanes.join(paid, on="employee_id", how="left").sort("employee_id", "item")
    return lanes.select(pl.int_range(pl.len()).alias("lane"), *LANE)


def _measured(lines: pl.DataFrame) -> pl.DataFrame:
    """Lines whose own rows decide their points: neither set by an appeal nor neutral for want of rows."""
    # Own figures alone: nobody lifts a store's figure by one row of theirs.
    own = (pl.col("kind") == "metric") & (pl.col("state") == "counted") & (pl.col("level") == "person")
    given = pl.col("cause").is_in(["appealed", "neutral"]).fill_null(False)
    figures = ("n", "d", "target", "points", "weight")
    parts = ("numerator", "numerator_digits", "denominator", "denominator_digits")
    return lines.filter(own & ~given).select("employee_id", "item", *figures, *parts)


def _sums(lines: pl.DataFrame) -> pl.DataFrame:
    """What a score is made of, from the lines: see `score.totals`."""
    counted = pl.col("state") == "counted"
    weighed, added = counted & (pl.col("kind") != "bonus"), counted & (pl.col("kind") == "bonus")
    return lines.group_by("employee_id").agg(
        top=(pl.col("points").cast(pl.Int128) * pl.col("weight")).filter(weighed).sum(),
        counted_weight=pl.col("weight").filter(weighed).sum(),
        bonus=pl.col("points").filter(added).sum(),
    )


def _with_fixed(totals: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """employee_id, scorecard, points_off, fixed: the grade that stands where ranks are forced or one was decided."""
    own = grade_expr(pl.col("score"), scheme.bands)
    # A rank depends on everybody else, who are not tried here.
    fixed = pl.lit(scheme.distribution.mode == "forced") | (own != pl.col("grade"))
    return totals.select("employee_id", "scorecard", "points_off", fixed=pl.when(fixed).then("grade"))


def _rules(scheme: Scheme) -> pl.DataFrame:
    """Each measured item of each card that more or fewer can lift (_RULE)."""
    numbers = {scored: number for number, scored in enumerate(curves(scheme))}
    rows = [
        (name, item.key, numbers[scored_by(item, scheme)], SIGNS[metric.better], _is_share(metric))
        for name, card in scheme.scorecards.items()
        for item in card.items
        if (metric := scheme.metrics.get(item.metric or "")) and metric.better in SIGNS
    ]
    return pl.DataFrame(rows, schema=dict(_RULE), orient="row")


def _is_share(metric: Metric) -> bool:
    """Whether the numerator counts some of what the denominator counts."""
    below = metric.denominator
    return below is not None and below.value == metric.numerator.value == "count"


def _with_room(lanes: pl.DataFrame) -> pl.DataFrame:
    """Adds room (how many whole ones the numerator could change: to the denominator, to zero, or threefold) and unit
    (what a whole one more adds to n: see `values.value_at`)."""
    below = pl.col("denominator")
    # n was brought to the decimals of both parts, so one unit more of the numerator is as much more of it.
    apart = pl.col("denominator_digits") - pl.min_horizontal("numerator_digits", "denominator_digits")
    both = pl.col("numerator_digits") + pl.when(below.is_null()).then(0).otherwise(apart)
    scaled = lanes.with_columns(pl.col("numerator").fill_null(0), digits=both)
    for digits, one in (("numerator_digits", "one_of_top"), ("digits", "unit")):
        scaled = scaled.join(_POWERS.rename({"digits": digits, "one": one}), on=digits, how="left")
    whole = pl.col("numerator") // pl.col("one_of_top")
    room = (
        pl.when(pl.col("sign") < 0)
        .then(whole)
        .when("share")
        .then(below.fill_null(0) - pl.col("numerator"))
        # An amount has no whole to stop at; nobody is told of more than three times theirs.
        .otherwise(whole.clip(lower_bound=1) * 2)
    )
    return scaled.with_columns(room=room.clip(upper_bound=FARTHEST).cast(pl.Int64))
