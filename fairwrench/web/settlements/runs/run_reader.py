"""What was written down about a run when it was settled. Runs of earlier editions of the program hold less: what they
do not say is unknown, which is neither an error nor nothing.

A run is written once, with a folder of its own (`closing`), and never again. What of it is large is therefore read once
and kept, by the run's key and folder; whoever gets it does not change it.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from functools import lru_cache
from typing import Any

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run

Sums = dict[str, Any]
#: sums of nobody: the keys of `recording.summary_of`
EMPTY: Sums = {"people": 0, "states": {}, "grades": {}, "mean": None, "mean_shown": None}
EMPTY |= {"performance_pay": 0, "total": 0, "score_sum": 0, "scored": 0, "held": None}
#: a month, and the sums of each store in it
MonthSums = tuple[str, Mapping[str, Sums]]


@lru_cache(maxsize=4)
def figures_of(run: int, _folder: str) -> tuple[Sums, list[dict[str, Any]]]:
    """Sums and indicators of a run; of a hundred stores more than half a megabyte."""
    summary, indicators = Run.objects.values_list("summary", "indicators").get(pk=run)
    return summary, indicators


def figures_read(*, run: Run) -> None:
    """Give a run its sums and indicators, unless they are there already."""
    if run.get_deferred_fields() & {"summary", "indicators"}:
        run.summary, run.indicators = figures_of(run.pk, run.folder)


def sums_before(*, months: int) -> Sequence[MonthSums]:
    """The sums of each store in the last published months, the earliest first."""
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED, run__isnull=False).order_by("-month")
    return sums_of(tuple(published.values_list("run_id", "run__folder")[:months]))


@lru_cache(maxsize=4)
def sums_of(runs: tuple[tuple[int, str], ...]) -> Sequence[MonthSums]:
    """The month of each of some runs (key and folder), the earliest first, with the sums of each store."""
    found = Run.objects.filter(pk__in=[run for run, _ in runs]).select_related("cycle").only("summary", "cycle__month")
    return [(run.cycle.month, stores_of(run)) for run in found.order_by("cycle__month")]


def whole_of(run: Run) -> Sums | None:
    """The sums of everybody; None where they were not written down."""
    return _filled(run.summary.get("whole"))


def stores_of(run: Run) -> dict[str, Sums]:
    """The sums of each store by its name, sorted; empty where they were not written down."""
    told = run.summary.get("stores") or {}
    return {name: {**EMPTY, **sums} for name, sums in sorted(told.items())}


def held_of(run: Run, stores: Collection[str] | None = None) -> dict[str, int] | None:
    """How many items keep somebody of some stores (None: of all) from being settled, by cause; None where it was not
    written down."""
    if stores is None:
        held: dict[str, int] | None = run.summary.get("held")
        return held
    parts = [sums["held"] for name, sums in stores_of(run).items() if name in stores]
    # one store of which it is unknown makes the whole unknown: a sum of the rest would look like all
    if any(part is None for part in parts):
        return None
    return dict(sum((Counter(part) for part in parts), Counter[str]()))


def _filled(sums: Sums | None) -> Sums | None:
    return None if sums is None else {**EMPTY, **sums}
