"""Scorecards filled in: each item's value, target, points and state, and each person's total.

A line is one item of one person. States: `counted`; `dropped` (its weight does not count); `held` (the person stays
incomplete until it is settled). `cause` says why a line is not simply counted: thin, no_occasion, not_handed_in,
no_target, unrated, needs_example, unknown_level, appealed, neutral, unit.
"""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units, value_units
from fairwrench.settlement.formula import aggregate_name
from fairwrench.settlement.measure import unit_of_department
from fairwrench.settlement.points import points_of
from fairwrench.settlement.rating import rated
from fairwrench.settlement.scheme import Bands, Item, Metric, Scheme
from fairwrench.settlement.values import Findings, covered_stores, unit_expr, value_at

__all__ = [
    "LINE",
    "Findings",
    "covered_stores",
    "line",
    "lines",
    "measured",
    "pointed",
    "totals",
    "unit_expr",
    "value_at",
]

LINE = {
    "employee_id": pl.Utf8,
    "place": pl.Int64,
    "item": pl.Utf8,
    "kind": pl.Utf8,
    "category": pl.Utf8,
    "weight": pl.Int64,
    "level": pl.Utf8,
    "unit": pl.Utf8,
    "target": pl.Int128,
    "numerator": pl.Int128,
    "numerator_digits": pl.Int64,
    "denominator": pl.Int128,
    "denominator_digits": pl.Int64,
    "n": pl.Int128,
    "d": pl.Int128,
    "points": pl.Int64,
    "state": pl.Utf8,
    "cause": pl.Utf8,
}
#: aggregates for which no row at all is a true zero; the least, the most or the median of nothing is nothing
TOTALS = ("count", "count_distinct", "sum")


def lines(people: pl.DataFrame, found: Findings) -> pl.DataFrame:
    """All lines of everybody assessed. `people`: employee_id, store, department, scorecard."""
    filled = []
    for card, group in people.partition_by("scorecard", as_dict=True).items():
        for place, item in enumerate(found.scheme.scorecards[str(card[0])].items):
            filled.append(line(place, item, group, found))
    frame = pl.concat(filled) if filled else pl.DataFrame(schema=LINE)
    return _decide(frame, found.decided).sort("employee_id", "place")


def line(place: int, item: Item, people: pl.DataFrame, found: Findings) -> pl.DataFrame:
    """One item for everybody who has it."""
    frame = people.select(
        "employee_id",
        "store",
        "department",
        place=pl.lit(place, pl.Int64),
        item=pl.lit(item.key),
        kind=pl.lit(item.kind),
        category=pl.lit(item.category, pl.Utf8),
        weight=pl.lit(point_units(item.weight) if item.weight is not None else 0, pl.Int64),
        level=pl.lit(item.of),
    )
    if item.kind == "metric":
        frame = measured(frame, item, found)
    else:
        frame = rated(frame, item, found.ratings, found.scheme.bands)
    missing = [pl.lit(None, kind).alias(name) for name, kind in LINE.items() if name not in frame.columns]
    return frame.with_columns(missing).select([pl.col(name).cast(kind) for name, kind in LINE.items()])


def measured(frame: pl.DataFrame, item: Item, found: Findings) -> pl.DataFrame:
    """A metric item: value, target, points, and what thin or missing evidence makes of it."""
    metric = found.scheme.metrics[item.metric or ""]
    frame = _with_value(frame.with_columns(unit=unit_expr(item.of)), item, metric, found)
    frame = _with_target(frame, item, metric, found)
    frame = _classified(frame, item, metric, found)
    if (item.when_thin or metric.when_thin) == "unit":
        frame = _from_unit(frame, item, metric, found)
    return pointed(frame, item, found.scheme)


def pointed(frame: pl.DataFrame, item: Item, scheme: Scheme) -> pl.DataFrame:
    """Points of one metric item for rows with n, d, target, state and cause, as its curve gives them.

    A counted row that got none lacks a target it needs: the person waits for it.
    """
    assert item.curve is not None and item.metric is not None
    usable = pl.col("state") == "counted"
    safe = frame.with_columns(pl.when(usable).then("n").alias("n"), pl.when(usable).then("d").alias("d"))
    points = points_of(item.curve, scheme.metrics[item.metric].better, safe)
    neutral = pl.when(pl.col("cause") == "neutral").then(point_units(scheme.bands.neutral))
    frame = frame.with_columns(points=points).with_columns(points=pl.coalesce(neutral, "points"))
    lacking = usable & pl.col("points").is_null()
    return frame.with_columns(
        state=pl.when(lacking).then(pl.lit("held")).otherwise("state"),
        cause=pl.when(lacking).then(pl.lit("no_target")).otherwise("cause"),
    )


def _with_value(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """The value of each line's unit, and whether all of its evidence was handed in."""
    below = metric.denominator
    places, below_places = found.places(metric.numerator), found.places(below) if below else 0
    value = value_at(item.metric or "", metric, item.of, found)
    frame = frame.join(value, on="unit", how="left", maintain_order="left", validate="m:1").with_columns(
        numerator_digits=pl.lit(places, pl.Int64), denominator_digits=pl.lit(below_places, pl.Int64)
    )
    if zero_without_rows(metric):
        frame = frame.with_columns(pl.col("numerator", "n").fill_null(0), pl.col("d").fill_null(10**places))
    handed_in = covered_stores(metric, found)
    if item.of == "group":
        return frame.with_columns(handed_in=pl.lit(set(frame["store"].unique()) <= handed_in))
    return frame.with_columns(handed_in=pl.col("store").is_in(sorted(handed_in)).fill_null(False))


def zero_without_rows(metric: Metric) -> bool:
    """Whether no row at all is a true zero of the metric, where its evidence was handed in."""
    alone = metric.denominator is None and metric.no_rows == "zero"
    return alone and aggregate_name(metric.numerator.value) in TOTALS


def _with_target(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """The target agreed for the person, else for the unit measured, else the item's; a ratio may take the
    department's or the store's."""
    agreed = found.targets.filter(pl.col("metric") == item.metric).select("subject", "value")
    subjects = [pl.col("employee_id"), pl.col("unit")]
    if metric.denominator is not None:
        subjects += [unit_of_department(), pl.col("store")]
    tried: list[pl.Expr] = []
    for subject in subjects if agreed.height else ():
        aim = f"aim{len(tried)}"
        of = agreed.rename({"value": aim})
        frame = frame.with_columns(subject=subject).join(
            of, on="subject", how="left", maintain_order="left", validate="m:1"
        )
        tried.append(pl.col(aim))
    constant = pl.lit(value_units(item.target) if item.target is not None else None, pl.Int128)
    return frame.with_columns(target=pl.coalesce(*tried, constant)).drop("^(aim[0-9]|subject)$")


def _classified(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """State and cause by the item's policies."""
    policy = {"reweigh": "dropped", "neutral": "counted", "unit": "counted", "hold": "held"}
    when_thin, when_missing = item.when_thin or metric.when_thin, item.when_missing or metric.when_missing
    poor = pl.lit("neutral") if when_thin == "neutral" else None
    cause = (
        pl.when(~pl.col("handed_in"))
        .then(pl.lit("not_handed_in"))
        .when(pl.col("n").is_null() | pl.col("d").is_null() | (pl.col("d") <= 0))
        .then(pl.lit("no_occasion") if poor is None else poor)
        .when(_thin(metric, found))
        .then(pl.lit("thin") if poor is None else poor)
    )
    state = (
        pl.when(pl.col("cause") == "not_handed_in")
        .then(pl.lit(policy[when_missing]))
        .when(pl.col("cause").is_not_null())
        .then(pl.lit(policy[when_thin]))
        .otherwise(pl.lit("counted"))
    )
    return frame.with_columns(cause=cause).with_columns(state=state)


def _thin(metric: Metric, found: Findings) -> pl.Expr:
    """Fewer occasions than the metric asks for."""
    if metric.denominator is None or not metric.thin_below:
        return pl.lit(False)
    least: int = metric.thin_below * 10 ** found.places(metric.denominator)
    return pl.col("denominator") < least


def _from_unit(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """A person with too few occasions takes the department's value, and where that is none, is dropped.

    The line then shows the department's figures, so that anyone can work its points out again. Only a ratio can be
    taken over: a department's sum says nothing of one person.
    """
    poor = pl.col("cause").is_in(["thin", "no_occasion"])
    if item.of not in ("person", "team") or metric.denominator is None:
        return frame.with_columns(state=pl.when(poor).then(pl.lit("dropped")).otherwise("state"))
    shown = ("numerator", "denominator", "n", "d")
    unit = value_at(item.metric or "", metric, "department", found).select("unit", *shown)
    unit = unit.rename({"unit": "whole", **{name: f"whole_{name}" for name in shown}})
    frame = frame.with_columns(whole=unit_of_department())
    frame = frame.join(unit, on="whole", how="left", maintain_order="left", validate="m:1")
    taken = poor & (pl.col("whole_d") > 0).fill_null(False)
    return frame.with_columns(
        *(pl.when(taken).then(f"whole_{name}").otherwise(name).alias(name) for name in shown),
        unit=pl.when(taken).then("whole").otherwise("unit"),
        level=pl.when(taken).then(pl.lit("department")).otherwise("level"),
        state=pl.when(poor & ~taken).then(pl.lit("dropped")).otherwise("state"),
        cause=pl.when(taken).then(pl.lit("unit")).otherwise("cause"),
    ).drop("^whole.*$")


def _decide(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Points set by an appeal or a calibration replace what was worked out; the line says so."""
    given = decided.select("employee_id", "item", set="points")
    frame = frame.join(given, on=["employee_id", "item"], how="left", maintain_order="left", validate="m:1")
    changed = pl.col("set").is_not_null()
    return frame.with_columns(
        points=pl.coalesce("set", "points"),
        state=pl.when(changed).then(pl.lit("counted")).otherwise("state"),
        cause=pl.when(changed).then(pl.lit("appealed")).otherwise("cause"),
    ).drop("set")


def totals(frame: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """employee_id → score (hundredths, null when incomplete), bonus, counted_weight, held (list of items).

    Σ(rounded points × weight) ÷ Σ weight over the weights that count, rounded half up once; bonus points are added,
    then the maximum caps the sum.
    """
    weighed = (pl.col("kind") != "bonus") & (pl.col("state") == "counted")
    sums = frame.group_by("employee_id", maintain_order=True).agg(
        top=(pl.col("points").cast(pl.Int128) * pl.col("weight")).filter(weighed).sum(),
        counted_weight=pl.col("weight").filter(weighed).sum(),
        whole_weight=pl.col("weight").sum(),
        bonus=pl.col("points").filter((pl.col("kind") == "bonus") & (pl.col("state") == "counted")).sum(),
        held=pl.col("item").filter(pl.col("state") == "held"),
    )
    raw = half_up_expr(pl.col("top"), pl.col("counted_weight").cast(pl.Int128)).cast(pl.Int64) + pl.col("bonus")
    complete = (pl.col("held").list.len() == 0) & (pl.col("counted_weight") > 0)
    return sums.with_columns(
        score=pl.when(complete).then(raw.clip(0, point_units(bands.maximum)).cast(pl.Int64)),
    )
