"""From a metric's value and target to an item's points: every curve as one integer expression over a whole column.

Values are fractions n ÷ d of Int128 (d > 0), targets and breakpoints integers of 10^-6, points Int64 hundredths,
rounded half up once. Comparisons use the exact fraction; a bound belongs to its better side.
"""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from itertools import pairwise

import polars as pl

from fairwrench.settlement.exact import VALUE_DIGITS, half_up_expr, point_units, value_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.curve import Band, Curve, Deduct, Gate, Proportional

ONE = 10**VALUE_DIGITS
FULL = point_units(Decimal(100))
#: Int128 wraps silently beyond this
LIMIT = 2**127

Pairs = tuple[tuple[Decimal, Decimal], ...]


def points_of(curve: Curve, better: str, frame: pl.DataFrame) -> pl.Series:
    """Points in hundredths for a frame with Int128 columns n, d (> 0) and target (10^-6; null without one).

    Null where there is no value, or where the curve needs a target that is missing or that nothing can be measured
    against: one of 0 or less, except for a gate, and for 0 where lower is better ("no complaint at all"): there an
    actual of 0 earns the best and any other the worst. Refused when a value is too large to be scored exactly.
    """
    _check_size(curve, frame)
    points = pl.when(pl.col("n").is_not_null() & (pl.col("d") > 0)).then(_points(curve, better))
    return frame.select(points.cast(pl.Int64).alias("points"))["points"]


def _points(curve: Curve, better: str) -> pl.Expr:
    """The points of a value; of an attainment where the curve reads that."""
    actual, target, d = pl.col("n") * ONE, pl.col("target"), pl.col("d")
    lower = better == "lower"
    # nothing where nothing is allowed is an attainment of 0; more than that is beyond any measure
    spotless = (target == 0) & (actual <= 0) if lower else pl.lit(False)
    if curve.gate is not None:
        return pl.when(target.is_not_null()).then(_gate(curve.gate, lower, actual, target * d))
    if curve.proportional is not None:
        usable = target >= 0 if lower else target > 0
        return pl.when(usable).then(_proportional(curve.proportional, lower, actual, target * d))
    if curve.of == "value":
        return _shaped(curve, better, actual, d)
    over, under = (
        pl.when(spotless).then(_int(0)).otherwise(actual * ONE),
        pl.when(spotless).then(d).otherwise(target * d),
    )
    return pl.when((target > 0) | spotless).then(_shaped(curve, better, over, under))


def _shaped(curve: Curve, better: str, over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """The points at x = over ÷ under, in units of 10^-6."""
    if curve.piecewise is not None:
        return _piecewise(curve.piecewise, over, under)
    if curve.steps is not None:
        return _steps(curve.steps, curve.beyond or Decimal(0), better, over, under)
    if curve.band is not None:
        return _band(curve.band, over, under)
    assert curve.deduct is not None
    return _deduct(curve.deduct, over, under)


def _piecewise(pairs: Pairs, over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """Linear between the points, flat outside."""
    known = [(value_units(x), point_units(y)) for x, y in pairs]
    result = _int(known[-1][1])
    for (x0, y0), (x1, y1) in reversed(list(pairwise(known))):
        width = (x1 - x0) * under
        inside = half_up_expr(y0 * width + (y1 - y0) * (over - x0 * under), width)
        result = pl.when(over <= x1 * under).then(inside).otherwise(result)
    return pl.when(over <= known[0][0] * under).then(_int(known[0][1])).otherwise(result)


def _steps(pairs: Pairs, beyond: Decimal, better: str, over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """The points of the tightest bound that is reached; for a band metric the bounds' own order says which way."""
    known = [(value_units(x), point_units(y)) for x, y in pairs]
    lower = better == "lower" or (better == "band" and known == sorted(known))
    result = _int(point_units(beyond))
    for x, y in sorted(known, reverse=lower):
        reached = over <= x * under if lower else over >= x * under
        result = pl.when(reached).then(_int(y)).otherwise(result)
    return result


def _proportional(shape: Proportional, lower: bool, actual: pl.Expr, aim: pl.Expr) -> pl.Expr:
    """100 × actual ÷ target, or target ÷ actual where lower is better; an actual of 0 then earns the cap."""
    floor, cap = point_units(shape.floor), point_units(shape.cap)
    if not lower:
        return half_up_expr(actual * FULL, aim).clip(floor, cap)
    return pl.when(actual <= 0).then(_int(cap)).otherwise(half_up_expr(aim * FULL, actual).clip(floor, cap))


def _gate(shape: Gate, lower: bool, actual: pl.Expr, aim: pl.Expr) -> pl.Expr:
    """Met or not."""
    met = actual <= aim if lower else actual >= aim
    return pl.when(met).then(_int(point_units(shape.met))).otherwise(_int(point_units(shape.missed)))


def _band(shape: Band, over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """`inside` between low and high, sloping outside."""
    inside, per, floor = (point_units(part) for part in (shape.inside, shape.per, shape.floor))
    below, above = value_units(shape.low) * under - over, over - value_units(shape.high) * under
    distance = pl.max_horizontal(below, above, _int(0))
    return half_up_expr(inside * ONE * under - per * distance, ONE * under).clip(lower_bound=floor)


def _deduct(shape: Deduct, over: pl.Expr, under: pl.Expr) -> pl.Expr:
    """`start` less `per` for each whole 1 of value."""
    start, per, floor = (point_units(part) for part in (shape.start, shape.per, shape.floor))
    return half_up_expr(start * ONE * under - per * over, ONE * under).clip(floor, start)


def _int(value: int) -> pl.Expr:
    return pl.lit(value, pl.Int128)


def _check_size(curve: Curve, frame: pl.DataFrame) -> None:
    """Refuse values so large that a product could leave Int128.

    With x = over ÷ under, |breakpoints| ≤ X and |points| ≤ Y no shape forms more than 10·Y·(over + X·under).
    """
    n, d, target = (_largest(frame[name]) for name in ("n", "d", "target"))
    over, under = (n * ONE * ONE, d * max(target, 1)) if curve.needs_target else (n * ONE, d)
    breakpoints, points = _figures(curve)
    reach = over + max([ONE, *map(abs, breakpoints)]) * under
    if 10 * max([FULL, *map(abs, points)]) * reach >= LIMIT:
        zh = f"指标数值过大(约 {n}),无法精确计分;请检查单位或原始数据。"
        en = f"a metric's value is too large to score exactly (about {n}); check its unit or evidence."
        raise Refused([Problem("value_too_large", zh, en)])


def _largest(column: pl.Series) -> int:
    """The largest size in a column, 0 when it holds nothing."""
    values: Iterable[object] = (column.min(), column.max())
    return max(abs(value) if isinstance(value, int) else 0 for value in values)


def _figures(curve: Curve) -> tuple[list[int], list[int]]:
    """Every breakpoint and every number of points that a curve names."""
    pairs = curve.piecewise or curve.steps or ()
    shape = curve.proportional or curve.gate or curve.band or curve.deduct
    named: dict[str, Decimal] = dict(shape) if shape is not None else {}
    at = [value_units(value) for name, value in named.items() if name in ("low", "high")]
    points = [point_units(value) for name, value in named.items() if name not in ("low", "high")]
    beyond = [point_units(curve.beyond)] if curve.beyond is not None else []
    return [*(value_units(x) for x, _ in pairs), *at], [*(point_units(y) for _, y in pairs), *points, *beyond]
