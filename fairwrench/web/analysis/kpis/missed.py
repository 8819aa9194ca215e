"""The KPIs that stores missed in a settled month, each with its target and the month before, read off the run."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import value_units
from fairwrench.settlement.scheme.scheme import Metric
from fairwrench.settlement.words.metric_words import target_words
from fairwrench.web.access.models import User
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.run_reader import Figure, indicators_of
from fairwrench.web.settlements.selectors import names_of, run_before
from fairwrench.web.settlements.stores.store_rows import aim_words, figure_words
from fairwrench.web.ui.words import of

#: how a figure stands that has missed its target, as runs have it
WORSE = "worse"


@dataclass(frozen=True)
class Missed:
    """A KPI that a store missed: its value and target in words, that of the last published month, what HR asked about
    it, and what was asked about the same KPI in the month before."""

    store: str
    metric: str
    name: str
    category: str
    value: str
    target: str
    before: str
    asked: MissedKpi | None = None
    earlier: MissedKpi | None = None


def missed_of(*, cycle: Cycle, stores: Collection[str] | None, user: User) -> list[Missed]:
    """What some stores (None: all) missed in a settled month, by the order of the metrics, then by store."""
    run = cycle.run
    if run is None:
        return []
    names, before = names_of(run=run), run_before(cycle=cycle, user=user)
    found = [
        (indicator.metric, indicator.category, store, figure)
        for indicator in indicators_of(run=run, stores=stores)
        for store, figure in sorted(indicator.stores.items())
        if figure["against"] == WORSE
    ]
    earlier = _before(before, stores, {metric for metric, *_ in found})
    last = str(cycle.at.plus(-1))
    asked = asked_of(months=[cycle.month, last], stores=stores)
    told = []
    for metric, category, store, figure in found:
        then = earlier.get((metric, store))
        own = names.scheme.metrics[metric]
        told.append(
            Missed(
                store,
                metric,
                names.metric(metric),
                names.category(category),
                of(figure_words(figure, own, names.scheme.currency)),
                _aim(figure, metric, names),
                of(figure_words(then, own, names.scheme.currency)) if then else "—",
                asked.get((cycle.month, store, metric)),
                asked.get((last, store, metric)),
            )
        )
    return told


def metrics_missed(*, run: Run, store: str) -> set[str]:
    """The metrics that one store missed in a run."""
    found = indicators_of(run=run, stores=[store])
    return {each.metric for each in found if each.stores.get(store, {}).get("against") == WORSE}


def asked_of(*, months: Collection[str], stores: Collection[str] | None) -> Mapping[tuple[str, str, str], MissedKpi]:
    """Month, store and metric → what HR asked, unless it was withdrawn; one query."""
    found = MissedKpi.objects.filter(cycle__month__in=months).exclude(state=MissedKpi.State.WITHDRAWN)
    if stores is not None:
        found = found.filter(store__in=stores)
    along = found.select_related("cycle", "owner", "responsible", "task__assignee")
    return {(each.cycle.month, each.store, each.metric): each for each in along}


def _before(run: Run | None, stores: Collection[str] | None, metrics: set[str]) -> dict[tuple[str, str], Figure]:
    if run is None or not metrics:
        return {}
    rows = indicators_of(run=run, stores=stores, metrics=metrics)
    return {(each.metric, store): figure for each in rows for store, figure in each.stores.items()}


def _aim(figure: Figure, metric: str, names: Names) -> str:
    """The target in words; of a metric that is good within bounds, the bounds."""
    own = names.scheme.metrics[metric]
    if figure["target"] is not None:
        return of(aim_words(figure, own, names.scheme.currency))
    return _bounds(own, metric, names)


def _bounds(own: Metric, metric: str, names: Names) -> str:
    items = (item for card in names.scheme.scorecards.values() for item in card.items if item.metric == metric)
    span = next((found for item in items if item.curve and (found := item.curve.span())), None)
    if span is None:
        return "—"
    return "–".join(of(target_words(value_units(bound), own, names.scheme.currency)) for bound in span)
