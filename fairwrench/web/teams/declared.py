"""What teams hand on to apps before them: to-dos, whom their landing concerns, what is kept of a person."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from uuid import UUID

import rules
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opens
from fairwrench.web.access.targets import OfStore
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Employee
from fairwrench.web.teams.models import TeamSet
from fairwrench.web.teams.selectors import confirmed_by, stores_led, waiting_of
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.todos import ToDo
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, Problems


@rules.predicate
def leads_there(user: User, about: OfStore) -> bool:
    """Whether somebody whom the user leads, directly or over one, works in a store."""
    return about.name in stores_led(user=user)


def todos_of(user: User) -> Iterator[ToDo]:
    """Teams whose shares of a month wait to be confirmed."""
    if not opens(user, "teams.confirm"):
        return
    for cycle in Cycle.objects.filter(state=Cycle.State.OPEN).order_by("month"):
        count = len(waiting_of(user=user, month=Month.parse(cycle.month), cycle=cycle))
        if count:
            zh = f"{count} 个班组 {cycle.month} 的分配待确认"
            en = f"the shares of {number_of(count, 'team')} for {cycle.month} {agreeing(count, 'wait', 'wait')} for you"
            url, month = f"{reverse('teams:list')}?month={cycle.month}&state=waiting", Month.parse(cycle.month)
            yield ToDo((zh, en), url, "adjustments", confirmed_by(month=month), ("去确认", "Confirm"))


def _set(job: Job) -> TeamSet | None:
    return TeamSet.objects.filter(pk=job.arguments["set_id"]).first()


def _confirms(job: Job, user: User) -> bool:
    row = _set(job)
    return row is not None and may(user, "teams.confirm", about=OfStore(row.store))


def _told(job: Job, user: User) -> Problems:
    return list(job.problems) if _confirms(job, user) else []


def _named(jobs: Sequence[Job], user: User) -> Mapping[UUID, About]:
    """The teams whose shares jobs land, for who confirms them."""
    asked = {job.pk: job.arguments.get("set_id") for job in jobs}
    rows = {row.pk: row for row in TeamSet.objects.filter(pk__in=asked.values())}
    return {
        job: About(str(row), f"{reverse('teams:list')}?month={row.month}")
        for job, pk in asked.items()
        if (row := rows.get(pk or 0)) and may(user, "teams.confirm", about=OfStore(row.store))
    }


OF_SET = Access(_confirms, _confirms, _told, ("班组分配导入", "Landing shares of a team"), _named)


def history_of(employee: Employee) -> list[Words]:
    """Whether a person has a share that was confirmed here."""
    held = TeamSet.objects.filter(parts__has_key=employee.employee_id)
    return [("班组分配", "shares of teams")] if held.exists() else []
