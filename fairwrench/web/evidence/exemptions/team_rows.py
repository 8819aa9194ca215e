"""Rows booked on a team: its members' as much as a row of their own is, for who leads them and for who decides."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.team_names import team_id, team_of
from fairwrench.web.ui.declarations import declared

#: months before the one asked about whose shares tell who belongs to a team, too
BEFORE = 3


@dataclass(frozen=True)
class TeamMembers:
    """How the app that keeps shares tells who has, or had, a part in the teams of some months: store and team (in one
    spelling) → employee ids."""

    of_months: Callable[[Sequence[Month]], Mapping[tuple[str, str], Collection[str]]]


def members_by_team(month: Month, look_back: int = 0) -> dict[str, frozenset[str]]:
    """What stands for a team in a column of people → the employee ids of its known members."""
    months = list(Month.range(month.plus(-max(BEFORE, look_back)), month))
    found: dict[str, frozenset[str]] = {}
    for told in declared(TeamMembers):
        for (store, name), people in told.of_months(months).items():
            key = team_id(store, name)
            found[key] = found.get(key, frozenset()) | frozenset(people)
    return found


def teams_of(people: Collection[str], month: Month, look_back: int = 0) -> list[str]:
    """What stands in a column of people for the teams to which some of them belong."""
    return sorted(team for team, who in members_by_team(month, look_back).items() if not who.isdisjoint(people))


def with_members(credited: Iterable[str], month: Month, look_back: int = 0) -> list[str]:
    """Those whose figures a row is in, of a team its members besides."""
    found = set(credited)
    if any(team_of(each) for each in found):
        known = members_by_team(month, look_back)
        found |= {who for each in found for who in known.get(each, ())}
    return sorted(found)


def in_figures_of(employee_id: str, credited: Collection[str], month: Month) -> bool:
    """Whether a row is in somebody's figures, as known when it was asked for, or by a share that they got since."""
    return employee_id in credited or employee_id in with_members(credited, month)
