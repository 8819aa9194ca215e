"""From score or grade to the coefficient that the pay base is multiplied by (S1 ❺ 5.9)."""

from __future__ import annotations

from itertools import pairwise

import polars as pl

from fairwrench.settlement.exact import COEFFICIENT_DIGITS, half_up_expr, point_units, scaled
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Coefficient


def coefficient(rule: Coefficient) -> pl.Expr:
    """The coefficient in ten-thousandths from `score` (hundredths) or `grade`; null where that is null.

    `score` ÷ 100 and one per grade are exact; a piecewise line is rounded half up to four decimals, as it is shown.
    """
    if rule.by == "score":
        # Hundredths of a point ÷ 100 are ten-thousandths of 1: the very same integer.
        return pl.col("score")
    if rule.by == "grade":
        if rule.grades is None:
            raise Refused([_without("grades")])
        units = {str(grade): scaled(value, COEFFICIENT_DIGITS) for grade, value in rule.grades.items()}
        return pl.col("grade").replace_strict(units, default=None, return_dtype=pl.Int64)
    if not rule.piecewise:
        raise Refused([_without("piecewise")])
    points = sorted((point_units(score), scaled(value, COEFFICIENT_DIGITS)) for score, value in rule.piecewise)
    return pl.when(pl.col("score").is_not_null()).then(_line(points))


def _line(points: list[tuple[int, int]]) -> pl.Expr:
    """Linear between the points, flat outside; where two share a score, the better one counts from there on."""
    line = pl.lit(points[0][1], pl.Int64)
    for (left, low), (right, high) in pairwise(points):
        if left < right:
            # Int128 as elsewhere: hundredths times ten-thousandths come before the division.
            top = low * (right - left) + (high - low) * (pl.col("score").cast(pl.Int128) - left)
            value = half_up_expr(top, pl.lit(right - left, pl.Int128)).cast(pl.Int64)
            line = pl.when(pl.col("score") >= left).then(value).otherwise(line)
    return pl.when(pl.col("score") >= points[-1][0]).then(points[-1][1]).otherwise(line)


def _without(part: str) -> Problem:
    return Problem(
        code="coefficient_incomplete",
        zh=f"绩效系数缺少 {part}",
        en=f"the coefficient lacks its {part}",
        path=("pay", "coefficient"),
    )
