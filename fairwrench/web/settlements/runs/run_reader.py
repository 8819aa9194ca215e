"""What was written down about a run when it was settled: the sums of its stores, and the figures of its metrics."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import polars as pl

from fairwrench.settlement.exact import half_up
from fairwrench.settlement.explain.explain import points
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import EVERY_STORE, Run, StoreSums
from fairwrench.web.settlements.workspace import store_of_run

#: people, states and grades with their counts, mean, pay … of a store, of several, or of everybody
Sums = dict[str, Any]
#: a month, and the mean score of each store in it
MonthMeans = tuple[str, Mapping[str, int | None]]
#: a figure of a metric: columns of `run_store.FIGURES` by name
Figure = dict[str, Any]
_PEOPLE = ("settled", "incomplete", "excluded")
_ADDED = ("people", "performance_pay", "total", "score_sum", "scored")


def sums_told(rows: Sequence[StoreSums]) -> Sums:
    """The sums of some stores as one; the mean is that of everybody in them."""
    added: Sums = {name: sum(getattr(row, name) for row in rows) for name in _ADDED}
    states = {state: sum(getattr(row, state) for row in rows) for state in _PEOPLE}
    counted = {"states": {state: count for state, count in states.items() if count}}
    counted |= {name: _together(getattr(row, name) for row in rows) for name in ("grades", "held")}
    # from the sums: a mean of means would weigh a small store as much as a large one
    mean = half_up(added["score_sum"], added["scored"]) if added["scored"] else None
    return {**added, **counted, "mean": mean}


def _together(parts: Iterable[Mapping[str, int]]) -> dict[str, int]:
    return dict(sum((Counter(part) for part in parts), Counter[str]()))


def whole_of(run: Run) -> Sums | None:
    """The sums of everybody; None of a run that was not written down."""
    return sums_told([run.sums_of_all]) if run.sums_of_all else None


def stores_of(run: Run) -> dict[str, Sums]:
    """The sums of each store by its name, sorted."""
    return {row.store: sums_told([row]) for row in run.sums_of_stores}


def sums_of_store(*, run: Run, store: str) -> Sums | None:
    """The sums of one store; None for one that the run does not have."""
    row = run.sums.filter(store=store).first() if store != EVERY_STORE else None
    return sums_told([row]) if row else None


def held_of(run: Run, stores: Collection[str] | None = None) -> dict[str, int]:
    """How many items keep somebody of some stores (None: of all) from being settled, by cause."""
    if stores is None:
        return dict(run.sums_of_all.held) if run.sums_of_all else {}
    return _together(row.held for row in run.sums_of_stores if row.store in stores)


def sums_read(*, runs: Iterable[Run]) -> None:
    """Give some runs the sums of everybody in them, in one query."""
    known = {run.pk: run for run in runs}
    found = {each.run_id: each for each in StoreSums.objects.filter(run__in=known, store=EVERY_STORE)}
    for pk, run in known.items():
        run.sums_of_all = found.get(pk)


def means_before(*, months: int, stores: Collection[str]) -> Sequence[MonthMeans]:
    """The mean scores of some stores in the last published months, the earliest first."""
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED, run__isnull=False).order_by("-month")
    rows = StoreSums.objects.filter(run__in=published.values("run")[:months], store__in=[EVERY_STORE, *stores])
    told: dict[str, dict[str, int | None]] = {}
    for month, store, added, scored in rows.values_list("run__cycle__month", "store", "score_sum", "scored"):
        told.setdefault(month, {})[store] = half_up(added, scored) if scored else None
    for means in told.values():
        del means[EVERY_STORE]
    return sorted(told.items())


def shown_mean(mean: int | None) -> str | None:
    """A mean as it is shown; None for none."""
    return points(mean) if mean is not None else None


@dataclass(frozen=True)
class Indicator:
    """A metric of a run: its figure in some stores, by name, and in the whole group."""

    metric: str
    category: str
    stores: Mapping[str, Figure]
    whole: Figure


def indicators_of(
    *, run: Run, stores: Collection[str] | None = None, metrics: Collection[str] | None = None
) -> list[Indicator]:
    """The metrics of a run in their order, with the figures of some stores (None: of all)."""
    found: dict[str, tuple[str, dict[str, Figure], list[Figure]]] = {}
    rows = store_of_run(run=run).indicators(stores, metrics).sort("place", maintain_order=True)
    for row in rows.iter_rows(named=True):
        _, figures, whole = found.setdefault(row["metric"], (row["category"], {}, []))
        if row["store"] is None:
            whole.append(row)
        else:
            figures[row["store"]] = row
    return [Indicator(key, category, figures, whole[0]) for key, (category, figures, whole) in found.items()]


def added_figures(*, run: Run, stores: Collection[str]) -> dict[str, Figure]:
    """Metric → what its figures in some stores of a run come to together, as `figures_added` has it."""
    return figures_added(store_of_run(run=run).indicators(stores, whole=False))


def handed_in_of(*, run: Run, stores: Collection[str] | None = None) -> dict[str, int]:
    """Metric → how many of some stores (None: of all) of a run handed in what it reads."""
    return dict(store_of_run(run=run).handed_in(stores).iter_rows())


def figures_added(rows: pl.DataFrame) -> dict[str, Figure]:
    """Metric → its figures (columns FIGURES) together: `n` and `d` added, the `largest` d, occasions."""
    counted = rows.filter("handed_in", pl.col("n").is_not_null(), pl.col("d").is_not_null())
    added = counted.group_by("metric").agg(
        pl.col("n").sum(), pl.col("d").sum(), largest=pl.col("d").max(), occasions=_some_added("occasions")
    )
    return {row["metric"]: row for row in added.iter_rows(named=True)}


def _some_added(column: str) -> pl.Expr:
    """A column's sum; null where nothing is known at all."""
    known = pl.col(column).drop_nulls()
    return pl.when(known.len() > 0).then(known.sum())
