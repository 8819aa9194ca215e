"""What is booked on a team, split among its members by the shares that held on the row's day.

A cell whose person is a team becomes a cell a member, its integer times the member's share; all cells of such a
measure carry the decimals of a share more, so nothing is rounded and the members add up to the team. What no shares
hold for stays with the team: it counts for store and group and for nobody, and those who could have a part lack it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import polars as pl

from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import MARK, team_of

#: the kind of file in which team leaders confirm them
TEAM_SHARES = "team_shares"
#: decimals of a share, as the column of the source has them
SHARE_DIGITS = 3
WHOLE = 10**SHARE_DIGITS
#: a member's share (thousandths) of a team between two days; `place` names the stretch, `department` is the member's
SHARE: Schema = {
    "team": pl.String,
    "first": pl.Date,
    "last": pl.Date,
    "place": pl.String,
    "employee_id": pl.String,
    "department": pl.String,
    "share": pl.Int64,
}
#: days of one month for which a team known by its shares has none that hold
OPEN: Schema = {"team": pl.String, "first": pl.Date, "last": pl.Date, "place": pl.String}
#: work that no shares split: of which stretch, null where nothing is known of the team
LEFT: Schema = {"key": pl.String, "store": pl.String, "person": pl.String, "place": pl.String}


@dataclass(frozen=True)
class TeamShares:
    """`frame`: columns SHARE, each stretch of days with shares that add up to the whole. `open`: columns OPEN, the
    others. `members`: place, employee_id of everybody who could have a part of one of these: named by the sets of its
    month, valid or not, or by those handed in last before it, and in the store on one of its days. `problems`: sets
    that do not hold, and why."""

    frame: pl.DataFrame = field(default_factory=lambda: empty(SHARE))
    open: pl.DataFrame = field(default_factory=lambda: empty(OPEN))
    members: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"place": pl.String, "employee_id": pl.String})
    )
    problems: tuple[Problem, ...] = ()

    def stretches(self) -> pl.DataFrame:
        """employee_id (the team's), first, last, department (the stretch): as movers are asked of an engine."""
        once = self.frame.select(list(OPEN)).unique(maintain_order=True)
        both = pl.concat([once, self.open.select(list(OPEN))])
        return both.select("first", "last", employee_id="team", department="place")

    def behind(self, people: pl.DataFrame) -> pl.DataFrame:
        """`people` (employee_id, unit) with each team where its members are, for what does not add up."""
        held = self.frame.filter(pl.col("share") > 0)
        teams = held.select("team", "employee_id").unique().join(people, on="employee_id")
        return pl.concat([people, teams.select("unit", employee_id="team").select(people.columns).unique()])


def shared_out(
    cells: pl.DataFrame, shares: TeamShares, alike: Mapping[str, Hashable]
) -> tuple[pl.DataFrame, frozenset[str], pl.DataFrame]:
    """Cells (columns CELL) with those of teams split among their members, the keys of the measures that carry
    SHARE_DIGITS more for it, and what was left with the teams (columns LEFT). `alike`: key → what names the
    measure, several keys of one measure being scaled alike."""
    of_team = pl.col("person").str.starts_with(MARK).fill_null(False)
    hit = set(cells.filter(of_team)["key"].unique())
    if not hit:
        return cells, frozenset(), empty(LEFT)
    measures = {alike[key] for key in hit}
    keys = frozenset(key for key, name in alike.items() if name in measures)
    scaled = pl.when(pl.col("key").is_in(list(keys))).then(pl.col("value") * WHOLE).otherwise("value")
    teams = cells.filter(of_team)
    split = shares.frame.select("place", "share", member="employee_id", home="department")
    taken = teams.join(split, left_on="department", right_on="place")
    members = taken.select(
        "key", "store", person="member", department="home", value=pl.col("value") * pl.col("share").cast(pl.Int128)
    )
    left = teams.join(split, left_on="department", right_on="place", how="anti").with_columns(scaled)
    # Days without shares are no department of the store.
    homeless = left.with_columns(department=pl.lit(None, pl.String))
    found = pl.concat([cells.filter(~of_team).with_columns(scaled), homeless, members])
    return found, keys, left.select("key", "store", "person", place="department")


def called(team: str) -> str:
    """What people call a team by its id."""
    place = team_of(team)
    return place[1] if place else team
