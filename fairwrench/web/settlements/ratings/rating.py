"""Who has to rate whom on what in a month, and what was given so far."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db.models import Q
from django.urls import reverse

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme.scheme import Item, Scheme
from fairwrench.settlement.words.wording import RATED
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.authority import Way, ways
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.contradictions import last_choices
from fairwrench.web.settlements.models import EVERY_STORE, Choice, Rating, Result, Run, StoreSums
from fairwrench.web.settlements.ratings.filed_ratings import RATINGS, Filed, ratings_filed, roles_filed
from fairwrench.web.settlements.ratings.raters import Raters, roles_of
from fairwrench.web.settlements.ratings.self_ratings import SELF, SelfRating, self_ratings
from fairwrench.web.settlements.selectors import OWN, WHOLE, names_of, results_seen
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import pick
from fairwrench.web.work.channels.urging import Offer, Urging, offers


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
    """One cell of the rating grid: who is rated on what, in which role and by whom, and what was given.

    `rater` is in whose place the user rates: the user, or somebody the user stands in for (`instead`: by name).
    """

    result: Result
    item: Item
    name: str
    role: str
    rater: Employee
    instead: str
    given: Rating | None
    filed: Filed | None
    withdrawn: Rating | None
    levels: tuple[Level, ...] = ()
    typed: Mapping[str, str] = field(default_factory=dict)
    #: the last decision between the page and a file about it, if there was one
    choice: Choice | None = None
    #: whether the store's ratings of the month come by file alone
    by_file_alone: bool = False
    #: the most points that can be given
    most: Decimal = Decimal(0)
    #: what the person's scorecard is called
    card: str = ""
    #: what the person said of themselves on it, for others who rate it
    own: SelfRating | None = None

    @property
    def name_of_field(self) -> str:
        """What the cell's inputs are called."""
        return f"{self.result.employee_id}|{self.item.key}|{self.rater.employee_id}"

    @property
    def rated(self) -> bool:
        """Whether a rating was given, here or by a file."""
        return self.given is not None or self.filed is not None

    @property
    def waited(self) -> bool:
        """Whether a rating is to be given here; a bonus is given or not, so nobody waits for it."""
        return self.item.kind == "rating" and not self.by_file_alone

    @property
    def missing(self) -> bool:
        """Whether it is not given yet."""
        return self.waited and not self.rated

    @property
    def returned(self) -> str:
        """Why it was returned to be looked at again; empty where it was not."""
        return self.given.returned_why if self.given is not None and self.given.returned_at is not None else ""

    @property
    def unfit(self) -> bool:
        """Whether what is typed is none of what stands: a form could not be kept and came back."""
        typed = (self.chosen, self.chosen_points, self.example)
        return bool(self.typed) and not self.by_file_alone and seen_of(*typed) != self.seen

    @property
    def level_given(self) -> str:
        """The level that counts, given here or else by a file; empty for none."""
        return self.given.level if self.given else self.filed.level if self.filed else ""

    @property
    def filed_words(self) -> str:
        """The rating that a file gave where none was given here, in words."""
        if self.given or self.filed is None:
            return ""
        return self._words(self.filed.level, self.filed.points)

    @property
    def chosen(self) -> str:
        """The level as typed, else as given."""
        return self.typed.get(f"{self.name_of_field}.level", self.given.level if self.given else "")

    @property
    def seen(self) -> str:
        """What stands there now, as the form tells it back: who changes a cell says what they saw in it."""
        return seen_of(self.given.level, self.points_given, self.given.example) if self.given else seen_of("", "", "")

    @property
    def points_given(self) -> str:
        """The points given here as text; empty for none."""
        return f"{as_decimal(self.given.points, 2):f}" if self.given and self.given.points is not None else ""

    @property
    def given_words(self) -> str:
        """The rating given, in words; empty for none."""
        return self._words(self.given.level, self.points_given) if self.given else ""

    @property
    def withdrawn_words(self) -> str:
        """The rating that was taken back, in words; empty for none."""
        if self.withdrawn is None or self.given is not None:
            return ""
        points = "" if self.withdrawn.points is None else f"{as_decimal(self.withdrawn.points, 2):f}"
        return self._words(self.withdrawn.level, points)

    @property
    def storied(self) -> bool:
        """Whether more is to be told of the cell than what the rater gave."""
        return self.sourced or self.own is not None

    @property
    def sourced(self) -> bool:
        """Whether it is told where the rating comes from: a file, a decision, somebody else's hand."""
        entered = self.given.by if self.given else None
        by_another = self.given is not None and (entered is None or entered.employee_id != self.rater.pk)
        return bool(
            self.returned
            or self.withdrawn_words
            or self.filed_words
            or self.choice
            or by_another
            or (self.given and self.instead)
        )

    def _words(self, level: str, points: str) -> str:
        named = next((each.name for each in self.levels if each.word == level), level)
        return " ".join(filter(None, (named, points)))

    @property
    def chosen_points(self) -> str:
        """The points as typed, else as given."""
        return self.typed.get(f"{self.name_of_field}.points", self.points_given)

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


def most_of(item: Item | None, scheme: Scheme) -> Decimal:
    """The most points that an item, or with None a score, can have."""
    return item.up_to if item is not None and item.up_to is not None else scheme.bands.maximum


def seen_of(level: str, points: str, example: str) -> str:
    """A rating as one text, by which a form tells what its page showed; empty for none."""
    return json.dumps([level, points, example], ensure_ascii=False) if level or points or example else ""


def run_to_rate(*, month: str) -> Run | None:
    """The run whose people are rated, with its month: the latest whole one."""
    there = Run.objects.filter(cycle__month=month, whole=True, kind__in=[Run.Kind.LIVE, Run.Kind.FINAL])
    # what concerns the whole group is large, and nothing of it is asked here
    found = there.select_related("cycle").defer(*WHOLE).order_by("-id")
    return once(f"to rate {month}", found.first)


def places(
    *,
    cycle: Cycle,
    user: User,
    typed: Mapping[str, str] | None = None,
    fields: Collection[str] | None = None,
    run: Run | None = None,
) -> list[Place]:
    """What a user has to rate in a month, by person: as line manager, as next-level manager, of oneself, by duty.

    Who leads whom is as the roster of that month has it, for so the month is settled.

    `typed` is what a form holds that could not be kept. With `fields` only the cells of these names are looked for,
    which takes no longer in a large team. `run` is the one to rate by where it is known already.
    """
    run = run or run_to_rate(month=cycle.month)
    if run is None:
        return []
    people = None if fields is None else {name.partition("|")[0] for name in fields}
    raters, mine = Raters.of(run, people), _acting(user)
    names, given = names_of(run=run), _given(cycle, mine, people)
    filed = ratings_filed(month=cycle.at, scheme=names.scheme)
    way = ways(source=RATINGS, month=cycle.month)
    choices = last_choices(source=RATINGS, records=[rated.pk for rated in given.values()])
    rated_people = list(_to_rate(run, raters, mine, people))
    ids = {result.employee_id for result in rated_people}
    own = self_ratings(month=cycle.at, names=names, people=ids, filed=filed)
    kinds: dict[str, list[tuple[Item, str, str, tuple[Level, ...]]]] = {}
    found = []
    # a place each for person, item, role and rater: who stands in for somebody sees both places
    for result in rated_people:
        alone, card = way(result.store) == Way.FILES, names.scorecard(result.scorecard)
        # the words of a card are as many as its levels, and the same for everybody who has it
        if result.scorecard not in kinds:
            kinds[result.scorecard] = [
                (item, role, names.say(item.name) or names.item(item.key), _levels(item, names))
                for item, role in _items(result, names)
            ]
        for item, role, name, levels in kinds[result.scorecard]:
            for rater in (mine[each] for each in raters.named(result, item, role) if each in mine):
                if in_anothers_place(rated=result.employee_id, rater=rater.employee_id, user=user):
                    continue
                instead = "" if rater.pk == user.employee_id else rater.name
                landed = filed.get((result.employee_id, item.key, rater.employee_id))
                rated = given.get((result.employee_id, item.key, rater.pk))
                # taken back is not given: the cell is empty and says what had stood there
                stands, back = (rated, None) if rated is None or rated.withdrawn_at is None else (None, rated)
                about = (result, item, name, role, rater, instead, stands, landed, back)
                choice = choices.get(rated.pk) if rated else None
                most = most_of(item, names.scheme)
                beside = None if role == SELF else own.get((result.employee_id, item.key))
                found.append(Place(*about, levels, typed or {}, choice, alone, most, card, beside))
    return found if fields is None else [place for place in found if place.name_of_field in fields]


def ratings_missing(month: Month) -> dict[str, int]:
    """Store → how many items of its people are not rated, as the month was worked out last: the checklist's count."""
    runs = Run.objects.filter(cycle__month=str(month), whole=True).exclude(kind=Run.Kind.RESTATED)
    # in one query, as the desk asks at each showing
    rows = StoreSums.objects.filter(run__in=runs.order_by("-id").values("pk")[:1]).exclude(store=EVERY_STORE)
    return {row.store: sum(row.held.get(cause, 0) for cause in RATED) for row in rows}


def ratings_left(*, cycle: Cycle, user: User) -> list[Place]:
    """The ratings that wait for a user in a month, also those returned to them. A bonus is given or not, so nobody
    waits for it; a rating counts as given once any rater of its role gave it."""
    given = _roles_given(cycle)
    return [
        place
        for place in places(cycle=cycle, user=user)
        if place.returned
        or (
            place.item.kind == "rating"
            and not (place.rated or place.by_file_alone)
            and (place.result.employee_id, place.item.key, place.role) not in given
        )
    ]


def in_anothers_place(*, rated: str, rater: str, user: User) -> bool:
    """Whether a user would rate themselves as somebody else, whom they stand in for: that is never theirs to do."""
    return rated in Scope.of(user).own and rated != rater


def _acting(user: User) -> dict[str, Employee]:
    """Those in whose place a user rates: oneself, and those one stands in for today."""
    return {each.employee_id: each for each in Scope.of(user).acting}


def _to_rate(
    run: Run, raters: Raters, mine: Mapping[str, Employee], people: Collection[str] | None = None
) -> Iterable[Result]:
    """The assessed people of a run whom somebody of `mine` may have to rate, among some `people` or everybody."""
    charges = raters.charged(set(mine))
    wanted = Q(employee_id__in=raters.concerned(set(mine)))
    for charge in charges:
        wanted |= Q(store__in=charge.stores or ())
    # a duty for all stores: narrowing to the others would leave people out
    if any(charge.stores is None for charge in charges):
        wanted = Q()
    among = Q() if people is None else Q(employee_id__in=people)
    return run.results.filter(wanted, among).exclude(state="excluded").order_by("store", "employee_id")


def _levels(item: Item, names: Names) -> tuple[Level, ...]:
    looks = item.described or {}
    return tuple(
        Level(word, names.level_word(word), f"{points:f}", names.say(looks.get(word)), word in item.evidence)
        for word, points in (item.levels or {}).items()
    )


def _items(result: Result, names: Names) -> list[tuple[Item, str]]:
    card = names.scheme.scorecards.get(result.scorecard)
    rated = [item for item in card.items if item.kind != "metric"] if card else []
    return [(item, role) for item in rated for role in roles_of(item)]


def _given(
    cycle: Cycle, raters: Mapping[str, Employee], people: Collection[str] | None = None
) -> dict[tuple[str, str, int], Rating]:
    found = Rating.objects.filter(month=cycle.month, rater__in=raters.values())
    if people is not None:
        found = found.filter(employee__employee_id__in=people)
    found = found.select_related("employee", "by__employee", "rater")
    return {(rating.employee.employee_id, rating.item, rating.rater_id): rating for rating in found}


@dataclass(frozen=True)
class Waiting:
    """Somebody who has not given all ratings: how many of how many are missing, and whether nobody could give them."""

    rater: str
    name: str
    missing: int
    asked: int
    #: the button to remind them; none for who has no account
    offer: Offer | None = None

    @property
    def who(self) -> dict[str, str]:
        """The rater as the component for persons takes it."""
        return {"employee_id": self.rater, "name": self.name}


def waiting_raters(*, cycle: Cycle, user: User) -> list[Waiting]:
    """Who still has to rate in a month, most first, among the people whom the user oversees; what a file gave is given.

    A bonus is given or not, so nobody waits for it. A rating counts as given once any rater of its role gave it.
    """
    run = run_to_rate(month=cycle.month)
    if run is None:
        return []
    # the lines of everybody are large, and only the cards are asked here
    results = {
        each.employee_id: each for each in results_seen(run=run, user=user).exclude(state="excluded").defer(*OWN)
    }
    names, raters = names_of(run=run), Raters.of(run)
    filed = ratings_filed(month=cycle.at, scheme=names.scheme)
    given = _roles_given(cycle) | roles_filed(filed=filed, raters=raters)
    asked: Counter[str] = Counter()
    missing: Counter[str] = Counter()
    for employee_id, result in results.items():
        for item, role in _items(result, names):
            if item.kind != "rating":
                continue
            # of several who may rate in a role only the first is chased, as one rating is enough
            rater = next(iter(raters.named(result, item, role)), "")
            asked[rater] += 1
            missing[rater] += (employee_id, item.key, role) not in given
    people = dict(run.results.filter(employee_id__in=list(missing)).values_list("employee_id", "name"))
    late = {rater: n for rater, n in missing.items() if n}
    urging = Urging(
        f"ratings:{cycle.month}",
        (f"{cycle.month} 还有评分待您完成", f"{cycle.month}: ratings wait to be given by you"),
        reverse("settlements:ratings", args=[cycle.month]),
    )
    buttons = offers(by=user, people=late, urging=urging)
    found = [Waiting(rater, people.get(rater, rater), n, asked[rater], buttons.get(rater)) for rater, n in late.items()]
    return sorted(found, key=lambda each: (-each.missing, each.rater))


def _roles_given(cycle: Cycle) -> set[tuple[str, str, str]]:
    rated = Rating.standing.filter(month=cycle.month)
    return set(rated.values_list("employee__employee_id", "item", "role"))
