"""The team: its mean score so far, who is incomplete, what is still to be rated."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Count, Q, Sum
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.settlement.exact import half_up
from fairwrench.settlement.explain.explain import points
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.ratings.asked import ratings_asked
from fairwrench.web.settlements.selectors import latest_cycle, run_before, run_shown, team_seen
from fairwrench.web.ui.words import joined, pick
from fairwrench.web.work.home.figures import Figure, change_of

INCOMPLETE = "incomplete"


@dataclass(frozen=True)
class Team:
    """How many people of a team a run has, how many of them are incomplete, and their mean score."""

    people: int
    incomplete: int
    mean: int | None


def team_figures(user: User) -> Iterator[Figure]:
    """For who leads people or heads a department."""
    if not opens(user, "results.view_team"):
        return
    cycle = latest_cycle(user=user, people=lambda run: team_seen(run=run, user=user))
    run = run_shown(cycle=cycle, user=user) if cycle else None
    if cycle is not None and run is not None:
        run.cycle = cycle
        yield from _of_run(run, run_before(cycle=cycle, user=user), user)
    yield from _to_rate(user)


def _of_run(run: Run, earlier: Run | None, user: User) -> Iterator[Figure]:
    now, url = team_of(run=run, user=user), f"{reverse('settlements:team')}?month={run.cycle.month}"
    if not now.people:
        return
    before = team_of(run=earlier, user=user) if earlier else None
    since = earlier.cycle.month if earlier else ""
    live = run.kind == Run.Kind.LIVE
    title = pick("团队预计平均分", "Mean score it heads for") if live else pick("团队平均分", "Mean score of the team")
    change = change_of(now.mean, before.mean if before else None, shown=points, since=since)
    size = pick(f"{now.people} 人", number_of(now.people, "person", "people"))
    if now.mean is not None:
        yield Figure(title, points(now.mean), url, joined((run.cycle.month, size), "，"), change)
    yield Figure(
        pick("团队数据不全的人", "Team: people incomplete"),
        str(now.incomplete),
        f"{url}&state={INCOMPLETE}",
        pick(f"共 {now.people} 人", f"of {now.people}"),
    )


def team_of(*, run: Run, user: User) -> Team:
    """The team of a user as a run has it; one query."""
    told = team_seen(run=run, user=user).aggregate(
        people=Count("pk"),
        incomplete=Count("pk", filter=Q(state=INCOMPLETE)),
        scored=Count("heads_score"),
        added=Sum("heads_score"),
    )
    mean = half_up(told["added"], told["scored"]) if told["scored"] else None
    return Team(told["people"], told["incomplete"], mean)


def _to_rate(user: User) -> Iterator[Figure]:
    """The ratings that wait, as their to-do counts them; none while none are asked for."""
    asked = ratings_asked(user=user)
    if not asked:
        return
    left = sum(len(places) for _, places in asked)
    # the earliest month goes first, as its to-do does
    url = reverse("settlements:ratings", args=[asked[0][0].month])
    months = joined(cycle.month for cycle, _ in asked)
    yield Figure(pick("待评分", "To rate"), str(left), url, months)
