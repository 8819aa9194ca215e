"""From a metric's value and target to an item's points: every curve as one integer expression over a whole column.

Values are fractions n ÷ d of Int128 (d > 0), targets and breakpoints integers of 10^-6, points Int64 hundredths,
rounded half up once. Comparisons use the exact fraction; a bound belongs to its better side.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import polars as pl

from fairwrench.settlement.exact import point_units, value_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.curves.curve import FULL, ONE, Curve

#: Int128 wraps silently beyond this
LIMIT = 2**127


def points_by_curve(frame: pl.DataFrame, curves: Sequence[tuple[Curve, str]]) -> pl.DataFrame:
    """A frame with the points of its lines; `curve` numbers the curve (and what is better) that scores a line.

    Lines are scored curve by curve, however many cards and items share it; the order of lines is kept.
    """
    if frame.is_empty():
        return frame.with_columns(points=pl.lit(None, pl.Int64))
    numbered = frame.with_row_index("_line")
    parts = numbered.select("_line", "curve", "n", "d", "target").partition_by("curve", as_dict=True)
    scored = []
    for (number,), part in parts.items():
        if number is not None:
            curve, better = curves[number]
            scored.append(part.select("_line", points_of(curve, better, part)))
    points = pl.concat(scored or [pl.DataFrame(schema={"_line": pl.UInt32, "points": pl.Int64})])
    return numbered.join(points, on="_line", how="left", maintain_order="left", validate="1:1").drop("_line")


def points_of(curve: Curve, better: str, frame: pl.DataFrame) -> pl.Series:
    """Points in hundredths for a frame with Int128 columns n, d (> 0) and target (10^-6; null without one).

    Null where there is no value, or where the curve needs a target that is missing or that nothing can be measured
    against: one of 0 or less, except for a gate, and for 0 where lower is better ("no complaint at all"): there an
    actual of 0 earns the best and any other the worst. Refused when a value is too large to be scored exactly.
    """
    _check_size(curve, frame)
    points = pl.when(pl.col("n").is_not_null() & (pl.col("d") > 0)).then(curve.points(better))
    return frame.select(points.cast(pl.Int64).alias("points"))["points"]


def _check_size(curve: Curve, frame: pl.DataFrame) -> None:
    """Refuse values so large that a product could leave Int128.

    With x = over ÷ under, |breakpoints| ≤ X and |points| ≤ Y no shape forms more than 10·Y·(over + X·under).
    """
    n, d, target = (_largest(frame[name]) for name in ("n", "d", "target"))
    # Looked at before anything is multiplied: Polars' integers wrap without an error.
    over, under = (n * ONE * ONE, d * max(target, 1)) if curve.needs_target else (n * ONE, d)
    breakpoints, points = map(value_units, curve.bends()), map(point_units, curve.named_points())
    reach = over + max([ONE, *map(abs, breakpoints)]) * under
    if 10 * max([FULL, *map(abs, points)]) * reach >= LIMIT:
        zh = f"指标数值过大(约 {n}),无法精确计分;请检查单位或原始数据。"
        en = f"a metric's value is too large to score exactly (about {n}); check its unit or evidence."
        raise Refused([Problem("value_too_large", zh, en)])


def _largest(column: pl.Series) -> int:
    """The largest size in a column, 0 when it holds nothing."""
    values: Iterable[object] = (column.min(), column.max())
    return max(abs(value) if isinstance(value, int) else 0 for value in values)
