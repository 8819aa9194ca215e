"""The items of all scorecards as one frame: what a line is scored by stands in columns beside its figures.

So everybody's lines are worked out in one pass, and no rule asks which card or item it is about.
"""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.settlement.exact import point_units, value_units
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.scheme.curves.curve import Curve
from fairwrench.settlement.scheme.scheme import Item, Measure, Metric, Scheme
from fairwrench.settlement.source.formula import aggregate_name

#: Of every item: where it stands and what it is. Of a metric item besides: its own target (`constant`, 10^-6) and the
#: number of its curve among `curves`; which state thin and missing evidence lead to, and whether thin evidence takes
#: the department's figure or is neutral; the denominator below which it is thin (raw integer, null: never); 1 in the
#: numerator's integers, and the decimals that these and the denominator's carry; whether it is a ratio; and what tells
#: that its figures are impossible.
CARD_ITEM: Schema = {
    "scorecard": pl.String,
    "place": pl.Int64,
    "item": pl.String,
    "kind": pl.String,
    "category": pl.String,
    "weight": pl.Int64,
    "level": pl.String,
    "metric": pl.String,
    "curve": pl.Int64,
    "constant": pl.Int128,
    "state_if_thin": pl.String,
    "state_if_missing": pl.String,
    "neutral_if_thin": pl.Boolean,
    "unit_if_thin": pl.Boolean,
    "least": pl.Int128,
    "one": pl.Int128,
    "numerator_digits": pl.Int64,
    "denominator_digits": pl.Int64,
    "ratio": pl.Boolean,
    "zero_without_rows": pl.Boolean,
    "counts_rows": pl.Boolean,
    "counts_whole": pl.Boolean,
    "part_of_whole": pl.Boolean,
    "source": pl.String,
}
#: what an item's policy for thin or missing evidence makes of its line
STATE = {"reweigh": "dropped", "neutral": "counted", "unit": "counted", "hold": "held"}
#: aggregates for which no row at all is a true zero; the least, the most or the median of nothing is nothing
TOTALS = ("count", "count_distinct", "sum")

#: a curve with the direction of the metric it scores: items that share both are scored together
Scored = tuple[Curve, str]


def card_items(found: MeasuredFacts) -> pl.DataFrame:
    """A row (columns CARD_ITEM) for each item of each scorecard, in the order of the cards."""
    numbers = {scored: number for number, scored in enumerate(curves(found.scheme))}
    rows = [
        {"scorecard": name, "place": place, **_identity(item), **_rules(item, found, numbers)}
        for name, card in found.scheme.scorecards.items()
        for place, item in enumerate(card.items)
    ]
    return pl.DataFrame(rows, schema=CARD_ITEM, orient="row")


def curves(scheme: Scheme) -> list[Scored]:
    """The different curves by which the scheme's metric items are scored, numbered as they come."""
    items = (item for card in scheme.scorecards.values() for item in card.items)
    return list(dict.fromkeys(scored_by(item, scheme) for item in items if item.metric))


def scored_by(item: Item, scheme: Scheme) -> Scored:
    """The curve of a metric item, and what is better of its metric."""
    assert item.curve is not None  # the scheme refuses a metric item without one
    return item.curve, scheme.metrics[item.metric or ""].better


def _identity(item: Item) -> dict[str, Any]:
    weight = point_units(item.weight) if item.weight is not None else 0
    return {"item": item.key, "kind": item.kind, "category": item.category, "weight": weight, "level": item.of}


def _rules(item: Item, found: MeasuredFacts, numbers: dict[Scored, int]) -> dict[str, Any]:
    """What only metric items have; null for those that people rate."""
    if item.metric is None:
        return dict.fromkeys(list(CARD_ITEM)[7:])
    metric = found.scheme.metrics[item.metric]
    top, whole = metric.numerator, metric.denominator
    when_thin, when_missing = item.when_thin or metric.when_thin, item.when_missing or metric.when_missing
    counts_rows, counts_whole = _counts(top), whole is not None and _counts(whole)
    return {
        "metric": item.metric,
        "curve": numbers[scored_by(item, found.scheme)],
        "constant": value_units(item.target) if item.target is not None else None,
        "state_if_thin": STATE[when_thin],
        "state_if_missing": STATE[when_missing],
        "neutral_if_thin": when_thin == "neutral",
        "unit_if_thin": when_thin == "unit",
        "least": metric.thin_below * 10 ** found.places(whole) if whole and metric.thin_below else None,
        "one": 10 ** found.places(top),
        "numerator_digits": found.places(top),
        "denominator_digits": found.places(whole) if whole else 0,
        "ratio": whole is not None,
        "zero_without_rows": zero_without_rows(metric),
        "counts_rows": counts_rows,
        "counts_whole": counts_whole,
        "part_of_whole": counts_rows and counts_whole and metric.unit == "percent" and _same_rows(top, whole),
        "source": top.source,
    }


def _counts(measure: Measure) -> bool:
    return aggregate_name(measure.value) == "count"


def _same_rows(part: Measure, whole: Measure | None) -> bool:
    """Whether both count rows of one source in the same window, for the same person."""
    alike = {"where": None}
    return whole is not None and part.model_copy(update=alike) == whole.model_copy(update=alike)


def zero_without_rows(metric: Metric) -> bool:
    """Whether no row at all is a true zero of the metric, where its evidence was handed in."""
    alone = metric.denominator is None and metric.no_rows == "zero"
    return alone and aggregate_name(metric.numerator.value) in TOTALS
