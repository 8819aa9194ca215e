"""Scorecards filled in: each item's value, target, points and state, and each person's total.

A line is one item of one person. States: `counted`; `dropped` (its weight does not count); `held` (the person stays
incomplete until it is settled). `cause` says why a line is not simply counted: thin, no_occasion, not_handed_in,
no_target, unrated, needs_example, appealed, neutral, unit.
"""

from __future__ import annotations

from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units, value_units
from fairwrench.settlement.formula import Dialect
from fairwrench.settlement.measure import Cells, Evidence, Plan, digits, metric_sources, unit_of_department
from fairwrench.settlement.points import points_of
from fairwrench.settlement.rating import rated
from fairwrench.settlement.scheme import Bands, Item, Level, Metric, Scheme

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


@dataclass(frozen=True)
class Findings:
    """What a month's evidence says, ready to be scored.

    `targets`: subject, metric, value (10^-6). `ratings`: employee_id, item, role, rater, level, points, evidence, _id.
    `decided`: employee_id, item, points (hundredths) set by an appeal or calibration.
    """

    scheme: Scheme
    plan: Plan
    cells: Cells
    evidence: Evidence
    dialect: Dialect
    teams: pl.DataFrame
    targets: pl.DataFrame
    ratings: pl.DataFrame
    decided: pl.DataFrame


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
    frame = frame.with_columns(unit=unit_expr(item.of))
    frame = _with_value(frame, item.metric or "", metric, item.of, found)
    frame = _with_target(frame, item, metric, found)
    frame = _classify(frame, item, metric)
    if (item.when_thin or metric.when_thin) == "unit":
        frame = _from_unit(frame, item, metric, found)
    return pointed(frame, item, found.scheme)


def pointed(frame: pl.DataFrame, item: Item, scheme: Scheme) -> pl.DataFrame:
    """Points of one metric item for rows with n, d, target, state and cause, as its curve gives them."""
    assert item.curve is not None and item.metric is not None
    usable = pl.col("state") == "counted"
    safe = frame.with_columns(d=pl.when(usable).then("d").otherwise(pl.lit(1, pl.Int128)))
    points = points_of(item.curve, scheme.metrics[item.metric].better, safe)
    neutral = point_units(scheme.bands.neutral)
    frame = frame.with_columns(points=points).with_columns(
        points=pl.when(pl.col("cause") == "neutral").then(neutral).when(usable).then("points")
    )
    return _without_target(frame, item)


def unit_expr(level: Level) -> pl.Expr:
    """The unit whose metric a person's item reads."""
    return {
        "person": pl.col("employee_id"),
        "team": pl.col("employee_id"),
        "department": unit_of_department(),
        "store": pl.col("store"),
        "group": pl.lit("*"),
    }[level]


def value_at(name: str, metric: Metric, level: Level, found: Findings) -> pl.DataFrame:
    """unit → numerator, denominator (raw integers, with their decimals), and n ÷ d, for one level.

    A unit without any row has no line here."""
    top = found.plan.of(name, "numerator")
    assert top is not None
    sources = found.evidence.sources
    places = digits(metric.numerator, sources[metric.numerator.source].source, found.dialect)
    above = found.cells.at(top.key, level, found.teams).rename({"value": "numerator"})
    below_plan = found.plan.of(name, "denominator")
    if metric.denominator is None or below_plan is None:
        return above.with_columns(
            n=pl.col("numerator"),
            d=pl.lit(10**places, pl.Int128),
            numerator_digits=pl.lit(places, pl.Int64),
            denominator=pl.lit(None, pl.Int128),
            denominator_digits=pl.lit(0, pl.Int64),
        )
    below_places = digits(metric.denominator, sources[metric.denominator.source].source, found.dialect)
    below = found.cells.at(below_plan.key, level, found.teams).rename({"value": "denominator"})
    common = min(places, below_places)
    return (
        above.join(below, on="unit", how="full", coalesce=True)
        .with_columns(pl.col("numerator", "denominator").fill_null(0))
        .with_columns(
            n=pl.col("numerator") * 10 ** (below_places - common),
            d=pl.col("denominator") * 10 ** (places - common),
            numerator_digits=pl.lit(places, pl.Int64),
            denominator_digits=pl.lit(below_places, pl.Int64),
        )
    )


def _with_value(frame: pl.DataFrame, name: str, metric: Metric, level: Level, found: Findings) -> pl.DataFrame:
    handed_in = covered_stores(metric, found)
    frame = frame.join(value_at(name, metric, level, found), on="unit", how="left", maintain_order="left")
    if level == "group":
        every = set(frame["store"].unique()) <= handed_in
        return frame.with_columns(handed_in=pl.lit(every))
    return frame.with_columns(handed_in=pl.col("store").is_in(sorted(handed_in)))


def covered_stores(metric: Metric, found: Findings) -> set[str]:
    """The stores for which everything that a metric reads was handed in for the month."""
    month = str(found.evidence.month)
    stores: set[str] | None = None
    for name in metric_sources(metric):
        sealed = found.evidence.sources.get(name)
        here = {store for store, covered in sealed.covered if covered == month} if sealed else set()
        stores = here if stores is None else stores & here
    return stores or set()


def _with_target(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """The target agreed for the person, else for the unit measured, else the item's; a ratio may take the
    department's or the store's."""
    agreed = found.targets.filter(pl.col("metric") == item.metric).select(subject="subject", aim="value")
    subjects = [pl.col("employee_id"), pl.col("unit")]
    if metric.denominator is not None:
        subjects += [unit_of_department(), pl.col("store")]
    tried: list[pl.Expr] = []
    for number, subject in enumerate(subjects):
        name = f"aim{number}"
        frame = frame.with_columns(subject=subject).join(agreed, on="subject", how="left", maintain_order="left")
        frame = frame.rename({"aim": name})
        tried.append(pl.col(name))
    constant = pl.lit(value_units(item.target) if item.target is not None else None, pl.Int128)
    return frame.with_columns(target=pl.coalesce(*tried, constant)).drop(
        "subject", *(f"aim{i}" for i in range(len(tried)))
    )


def _classify(frame: pl.DataFrame, item: Item, metric: Metric) -> pl.DataFrame:
    """State and cause by the item's policies; a sum without any row is a true zero where evidence was handed in."""
    if metric.denominator is None and metric.no_rows == "zero":
        frame = frame.with_columns(pl.col("numerator", "n").fill_null(0), d=pl.col("d").fill_null(1))
    thin = pl.lit(False)
    if metric.denominator is not None and metric.thin_below:
        natural = pl.lit(metric.thin_below, pl.Int128) * pl.lit(10, pl.Int128).pow(pl.col("denominator_digits"))
        thin = pl.col("denominator") < natural.cast(pl.Int128)
    cause = (
        pl.when(~pl.col("handed_in"))
        .then(pl.lit("not_handed_in"))
        .when(pl.col("d").is_null() | (pl.col("d") <= 0))
        .then(pl.lit("no_occasion"))
        .when(thin)
        .then(pl.lit("thin"))
    )
    policy = {"reweigh": "dropped", "neutral": "counted", "unit": "counted", "hold": "held"}
    when_thin = item.when_thin or metric.when_thin
    when_missing = item.when_missing or metric.when_missing
    frame = frame.with_columns(cause=cause)
    state = (
        pl.when(pl.col("cause") == "not_handed_in")
        .then(pl.lit(policy[when_missing]))
        .when(pl.col("cause").is_not_null())
        .then(pl.lit(policy[when_thin]))
        .otherwise(pl.lit("counted"))
    )
    frame = frame.with_columns(state=state)
    if when_thin == "neutral":
        used = pl.col("cause").is_in(["thin", "no_occasion"]) & (pl.col("state") == "counted")
        frame = frame.with_columns(cause=pl.when(used).then(pl.lit("neutral")).otherwise("cause"))
    return frame


def _from_unit(frame: pl.DataFrame, item: Item, metric: Metric, found: Findings) -> pl.DataFrame:
    """A person with too few occasions takes the department's value, and where that is none, stays dropped."""
    unit = value_at(item.metric or "", metric, "department", found).select("unit", un="n", ud="d")
    poor = pl.col("cause").is_in(["thin", "no_occasion"])
    frame = frame.with_columns(own=pl.col("unit"), unit=unit_of_department())
    frame = frame.join(unit, on="unit", how="left", maintain_order="left")
    usable = poor & (pl.col("ud") > 0)
    return frame.with_columns(
        n=pl.when(usable).then("un").otherwise("n"),
        d=pl.when(usable).then("ud").otherwise("d"),
        unit=pl.when(usable).then("unit").otherwise("own"),
        state=pl.when(poor & ~usable.fill_null(False)).then(pl.lit("dropped")).otherwise("state"),
        cause=pl.when(usable).then(pl.lit("unit")).otherwise("cause"),
    ).drop("un", "ud", "own")


def _without_target(frame: pl.DataFrame, item: Item) -> pl.DataFrame:
    """A counted line that got no points lacks a target it needs: the person waits for it."""
    lacking = (pl.col("state") == "counted") & pl.col("points").is_null()
    return frame.with_columns(
        state=pl.when(lacking).then(pl.lit("held")).otherwise("state"),
        cause=pl.when(lacking).then(pl.lit("no_target")).otherwise("cause"),
    )


def _decide(frame: pl.DataFrame, decided: pl.DataFrame) -> pl.DataFrame:
    """Points set by an appeal or a calibration replace what was worked out; the line says so."""
    if not decided.height:
        return frame
    given = decided.select("employee_id", "item", set="points")
    frame = frame.join(given, on=["employee_id", "item"], how="left", maintain_order="left")
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


def targets_frame(rows: pl.DataFrame) -> pl.DataFrame:
    """The `targets` source's rows as subject, metric, value (10^-6)."""
    if not rows.height:
        return pl.DataFrame(schema={"subject": pl.Utf8, "metric": pl.Utf8, "value": pl.Int128})
    value = pl.col("value").to_physical().cast(pl.Int128) * 10 ** (6 - _scale(rows.schema["value"]))
    return rows.select("subject", "metric", value=value)


def _scale(kind: pl.DataType) -> int:
    return kind.scale if isinstance(kind, pl.Decimal) else 0
