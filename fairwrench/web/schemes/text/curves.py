"""Curves of scorecards as pictures and in words: from a value, or its attainment of the target, to points."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import Decimal
from html import escape

from django.utils.safestring import SafeString, mark_safe

from fairwrench.report.charts import Knots, knots_of
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import percentage as percent
from fairwrench.settlement.exact import plain, value_units
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.words.curve_words import curve_text, value_of
from fairwrench.settlement.words.metric_words import target_words

__all__ = ["curve_words", "percent", "picture", "plain", "value_words"]

WIDTH, HEIGHT = 240, 112
LEFT, RIGHT, TOP, BOTTOM = 30, 234, 10, 92
#: points up to which every picture reaches, so that curves can be compared by eye
TOP_POINTS = 130.0
#: how far apart labels of the axis have to be, in pixels
APART = 38


def value_words(value: Decimal, metric: Metric, names: Names) -> str:
    """A value of a metric with its unit."""
    return names.say(value_of(value, metric, names.scheme.currency))


def curve_words(curve: Curve, metric: Metric, names: Names) -> str:
    """A curve in a sentence."""
    return names.say(curve_text(curve, metric, names.scheme.currency))


def picture(curves: Sequence[tuple[Curve, str]], metric: Metric, names: Names, about: str) -> SafeString:
    """Curves of one axis, one over the other; each comes with the class of its line, empty for the usual one."""
    drawn = [(knots_of(curve, metric.better), kind) for curve, kind in curves]
    left, right = _bounds([x for knots, _ in drawn for x, _ in knots])
    top = max(TOP_POINTS, *(points for knots, _ in drawn for _, points in knots))

    # floats draw pixels here and decide nothing; points are scored in decimals
    def at(x: float) -> float:
        return LEFT + (RIGHT - LEFT) * (x - left) / (right - left)

    def height(points: float) -> float:
        return BOTTOM - (BOTTOM - TOP) * points / top

    parts = [_axis(height(100.0), height(0.0))]
    # labels are those of the newer curve
    parts += [_labels(drawn[-1][0], at, curves[-1][0].needs_target, metric, names)]
    for knots, kind in drawn:
        whole = [(left, knots[0][1]), *knots, (right, knots[-1][1])]
        line = " ".join(f"{at(x):.0f},{height(points):.0f}" for x, points in whole)
        named = f'class="{escape(kind)}" ' if kind else ""
        parts.append(f'<polyline {named}points="{line}"/>')
    head = f'<svg class="curve" width="{WIDTH}" height="{HEIGHT}" viewBox="0 0 {WIDTH} {HEIGHT}" role="img"'
    return mark_safe(f'{head} aria-label="{escape(about)}">{"".join(parts)}</svg>')


def _bounds(xs: list[float]) -> tuple[float, float]:
    least, most = min(xs), max(xs)
    # a single step has no width: some of its value, or a little where it is 0
    margin = (most - least) * 0.12 or max(abs(most) * 0.3, 0.1)
    return (max(0.0, least - margin) if least >= 0 else least - margin), most + margin


def _axis(hundred: float, bottom: float) -> str:
    return (
        f'<line class="axis" x1="{LEFT}" x2="{RIGHT}" y1="{bottom:.0f}" y2="{bottom:.0f}"/>'
        f'<line class="aim" x1="{LEFT}" x2="{RIGHT}" y1="{hundred:.0f}" y2="{hundred:.0f}"/>'
        f'<text class="label" x="{LEFT - 4}" y="{hundred + 4:.0f}" text-anchor="end">100</text>'
    )


def _labels(knots: Knots, at: Callable[[float], float], attained: bool, metric: Metric, names: Names) -> str:
    """The values at which the curve bends: the first, the last, and those between that find room."""
    places = {x: at(x) for x, _ in knots}
    shown: list[float] = []
    # the ends first, as they have to be there; the rest as long as there is room
    for x in [*sorted({min(places), max(places)}), *places]:
        if all(abs(places[x] - places[other]) >= APART for other in shown):
            shown.append(x)
    texts = []
    for x in shown:
        # knots come as floats: four places bring back what the document says
        exact = round(Decimal(x), 4)
        words = percent(exact) if attained else names.say(target_words(value_units(exact), metric))
        placed = f'x="{places[x]:.0f}" y="{HEIGHT - 5}" text-anchor="middle"'
        texts.append(f'<text class="label" {placed}>{escape(words)}</text>')
    return "".join(texts)
