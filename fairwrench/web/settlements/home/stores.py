"""The stores: how much of its target the output has reached, the mean score, and grades against what is expected."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any

from django.urls import reverse

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.explain.explain import points
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.scope import Scope
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.settlements.runs.run_reader import Indicator, indicators_of, shown_mean
from fairwrench.web.settlements.selectors import latest_cycle, names_of, run_before, run_shown
from fairwrench.web.settlements.stores.store_rows import COLUMN, units_of
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.home.figures import Figure, Share, change_of

Role = Grant.Role
#: the output of a store, where a scheme has it; else its first amount with a target stands there
OUTPUT = "output"


def stores_figures(user: User) -> Iterator[Figure]:
    """For general managers and their assistants."""
    if not Scope.of(user).has(Role.GENERAL_MANAGER, Role.GM_ASSISTANT):
        return
    cycle = latest_cycle(user=user)
    run = run_shown(cycle=cycle, user=user) if cycle else None
    if cycle is None or run is None:
        return
    run.cycle = cycle
    extent, earlier = Extent.of(user), run_before(cycle=cycle, user=user)
    yield from _output(run, earlier, extent)
    yield from _scores(run, earlier, extent)


def _output(run: Run, earlier: Run | None, extent: Extent) -> Iterator[Figure]:
    scheme = names_of(run=run).scheme
    amounts = [key for key, each in scheme.metrics.items() if each.unit == "money" and each.denominator is None]
    found = {each.metric: reached(each) for each in indicators_of(run=run, stores=extent.stores, metrics=amounts)}
    known = {metric: percent for metric, percent in found.items() if percent is not None}
    metric = OUTPUT if OUTPUT in known else next(iter(known), None)
    if metric is None:
        return
    before = None
    if earlier is not None:
        then = indicators_of(run=earlier, stores=extent.stores, metrics=[metric])
        before = reached(then[0]) if then else None
    name = names_of(run=run).metric(metric)
    since = earlier.cycle.month if earlier else ""
    change = change_of(known[metric], before, shown=lambda step: f"{step}%", since=since)
    url = f"{reverse('settlements:stores')}?month={run.cycle.month}&sort=-{COLUMN}{metric}"
    yield Figure(pick(f"{name}达成", f"{name} reached"), f"{known[metric]}%", url, run.cycle.month, change)


def reached(indicator: Indicator) -> int | None:
    """How much of their targets some stores have reached together, in whole percent, rounded half up; None where none
    has a target and a figure."""
    # a store without either would count on one side alone
    pairs = [(units_of(each), each["target"]) for each in indicator.stores.values() if each["target"]]
    known = [(value, target) for value, target in pairs if value is not None]
    return half_up(100 * sum(value for value, _ in known), sum(target for _, target in known)) if known else None


def _scores(run: Run, earlier: Run | None, extent: Extent) -> Iterator[Figure]:
    sums = extent.sums(run)
    if sums is None or not sums["people"]:
        return
    before = extent.sums(earlier) if earlier else None
    since = earlier.cycle.month if earlier else ""
    change = change_of(sums["mean"], before["mean"] if before else None, shown=points, since=since)
    live, month = run.kind == Run.Kind.LIVE, run.cycle.month
    title = pick("预计平均分", "Mean score it heads for") if live else pick("平均分", "Mean score")
    size = pick(f"{sums['people']} 人", f"{sums['people']:,} people")
    url = f"{reverse('settlements:stores')}?month={month}"
    yield Figure(title, shown_mean(sums["mean"]) or "—", url, joined((month, size), "，"), change)
    if shares := shares_of(sums, names_of(run=run)):
        title = pick("预计等级分布", "Grades it heads for") if live else pick("等级分布", "Grades")
        note = pick("横线为制度比例", "the lines are the expected shares")
        yield Figure(title, "", reverse("settlements:month", args=[month]), note, shares=shares)


def shares_of(sums: Mapping[str, Any], names: Names) -> tuple[Share, ...]:
    """The grades of some people as shares of those who have one; empty where nobody has."""
    graded = sum(sums["grades"].values())
    bands = names.scheme.bands.grades
    if not graded:
        return ()
    told = [
        (grade, names.tone(grade), sums["grades"].get(grade, 0), half_up(100 * sums["grades"].get(grade, 0), graded))
        for grade in bands
    ]
    expected = [int(band.share) for band in bands.values()]
    largest = max(*(share for *_, share in told), *expected, 1)
    return tuple(Share(*each, share, largest) for each, share in zip(told, expected, strict=True))
