"""From a metric's value and target to an item's points: every form of curve as one integer expression over all lines.

Values are fractions n ÷ d of Int128 (d > 0), targets and breakpoints integers of 10^-6, points Int64 hundredths,
rounded half up once. Comparisons use the exact fraction; a bound belongs to its better side.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import partial

import polars as pl

from fairwrench.settlement.exact import point_units, value_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.curves.curve import FULL, ONE, Curve

#: the largest Int128, which wraps silently beyond
LIMIT = 2**127 - 1
_BLANK = pl.DataFrame(schema={"_line": pl.UInt32, "points": pl.Int64})


@dataclass(frozen=True)
class _Form:
    """Curves that one expression scores: `numbers` holds what tells them apart, a row a curve."""

    expression: pl.Expr
    needs_target: bool
    numbers: pl.DataFrame


def points_by_curve(frame: pl.DataFrame, curves: Sequence[tuple[Curve, str]]) -> pl.DataFrame:
    """A frame with the points of its lines; `curve` numbers the curve (and what is better) that scores a line.

    Lines are scored form by form, however many curves, cards and items share one; the order of lines is kept.
    Points are hundredths: null where there is no value, or where the curve needs a target that is missing or that
    nothing can be measured against: one of 0 or less, except for a gate, and for 0 where lower is better ("no complaint
    at all"): there an actual of 0 earns the best and any other the worst. Refused when a value is too large to be
    scored exactly.
    """
    numbered = frame.with_row_index("_line")
    asked = numbered.select("_line", "curve", "n", "d", "target")
    scored = []
    for form in _forms(curves):
        # An inner join: lines of other forms, and those without a curve, are none of this form's.
        lines = asked.join(form.numbers, on="curve", how="inner")
        if lines.height:
            _check_sizes(lines, form)
            scored.append(lines.select("_line", points=form.expression))
    points = pl.concat([_BLANK, *scored])
    return numbered.join(points, on="_line", how="left", maintain_order="left", validate="1:1").drop("_line")


def points_of(curve: Curve, better: str, frame: pl.DataFrame) -> pl.Series:
    """The points of one curve for a frame with Int128 columns n, d (> 0) and target (10^-6; null without one)."""
    lines = frame.select("n", "d", "target", curve=pl.lit(0, pl.Int64))
    return points_by_curve(lines, [(curve, better)])["points"]


def _forms(curves: Sequence[tuple[Curve, str]]) -> list[_Form]:
    """The curves by form, each with its numbers in columns `p0`, `p1`, … and what bounds its sizes."""
    rows: dict[tuple[object, ...], list[dict[str, int]]] = {}
    expressions: dict[tuple[object, ...], tuple[pl.Expr, bool]] = {}
    for place, (curve, better) in enumerate(curves):
        numbers: list[int] = []
        form = curve.form(better)
        points = curve.points(better, partial(_column, numbers))
        expression = pl.when(pl.col("n").is_not_null() & (pl.col("d") > 0)).then(points).cast(pl.Int64)
        expressions.setdefault(form, (expression, curve.needs_target))
        columns = {f"p{at}": value for at, value in enumerate(numbers)}
        rows.setdefault(form, []).append({"curve": place, **columns, **_reach(curve)})
    return [_Form(*expressions[form], _frame(rows[form])) for form in rows]


def _column(numbers: list[int], value: int) -> pl.Expr:
    """The column of a curve's next number."""
    numbers.append(value)
    return pl.col(f"p{len(numbers) - 1}")


def _reach(curve: Curve) -> dict[str, int]:
    """The largest breakpoint and number of points that a curve names."""
    breakpoints, points = map(value_units, curve.bends()), map(point_units, curve.named_points())
    return {"_x": max([ONE, *map(abs, breakpoints)]), "_y": max([FULL, *map(abs, points)])}


def _frame(rows: list[dict[str, int]]) -> pl.DataFrame:
    shape = {name: pl.Int64 if name == "curve" else pl.Int128 for name in rows[0]}
    return pl.DataFrame(rows, schema=shape)


def _check_sizes(lines: pl.DataFrame, form: _Form) -> None:
    """Refuse values so large that a product could leave Int128, line by line.

    With x = over ÷ under, |breakpoints| ≤ X and |points| ≤ Y no shape forms more than 10·Y·(over + X·under). Each term
    may take half of what there is; only divisions are asked, as a product might wrap while it is looked at.
    """
    n, d, target, x, y = (pl.col(name).abs() for name in ("n", "d", "target", "_x", "_y"))
    half = pl.lit(LIMIT, pl.Int128) // (20 * y)
    beyond = n > half // (ONE * ONE if form.needs_target else ONE)
    if form.needs_target:
        # A target that is too large already makes the product after it mean nothing.
        beyond = beyond | (target > half // x) | (d > half // (x * pl.max_horizontal(target, pl.lit(1, pl.Int128))))
    else:
        beyond = beyond | (d > half // x)
    large = lines.filter(beyond.fill_null(False))
    if large.height:
        value = large["n"][0]
        zh = f"指标数值过大(约 {value}),无法精确计分;请检查单位或原始数据。"
        en = f"a metric's value is too large to score exactly (about {value}); check its unit or evidence."
        raise Refused([Problem("value_too_large", zh, en)])
