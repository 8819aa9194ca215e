"""Items that people rate: described levels, who may rate, and the example that the outer levels need (S3 肆)."""

from __future__ import annotations

from decimal import Decimal
from itertools import takewhile

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units
from fairwrench.settlement.scheme.scheme import Bands, Item


def with_roles(ratings: pl.DataFrame, people: pl.DataFrame) -> pl.DataFrame:
    """Add the rater's `role` towards the rated: self, line_manager, next_level, other.

    `people`: employee_id, manager_id, next_level_id. What a file says of the role counts for nothing: the roster says
    who somebody's manager is.
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
    joined = ratings.join(known, on="employee_id", how="left", validate="m:1", maintain_order="left")
    return joined.with_columns(role=role).drop("manager_id", "next_level_id")


def rated(frame: pl.DataFrame, item: Item, ratings: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """Points of a rated or bonus item for everybody in `frame`; a missing bonus adds nothing, a missing rating holds.

    `ratings`: employee_id, item, role, level, points (hundredths), evidence. Adds points, state, cause.
    """
    shares: dict[str, int] = {role: point_units(share) for role, share in (item.raters or MANAGER_ALONE).items()}
    given = _valued(item, ratings.filter((pl.col("item") == item.key) & pl.col("role").is_in(list(shares))), bands)
    # Another rater's word does not settle it: the item waits until somebody says which of the two is meant.
    unsure = given.filter(pl.col("why") == "level_and_points").select("employee_id")
    sure = given.filter(pl.col("why").is_null()).join(unsure, on="employee_id", how="anti")
    combined = _combine(sure, shares, needed=item.kind == "rating")
    # Several reasons in any order of rows: the least word is the same one every time.
    short = given.drop_nulls("why").group_by("employee_id").agg(why=pl.col("why").min())
    for known in (combined, short):
        frame = frame.join(known, on="employee_id", how="left", maintain_order="left")
    missing = pl.col("points").is_null()
    state, cause = ("dropped", "no_occasion") if item.kind == "bonus" else ("held", "unrated")
    limit = point_units(item.up_to) if item.up_to is not None else None
    return frame.with_columns(
        # A bonus above its limit counts as the limit; what was given stays in the ratings.
        points=pl.col("points").clip(upper_bound=limit),
        state=pl.when(missing).then(pl.lit(state)).otherwise(pl.lit("counted")),
        cause=pl.when(missing).then(pl.coalesce("why", pl.lit(cause))),
    ).drop("why")


#: whose rating counts where an item does not say
MANAGER_ALONE = {"line_manager": Decimal(100)}


def _valued(item: Item, ratings: pl.DataFrame, bands: Bands) -> pl.DataFrame:
    """The ratings with their points as `value`, and `why` one cannot count (null where it can).

    A level that nobody described is never guessed, and of a level and other points beside it none is picked.
    """
    levels = {word: point_units(points) for word, points in (item.levels or {}).items()}
    word = pl.col("level") if levels else pl.lit(None, pl.String)
    by_word = word.replace_strict(list(levels), list(levels.values()), default=None, return_dtype=pl.Int64)
    # A level word comes before points; other points beside it hold the item (`level_and_points`).
    value = pl.when(word.fill_null("") != "").then(by_word).otherwise("points")
    frame = ratings.with_columns(value=value, named=word.is_in(list(item.evidence)).fill_null(False))
    bad = pl.col("value").is_null() | (pl.col("value") < 0) | (pl.col("value") > point_units(bands.maximum))
    bare = pl.col("evidence").fill_null("").str.strip_chars() == ""
    needs = pl.col("named") | _as_outer(pl.col("value"), item, levels)
    return frame.with_columns(
        why=pl.when(bad)
        .then(pl.lit("unknown_level"))
        .when(pl.col("value") != pl.col("points"))
        .then(pl.lit("level_and_points"))
        .when(needs & bare)
        .then(pl.lit("needs_example"))
    )


def _as_outer(value: pl.Expr, item: Item, levels: dict[str, int]) -> pl.Expr:
    """Points given directly must be as well founded as a level that needs an example, and those beyond it."""
    ranked = sorted(levels, key=lambda word: levels[word], reverse=True)
    # From either end, as far as examples are asked for: points between two such levels need one as well.
    top = [levels[word] for word in takewhile(lambda word: word in item.evidence, ranked)]
    bottom = [levels[word] for word in takewhile(lambda word: word in item.evidence, ranked[::-1])]
    needs = value.is_in([levels[word] for word in item.evidence if word in levels])
    if top:
        needs |= value >= min(top)
    if bottom:
        needs |= value <= max(bottom)
    return needs


def _combine(ratings: pl.DataFrame, shares: dict[str, int], *, needed: bool) -> pl.DataFrame:
    """employee_id, points: several raters of one role count by their mean, roles by their shares.

    With `needed` every role must have rated but the self, whose share then goes to the others.
    """
    counted = ratings.group_by("employee_id", "role").agg(
        total=pl.col("value").sum().cast(pl.Int128), count=pl.len().cast(pl.Int128)
    )
    wide = counted.select("employee_id").unique()
    for role in shares:
        part = counted.filter(pl.col("role") == role)
        part = part.select(
            "employee_id", pl.col("total").alias(f"total_{role}"), pl.col("count").alias(f"count_{role}")
        )
        wide = wide.join(part, on="employee_id", how="left")
    # A person who does not rate themselves holds up nobody.
    required = [pl.col(f"count_{role}").is_not_null() for role in shares if role != "self" and needed]
    complete = pl.all_horizontal(pl.lit(True), *required)
    return wide.select("employee_id", points=pl.when(complete).then(_mean(shares)).cast(pl.Int64))


def _mean(shares: dict[str, int]) -> pl.Expr:
    """Σ share × (total ÷ count) ÷ Σ share over the roles that rated, in one fraction and rounded once."""
    counts = {role: pl.col(f"count_{role}").fill_null(1) for role in shares}
    product, top, weight = _int(1), _int(0), _int(0)
    for count in counts.values():
        product = product * count
    for role, share in shares.items():
        # One fraction over the product of all counts: means of raters are not rounded before they are weighed.
        top = top + pl.col(f"total_{role}").fill_null(0) * (product // counts[role]) * share
        weight = weight + pl.when(pl.col(f"count_{role}").is_not_null()).then(_int(share)).otherwise(_int(0))
    return half_up_expr(top, product * weight)


def _int(value: int) -> pl.Expr:
    return pl.lit(value, pl.Int128)
