"""What would lift somebody, worked out by the rules of the month and kept once somebody asked.

It takes 0.3 s a person, so it is not worked out for everybody whenever a month is: with 6 000 people that would be half
an hour after each landing. The page that asks first writes it down, and nobody waits for it a second time.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from fairwrench.closing.run_files import sealed_roster
from fairwrench.report.lifting import best_of_each
from fairwrench.settlement.explain.lift import Lift, lifts
from fairwrench.settlement.projection import so_far
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.workspace import records

#: changes shown, one an item
SHOWN = 3


def lifts_of(*, result: Result) -> list[dict[str, Any]]:
    """The changes that pay most, the best one of each item: item, goal, change, points, score, grade, pay (fen)."""
    # None was never asked for; an empty list says that nothing would lift
    if result.lifts is None:
        kept = records(run=result.run)
        roster = sealed_roster(kept.seal, Path(settings.LEDGER))
        found = lifts(so_far(kept.settlement), roster, result.employee_id)
        result.lifts = [vars_of(lift) for lift in best_of_each(found)[:SHOWN]]
        # this column alone: the result may have been read without its others
        Result.objects.filter(pk=result.pk).update(lifts=result.lifts)
    return list(result.lifts)


def vars_of(lift: Lift) -> dict[str, Any]:
    """A lift as JSON."""
    return {name: getattr(lift, name) for name in ("item", "goal", "change", "points", "score", "grade", "pay")}
