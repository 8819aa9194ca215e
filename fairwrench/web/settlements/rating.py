"""Who has to rate whom on what in a month, and what was given so far."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from fairwrench.report.naming import Names
from fairwrench.report.raters import USUAL
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme import Item
from fairwrench.web.people.models import User
from fairwrench.web.people.scope import Scope
from fairwrench.web.settlements.models import Cycle, Rating, Result, Run
from fairwrench.web.settlements.selectors import names_of


@dataclass(frozen=True)
class Place:
    """One cell of the rating grid: who is rated on what, in which role, and what was given."""

    result: Result
    item: Item
    name: str
    role: str
    given: Rating | None
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def name_of_field(self) -> str:
        """What the cell's inputs are called."""
        return f"{self.result.employee_id}|{self.item.key}"

    @property
    def levels(self) -> list[str]:
        """The levels to choose from; empty for items that are rated in points."""
        return list(self.item.levels or ())

    @property
    def chosen(self) -> str:
        """The level as typed, else as given."""
        return self.typed.get(f"{self.name_of_field}.level", self.given.level if self.given else "")

    @property
    def chosen_points(self) -> str:
        """The points as typed, else as given."""
        given = f"{as_decimal(self.given.points, 2):f}" if self.given and self.given.points is not None else ""
        return self.typed.get(f"{self.name_of_field}.points", given)

    @property
    def example(self) -> str:
        """The example as typed, else as given."""
        return self.typed.get(f"{self.name_of_field}.example", self.given.example if self.given else "")

    @property
    def needs_example(self) -> list[str]:
        """The levels that are given only with an example."""
        return list(self.item.evidence or ())


def run_to_rate(*, cycle: Cycle) -> Run | None:
    """The run whose people are rated: the latest whole one."""
    return cycle.runs.filter(whole=True, kind__in=[Run.Kind.LIVE, Run.Kind.FINAL]).order_by("-id").first()


def places(*, cycle: Cycle, user: User, typed: Mapping[str, str] | None = None) -> list[Place]:
    """What a user has to rate in a month, by person: as line manager, as next-level manager, of oneself.

    `typed` is what a form holds that could not be kept.
    """
    run = run_to_rate(cycle=cycle)
    if run is None:
        return []
    scope = Scope.of(user)
    roles = {"self": scope.own, "line_manager": scope.led, "next_level": scope.led_next}
    wanted = scope.own | scope.led | scope.led_next
    results = run.results.filter(employee_id__in=wanted).exclude(state="excluded").order_by("store", "employee_id")
    names = names_of(run=run)
    given = _given(cycle, user)
    return [
        Place(
            result,
            item,
            names.say(item.name) or names.item(item.key),
            role,
            given.get((result.employee_id, item.key)),
            typed or {},
        )
        for result in results
        for item, role in _items(result, names)
        if result.employee_id in roles.get(role, ())
    ]


def _items(result: Result, names: Names) -> list[tuple[Item, str]]:
    card = names.scheme.scorecards.get(result.scorecard)
    rated = [item for item in card.items if item.kind != "metric"] if card else []
    return [(item, role) for item in rated for role in (item.raters or USUAL)]


def _given(cycle: Cycle, user: User) -> dict[tuple[str, str], Rating]:
    found = Rating.objects.filter(month=cycle.month, rater__in=Scope.of(user).acts_for).select_related("employee")
    return {(rating.employee.employee_id, rating.item): rating for rating in found}


def grid_of(found: list[Place]) -> list[dict[str, Any]]:
    """The cells by person."""
    people: dict[str, dict[str, Any]] = {}
    for place in found:
        entry = people.setdefault(place.result.employee_id, {"result": place.result, "places": []})
        entry["places"].append(place)
    return list(people.values())
