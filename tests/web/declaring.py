"""Other parts than the apps declare, and months as far as a test wants them."""

from __future__ import annotations

import pytest

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.policy import permissions
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.ui import declarations


def redeclare(monkeypatch: pytest.MonkeyPatch, kind: type, *parts: object) -> None:
    """Let the apps declare these parts of a kind instead of their own."""
    others = tuple(part for part in declarations._parts() if not isinstance(part, kind))
    monkeypatch.setattr(declarations, "_parts", lambda: (*others, *parts))
    permissions.cache_clear()


def months_published(*months: Month) -> None:
    """These months, and no others, are published."""
    Cycle.objects.filter(state=Cycle.State.PUBLISHED).delete()
    for month in months:
        Cycle.objects.update_or_create(month=str(month), defaults={"state": Cycle.State.PUBLISHED})


def months_settled(*months: Month) -> None:
    """These months, and no others, are settled."""
    Cycle.objects.update(run=None)
    for month in months:
        cycle, _ = Cycle.objects.get_or_create(month=str(month))
        cycle.run = Run.objects.create(cycle=cycle, kind=Run.Kind.FINAL, known_at=str(month))
        cycle.save(update_fields=["run"])
