"""What apps further on do when a month's run is put in force: each declares it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.ui.declarations import declared


@dataclass(frozen=True)
class AfterSettling:
    """What an app does once a run is in force, in the same transaction; may be asked again for the same run."""

    act: Callable[[Cycle, Run], object]


def run_in_force(*, cycle: Cycle, run: Run) -> None:
    """Let every app do its part for a run that was put in force."""
    for each in declared(AfterSettling):
        each.act(cycle, run)
