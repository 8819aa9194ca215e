"""What would lift somebody, worked out by the rules of the month and kept once somebody asked."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings

from fairwrench.closing.out import sealed_roster
from fairwrench.report.naming import Names
from fairwrench.settlement.lift import Lift, lifts
from fairwrench.settlement.projection import so_far
from fairwrench.settlement.scheme import Metric
from fairwrench.web.settlements.models import Result
from fairwrench.web.settlements.office import records

#: changes shown, one an item
SHOWN = 3


def lifts_of(*, result: Result) -> list[dict[str, Any]]:
    """The changes that pay most, the best one of each item: item, goal, change, points, score, grade, pay (fen)."""
    if result.lifts is None:
        kept = records(run=result.run)
        roster = sealed_roster(kept.seal, Path(settings.LEDGER))
        found = lifts(so_far(kept.settlement), roster, result.employee_id)
        result.lifts = [vars_of(lift) for lift in _best_of_each(found)]
        Result.objects.filter(pk=result.pk).update(lifts=result.lifts)
    return list(result.lifts)


def _best_of_each(found: list[Lift]) -> list[Lift]:
    """One change an item, that to a better grade before others; what gains nothing to be seen is left out."""
    best: dict[str, Lift] = {}
    for lift in found:
        if not lift.score and not lift.pay:
            continue
        before = best.get(lift.item)
        if before is None or (lift.goal == "grade" and before.goal != "grade"):
            best[lift.item] = lift
    return sorted(best.values(), key=lambda lift: (-(lift.pay or 0), -lift.score))[:SHOWN]


def vars_of(lift: Lift) -> dict[str, Any]:
    """A lift as JSON."""
    return {name: getattr(lift, name) for name in ("item", "goal", "change", "points", "score", "grade", "pay")}


def change_words(lift: dict[str, Any], metric: Metric, names: Names) -> str:
    """The change itself: two more, two fewer, ¥1,000 more."""
    size, more = abs(lift["change"]), lift["change"] > 0
    zh, en = {"money": ("元", "yuan "), "hours": ("小时", "hours ")}.get(metric.unit, ("件", ""))
    return names.pick((f"{'多' if more else '少'} {size:,} {zh}", f"{size:,} {en}{'more' if more else 'fewer'}"))
