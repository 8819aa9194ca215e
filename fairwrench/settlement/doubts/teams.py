"""Work that is booked on a team whose members' shares nobody confirmed, or confirmed so that they cannot hold."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.measure.team_shares import TEAM_SHARES, unshared
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_of


def doubtful_teams(found: MeasuredFacts) -> list[Problem]:
    """One problem for all teams of which something is left that no shares split, and one for each unfit set."""
    teams = unshared(found.cells.found)["person"].unique().sort().to_list()
    return [*found.shares.problems, *([_unshared(teams, found)] if teams else [])]


def _unshared(teams: list[str], found: MeasuredFacts) -> Problem:
    called = [" ".join(place) for team in teams if (place := team_of(team))]
    members = found.shares.members.filter(pl.col("team").is_in(teams))["employee_id"].n_unique()
    shown = "、".join(called[:5]) + ("…" if len(called) > 5 else "")
    zh = f"{len(called)} 个班组当月的工单没有可用的份额，只计入门店，不计入任何人：{shown}；"
    zh += "请班组长交“班组分配”" + (f"。在此之前 {members} 名成员的相关项目数据不全" if members else "")
    en = f"{number_of(len(called), 'team')} {agreeing(len(called), 'has', 'have')} work in the month that no shares "
    en += f"split, so it counts for the store alone: {', '.join(called[:5])}{'…' if len(called) > 5 else ''}; "
    en += "the team leaders hand in team shares"
    en += f", until then the items of {number_of(members, 'member')} that read it are incomplete" if members else ""
    return Problem("team_unshared", zh, en, "warning", subject=TEAM_SHARES, details={"about": ", ".join(called)})
