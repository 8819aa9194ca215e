"""From a metric's value and target to an item's points: every curve as one integer expression over a whole column.

Values are fractions n ÷ d of Int128 (d > 0), targets and breakpoints integers of 10^-6, points Int64 hundredths, rounded
half up once. Comparisons use the exact fraction; a bound belongs to its better side.
"""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from fairwrench.settlement.curve import Curve
from fairwrench.settlement.exact import VALUE_DIGITS, half_up_expr, point_units, value_units
from fairwrench.settlement.problem import Problem, Refused

ONE = 10**VALUE_DIGITS
#: products must stay inside Int128, which wraps silently
LIMIT = 2**126


def points_of(curve: Curve, better: str, frame: pl.DataFrame) -> pl.Series:
    """Points in hundredths for a frame with Int128 columns n, d (> 0) and target (10^-6; null without one).

    Rows without a needed target (or with one that is not positive) get null.
    """
    _check_bounds(curve, frame)
    n, d = (pl.col("n") * ONE, pl.col("d") * pl.col("target")) if curve.of == "attainment" else (pl.col("n"), pl.col("d"))
    points = SHAPES[curve.shape](curve, better, n, d)
    if curve.needs_target:
        points = pl.when(pl.col("target") > 0).then(points)
    return frame.select(points.cast(pl.Int64).alias("points"))["points"]


def _lower_is_better(better: str, bounds: list[int]) -> bool:
    return better == "lower" or (better == "band" and bounds == sorted(bounds))


def _piecewise(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """Linear between the points, flat outside."""
    pairs = [(value_units(x), point_units(y)) for x, y in curve.piecewise or ()]
    scaled = n * ONE
    result = pl.lit(pairs[-1][1], pl.Int128)
    for (x0, y0), (x1, y1) in reversed(list(zip(pairs, pairs[1:], strict=False))):
        width = (x1 - x0) * d
        inside = half_up_expr(_int(y0) * width + _int(y1 - y0) * (scaled - _int(x0) * d), width)
        result = pl.when(scaled <= _int(x1) * d).then(inside).otherwise(result)
    return pl.when(scaled <= _int(pairs[0][0]) * d).then(_int(pairs[0][1])).otherwise(result)


def _steps(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """The points of the first bound that is reached."""
    pairs = [(value_units(x), point_units(y)) for x, y in curve.steps or ()]
    lower = _lower_is_better(better, [x for x, _ in pairs])
    result = _int(point_units(curve.beyond or Decimal(0)))
    for x, y in reversed(pairs):
        reached = n * ONE <= _int(x) * d if lower else n * ONE >= _int(x) * d
        result = pl.when(reached).then(_int(y)).otherwise(result)
    return result


def _proportional(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """100 × actual ÷ target, or target ÷ actual where lower is better; an actual of 0 then earns the cap."""
    shape = curve.proportional
    assert shape is not None
    floor, cap = point_units(shape.floor), point_units(shape.cap)
    actual, aim = pl.col("n") * ONE, pl.col("target") * pl.col("d")
    full = _int(point_units(Decimal(100)))
    if better != "lower":
        return half_up_expr(actual * full, aim).clip(floor, cap)
    return pl.when(actual <= 0).then(_int(cap)).otherwise(half_up_expr(aim * full, actual).clip(floor, cap))


def _gate(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """Met or not."""
    shape = curve.gate
    assert shape is not None
    actual, aim = pl.col("n") * ONE, pl.col("target") * pl.col("d")
    met = actual <= aim if better == "lower" else actual >= aim
    return pl.when(met).then(_int(point_units(shape.met))).otherwise(_int(point_units(shape.missed)))


def _band(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """`inside` between low and high, sloping outside."""
    shape = curve.band
    assert shape is not None
    inside, per, floor = (point_units(part) for part in (shape.inside, shape.per, shape.floor))
    below = _int(value_units(shape.low)) * d - n * ONE
    above = n * ONE - _int(value_units(shape.high)) * d
    distance = pl.when(below > 0).then(below).when(above > 0).then(above).otherwise(_int(0))
    return half_up_expr(_int(inside * ONE) * d - _int(per) * distance, d * ONE).clip(lower_bound=floor)


def _deduct(curve: Curve, better: str, n: pl.Expr, d: pl.Expr) -> pl.Expr:
    """`start` less `per` for each whole 1 of value."""
    shape = curve.deduct
    assert shape is not None
    start, per, floor = (point_units(part) for part in (shape.start, shape.per, shape.floor))
    return half_up_expr(_int(start) * d - _int(per) * n, d).clip(lower_bound=floor)


SHAPES = {
    "piecewise": _piecewise,
    "steps": _steps,
    "proportional": _proportional,
    "gate": _gate,
    "band": _band,
    "deduct": _deduct,
}


def _int(value: int) -> pl.Expr:
    return pl.lit(value, pl.Int128)


def _check_bounds(curve: Curve, frame: pl.DataFrame) -> None:
    """Refuse values so large that a product could leave Int128; nothing wraps unseen."""
    if not frame.height:
        return
    figures = [int(value) for pair in (curve.piecewise or curve.steps or ()) for value in (value_units(pair[0]), 1)]
    factor = max([ONE, *map(abs, figures)]) * 40_000
    largest = {name: int(frame[name].abs().max() or 0) for name in ("n", "d", "target")}  # type: ignore[arg-type]
    target = max(largest["target"], 1) if curve.needs_target else 1
    reach = max(largest["n"] * ONE, largest["d"] * target) * factor
    if reach >= LIMIT:
        raise Refused(
            [
                Problem(
                    "value_too_large",
                    f"指标数值过大(约 {largest['n']}),无法精确计分;请检查单位或原始数据。",
                    f"a metric's value is too large to score exactly (about {largest['n']}); check its unit or evidence.",
                )
            ]
        )
