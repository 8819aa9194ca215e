"""Small pictures as SVG that we write ourselves: bars, a histogram of scores, a curve with a person's dot, a trend.

Widths are percentages, so that letters keep their size on a phone. Colours come from classes of the page's style.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from fairwrench.settlement.exact import POINT_DIGITS, VALUE_DIGITS
from fairwrench.settlement.scheme.curves.curve import Curve

BIN = 5

Knots = list[tuple[float, float]]


@dataclass(frozen=True)
class Bar:
    """One bar of a histogram: from `low` to `low` + 5 points, how many people, in the tone of which grade."""

    low: int
    people: int
    tone: str


def share_bar(actual: float, expected: float, tone: str, longest: float) -> str:
    """A bar of a share with a tick at the expected one; both are parts of `longest`."""
    scale = 96 / longest if longest else 0
    return (
        '<svg class="bar" width="100%" height="18" aria-hidden="true">'
        f'<rect class="g{escape(tone)}" y="3" height="12" width="{actual * scale:.2f}%" rx="1"/>'
        f'<line class="tick" x1="{expected * scale:.2f}%" x2="{expected * scale:.2f}%" y1="0" y2="18"/></svg>'
    )


def histogram(bars: Sequence[Bar], about: str) -> str:
    """People by score, one bar every five points, each in the colour of its grade; `about` says it in words."""
    if not bars:
        return ""
    width, most = 100 / len(bars), max(bar.people for bar in bars)
    parts = [f'<svg class="chart" width="100%" height="168" role="img" aria-label="{escape(about)}">']
    parts.append('<line class="axis" x1="0" x2="100%" y1="140" y2="140"/>')
    for place, bar in enumerate(bars):
        left, height = place * width, 112 * bar.people / most
        middle = f'{left + width / 2:.2f}%" text-anchor="middle'
        # An empty bar keeps its place and its label: a gap between scores is something to see.
        if bar.people:
            parts.append(
                f'<rect class="g{escape(bar.tone)}" x="{left + width * 0.08:.2f}%" width="{width * 0.84:.2f}%" '
                f'y="{140 - height:.1f}" height="{height:.1f}" rx="1"/>'
                f'<text class="num" x="{middle}" y="{134 - height:.1f}">{bar.people}</text>'
            )
        skipped = " odd" if place % 2 else ""
        parts.append(f'<text class="label{skipped}" x="{middle}" y="158">{bar.low}</text>')
    return "".join(parts) + "</svg>"


def trend(values: Sequence[tuple[str, int]], about: str) -> str:
    """A line of some months' mean scores (hundredths), the last one with a dot."""
    if len(values) < 2:
        return ""
    numbers = [value for _, value in values]
    low, high = min(numbers), max(numbers)
    # Months with the same mean make a level line and no division by zero.
    spread = max(high - low, 1)
    step = 156 / (len(values) - 1)
    points = [(2 + place * step, 30 - 24 * (value - low) / spread) for place, value in enumerate(numbers)]
    drawn = " ".join(f"{x:.1f},{y:.1f}" for x, y in points)
    x, y = points[-1]
    return (
        f'<svg class="trend" width="160" height="36" viewBox="0 0 160 36" role="img" aria-label="{escape(about)}">'
        f'<polyline points="{drawn}"/><circle cx="{x:.1f}" cy="{y:.1f}" r="3"/></svg>'
    )


def curve_picture(curve: Curve, better: str, line: dict[str, Any], about: str) -> str:
    """The curve of an item with the person's dot on it; nothing where it has no place for one."""
    knots, x = knots_of(curve, better), position(curve, line)
    if not curve.marked or len(knots) < 2 or x is None or line["points"] is None:
        return ""
    lowest, highest = knots[0][0], knots[-1][0]
    # The dot may lie beyond the last corner: the curve goes on level to both sides.
    margin = (highest - lowest) * 0.12 or 1.0
    left, right = min(lowest - margin, x), max(highest + margin, x)
    # Curves that end at 100 and those that reach 130 have one scale, so that two people's pictures compare.
    top = max(130.0, *(points for _, points in knots))

    def at(value: float, points: float) -> str:
        return f"{8 + 224 * (value - left) / (right - left):.1f},{88 - 76 * points / top:.1f}"

    drawn = " ".join([at(left, knots[0][1]), *(at(*knot) for knot in knots), at(right, knots[-1][1])])
    dot_x, dot_y = at(x, line["points"] / 10**POINT_DIGITS).split(",")
    return (
        f'<svg class="curve" width="240" height="96" viewBox="0 0 240 96" role="img" aria-label="{escape(about)}">'
        f'<line class="axis" x1="8" x2="232" y1="88" y2="88"/>'
        f'<line class="aim" x1="8" x2="232" y1="{88 - 76 * 100 / top:.1f}" y2="{88 - 76 * 100 / top:.1f}"/>'
        f'<polyline points="{drawn}"/><circle cx="{dot_x}" cy="{dot_y}" r="4.5"/>'
        f'<text class="label" x="8" y="{84 - 76 * 100 / top:.1f}">100</text></svg>'
    )


def knots_of(curve: Curve, better: str) -> Knots:
    """The corners of a curve as (x, points), from left to right, as pictures need them: near enough."""
    return [(float(x), float(points)) for x, points in curve.corners(better)]


def position(curve: Curve, line: dict[str, Any]) -> float | None:
    """Where a line stands on the curve's axis: its value, or value ÷ target."""
    n, d, target = line["n"], line["d"], line["target"]
    if n is None or not d:
        return None
    value = int(n) / int(d)
    if curve.of == "value":
        return value
    return value / (int(target) / 10**VALUE_DIGITS) if target else None
