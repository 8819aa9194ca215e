"""How far everybody is today: figures that add up over a month beside their target and the part of the month gone.

The figures are those of the latest run of the month, so that this page and everybody's own agree.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet

from fairwrench.report.figures import grouped
from fairwrench.report.naming import Names
from fairwrench.settlement.exact import VALUE_DIGITS
from fairwrench.settlement.words.metric_words import target_words, value_words
from fairwrench.settlement.words.wording import MISSING
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.predicates import FOLLOWERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import ledger_read
from fairwrench.web.org.days import today
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.person import Line, done_in_store
from fairwrench.web.settlements.runs.run_reader import indicators_of
from fairwrench.web.settlements.selectors import OWN, WHOLE
from fairwrench.web.settlements.stores.stores_seen import StoresSeen


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


def day_of(*, cycle: Cycle, store: str) -> Gone:
    """Where in its month a cycle is today, and up to when orders of a store have landed; a month that is over is wholly
    gone."""
    month, day = cycle.at, today()
    reached = month.days if day > month.last else 0 if day < month.first else day.day
    batches = [
        batch
        for batch in ledger_read().batches("repair_orders")
        if batch.period == cycle.month and store in batch.stores
    ]
    latest = max((batch.landed_at[:10] for batch in batches), default="")
    return Gone(month.days, reached, latest)


def latest_run(*, cycle: Cycle) -> Run | None:
    """The run that the page tells a month by: the latest, settled or so far, for work is no secret before it is
    published."""
    kinds = [Run.Kind.LIVE, Run.Kind.FINAL]
    run = cycle.runs.filter(whole=True, kind__in=kinds).defer(*WHOLE).order_by("-id").first()
    if run:
        run.cycle = cycle
    return run


def stores_to_choose(*, run: Run, user: User) -> list[str]:
    """The stores of which the user sees somebody, by name."""
    return list(people_seen(run=run, user=user).order_by("store").values_list("store", flat=True).distinct())


def own_store(*, run: Run, user: User, stores: list[str]) -> str:
    """Where the user works, if it is to be chosen, else the first store that is; empty when none is."""
    if len(stores) < 2:
        return stores[0] if stores else ""
    own = run.results.filter(employee_id__in=Scope.of(user).own, store__in=stores).values_list("store", flat=True)
    return own.first() or stores[0]


def daily_rows(*, run: Run, user: User, store: str, names: Names, gone: Gone) -> list[dict[str, Any]]:
    """By position: each person of a store with the figures that add up over the month."""
    people = list(people_seen(run=run, user=user).filter(store=store).exclude(state="excluded").defer(*OWN))
    ids = {result.employee_id for result in people}
    lines, work = done_in_store(run=run, store=store, people=ids)
    positions: dict[str, list[dict[str, Any]]] = {}
    for result in sorted(people, key=lambda result: (result.position, result.employee_id)):
        asked = lines.get(result.employee_id, [])
        figures = [*_aimed_at(asked, names, gone), *_done(asked, work.get(result.employee_id, {}), names)]
        if figures:
            positions.setdefault(result.position, []).append({"name": str(result), "figures": figures})
    return [{"position": names.position(key), "people": found} for key, found in positions.items()]


def _aimed_at(lines: Sequence[Line], names: Names, gone: Gone) -> list[dict[str, Any]]:
    return [_figure(line, names, gone) for line in lines if _adds_up(line, names)]


def _done(lines: Sequence[Line], work: Mapping[str, int], names: Names) -> list[dict[str, Any]]:
    """Work that is counted though no item of the card asks for it: it has no target."""
    asked = {line["item"] for line in lines}
    counted = [(key, n) for key, n in work.items() if key not in asked]
    return [{"name": names.metric(key), "value": grouped(n, 0), "known": True, "reached": None} for key, n in counted]


def store_rows(*, run: Run, user: User, store: str, names: Names, gone: Gone) -> list[dict[str, Any]]:
    """The store's own figures that add up and have a target; of who heads a department, those of its cards."""
    known = StoresSeen.of(user, *FOLLOWERS).metrics(scheme=names.scheme, stores=[store])
    rows = [(each.metric, each.stores.get(store)) for each in indicators_of(run=run, stores=[store], metrics=known)]
    return [
        _figure({**told, "item": key, "cause": None}, names, gone)
        for key, told in rows
        if told and _of_store(key, told, names)
    ]


def _of_store(key: str, told: dict[str, Any], names: Names) -> bool:
    metric = names.scheme.metrics.get(key)
    return bool(metric and metric.denominator is None and told["target"] and told["handed_in"])


def people_seen(*, run: Run, user: User) -> QuerySet[Result]:
    """Those one leads, the people of departments one heads, and everybody of the stores of one's role; who dispatches
    sees work, not pay."""
    scope = Scope.of(user)
    mine = Q(employee_id__in=scope.led | scope.led_next) | scope.headed(store="store", department="department")
    if not scope.has(*FOLLOWERS):
        return run.results.filter(mine)
    stores = scope.stores(*FOLLOWERS)
    return run.results.all() if stores is None else run.results.filter(mine | Q(store__in=stores))


def sees_store(*, user: User, store: str) -> bool:
    """Whether the figures of a whole store concern a user."""
    return may(user, "daily.view", about=OfStore(store))


def _adds_up(line: dict[str, Any], names: Names) -> bool:
    """Whether a line is a figure of the person's own that grows with the month; its target may not be set yet."""
    metric = names.scheme.metrics.get(line["item"])
    # a rate does not grow with the days, and a store's figure is no person's pace
    return bool(metric and metric.denominator is None and line["level"] == "person")


def _figure(line: dict[str, Any], names: Names, gone: Gone) -> dict[str, Any]:
    """One figure in words; what was not handed in is no figure, for nothing missing counts as zero."""
    metric, currency = names.scheme.metrics[line["item"]], names.scheme.currency
    n, d, target = (line[name] for name in ("n", "d", "target"))
    known = line["cause"] not in MISSING and n is not None
    # n ÷ d over the target (10^-6) in whole percent, rounded down as `Gone.percent` is: they are compared
    reached = n * 10**VALUE_DIGITS * 100 // (d * target) if known and n is not None and d and target else None
    return {
        "name": names.item(line["item"]),
        "known": known,
        # handed in, and counted for nobody yet: told to hand it in, nobody would look at the shares
        "unshared": line["cause"] == "not_shared",
        "value": names.say(value_words(n, d, metric, currency, beside=(target,))),
        "target": names.say(target_words(target, metric, currency, beside=(n, d))) if target is not None else "",
        "reached": reached,
        "behind": reached is not None and reached < gone.percent,
    }
