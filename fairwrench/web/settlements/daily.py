"""How far everybody is today: figures that add up over a month beside their target and the part of the month gone.

The figures are those of the latest run of the month, so that this page and everybody's own agree.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from fairwrench.report.figures import units_text, value_text
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.web.people.models import Grant, User
from fairwrench.web.people.policy import OVERSEERS
from fairwrench.web.people.scope import Scope, today
from fairwrench.web.settlements.models import Cycle, Result, Run
from fairwrench.web.settlements.office import ledger

Role = Grant.Role


@dataclass(frozen=True)
class Gone:
    """How much of the month is gone, by the calendar and by the evidence: days of the month, the day reached."""

    days: int
    reached: int
    #: the day up to which orders have landed, empty when none has
    evidence: str

    @property
    def percent(self) -> int:
        """Share of the month gone, in percent, rounded down."""
        return 100 * self.reached // self.days


def day_of(*, cycle: Cycle) -> Gone:
    """Where in its month a cycle is today; a month that is over is wholly gone."""
    month, day = cycle.at, today()
    reached = month.days if day > month.last else 0 if day < month.first else day.day
    batches = [batch for batch in ledger().batches("repair_orders") if batch.period == cycle.month]
    latest = max((batch.landed_at[:10] for batch in batches), default="")
    return Gone(month.days, reached, latest)


def daily_rows(*, run: Run, user: User, names: Names, gone: Gone) -> list[dict[str, Any]]:
    """By store: each person with the figures that add up."""
    stores: dict[str, list[dict[str, Any]]] = {}
    for result in _seen(run=run, user=user).exclude(state="excluded").order_by("store", "position", "employee_id"):
        figures = [_figure(line, names, gone) for line in result.lines if _adds_up(line, names)]
        if figures:
            stores.setdefault(result.store, []).append(
                {"result": result, "position": names.position(result.position), "figures": figures}
            )
    return [{"name": name, "people": people} for name, people in stores.items()]


def _seen(*, run: Run, user: User) -> QuerySet[Result]:
    """Those one leads, and everybody of the stores of one's role; a supervisor sees work, not pay."""
    scope = Scope.of(user)
    mine = Q(employee_id__in=scope.led | scope.led_next)
    if not scope.has(*OVERSEERS, Role.SUPERVISOR):
        return run.results.filter(mine)
    stores = scope.stores(*OVERSEERS, Role.SUPERVISOR)
    return run.results.all() if stores is None else run.results.filter(mine | Q(store__in=stores))


def _adds_up(line: dict[str, Any], names: Names) -> bool:
    """Whether a line is a figure of the person's own that grows with the month and has a target."""
    metric = names.scheme.metrics.get(line["item"])
    return bool(metric and metric.denominator is None and line["target"] and line["level"] == "person")


def _figure(line: dict[str, Any], names: Names, gone: Gone) -> dict[str, Any]:
    metric, currency = names.scheme.metrics[line["item"]], names.scheme.currency
    n, d, target = (None if line[name] is None else int(line[name]) for name in ("n", "d", "target"))
    reached = n * 10**VALUE_DIGITS * 100 // (d * target) if n is not None and d and target else None
    return {
        "name": names.item(line["item"]),
        "value": value_text(n, d, metric, currency),
        "target": units_text(target, metric, currency),
        "reached": reached,
        "behind": reached is not None and reached < gone.percent,
    }
