"""Whom to ask about a missed KPI: the head of the department whose cards have it, else the store's manager."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from functools import cache

from django.db.models import Count

from fairwrench.report.naming import Names
from fairwrench.web.access.users.selectors import store_holders
from fairwrench.web.analysis.selectors import APPROVERS, heads_of
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Run


def owners_proposed(*, run: Run, store: str, metrics: Collection[str], names: Names) -> Mapping[str, Employee | None]:
    """Metric → whom to ask; None where the department has no head and the store no manager on the roster."""
    if not metrics:
        return {}
    cards, people = _cards(names, metrics), _people(run, store)
    heads, manager = heads_of(stores=[store]), cache(lambda: _manager(store))
    found: dict[str, Employee | None] = {}
    for metric in metrics:
        counted: Counter[str] = Counter()
        for (card, department), n in people.items():
            if card in cards[metric]:
                counted[department] += n
        # of several departments the one with most people; of as many, the first by its id
        ordered = sorted(counted, key=lambda department: (-counted[department], department))
        headed = (heads[store, department][0] for department in ordered if heads.get((store, department)))
        # the store's manager is looked for only where a department has no head
        found[metric] = next(headed, None) or manager()
    return found


def _cards(names: Names, metrics: Collection[str]) -> Mapping[str, set[str]]:
    """Metric → the scorecards that have it."""
    return {
        metric: {
            key for key, card in names.scheme.scorecards.items() if any(item.metric == metric for item in card.items)
        }
        for metric in metrics
    }


def _people(run: Run, store: str) -> Mapping[tuple[str, str], int]:
    """Scorecard and department → how many people of a store have it."""
    rows = run.results.filter(store=store).exclude(state="excluded").order_by()
    return {
        (card, department): n
        for card, department, n in rows.values_list("scorecard", "department").annotate(n=Count("pk"))
    }


def _manager(store: str) -> Employee | None:
    holders = (user.employee for role in APPROVERS for user in store_holders(role=role, store=store))
    return next((employee for employee in holders if employee is not None), None)
