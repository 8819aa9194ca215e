"""Scorecards filled in: each item's value, target, points and state, and each person's total.

A line is one item of one person. States: `counted`; `dropped` (its weight does not count); `held` (the person stays
incomplete until it is settled). `cause` says why a line is not simply counted: thin, no_occasion, no_target, unrated,
needs_example, unknown_level, level_and_points, appealed, neutral, unit, or one of wording.MISSING, with what is lacking
in `lacks`.
`measured` says whether rows, a rating or a decision stand behind the points, and not a zero for want of rows.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units, value_units
from fairwrench.settlement.measure.lacking import as_text, from_text
from fairwrench.settlement.measure.measure import unit_of_department
from fairwrench.settlement.measure.values import MeasuredFacts, covered_stores, missing, rowless, unit_expr, value_at
from fairwrench.settlement.scheme.scheme import Bands, Eligibility, Item, Level, Measure, Metric, Scheme
from fairwrench.settlement.score.points import points_of
from fairwrench.settlement.score.rating import rated
from fairwrench.settlement.source.formula import aggregate_name

__all__ = [
    "LINE",
    "MeasuredFacts",
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
    "lacks": pl.Utf8,
    "measured": pl.Boolean,
}
#: aggregates for which no row at all is a true zero; the least, the most or the median of nothing is nothing
TOTALS = ("count", "count_distinct", "sum")
#: a share has a part and a whole
PARTS = 2


def lines(people: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """All lines of everybody assessed. `people`: employee_id, store, department, scorecard."""
    filled = []
    for card, group in people.partition_by("scorecard", as_dict=True).items():
        for place, item in enumerate(found.scheme.scorecards[str(card[0])].items):
            filled.append(line(place, item, group, found))
    frame = pl.concat(filled) if filled else pl.DataFrame(schema=LINE)
    return _decide(frame, found.decided).sort("employee_id", "place")


def line(place: int, item: Item, people: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
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
        frame = rated(frame, item, found.ratings, found.scheme.bands).with_columns(measured=pl.lit(True))
    others = [pl.lit(None, kind).alias(name) for name, kind in LINE.items() if name not in frame.columns]
    return frame.with_columns(others).select([pl.col(name).cast(kind) for name, kind in LINE.items()])


def measured(frame: pl.DataFrame, item: Item, found: MeasuredFacts) -> pl.DataFrame:
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
    # Figures of lines that do not count are left out of the check of size, so that they refuse nobody's month.
    safe = frame.with_columns(pl.when(usable).then("n").alias("n"), pl.when(usable).then("d").alias("d"))
    points = points_of(item.curve, scheme.metrics[item.metric].better, safe)
    neutral = pl.when(pl.col("cause") == "neutral").then(point_units(scheme.bands.neutral))
    frame = frame.with_columns(points=points).with_columns(points=pl.coalesce(neutral, "points"))
    lacking = usable & pl.col("points").is_null()
    return frame.with_columns(
        state=pl.when(lacking).then(pl.lit("held")).otherwise("state"),
        cause=pl.when(lacking).then(pl.lit("no_target")).otherwise("cause"),
    )


def _with_value(frame: pl.DataFrame, item: Item, metric: Metric, found: MeasuredFacts) -> pl.DataFrame:
    """The value of each line's unit, none where part of its evidence was not handed in."""
    below = metric.denominator
    places, below_places = found.places(metric.numerator), found.places(below) if below else 0
    value = value_at(item.metric or "", metric, item.of, found)
    frame = frame.join(value, on="unit", how="left", maintain_order="left", validate="m:1").with_columns(
        numerator_digits=pl.lit(places, pl.Int64), denominator_digits=pl.lit(below_places, pl.Int64)
    )
    # Asked before zeros are filled in: a zero for want of rows is not something that was measured.
    frame = frame.with_columns(measured=pl.col("n").is_not_null() | pl.lit(item.of not in ("person", "team")))
    if zero_without_rows(metric):
        frame = frame.with_columns(pl.col("numerator", "n").fill_null(0), pl.col("d").fill_null(10**places))
    frame = _with_missing(frame, metric, item.of, found)
    frame = _possible(frame, metric)
    # Half a month's rows would look like a figure; what is missing shows none.
    there = pl.col("missing").is_null()
    return frame.with_columns(pl.when(there).then(name).alias(name) for name in ("numerator", "denominator", "n", "d"))


def _with_missing(frame: pl.DataFrame, metric: Metric, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """What the line's store did not hand in (`missing`, `lacks`); the group's figure lacks what any store lacks."""
    reasons = missing(metric, found, level, frame["store"].drop_nulls().unique()).rename({"cause": "missing"})
    # A group's figure is the same on every line, so one store's gap is everybody's.
    if level != "group":
        frame = frame.join(reasons, on="store", how="left", maintain_order="left", validate="m:1")
        return _without_row(frame, metric, level, found)
    pairs = [pair for why, lacks in reasons.select("missing", "lacks").iter_rows() for pair in from_text(why, lacks)]
    cause, lacks = as_text(pairs)
    return frame.with_columns(missing=pl.lit(cause or None, pl.String), lacks=pl.lit(lacks or None, pl.String))


def _possible(frame: pl.DataFrame, metric: Metric) -> pl.DataFrame:
    """Counts below nothing, or a part greater than its whole, as reversals make that fit no row, are no figure."""
    top, whole = metric.numerator, metric.denominator
    counts = [part for part in (top, whole) if part and aggregate_name(part.value) == "count"]
    wrong = [pl.col("numerator") < 0] if top in counts else []
    wrong += [pl.col("denominator") < 0] if whole in counts else []
    # Only of counts over the same rows: other numerators may well be more than what they are divided by.
    if whole and len(counts) == PARTS and metric.unit == "percent" and _same_rows(top, whole):
        wrong.append(pl.col("numerator") > pl.col("denominator"))
    impossible = pl.any_horizontal(pl.lit(False), *wrong).fill_null(False) & pl.col("missing").is_null()
    return frame.with_columns(
        missing=pl.when(impossible).then(pl.lit("impossible")).otherwise("missing"),
        lacks=pl.when(impossible).then(pl.lit(top.source)).otherwise("lacks"),
    )


def _same_rows(part: Measure, whole: Measure) -> bool:
    """Whether both count rows of one source in the same window, for the same person."""
    return part.model_copy(update={"where": None}) == whole.model_copy(update={"where": None})


def _without_row(frame: pl.DataFrame, metric: Metric, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """Units that have no row where everybody has one lack it, when nothing else is missing."""
    own = rowless(metric, found, level, frame["unit"].drop_nulls().unique())
    if own.is_empty():
        return frame
    frame = frame.join(own, on="unit", how="left", maintain_order="left", validate="m:1", suffix="_row")
    lacks = pl.when(pl.col("missing").is_null()).then("lacks_row").otherwise("lacks")
    return frame.with_columns(missing=pl.coalesce("missing", "cause"), lacks=lacks).drop("cause", "lacks_row")


def zero_without_rows(metric: Metric) -> bool:
    """Whether no row at all is a true zero of the metric, where its evidence was handed in."""
    alone = metric.denominator is None and metric.no_rows == "zero"
    return alone and aggregate_name(metric.numerator.value) in TOTALS


def _with_target(frame: pl.DataFrame, item: Item, metric: Metric, found: MeasuredFacts) -> pl.DataFrame:
    """The target agreed for the person, else for the unit measured, else the item's; a ratio may take the
    department's or the store's."""
    agreed = found.targets.filter(pl.col("metric") == item.metric).select("subject", "value")
    subjects = [pl.col("employee_id"), pl.col("unit")]
    # A sum agreed for the store is no target for one person; a ratio is the same for both.
    if metric.denominator is not None:
        subjects += [unit_of_department(), pl.col("store")]
    tried: list[pl.Expr] = []
    for subject in subjects if agreed.height else ():
        aim = f"aim{len(tried)}"
        of = agreed.rename({"value": aim})
        frame = frame.with_columns(subject=subject).join(
            of, on="subject", how="left", maintain_order="left", validate="m:1"
        )
        # The nearest first: `coalesce` takes the first that is there.
        tried.append(pl.col(aim))
    constant = pl.lit(value_units(item.target) if item.target is not None else None, pl.Int128)
    return frame.with_columns(target=pl.coalesce(*tried, constant)).drop("^(aim[0-9]|subject)$")


def _classified(frame: pl.DataFrame, item: Item, metric: Metric, found: MeasuredFacts) -> pl.DataFrame:
    """State and cause by the item's policies."""
    policy = {"reweigh": "dropped", "neutral": "counted", "unit": "counted", "hold": "held"}
    when_thin, when_missing = item.when_thin or metric.when_thin, item.when_missing or metric.when_missing
    poor = pl.lit("neutral") if when_thin == "neutral" else None
    cause = (
        pl.when(pl.col("missing").is_not_null())
        .then("missing")
        # Zero denominator: no occasion, and so by the item's `when_thin` (design, exactness).
        .when(pl.col("n").is_null() | pl.col("d").is_null() | (pl.col("d") <= 0))
        .then(pl.lit("no_occasion") if poor is None else poor)
        .when(_thin(metric, found))
        .then(pl.lit("thin") if poor is None else poor)
    )
    state = (
        pl.when(pl.col("missing").is_not_null())
        .then(pl.lit(policy[when_missing]))
        .when(pl.col("cause").is_not_null())
        .then(pl.lit(policy[when_thin]))
        .otherwise(pl.lit("counted"))
    )
    return frame.with_columns(cause=cause).with_columns(state=state)


def _thin(metric: Metric, found: MeasuredFacts) -> pl.Expr:
    """Fewer occasions than the metric asks for."""
    if metric.denominator is None or not metric.thin_below:
        return pl.lit(False)
    least: int = metric.thin_below * 10 ** found.places(metric.denominator)
    return pl.col("denominator") < least


def _from_unit(frame: pl.DataFrame, item: Item, metric: Metric, found: MeasuredFacts) -> pl.DataFrame:
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
    # A department without any occasion either has nothing to lend.
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
        # What somebody decided stands for what was measured, so the card is not short of it.
        measured=changed | pl.col("measured"),
    ).drop("set")


def totals(frame: pl.DataFrame, bands: Bands, least: Eligibility | None = None) -> pl.DataFrame:
    """employee_id → score (hundredths, null when incomplete), bonus, counted_weight, measured_weight, whole_weight,
    held (list of items), short (why it is incomplete: `held`, `nothing_counted`, `too_little_measured`, else null).

    Σ(rounded points × weight) ÷ Σ weight over the weights that count, rounded half up once; bonus points are added,
    then the maximum caps the sum. `least` says which share of the card's weights has to be measured.
    """
    weighed = (pl.col("kind") != "bonus") & (pl.col("state") == "counted")
    # Neutral points and a department's figure say nothing of the person, so they do not make a card full.
    seen = weighed & pl.col("measured").fill_null(False) & ~pl.col("cause").is_in(["neutral", "unit"]).fill_null(False)
    sums = frame.group_by("employee_id", maintain_order=True).agg(
        top=(pl.col("points").cast(pl.Int128) * pl.col("weight")).filter(weighed).sum(),
        counted_weight=pl.col("weight").filter(weighed).sum(),
        measured_weight=pl.col("weight").filter(seen).sum(),
        whole_weight=pl.col("weight").sum(),
        bonus=pl.col("points").filter((pl.col("kind") == "bonus") & (pl.col("state") == "counted")).sum(),
        held=pl.col("item").filter(pl.col("state") == "held"),
    )
    # From rounded points, rounded once, the bonus after it: so anybody can redo it from the form (design, exactness).
    raw = half_up_expr(pl.col("top"), pl.col("counted_weight").cast(pl.Int128)).cast(pl.Int64) + pl.col("bonus")
    sums = sums.with_columns(short=_short(least))
    return sums.with_columns(
        score=pl.when(pl.col("short").is_null()).then(raw.clip(0, point_units(bands.maximum)).cast(pl.Int64)),
    )


def _short(least: Eligibility | None) -> pl.Expr:
    """Why a person's card cannot be summed up, null where it can."""
    share = value_units(least.least_measured) if least and least.least_measured is not None else 0
    too_little = pl.col("measured_weight").cast(pl.Int128) * value_units(Decimal(1)) < share * pl.col("whole_weight")
    return (
        pl.when(pl.col("held").list.len() > 0)
        .then(pl.lit("held"))
        .when(pl.col("counted_weight") == 0)
        .then(pl.lit("nothing_counted"))
        .when(too_little)
        .then(pl.lit("too_little_measured"))
    )
