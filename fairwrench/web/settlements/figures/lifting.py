"""What would lift somebody, worked out by the rules of the month from what is recorded of the person alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from fairwrench.closing.run_files import sealed_roster
from fairwrench.report.lifting import best_of_each
from fairwrench.settlement.explain.lift import Lift, lifts
from fairwrench.settlement.projection import so_far
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.runs.person import settled_of
from fairwrench.web.settlements.workspace import seal_of

#: changes shown, one an item
SHOWN = 3


def lifts_of(*, result: Result) -> list[dict[str, Any]]:
    """The changes that pay most, the best one of each item: item, goal, change, points, score, grade, pay (fen)."""
    roster = sealed_roster(seal_of(run=result.run), Path(settings.LEDGER)).filter(employee_id=result.employee_id)
    found = lifts(so_far(settled_of(result=result)), roster, result.employee_id)
    return [vars_of(lift) for lift in best_of_each(found)[:SHOWN]]


def vars_of(lift: Lift) -> dict[str, Any]:
    """A lift as pages show it."""
    return {name: getattr(lift, name) for name in ("item", "goal", "change", "points", "score", "grade", "pay")}
