"""The stores of a month side by side: a row each for the table, and their figures of every metric."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Any

from django.utils.safestring import SafeString, mark_safe

from fairwrench.report.charts import trend
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.explain.explain import ratio
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.source.formula import aggregate_name
from fairwrench.settlement.source.source import Text
from fairwrench.settlement.words.metric_words import target_words, value_words
from fairwrench.web.org.models import Unit
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.run_reader import (
    Figure,
    Indicator,
    MonthMeans,
    Sums,
    added_figures,
    handed_in_of,
)
from fairwrench.web.ui.words import joined, of, pick

#: how a figure stands against its target → the class that colours it, and a sign for those who see no colour
STANDS = {"better": ("text-success", "▲"), "worse": ("text-danger", "▼"), "even": ("", "="), "": ("", "")}
#: aggregates of which a group's is the sum of its stores'
ADDED = ("count", "sum")
#: what a metric's column is called in a table, before the metric's key
COLUMN = "m-"

Row = dict[str, Any]


@dataclass(frozen=True)
class Found:
    """The stores that somebody asked for, on all pages; `all`: there is no other store in that month."""

    names: tuple[str, ...]
    all: bool


def rows_of(*, sums: Mapping[str, Sums], grades: Sequence[str]) -> list[Row]:
    """One row a store: name, region, people, incomplete, mean, a count for each grade, pay."""
    regions = regions_of(sums)
    return [{"name": name, "region": regions.get(name, ""), **_row(each, grades)} for name, each in sums.items()]


def _row(sums: Sums, grades: Sequence[str]) -> Row:
    told = {name: sums[name] for name in ("people", "mean", "performance_pay", "total", "score_sum", "scored")}
    counts = {grade: sums["grades"].get(grade, 0) for grade in grades}
    return {**told, "incomplete": sums["states"].get("incomplete", 0), **counts}


def regions_of(stores: Iterable[str]) -> dict[str, str]:
    """Store → the region it lies in; stores without one are left out."""
    told = Unit.objects.filter(kind=Unit.Kind.STORE, parent__kind=Unit.Kind.REGION, name__in=list(stores))
    return dict(told.values_list("name", "parent__name"))


def mean_of(rows: Sequence[Row]) -> int | None:
    """The mean score of everybody in the stores of some rows, in hundredths, rounded as that of the whole is."""
    people = sum(row["scored"] for row in rows)
    return half_up(sum(row["score_sum"] for row in rows), people) if people else None


def units_of(figure: Figure | None) -> int | None:
    """A figure in 10^-6, to sort by and to take away; None where there is none."""
    # a store that handed nothing in sorts as having no figure, not as zero
    if figure is None or not figure["handed_in"] or figure["n"] is None or figure["d"] is None:
        return None
    return ratio(figure["n"], figure["d"])


@dataclass(frozen=True)
class Beside:
    """Some stores shown as one: `there` is metric → how many of them handed in what it reads, `added` metric → their
    figures added (`run_reader.added_figures`)."""

    stores: Found
    there: Mapping[str, int]
    added: Mapping[str, Figure]

    @classmethod
    def of(cls, stores: Found, run: Run) -> Beside:
        """Some stores of a run."""
        # of all stores the group's own figures are shown, so nothing has to be added up
        if stores.all:
            return cls(stores, handed_in_of(run=run), {})
        there = handed_in_of(run=run, stores=stores.names)
        return cls(stores, there, added_figures(run=run, stores=stores.names))

    def figure(self, indicator: Indicator, metric: Metric) -> Figure | None:
        """A metric's figure of the stores as one; None where it is not the sum of theirs, as with what is counted once.

        Of all stores it is the group's own. Every store's fraction has the same scale, so parts and wholes add up.
        """
        if self.stores.all:
            return indicator.whole
        parts = [metric.numerator, *([metric.denominator] if metric.denominator else [])]
        if any(aggregate_name(part.value) not in ADDED for part in parts):
            return None
        found = self.added.get(indicator.metric, {"n": 0, "d": 0, "largest": 0, "occasions": None})
        told = {"n": found["n"], "d": found["d"] if metric.denominator else found["largest"]}
        counted = {"occasions": found["occasions"], "thin": False}
        return {**told, **counted, "target": None, "against": "", "handed_in": self.there.get(indicator.metric, 0) > 0}

    def handed_in(self, metric: str) -> tuple[int, int]:
        """How many of the stores handed in what a metric reads, and how many they are."""
        return self.there.get(metric, 0), len(self.stores.names)


def matrix_of(
    indicators: Sequence[Indicator],
    *,
    stores: Sequence[str],
    names: Names,
    found: Beside | None = None,
    category: str = "",
) -> dict[str, Any]:
    """Metric × store: every figure in words, with how it stands against its target; `found` are shown as one beside."""
    chosen = [each for each in indicators if category in ("", each.category)]
    beside = found if found and len(found.stores.names) > 1 else None
    rows = [_metric(each, stores, beside, names) for each in chosen]
    categories = list(dict.fromkeys(each.category for each in indicators))
    return {
        "stores": stores,
        "rows": rows,
        "found": found.stores if found else None,
        "beside": beside.stores if beside else None,
        "columns": 1 + len(stores) + (beside is not None),
        "category": category,
        "categories": [(each, names.category(each)) for each in categories],
    }


def _metric(indicator: Indicator, stores: Sequence[str], found: Beside | None, names: Names) -> dict[str, Any]:
    metric = names.scheme.metrics[indicator.metric]
    drawn = Drawn(metric, names.scheme.currency)
    cells = [drawn.of_all(found.figure(indicator, metric), found.handed_in(indicator.metric))] if found else []
    cells += [drawn.cell(indicator.stores.get(store)) for store in stores]
    return {
        "name": names.metric(indicator.metric),
        "column": f"{COLUMN}{indicator.metric}",
        "category": names.category(indicator.category),
        "cells": mark_safe("".join(cells)),
    }


def figure_words(figure: Figure, metric: Metric, currency: str) -> Text:
    """A figure of a store in words, told from its target."""
    return value_words(figure["n"], figure["d"], metric, currency, beside=(figure["target"],))


def aim_words(figure: Figure, metric: Metric, currency: str) -> Text:
    """The target of such a figure in words, told from its value."""
    n = figure["n"]
    return target_words(figure["target"], metric, currency, beside=(n, None if n is None else figure["d"] or 0))


class Drawn:
    """Draws a metric's cells, here and not by a template of their own: a large group has thousands on one page."""

    def __init__(self, metric: Metric, currency: str) -> None:
        self.metric, self.currency = metric, currency
        self.target, self.thin = pick("目标", "target"), pick("样本少", "thin")
        self.stores = pick("{}/{} 家", "{} of {} stores")
        self.absent = f'<td class="num text-secondary">{pick("未提交", "not handed in")}</td>'
        self.targets: dict[int, str] = {}

    def of_all(self, figure: Figure | None, handed_in: tuple[int, int]) -> str:
        """The cell of several stores together, which says if some of them are missing in it; a dash where there is no
        such figure."""
        if figure is None:
            return '<td class="num text-secondary">—</td>'
        there, stores = handed_in
        return self.cell(figure, self.stores.format(there, stores) if 0 < there < stores else "")

    def cell(self, figure: Figure | None, note: str = "") -> str:
        """One cell; `note` stands beside its figure."""
        if figure is None or not figure["handed_in"]:
            return self.absent
        look, sign = STANDS[figure["against"]]
        text = escape(of(figure_words(figure, self.metric, self.currency)))
        notes = [note] * bool(note) + [self.thin] * bool(figure["thin"])
        badge = "".join(f' <span class="badge bg-secondary-lt">{each}</span>' for each in notes)
        told = escape(joined(self._told(figure), "，"))
        return f'<td class="num {look}" title="{told}"><span aria-hidden="true">{sign}</span> {text}{badge}</td>'

    def _told(self, figure: Figure) -> list[str]:
        told = [f"{self.target} {self._aim(figure)}"] if figure["target"] is not None else []
        told += (
            [pick(f"样本 {figure['occasions']:,}", f"n={figure['occasions']:,}")]
            if figure["occasions"] is not None
            else []
        )
        return [*told, self.thin] if figure["thin"] else told

    def _aim(self, figure: Figure) -> str:
        """A target in words; stores mostly share theirs, but an amount is told from the value that missed it."""
        target = figure["target"]
        if self.metric.unit == "money" and figure["n"] is not None:
            return of(aim_words(figure, self.metric, self.currency))
        if target not in self.targets:
            self.targets[target] = of(target_words(target, self.metric, self.currency))
        return self.targets[target]


def trends_of(*, months: Sequence[MonthMeans], stores: Iterable[str]) -> dict[str, SafeString]:
    """Store → a line of its mean scores over published months, the earliest first; empty with fewer than two."""
    found = {}
    for store in stores:
        told = [(month, means[store]) for month, means in months if store in means]
        values = [(month, mean) for month, mean in told if mean is not None]
        about = f"{store} {values[0][0]}–{values[-1][0]}" if values else ""
        found[store] = SafeString(trend(values, about))
    return found
