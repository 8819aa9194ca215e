"""What who confirms shares in somebody's place may not do: raise their own part, or put strangers into the team."""

from __future__ import annotations

from collections.abc import Iterator

from fairwrench.settlement.problem import Problem
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.selectors import Reach, Team
from fairwrench.web.teams.standing import share_text


def in_place(draft: Draft, team: Team, by: User) -> Iterator[Problem]:
    """Why a stand-in may not confirm shares: a part of theirs that is more than it was on that day, and people who are
    neither known members nor led. Nothing for who confirms them by right."""
    if _by_right(draft.store, team, set(draft.units), by):
        return
    held, known = team.held_at(draft.begin), _known(team) | Reach.of(by).led
    for who, _ in draft.parts:
        part = draft.units.get(who.employee_id, 0)
        had = held.parts.get(who.employee_id, 0) if held else 0
        if who.employee_id in Scope.of(by).own and part > had:
            zh = f"代理期间不能调高自己的份额（原为 {share_text(had)}）；请由人力资源或被代理人确认"
            en = f"a stand-in does not raise their own part of {share_text(had)}; HR or whom you stand in for does"
            yield Problem("member", zh, en, subject=who.employee_id)
        elif part and who.employee_id not in known:
            zh = f"{who.name} 不是这一组已知的成员，代理期间不能加入；请由人力资源或被代理人确认"
            en = f"{who.name} is no known member, and a stand-in adds nobody; HR or whom you stand in for does"
            yield Problem("member", zh, en, subject=who.employee_id)


def taken_back_in_place(team: Team, by: User) -> Iterator[Problem]:
    """Why a stand-in may not take shares back: those before, in which they have another part, would hold again."""
    if not _by_right(team.store, team, set(team.members), by) and _known(team) & Scope.of(by).own:
        zh = "您在这一组有份额，代理期间不能撤回；请由人力资源或被代理人撤回"
        en = "you have a part in it, and a stand-in does not take it back; HR or whom you stand in for does"
        yield Problem("own_part", zh, en)


def _by_right(store: str, team: Team, named: set[str], by: User) -> bool:
    return Reach.by_right(by).confirms(store, team.members or named)


def _known(team: Team) -> frozenset[str]:
    """Everybody who has a part in the month, or had one before it."""
    return team.members | frozenset(team.earlier.parts if team.earlier else ())
