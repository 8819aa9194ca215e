"""Scores → grades, how a round compares with the expected shares, and forced ranking (S1 ❺ 5.5).

Scores are Int64 hundredths of a point, rounded before they come here; a null score was not assessed and stays null.
"""

from __future__ import annotations

from collections.abc import Sequence
from itertools import accumulate, pairwise

import polars as pl

from fairwrench.settlement.exact import half_up_expr, point_units
from fairwrench.settlement.scheme.scheme import Bands, Distribution, Grade

#: upward in the organisation
_LEVELS = ("department", "store", "group")
#: what tells one pool from another
_POOL = ("level", "pool_store", "pool_department")


def grade_expr(score: pl.Expr, bands: Bands) -> pl.Expr:
    """The grade of a score: the best one whose lower bound it reaches, else the lowest; null for a null score."""
    *upper, lowest = bands.best_first
    grade = pl.lit(lowest)
    # From the lowest up: the best grade is asked last, so its bound decides first.
    for better in reversed(upper):
        grade = pl.when(_reaches(score, bands, better)).then(pl.lit(better)).otherwise(grade)
    return pl.when(score.is_not_null()).then(grade)


def _reaches(score: pl.Expr, bands: Bands, grade: Grade) -> pl.Expr:
    band = bands.grades[grade]
    if band.from_ is not None:
        return score >= point_units(band.from_)
    if band.above is not None:
        return score > point_units(band.above)
    raise ValueError(f"grade {grade} needs a lower bound (from or above): only the lowest grade goes without")


def quotas(people: int, bands: Bands, order: tuple[Grade, ...]) -> dict[Grade, int]:
    """How many of so many people each grade takes: by largest remainder, equal remainders in the order given."""
    share, total = _shares_of(bands)
    seats = {grade: people * share[grade] // total for grade in share}
    turn = (*order, *bands.best_first)
    # Whole numbers: of equal remainders floats would make unequal ones, and C, B, D, A, E would not decide (S1 ❺ 5.5).
    by_remainder = sorted(share, key=lambda grade: (-(people * share[grade] % total), turn.index(grade)))
    for grade in by_remainder[: people - sum(seats.values())]:
        seats[grade] += 1
    return seats


def _shares_of(bands: Bands) -> tuple[dict[Grade, int], int]:
    """Each grade's share in whole units, best grade first, and what they add to."""
    share = {grade: point_units(bands.grades[grade].share) for grade in bands.best_first}
    return share, sum(share.values())


def pools(frame: pl.DataFrame, distribution: Distribution, min_pool: int) -> pl.DataFrame:
    """Adds to store, department the pool that ranks or counts the person: level, pool_store, pool_department, people.

    A pool of fewer than `min_pool` merges upward: the small departments of a store into one pool of the store, what is
    still small into one pool of the group. If even that is small, it takes in the smallest of the other pools, so that
    nobody is ranked among fewer than `min_pool` unless the whole group is smaller.
    """
    chain = _LEVELS[_LEVELS.index(distribution.pool) :]
    placed = _named(frame.with_columns(level=pl.lit(chain[0])))
    for level, above in pairwise(chain):
        # Level by level: what is small as a department may be large enough with the other small ones of its store.
        too_small = (pl.col("level") == level) & (pl.col("people") < min_pool)
        placed = _named(placed.with_columns(level=pl.when(too_small).then(pl.lit(above)).otherwise("level")))
    return _named(placed.with_columns(level=_completed(placed, min_pool)))


def _named(frame: pl.DataFrame) -> pl.DataFrame:
    """Names each person's pool by its level and counts its people; store and department are null above their level."""
    return frame.with_columns(
        pool_store=pl.when(pl.col("level") != "group").then("store"),
        pool_department=pl.when(pl.col("level") == "department").then("department"),
    ).with_columns(people=pl.len().over(*_POOL).cast(pl.Int64))


def _completed(placed: pl.DataFrame, min_pool: int) -> pl.Expr:
    """The level of each row once a group pool that is too small has taken in the smallest of the others."""
    left_over = placed.filter(pl.col("level") == "group").height
    others = placed.filter(pl.col("level") != "group").sort("people", *_POOL).head(1)
    if not 0 < left_over < min_pool or others.is_empty():
        return pl.col("level")
    # Missing equals missing: a store's pool has no department.
    smallest = [pl.col(name).eq_missing(pl.lit(others[name][0])) for name in _POOL]
    return pl.when(*smallest).then(pl.lit("group")).otherwise("level")


def shares(frame: pl.DataFrame, bands: Bands, distribution: Distribution) -> pl.DataFrame:
    """Pool × grade: how many there are beside how many the shares expect.

    Takes store, department, grade (null: not assessed, in no pool). Where ranks are forced the pools are those that
    ranked, else the scheme's plain ones. Gives level (department, store, group), store and department (null above
    their level), grade; people of the pool, actual (people with the grade); in hundredths of a person expected
    (people × share) and off (actual − expected); needs_reason where a pool of at least `explain_from` people is off
    by more than `tolerance` people.
    """
    # Shares are of everybody assessed (被评估总人数, S1 ❺ 5.5), not of everybody in service.
    assessed = frame.filter(pl.col("grade").is_not_null())
    # Advisory pools do not merge: a small one is shown as it is and asked for no reason (`explain_from`).
    placed = pools(assessed, distribution, distribution.min_pool if distribution.mode == "forced" else 0)
    share, total = _shares_of(bands)
    table = pl.DataFrame({"grade": list(share), "share": list(share.values())}).with_row_index("place")
    actual = placed.group_by(*_POOL, "grade").agg(actual=pl.len().cast(pl.Int64))
    expected = pl.col("people") * pl.col("share")
    # In shares of a person, multiplied instead of divided: rounding is for what is shown alone.
    off = pl.col("actual") * total - expected
    return (
        placed.select(*_POOL, "people")
        .unique()
        .join(table, how="cross")
        .join(actual, on=[*_POOL, "grade"], how="left", nulls_equal=True)
        .with_columns(pl.col("actual").fill_null(0))
        .sort("pool_store", "pool_department", "place", nulls_last=True)
        .select(
            "level",
            pl.col("pool_store").alias("store"),
            pl.col("pool_department").alias("department"),
            "grade",
            "people",
            half_up_expr(100 * expected, pl.lit(total)).alias("expected"),
            "actual",
            half_up_expr(100 * off, pl.lit(total)).alias("off"),
            ((pl.col("people") >= distribution.explain_from) & (off.abs() > distribution.tolerance * total)).alias(
                "needs_reason"
            ),
        )
    )


def force(frame: pl.DataFrame, bands: Bands, distribution: Distribution) -> pl.DataFrame:
    """Ranks by score within pools and gives each rank its grade, in quotas by largest remainder.

    Takes employee_id, store, department, score. Gives the same rows in the same order with forced_grade, and level,
    pool_store, pool_department, people: the pool it was ranked in. People with equal scores share one grade: that in
    which most of them fall, half and half the better. A forced grade opens no plan, letter or review by itself.
    """
    # Rows come back in their own order, which pools and ranks lose.
    numbered = frame.with_row_index("_row")
    placed = pools(numbered.filter(pl.col("score").is_not_null()), distribution, distribution.min_pool)
    ranked = (
        placed.group_by(*_POOL, "people", "score")
        .agg(tied=pl.len().cast(pl.Int64))
        # The same score is one group, so nobody's rank hangs on the order of rows.
        .sort(*_POOL, "score", descending=[False] * len(_POOL) + [True])
        .with_columns(last=pl.col("tied").cum_sum().over(*_POOL))
        .join(_last_ranks(placed["people"].unique(), bands, distribution), on="people")
        .select(*_POOL, "score", forced_grade=_where_most_fall(bands.best_first))
    )
    graded = placed.join(ranked, on=[*_POOL, "score"], nulls_equal=True)
    found = graded.select("_row", "forced_grade", *_POOL, "people")
    return numbered.join(found, on="_row", how="left", maintain_order="left").drop("_row")


def _last_ranks(sizes: pl.Series, bands: Bands, distribution: Distribution) -> pl.DataFrame:
    """For each size of a pool, the last rank that takes each grade: one column a grade."""
    columns: dict[str, list[int]] = {name: [] for name in ("people", *bands.best_first)}
    for people in sizes.to_list():
        seats = quotas(people, bands, distribution.remainder_order)
        columns["people"].append(people)
        for grade, last in zip(seats, accumulate(seats.values()), strict=True):
            columns[grade].append(last)
    return pl.DataFrame(columns, schema=dict.fromkeys(columns, pl.Int64))


def _where_most_fall(grades: Sequence[Grade]) -> pl.Expr:
    """The grade that takes most of the ranks from `last` − `tied` + 1 to `last`; of equally many, the better."""
    chosen, most = pl.lit(grades[-1]), pl.lit(0)
    # The better grade comes later and `>=` prefers it: half and half is the better (S1 ❺ 5.5).
    for place, grade in reversed(list(enumerate(grades))):
        before = pl.col(grades[place - 1]) if place else pl.lit(0)
        first = pl.max_horizontal(pl.col("last") - pl.col("tied"), before)
        ranks = pl.max_horizontal(pl.min_horizontal("last", grade) - first, 0)
        chosen = pl.when(ranks >= most).then(pl.lit(grade)).otherwise(chosen)
        most = pl.max_horizontal(ranks, most)
    return chosen
