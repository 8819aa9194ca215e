"""What was written down about a run when it was settled. Runs of earlier editions of the program hold less: what they
do not say is unknown, which is neither an error nor nothing."""

from __future__ import annotations

from typing import Any

from fairwrench.web.settlements.models import Run

Sums = dict[str, Any]
#: sums of nobody: the keys of `recording.summary_of`
EMPTY: Sums = {"people": 0, "states": {}, "grades": {}, "mean": None, "mean_shown": None}
EMPTY |= {"performance_pay": 0, "total": 0}


def whole_of(run: Run) -> Sums | None:
    """The sums of everybody; None where they were not written down."""
    return _filled(run.summary.get("whole"))


def stores_of(run: Run) -> dict[str, Sums]:
    """The sums of each store by its name, sorted; empty where they were not written down."""
    told = run.summary.get("stores") or {}
    return {name: {**EMPTY, **sums} for name, sums in sorted(told.items())}


def held_of(run: Run) -> dict[str, int] | None:
    """How many items keep somebody from being settled, by cause; None where it was not written down."""
    held: dict[str, int] | None = run.summary.get("held")
    return held


def _filled(sums: Sums | None) -> Sums | None:
    return None if sums is None else {**EMPTY, **sums}
