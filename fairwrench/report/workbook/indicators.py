"""Store × KPI: what each store's figure of each metric on the scorecards is, against its target."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt
from typing import Any, Literal

import polars as pl

from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.coverage import stores
from fairwrench.settlement.exact import value_units
from fairwrench.settlement.measure.measure import is_additive
from fairwrench.settlement.measure.values import covered_stores, value_at
from fairwrench.settlement.scheme.scheme import Item, Metric
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import value_words

Against = Literal["better", "worse", "even", ""]
#: the 97.5 % point of the normal distribution, for intervals that hold in 95 of 100 samples
Z = 1.959964


@dataclass(frozen=True)
class Figure:
    """One store's value of a metric, or of the whole group.

    `n` and `d` are the exact fraction; `occasions` the denominator where it counts things, with the 95 % Wilson
    interval of sampled metrics in `low`, `high`; `target` in 10^-6. `handed_in` tells a figure that is missing from one
    without occasion.
    """

    store: str
    n: int | None
    d: int | None
    occasions: int | None
    target: int | None
    against: Against
    handed_in: bool
    thin: bool
    low: float | None = None
    high: float | None = None


@dataclass(frozen=True)
class Indicator:
    """A metric and its figure in every store, in the order of the stores; `whole` is that of the group."""

    key: str
    metric: Metric
    category: str
    figures: tuple[Figure, ...]
    whole: Figure


def indicators(material: ReportContext) -> list[Indicator]:
    """Every metric that scorecards of this month's people use, by category and in the order of the scorecards."""
    return material.once(_indicators)


def _indicators(material: ReportContext) -> list[Indicator]:
    used = set(material.settled.lines.filter(pl.col("kind") == "metric")["item"].unique())
    first: dict[str, Item] = {}
    for item in material.names.items():
        # The first scorecard that has the metric says its category and curve: one line a metric, not one a card.
        if item.metric and item.key in used:
            first.setdefault(item.key, item)
    shops = stores(material)
    found = [_indicator(item, shops, material) for item in first.values()]
    order = list(dict.fromkeys(each.category for each in found))
    return sorted(found, key=lambda each: order.index(each.category))


def _indicator(item: Item, shops: Sequence[str], material: ReportContext) -> Indicator:
    key, found = item.key, material.found
    metric = found.scheme.metrics[key]
    by_store = _rows(value_at(key, metric, "store", found))
    covered = covered_stores(metric, found)
    # Only stores that handed everything in: half a store would make the group look better or worse than it is.
    group = _whole(key, metric, {shop: by_store[shop] for shop in by_store if shop in covered}, material)
    about: dict[str, Any] = {"aims": _aims(key, item, metric, material), "item": item, "metric": metric}
    figures = tuple(_figure(shop, by_store.get(shop, {}), handed_in=shop in covered, **about) for shop in shops)
    whole = _figure("*", group, handed_in=bool(covered), **about)
    return Indicator(key, metric, item.category or "", figures, whole)


def _whole(key: str, metric: Metric, by_store: dict[str, dict[str, Any]], material: ReportContext) -> dict[str, Any]:
    """The figure of all stores that handed everything in; of what does not add up, that of the whole group."""
    parts = [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]
    if not all(is_additive(part) for part in parts):
        return _rows(value_at(key, metric, "group", material.found)).get("*", {})
    if not by_store:
        return {}
    added = ("numerator", "n", *(("denominator", "d") if metric.denominator else ()))
    first = next(iter(by_store.values()))
    # Sums of numerators and denominators, never a mean of ratios: a small store does not weigh like a large one.
    return {**first, **{name: sum(row[name] for row in by_store.values()) for name in added}}


def _rows(frame: pl.DataFrame) -> dict[str, dict[str, Any]]:
    return {row["unit"]: row for row in frame.iter_rows(named=True) if row["unit"] is not None}


def _aims(key: str, item: Item, metric: Metric, material: ReportContext) -> dict[str, int]:
    """Subject → target (10^-6); the scorecard's constant stands under an empty subject where it holds for a store too.

    A constant of a sum is meant for one person and says nothing about a store.
    """
    agreed = material.found.targets.filter(pl.col("metric") == key).select("subject", "value")
    aims = dict(agreed.iter_rows())
    # A ratio's target holds for a store as for a person; a sum's is one person's.
    if item.target is not None and (metric.denominator is not None or item.of in ("store", "group")):
        aims[""] = value_units(item.target)
    return aims


def _figure(
    shop: str, row: dict[str, Any], *, handed_in: bool, aims: dict[str, int], item: Item, metric: Metric
) -> Figure:
    n, d = row.get("n"), row.get("d")
    if not handed_in:
        # Missing, and not nothing: whatever rows there are do not speak for the whole month.
        n = d = None
    elif n is None and metric.denominator is None and metric.no_rows == "zero":
        n, d = 0, 1
    target = aims.get(shop, aims.get(""))
    counts = _occasions(row, metric) if handed_in else None
    # Told beside the figure: a store with four calls and one with four hundred look alike in a column of percentages.
    thin = counts is not None and bool(metric.thin_below) and counts < metric.thin_below
    low, high = wilson(row["numerator"], counts) if counts and metric.sampled else (None, None)
    against = _against(n, d, target, item, metric) if d else ""
    return Figure(shop, n, d, counts, target, against, handed_in, thin, low, high)


def _occasions(row: dict[str, Any], metric: Metric) -> int | None:
    """The denominator where it counts things."""
    if metric.denominator is None or row.get("denominator") is None:
        return None
    whole, rest = divmod(int(row["denominator"]), 10 ** int(row["denominator_digits"] or 0))
    return None if rest or metric.denominator.value.startswith("sum") else whole


def _against(n: int | None, d: int, target: int | None, item: Item, metric: Metric) -> Against:
    """Where a value stands against its target, or against the span that its curve asks for."""
    if n is None or d <= 0:
        return ""
    if metric.better == "band":
        span = item.curve.span() if item.curve else None
        if span is None:
            return ""
        low, high = map(value_units, span)
        # Multiplied out: a value just on the bound must not fall to one side by a rounded quotient.
        inside = low * d <= n * 10**6 <= high * d
        return "even" if inside else "worse"
    if target is None:
        return ""
    # n/d against target/10^6, without dividing.
    gap = n * 10**6 - target * d
    if metric.better == "lower":
        gap = -gap
    return "even" if gap == 0 else "better" if gap > 0 else "worse"


def wilson(successes: int, trials: int) -> tuple[float, float]:
    """The 95 % Wilson interval of a share; for showing only, nothing is scored from it."""
    share, square = successes / trials, Z * Z
    middle = (share + square / (2 * trials)) / (1 + square / trials)
    half = Z * sqrt(share * (1 - share) / trials + square / (4 * trials * trials)) / (1 + square / trials)
    return max(0.0, middle - half), min(1.0, middle + half)


def shown(figure: Figure, metric: Metric, currency: str = "") -> Text:
    """The value as people read it, told from its target."""
    return value_words(figure.n, figure.d, metric, currency, beside=(figure.target,))
