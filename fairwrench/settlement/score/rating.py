"""Items that people rate: described levels, who may rate, and the example that the outer levels need (S3 肆)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from itertools import takewhile
from typing import get_args

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.scheme.scheme import Bands, Item, Role, Scorecard


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


@dataclass(frozen=True)
class RatingRules:
    """What the rated items of all scorecards ask for, as frames.

    `items`: scorecard, place, described (whether it has levels), from_top and from_bottom (points, in hundredths, from
    which a rating needs an example as the outer levels do; null: none), limit (the most it adds; null: none), and the
    `share_` of each role (hundredths of a percent; null: its ratings do not count). `levels`: scorecard, place, level,
    worth (hundredths), outer (whether it needs an example). `most`: the highest points, in hundredths.
    """

    items: pl.DataFrame
    levels: pl.DataFrame
    most: int


ROLES: tuple[str, ...] = get_args(Role)
_RULES: Schema = {
    "scorecard": pl.String,
    "place": pl.Int64,
    "described": pl.Boolean,
    "from_top": pl.Int64,
    "from_bottom": pl.Int64,
    "limit": pl.Int64,
    **{f"share_{role}": pl.Int64 for role in ROLES},
}
_LEVELS: Schema = {
    "scorecard": pl.String,
    "place": pl.Int64,
    "level": pl.String,
    "worth": pl.Int64,
    "outer": pl.Boolean,
}


def rating_rules(cards: Mapping[str, Scorecard], bands: Bands) -> RatingRules:
    """The rules of every item that people rate, by scorecard and place on it."""
    items, levels = [], []
    for name, card in cards.items():
        for place, item in enumerate(card.items):
            if item.kind != "metric":
                worths = {word: point_units(points) for word, points in (item.levels or {}).items()}
                shares = {f"share_{role}": point_units(share) for role, share in item.counting.items()}
                limit = point_units(item.up_to) if item.up_to is not None else None
                rules = {"described": bool(worths), "limit": limit, **_outer(item, worths), **shares}
                items.append({"scorecard": name, "place": place, **rules})
                levels += [(name, place, word, worth, word in item.evidence) for word, worth in worths.items()]
    return RatingRules(
        pl.DataFrame(items, schema=_RULES),
        pl.DataFrame(levels, schema=_LEVELS, orient="row"),
        point_units(bands.maximum),
    )


def _outer(item: Item, worths: dict[str, int]) -> dict[str, int | None]:
    """Points given directly must be as well founded as a level that needs an example, and those beyond it."""
    ranked = sorted(worths, key=lambda word: worths[word], reverse=True)
    # From either end, as far as examples are asked for: points between two such levels need one as well.
    top = [worths[word] for word in takewhile(lambda word: word in item.evidence, ranked)]
    bottom = [worths[word] for word in takewhile(lambda word: word in item.evidence, ranked[::-1])]
    return {"from_top": min(top, default=None), "from_bottom": max(bottom, default=None)}


def rated(frame: pl.DataFrame, rules: RatingRules, ratings: pl.DataFrame) -> pl.DataFrame:
    """Points of rated and bonus items; a missing bonus adds nothing, a missing rating holds. Adds points, state, cause.

    `frame`: employee_id, scorecard, place, item, kind of each line. `ratings`: employee_id, item, role, level, points
    (hundredths), evidence.
    """
    line = ("employee_id", "place")
    ruled = frame.select(*line, "scorecard", "item", "kind").join(
        rules.items, on=["scorecard", "place"], how="left", validate="m:1"
    )
    given = _valued(ruled.join(ratings, on=["employee_id", "item"], how="inner"), rules)
    # Another rater's word does not settle it: the item waits until somebody says which of the two is meant.
    unsure = given.filter(pl.col("why") == "level_and_points").select(line)
    sure = given.filter(pl.col("why").is_null()).join(unsure, on=line, how="anti")
    # Several reasons in any order of rows: the least word is the same one every time.
    short = given.drop_nulls("why").group_by(line).agg(why=pl.col("why").min())
    for known in (_combined(sure), short):
        frame = frame.join(known, on=line, how="left", maintain_order="left", validate="m:1")
    missing, bonus = pl.col("points").is_null(), pl.col("kind") == "bonus"
    nothing = pl.when(bonus).then(pl.lit("no_occasion")).otherwise(pl.lit("unrated"))
    return frame.with_columns(
        state=pl.when(~missing)
        .then(pl.lit("counted"))
        .otherwise(pl.when(bonus).then(pl.lit("dropped")).otherwise(pl.lit("held"))),
        cause=pl.when(missing).then(pl.coalesce("why", nothing)),
    ).drop("why")


def _valued(given: pl.DataFrame, rules: RatingRules) -> pl.DataFrame:
    """The ratings of roles that count with their points as `value`, and `why` one cannot count (null where it can).

    A level that nobody described is never guessed, and of a level and other points beside it none is picked.
    """
    share = pl.lit(None, pl.Int64)
    for role in ROLES:
        share = pl.when(pl.col("role") == role).then(f"share_{role}").otherwise(share)
    given = given.with_columns(share=share).filter(pl.col("share").is_not_null())
    item = ["scorecard", "place"]
    given = given.join(rules.levels, on=[*item, "level"], how="left", maintain_order="left", validate="m:1")
    # A level word comes before points; other points beside it hold the item (`level_and_points`).
    by_word = pl.col("described") & (pl.col("level").fill_null("") != "")
    given = given.with_columns(value=pl.when(by_word).then("worth").otherwise("points"))
    outer = rules.levels.filter("outer").select(*item, value="worth", as_outer=pl.lit(True)).unique()
    given = given.join(outer, on=[*item, "value"], how="left", maintain_order="left", validate="m:1")
    value = pl.col("value")
    bad = value.is_null() | (value < 0) | (value > rules.most)
    bare = pl.col("evidence").fill_null("").str.strip_chars() == ""
    reasons = (
        pl.col("outer"),
        pl.col("as_outer"),
        value >= pl.col("from_top"),
        value <= pl.col("from_bottom"),
    )
    needs = pl.any_horizontal(reason.fill_null(False) for reason in reasons)
    return given.with_columns(
        why=pl.when(bad)
        .then(pl.lit("unknown_level"))
        .when(value != pl.col("points"))
        .then(pl.lit("level_and_points"))
        .when(needs & bare)
        .then(pl.lit("needs_example"))
    )


def _combined(ratings: pl.DataFrame) -> pl.DataFrame:
    """employee_id, place, points: several raters of one role count by their mean, roles by their shares.

    Of an item that must be rated every role must have rated but the self, whose share then goes to the others.
    """
    sums: list[pl.Expr] = []
    for role in ROLES:
        of = pl.col("role") == role
        sums += [
            pl.col("value").filter(of).sum().cast(pl.Int128).alias(f"total_{role}"),
            of.sum().cast(pl.Int128).alias(f"count_{role}"),
        ]
    shares = [pl.col(f"share_{role}").first() for role in ROLES]
    line = ("employee_id", "place")
    wide = ratings.group_by(line).agg(*sums, *shares, pl.col("kind").first(), pl.col("limit").first())
    # A person who does not rate themselves holds up nobody.
    lacking = [
        pl.col(f"share_{role}").is_not_null() & (pl.col(f"count_{role}") == 0) for role in ROLES if role != "self"
    ]
    complete = (pl.col("kind") == "bonus") | ~pl.any_horizontal(lacking)
    # A bonus above its limit counts as the limit; what was given stays in the ratings.
    return wide.select(*line, points=pl.when(complete).then(_mean()).cast(pl.Int64).clip(upper_bound=pl.col("limit")))


def _mean() -> pl.Expr:
    """Σ share × (total ÷ count) ÷ Σ share over the roles that rated, in one fraction and rounded once."""
    counts = {role: pl.max_horizontal(pl.col(f"count_{role}"), _int(1)) for role in ROLES}
    # One fraction over the product of all counts: means of raters are not rounded before they are weighed.
    product, top, weight = _int(1), _int(0), _int(0)
    for count in counts.values():
        product = product * count
    for role, count in counts.items():
        # a role without a rating has a total of 0 and no weight
        share = pl.col(f"share_{role}").cast(pl.Int128).fill_null(0)
        top = top + pl.col(f"total_{role}") * (product // count) * share
        weight = weight + pl.when(pl.col(f"count_{role}") > 0).then(share).otherwise(_int(0))
    return half_up_expr(top, product * weight)


def _int(value: int) -> pl.Expr:
    return pl.lit(value, pl.Int128)
