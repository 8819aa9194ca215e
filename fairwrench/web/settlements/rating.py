"""Who has to rate whom on what in a month, and what was given so far."""

from __future__ import annotations

from collections import Counter
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
from fairwrench.web.settlements.selectors import OWN, names_of, results_seen
from fairwrench.web.ui.words import pick


@dataclass(frozen=True)
class Level:
    """One level to choose: the word that is kept, what it is called, its points, what it looks like."""

    word: str
    name: str
    points: str
    looks: str
    example: bool


@dataclass(frozen=True)
class Place:
    """One cell of the rating grid: who is rated on what, in which role, and what was given."""

    result: Result
    item: Item
    name: str
    role: str
    given: Rating | None
    levels: tuple[Level, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)

    @property
    def name_of_field(self) -> str:
        """What the cell's inputs are called."""
        return f"{self.result.employee_id}|{self.item.key}"

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
    def example_hint(self) -> str:
        """Which levels need an example, in words."""
        told = pick("、", ", ").join(self.needs_example)
        return pick(f"评为{told}时须写", f"needed for {told}")

    @property
    def needs_example(self) -> list[str]:
        """What the levels are called that are given only with an example."""
        return [level.name for level in self.levels if level.example]


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
            _levels(item, names),
            typed or {},
        )
        for result in results
        for item, role in _items(result, names)
        if result.employee_id in roles.get(role, ())
    ]


def _levels(item: Item, names: Names) -> tuple[Level, ...]:
    looks = item.described or {}
    return tuple(
        Level(word, names.level_word(word), f"{points:f}", names.say(looks.get(word)), word in item.evidence)
        for word, points in (item.levels or {}).items()
    )


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


@dataclass(frozen=True)
class Waiting:
    """Somebody who has not given all ratings: how many of how many are missing, and whether nobody could give them."""

    rater: str
    name: str
    missing: int
    asked: int

    @property
    def who(self) -> dict[str, str]:
        """The rater as the component for persons takes it."""
        return {"employee_id": self.rater, "name": self.name}


def waiting_raters(*, cycle: Cycle, user: User) -> list[Waiting]:
    """Who still has to rate in a month, most first, among the people whom the user oversees.

    A bonus is given or not, so nobody waits for it. A rating counts as given once any rater of its role gave it:
    stand-ins give it in the other's place.
    """
    run = run_to_rate(cycle=cycle)
    if run is None:
        return []
    results = {
        each.employee_id: each for each in results_seen(run=run, user=user).exclude(state="excluded").defer(*OWN)
    }
    names, given = names_of(run=run), _roles_given(cycle)
    managers = dict(run.results.values_list("employee_id", "manager_id"))
    asked: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for employee_id, result in results.items():
        raters = {"self": employee_id, "line_manager": result.manager_id, "next_level": managers.get(result.manager_id)}
        for item, role in _items(result, names):
            if item.kind != "rating":
                continue
            rater = raters.get(role) or ""
            asked[rater] += 1
            missing[rater] += (employee_id, item.key, role) not in given
    people = dict(run.results.filter(employee_id__in=list(missing)).values_list("employee_id", "name"))
    found = [Waiting(rater, people.get(rater, rater), n, asked[rater]) for rater, n in missing.items() if n]
    return sorted(found, key=lambda each: (-each.missing, each.rater))


def _roles_given(cycle: Cycle) -> set[tuple[str, str, str]]:
    rated = Rating.objects.filter(month=cycle.month)
    return set(rated.values_list("employee__employee_id", "item", "role"))
