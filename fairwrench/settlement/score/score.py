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
from fairwrench.settlement.measure.values import MeasuredFacts, missing_in, needs_rows, rowless, unit_read, values_at
from fairwrench.settlement.scheme.scheme import Bands, Eligibility, Level, Scheme
from fairwrench.settlement.score.card_items import card_items, curves
from fairwrench.settlement.score.points import points_by_curve
from fairwrench.settlement.score.rating import rated, rating_rules

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
_REASON = dict.fromkeys(("metric", "level", "store", "missing", "lacks"), pl.String)
_ROW_REASON = dict.fromkeys(("metric", "level", "unit", "cause", "lacks"), pl.String)
_GROUP_REASON = dict.fromkeys(("scorecard", "metric", "level", "missing", "lacks"), pl.String)


def lines(people: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """All lines of everybody assessed. `people`: employee_id, store, department, scorecard."""
    cards = card_items(found)
    frame = people.select("employee_id", "store", "department", "scorecard").join(cards, on="scorecard", how="inner")
    by_metric = pl.col("kind") == "metric"
    given = rated(frame.filter(~by_metric), rating_rules(found.scheme.scorecards, found.scheme.bands), found.ratings)
    parts = [measured(frame.filter(by_metric), found), given.with_columns(measured=pl.lit(True))]
    whole = pl.concat([_as_lines(part) for part in parts])
    return _decide(whole, found.decided).sort("employee_id", "place")


def _as_lines(frame: pl.DataFrame) -> pl.DataFrame:
    """A frame with the columns of LINE alone, null where it does not know one."""
    return frame.select(
        (pl.col(name) if name in frame.columns else pl.lit(None)).cast(kind).alias(name) for name, kind in LINE.items()
    )


def measured(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """Lines of metric items: value, target, points, and what thin or missing evidence makes of them.

    `frame`: employee_id, store, department and the columns CARD_ITEM of each line.
    """
    frame = frame.with_columns(unit=unit_read())
    frame = _with_value(frame, found)
    frame = _with_target(frame, found)
    frame = _from_unit(_classified(frame), found)
    return pointed(frame, found.scheme)


def pointed(frame: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """Points of metric lines with n, d, target, state, cause and `curve`, the number of their curve (`card_items`).

    A counted row that got none lacks a target it needs: the person waits for it.
    """
    usable = pl.col("state") == "counted"
    # Figures of lines that do not count are left out of the check of size, so that they refuse nobody's month.
    safe = frame.select("curve", "target", n=pl.when(usable).then("n"), d=pl.when(usable).then("d"))
    points = points_by_curve(safe, curves(scheme))["points"]
    neutral = pl.when(pl.col("cause") == "neutral").then(point_units(scheme.bands.neutral))
    frame = frame.with_columns(points=points).with_columns(points=pl.coalesce(neutral, "points"))
    lacking = usable & pl.col("points").is_null()
    return frame.with_columns(
        state=pl.when(lacking).then(pl.lit("held")).otherwise("state"),
        cause=pl.when(lacking).then(pl.lit("no_target")).otherwise("cause"),
    )


def _with_value(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """The value of each line's unit, none where part of its evidence was not handed in."""
    values = values_at(_pairs(frame), found).select("metric", "level", "unit", "numerator", "denominator", "n", "d")
    frame = frame.join(
        values, on=["metric", "level", "unit"], how="left", maintain_order="left", validate="m:1"
    ).with_columns(measured=pl.col("n").is_not_null() | ~pl.col("level").is_in(["person", "team"]))
    # Asked before zeros are filled in: a zero for want of rows is not something that was measured.
    nothing = pl.col("zero_without_rows")
    frame = frame.with_columns(
        *(pl.when(nothing).then(pl.col(name).fill_null(0)).otherwise(name).alias(name) for name in ("numerator", "n")),
        d=pl.when(nothing).then(pl.coalesce("d", "one")).otherwise("d"),
    )
    frame = _possible(_without_row(_with_missing(frame, found), found))
    # Half a month's rows would look like a figure; what is missing shows none.
    there = pl.col("missing").is_null()
    return frame.with_columns(pl.when(there).then(name).alias(name) for name in ("numerator", "denominator", "n", "d"))


def _pairs(frame: pl.DataFrame) -> list[tuple[str, Level]]:
    """The metrics that lines read, each with the levels at which they do."""
    return frame.select("metric", "level").unique().sort("metric", "level").rows()


def _with_missing(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """What the line's store did not hand in (`missing`, `lacks`); the group's figure lacks what any store lacks."""
    stores = frame["store"].drop_nulls().unique()
    reasons = [
        (name, level, *reason)
        for name, level in _pairs(frame)
        if level != "group"
        for reason in missing_in(found.scheme.metrics[name], found, level, stores)
    ]
    told = pl.DataFrame(reasons, schema=_REASON, orient="row")
    on = ["metric", "level", "store"]
    return _with_missing_anywhere(frame.join(told, on=on, how="left", maintain_order="left", validate="m:1"), found)


def _with_missing_anywhere(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """Lines that read the group's figure lack what any store lacks in which somebody has the card."""
    # A group's figure is the same on every line, so one store's gap is everybody's.
    whole = frame.filter(pl.col("level") == "group").group_by("scorecard", "metric").agg(pl.col("store").unique())
    rows = []
    for card, name, stores in whole.iter_rows():
        there = [store for store in stores if store is not None]
        reasons = missing_in(found.scheme.metrics[name], found, "group", there)
        cause, lacks = as_text([pair for _, why, lacking in reasons for pair in from_text(why, lacking)])
        rows.append((card, name, "group", cause or None, lacks or None))
    told = pl.DataFrame(rows, schema=_GROUP_REASON, orient="row")
    if told.is_empty():
        return frame
    on = ["scorecard", "metric", "level"]
    frame = frame.join(told, on=on, how="left", maintain_order="left", validate="m:1", suffix="_group")
    return frame.with_columns(
        missing=pl.coalesce("missing", "missing_group"), lacks=pl.coalesce("lacks", "lacks_group")
    ).drop("missing_group", "lacks_group")


def _possible(frame: pl.DataFrame) -> pl.DataFrame:
    """Counts below nothing, or a part greater than its whole, as reversals make that fit no row, are no figure."""
    # A part above its whole only of counts over the same rows: others may well be more than what they are divided by.
    wrong = (
        (pl.col("counts_rows") & (pl.col("numerator") < 0)).fill_null(False)
        | (pl.col("counts_whole") & (pl.col("denominator") < 0)).fill_null(False)
        | (pl.col("part_of_whole") & (pl.col("numerator") > pl.col("denominator"))).fill_null(False)
    )
    impossible = wrong & pl.col("missing").is_null()
    return frame.with_columns(
        missing=pl.when(impossible).then(pl.lit("impossible")).otherwise("missing"),
        lacks=pl.when(impossible).then("source").otherwise("lacks"),
    )


def _without_row(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """Units that have no row where everybody has one lack it, when nothing else is missing."""
    own = []
    for name, level in _pairs(frame):
        metric = found.scheme.metrics[name]
        if level != "group" and needs_rows(metric, found, level):
            alike = (pl.col("metric") == name) & (pl.col("level") == level)
            units = frame.filter(alike)["unit"].drop_nulls().unique()
            own += [(name, level, *reason) for reason in rowless(metric, found, level, units)]
    if not own:
        return frame
    told = pl.DataFrame(own, schema=_ROW_REASON, orient="row")
    on = ["metric", "level", "unit"]
    frame = frame.join(told, on=on, how="left", maintain_order="left", validate="m:1", suffix="_row")
    lacks = pl.when(pl.col("missing").is_null()).then("lacks_row").otherwise("lacks")
    return frame.with_columns(missing=pl.coalesce("missing", "cause"), lacks=lacks).drop("cause", "lacks_row")


def _with_target(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """The target agreed for the person, else for the unit measured, else the item's; a ratio may take the
    department's or the store's."""
    agreed = found.targets.select("subject", "metric", aim="value")
    ratio = pl.col("ratio")
    # A sum agreed for the store is no target for one person; a ratio is the same for both.
    subjects = [
        pl.col("employee_id"),
        pl.col("unit"),
        pl.when(ratio).then(unit_of_department()),
        pl.when(ratio).then("store"),
    ]
    aims = [f"aim{place}" for place in range(len(subjects))]
    for aim, subject in zip(aims, subjects, strict=True):
        frame = frame.with_columns(subject=subject).join(
            agreed.rename({"aim": aim}), on=["subject", "metric"], how="left", maintain_order="left", validate="m:1"
        )
    # The nearest first: `coalesce` takes the first that is there.
    return frame.with_columns(target=pl.coalesce(*aims, "constant")).drop(*aims, "subject")


def _classified(frame: pl.DataFrame) -> pl.DataFrame:
    """State and cause by the item's policies."""
    there, neutral = pl.col("missing").is_null(), pl.when("neutral_if_thin").then(pl.lit("neutral"))
    nothing = pl.col("n").is_null() | pl.col("d").is_null() | (pl.col("d") <= 0)
    cause = (
        pl.when(~there)
        .then("missing")
        .when(nothing)
        # Zero denominator: no occasion, and so by the item's `when_thin` (design, exactness).
        .then(pl.coalesce(neutral, pl.lit("no_occasion")))
        # fewer occasions than the metric asks for
        .when(pl.col("denominator") < pl.col("least"))
        .then(pl.coalesce(neutral, pl.lit("thin")))
    )
    state = (
        pl.when(~there)
        .then("state_if_missing")
        .when(pl.col("cause").is_not_null())
        .then("state_if_thin")
        .otherwise(pl.lit("counted"))
    )
    return frame.with_columns(cause=cause).with_columns(state=state)


def _from_unit(frame: pl.DataFrame, found: MeasuredFacts) -> pl.DataFrame:
    """A person with too few occasions takes the department's value where the item says so, and where that is none, is
    dropped.

    The line then shows the department's figures, so that anyone can work its points out again. Only a ratio can be
    taken over: a department's sum says nothing of one person.
    """
    asks = frame.filter("unit_if_thin")
    if asks.is_empty():
        return frame
    shown = ("numerator", "denominator", "n", "d")
    poor = pl.col("unit_if_thin") & pl.col("cause").is_in(["thin", "no_occasion"])
    asked: list[tuple[str, Level]] = [(name, "department") for name in asks["metric"].unique().sort()]
    unit = values_at(asked, found).select("metric", whole="unit", **{f"whole_{name}": pl.col(name) for name in shown})
    own = pl.col("level").is_in(["person", "team"]) & pl.col("ratio")
    frame = frame.with_columns(whole=pl.when(pl.col("unit_if_thin") & own).then(unit_of_department()))
    frame = frame.join(unit, on=["metric", "whole"], how="left", maintain_order="left", validate="m:1")
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
