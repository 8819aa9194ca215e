"""Work that is booked on a team whose members' shares nobody confirmed, or confirmed so that they cannot hold."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.measure.team_shares import TEAM_SHARES
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_of


def doubtful_teams(found: MeasuredFacts) -> list[Problem]:
    """One problem for all teams of which something is left that no shares split, the month's apart from that of months
    before it; and one for each unfit set."""
    first = pl.coalesce(pl.col("first"), found.evidence.month.first)
    left = (
        found.cells.left.select("person", "place")
        .unique()
        .join(found.shares.open.select("place", "first"), on="place", how="left")
        .with_columns(month=first.dt.to_string("%Y-%m"))
    )
    now, earlier = (
        left.filter(pl.col("month") == str(found.evidence.month)),
        left.filter(pl.col("month") < str(found.evidence.month)),
    )
    problems = [_unshared(now, found)] if now.height else []
    problems += [_unshared_before(earlier, found)] if earlier.height else []
    return [*found.shares.problems, *problems]


def _unshared(left: pl.DataFrame, found: MeasuredFacts) -> Problem:
    called = [" ".join(place) for team in left["person"].unique().sort() if (place := team_of(team))]
    members = _members(left, found)
    zh = f"{len(called)} 个班组当月的工单没有可用的份额，只计入门店，不计入任何人：{_shown(called)}；"
    zh += "请班组长交“班组分配”" + (f"。在此之前 {members} 名成员的相关项目数据不全" if members else "")
    en = f"{number_of(len(called), 'team')} {agreeing(len(called), 'has', 'have')} work in the month that no shares "
    en += f"split, so it counts for the store alone: {_shown(called, ', ')}; the team leaders hand in team shares"
    en += f", until then the items of {number_of(members, 'member')} that read it are incomplete" if members else ""
    return Problem("team_unshared", zh, en, "warning", subject=TEAM_SHARES, details={"about": ", ".join(called)})


def _unshared_before(left: pl.DataFrame, found: MeasuredFacts) -> Problem:
    """What counts in the month and was done in a month before it, of which there are no shares."""
    rows = left.select("month", "person").unique().sort("month", "person").iter_rows()
    called = [" ".join((month, *place)) for month, team in rows if (place := team_of(team))]
    members = _members(left, found)
    zh = f"当月计入的数据里，班组以前月份的工单没有那个月可用的份额，只计入门店，不计入任何人：{_shown(called)}；"
    zh += "请补交那个月的“班组分配”" + (f"。在此之前 {members} 名成员的相关项目数据不全" if members else "")
    en = "what counts in the month has work of teams in earlier months that no shares of these months split, so it "
    en += f"counts for the store alone: {_shown(called, ', ')}; the team leaders hand in the shares of those months"
    en += f", until then the items of {number_of(members, 'member')} that read it are incomplete" if members else ""
    return Problem("team_unshared_before", zh, en, "warning", subject=TEAM_SHARES, details={"about": ", ".join(called)})


def _members(left: pl.DataFrame, found: MeasuredFacts) -> int:
    return left.select("place").unique().join(found.shares.members, on="place")["employee_id"].n_unique()


def _shown(called: list[str], between: str = "、") -> str:
    return between.join(called[:5]) + ("…" if len(called) > 5 else "")
