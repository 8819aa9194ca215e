"""Items that people rate: described levels, who may rate, and the example that the outer levels need (S3 肆)."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units
from fairwrench.settlement.scheme import Bands, Item

RATING = {
    "employee_id": pl.Utf8,
    "item": pl.Utf8,
    "rater": pl.Utf8,
    "role": pl.Utf8,
    "level": pl.Utf8,
    "points": pl.Int64,
    "evidence": pl.Utf8,
}


def with_roles(ratings: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add the rater's `role` towards the rated: self, line_manager, next_level, other.

    `people`: employee_id, manager_id, next_level_id.
    """
    known = people.select("employee_id", "manager_id", "next_level_id")
    rater = pl.col("rater")
    role = (
        pl.when(rater == pl.col("employee_id"))
        .then(pl.lit("self"))
        .when(rater == pl.col("manager_id"))
        .then(pl.lit("line_manager"))
        .when(rater == pl.col("next_level_id"))
        .then(pl.lit("next_level"))
        .otherwise(pl.lit("other"))
    )
    return ratings.join(known, on="employee_id", how="left").with_columns(role=role).drop("manager_id", "next_level_id")


def rated(frame: pl.DataFrame, item: Item, ratings: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """Points of a rated or bonus item for everybody in `frame`; a missing bonus adds nothing, a missing rating holds."""
    given = _valued(item, ratings.filter(pl.col("item") == item.key), bands)
    shares = {role: point_units(share) for role, share in (item.raters or {"line_manager": Decimal(100)}).items()}
    combined = _combine(given.filter(pl.col("usable")), shares, needed=item.kind == "rating")
    short = given.filter(~pl.col("usable")).group_by("employee_id").agg(cause=pl.col("why").first())
    frame = frame.join(combined, on="employee_id", how="left", maintain_order="left")
    frame = frame.join(short, on="employee_id", how="left", maintain_order="left")
    missing = pl.col("points").is_null()
    if item.kind == "bonus":
        limit = point_units(item.up_to or Decimal(0))
        return frame.with_columns(
            points=pl.col("points").clip(0, limit),
            state=pl.when(missing).then(pl.lit("dropped")).otherwise(pl.lit("counted")),
            cause=pl.when(missing).then(pl.coalesce("cause", pl.lit("no_occasion"))),
        )
    return frame.with_columns(
        state=pl.when(missing).then(pl.lit("held")).otherwise(pl.lit("counted")),
        cause=pl.when(missing).then(pl.coalesce("cause", pl.lit("unrated"))),
    )


def _valued(item: Item, ratings: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """Each rating's points, whether it may count, and why not."""
    levels = {word: point_units(points) for word, points in (item.levels or {}).items()}
    by_level = pl.col("level").replace_strict(levels, default=None, return_dtype=pl.Int64) if levels else pl.lit(None, pl.Int64)
    value = pl.coalesce(by_level, pl.col("points"))
    outer = [levels[word] for word in item.evidence if word in levels]
    bare = pl.col("evidence").fill_null("").str.strip_chars() == ""
    # points given directly must be as well founded as the outer levels they equal or pass
    needs = pl.lit(False)
    if outer:
        needs = (pl.col("value") >= max(outer)) if len(outer) == 1 else (pl.col("value") >= max(outer)) | (pl.col("value") <= min(outer))
    limit = point_units(bands.maximum)
    bad = pl.col("value").is_null() | (pl.col("value") < 0) | (pl.col("value") > limit)
    why = pl.when(bad).then(pl.lit("unknown_level")).when(needs & bare).then(pl.lit("needs_example"))
    frame = ratings.with_columns(value=value).with_columns(why=why)
    return frame.with_columns(usable=pl.col("why").is_null())


def _combine(ratings: pl.DataFrame, shares: dict[str, int], *, needed: bool) -> pl.DataFrame:
    """Several raters of one role count by their mean; roles by their shares. Only a self-rating may be absent."""
    grouped = ratings.filter(pl.col("role").is_in(list(shares))).group_by("employee_id", "role").agg(
        total=pl.col("value").sum().cast(pl.Int128), count=pl.len().cast(pl.Int128)
    )
    wide = grouped.select("employee_id").unique()
    product, weight, top = pl.lit(1, pl.Int128), pl.lit(0, pl.Int128), pl.lit(0, pl.Int128)
    for role in shares:
        part = grouped.filter(pl.col("role") == role).select(
            "employee_id", pl.col("total").alias(f"t_{role}"), pl.col("count").alias(f"c_{role}")
        )
        wide = wide.join(part, on="employee_id", how="left")
        product = product * pl.col(f"c_{role}").fill_null(1)
    for role, share in shares.items():
        there = pl.col(f"c_{role}").is_not_null()
        weight = weight + pl.when(there).then(pl.lit(share, pl.Int128)).otherwise(pl.lit(0, pl.Int128))
        mean = pl.col(f"t_{role}").fill_null(0) * (product // pl.col(f"c_{role}").fill_null(1))
        top = top + mean * share
    required = [pl.col(f"c_{role}").is_not_null() for role in shares if role != "self"]
    complete = pl.all_horizontal(required) if required and needed else pl.lit(True)
    points = half_up_expr(top, product * weight).cast(pl.Int64)
    return wide.select("employee_id", points=pl.when(complete).then(points))
