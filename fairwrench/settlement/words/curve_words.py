"""Curves as sentences, in both languages: which value, or attainment of the target, brings how many points."""

from __future__ import annotations

from decimal import Decimal

from fairwrench.settlement.exact import percentage, value_units
from fairwrench.settlement.scheme.curves.curve import Axis, Curve
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import target_words


def value_of(value: Decimal, metric: Metric, currency: str) -> Text:
    """A value of a metric as a document writes it, with its unit."""
    return target_words(value_units(value), metric, currency)


def curve_text(curve: Curve, metric: Metric, currency: str = "") -> Text:
    """A curve in a sentence."""
    attained = curve.of == "attainment"

    def at(x: Decimal) -> Text:
        return Text(zh=percentage(x), en=percentage(x)) if attained else value_of(x, metric, currency)

    return curve.text(Axis(metric.better, at, attained or metric.unit == "percent"))


def thresholds(curve: Curve | None, of: str = "value") -> tuple[int, ...]:
    """The values (or attainments) at which a curve bends or steps, in 10^-6; none where it is of the other."""
    if curve is None or curve.of != of:
        return ()
    return tuple(map(value_units, curve.bends()))
