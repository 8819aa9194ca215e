"""Teams and their shares as pages show them: with names, who confirmed them, and what one may do."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.team_names import team_name
from fairwrench.web.access.models import User
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.teams.confirming.services import last_of
from fairwrench.web.teams.pages.forms import FREE, Line, SharesForm
from fairwrench.web.teams.selectors import Reach, Team, assignments_of, cycle_at, days_there, takes_shares, teams_of
from fairwrench.web.teams.standing import Standing, share_text
from fairwrench.web.ui.words import pick


@dataclass(frozen=True)
class ShownSet:
    """The shares of a team from a day on, to be read: `members` by name, the greatest first; `source` says whence."""

    store: str
    team: str
    begin: date
    members: Sequence[tuple[str, str]]
    total: str
    whole: bool
    source: str
    at: datetime | None
    #: what the buttons of it send, empty where it was not confirmed here
    seen: str
    here: bool
    waits: bool
    url: str


@dataclass(frozen=True)
class ShownTeam:
    """A team of a month, to be read. `before`: the shares of an earlier month, while it has none of its own."""

    team: Team
    sets: Sequence[ShownSet]
    before: ShownSet | None
    url: str
    #: members whose last day of service lies in the month
    leaving: Sequence[tuple[str, date]]


def names_of(ids: Iterable[str]) -> dict[str, Employee]:
    """People by employee id; one query for all."""
    return {each.employee_id: each for each in Employee.objects.filter(employee_id__in=set(ids))}


def set_url(month: str, **told: Any) -> str:
    """The address of the form of a team's shares."""
    query = urlencode({name: value for name, value in told.items() if value})
    return f"{reverse('teams:set', args=[month])}{'?' if query else ''}{query}"


def shown_teams(teams: Sequence[Team], month: Month) -> list[ShownTeam]:
    """Teams as the page of a month lists them."""
    people = names_of(who for team in teams for who in team.members)
    return [
        ShownTeam(
            team,
            [_shown(each, people) for each in team.sets],
            _shown(team.before, people) if team.before else None,
            set_url(str(month), store=team.store, team=team.name),
            [(each.name, each.left_on) for each in _leaving(team, people, month) if each.left_on],
        )
        for team in teams
    ]


def shown_sets(sets: Sequence[Standing]) -> list[ShownSet]:
    """Sets as their members read them."""
    people = names_of(who for each in sets for who in each.parts)
    return [_shown(each, people) for each in sets]


def _leaving(team: Team, people: Mapping[str, Employee], month: Month) -> list[Employee]:
    """Members whose shares go on beyond their last day, which lies in the month before its last."""
    newest = team.sets[-1] if team.sets else team.before
    going = newest.parts if newest else {}
    found = (each for who in sorted(going) if (each := people.get(who)) is not None)
    return [each for each in found if each.left_on and month.first <= each.left_on < month.last]


def _shown(found: Standing, people: Mapping[str, Employee]) -> ShownSet:
    ordered = sorted(found.parts.items(), key=lambda part: (-part[1], part[0]))
    row = found.row
    return ShownSet(
        store=found.store,
        team=found.team,
        begin=found.begin,
        members=[(str(people[who].name) if who in people else who, share_text(share)) for who, share in ordered],
        total=share_text(found.total),
        whole=found.whole,
        source=str(row.by.employee or row.by.get_username())
        if row and row.by
        else ""
        if row
        else pick("文件", "a file"),
        at=row.at if row else None,
        seen=found.seen,
        here=row is not None,
        waits=found.waits,
        url=set_url(found.month, store=found.store, team=found.team, begin=found.begin),
    )


@dataclass(frozen=True)
class SetPage:
    """What the form of one team's shares stands on. `known`: somebody named the team before, so that its name and store
    are not asked for."""

    user: User
    month: Month
    cycle: Cycle | None
    stores: Sequence[str]
    team: Team
    begin: date
    #: of its members
    assignments: Sequence[Assignment]
    standing: Standing | None
    #: the shares that are proposed where none stand from that day
    proposed: Standing | None

    @property
    def people(self) -> dict[str, Employee]:
        """Its members by employee id."""
        return {each.employee.employee_id: each.employee for each in self.assignments}

    @property
    def known(self) -> bool:
        """Whether anybody named the team before."""
        return bool(self.team.members) or self.team.unshared

    @property
    def allowed(self) -> bool:
        """Whether the user confirms its shares."""
        return not self.known or self.team.confirms

    @property
    def open(self) -> bool:
        """Whether shares of the month may be confirmed."""
        return takes_shares(month=self.month, cycle=self.cycle)

    @property
    def carried(self) -> bool:
        """Whether what stands there at first is an earlier month's."""
        return self.standing is None and self.proposed is not None and self.proposed.month != str(self.month)

    @property
    def last(self) -> date:
        """The last day on which the shares hold."""
        return last_of(self.team, self.begin, self.month)

    @property
    def leaving(self) -> list[tuple[str, date, str]]:
        """Members who are there, but not to the last day: their name, their last day, and the address of a set from
        the day after."""
        people, shown = self.people, self.standing or self.proposed
        parts = shown.parts if shown else {}
        there = days_there(self.assignments, store=self.team.store, first=self.begin, last=self.last)
        gone = sorted((until, who) for who, (_, until) in there.items() if who in parts and until < self.last)
        return [
            (people[who].name, until, self.url(until + timedelta(days=1))) for until, who in gone
        ]  # fmt: skip

    def url(self, begin: date) -> str:
        """The address of the form of the same team from a day on."""
        return set_url(str(self.month), store=self.team.store, team=self.team.name, begin=begin)

    @property
    def lines(self) -> list[Line]:
        """The lines as they stand at first."""
        shown = self.standing or self.proposed
        parts = sorted(shown.parts.items(), key=lambda part: (-part[1], part[0])) if shown else []
        people = self.people
        found = [Line(people.get(who, who), share_text(share)) for who, share in parts]
        return [*found, *[Line()] * FREE]

    def form(self, *given: Any, lines: Sequence[Line], **options: Any) -> SharesForm:
        """The form, with some lines."""
        besides = [*self.people.values()]
        return SharesForm(*given, user=self.user, stores=self.stores, besides=besides, lines=lines, **options)

    @property
    def initial(self) -> dict[str, Any]:
        """What stands in the other fields at first."""
        store = self.team.store or (self.stores[0] if len(self.stores) == 1 else "")
        seen = self.standing.seen if self.standing else ""
        return {"store": store, "team": self.team.name, "begin": self.begin, "seen": seen, "shown": self.begin}


def set_page(*, user: User, month: Month, store: str, name: str, begin: date | None) -> SetPage:
    """The page of a team's shares from a day on, the first of the month where none is named."""
    cycle, reach = cycle_at(month=month), Reach.of(user)
    key = (store, team_name(name))
    team = next((each for each in teams_of(month=month, cycle=cycle) if (each.store, each.name) == key), Team(*key))
    team = Team(**{**vars(team), "confirms": reach.confirms(team.store, team.members)})
    day = begin if begin and Month.of(begin) == month else team.sets[0].begin if team.sets else month.first
    earlier = [each for each in team.sets if each.begin < day]
    return SetPage(
        user=user,
        month=month,
        cycle=cycle,
        stores=reach.stores(),
        team=team,
        begin=day,
        assignments=assignments_of(members=team.members) if team.members else (),
        standing=next((each for each in team.sets if each.begin == day), None),
        proposed=earlier[-1] if earlier else team.before,
    )
