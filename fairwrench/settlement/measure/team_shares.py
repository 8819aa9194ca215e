"""What is booked on a team, split among its members by the shares that held on the row's day.

A cell whose person is a team becomes a cell a member, its integer times the member's share; all cells of such a
measure carry the decimals of a share more, so nothing is rounded and the members add up to the team. What no shares
hold for stays with the team: it counts for store and group and for nobody, and the members lack it.
"""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, field

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.inputs.team_names import MARK, team_id, team_of
from fairwrench.settlement.problem import Problem

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
_SET = ["team", "month", "begin"]


@dataclass(frozen=True)
class TeamShares:
    """`frame`: columns SHARE, each stretch of days with shares that add up to the whole. `members`: team, employee_id
    of everybody whom the sets of the newest month name, valid or not. `problems`: sets that do not hold, and why."""

    frame: pl.DataFrame = field(default_factory=lambda: empty(SHARE))
    members: pl.DataFrame = field(
        default_factory=lambda: pl.DataFrame(schema={"team": pl.String, "employee_id": pl.String})
    )
    problems: tuple[Problem, ...] = ()

    def stretches(self) -> pl.DataFrame:
        """employee_id (the team's), first, last, department (the stretch): as movers are asked of an engine."""
        once = self.frame.select("team", "first", "last", "place").unique(maintain_order=True)
        return once.select("first", "last", employee_id="team", department="place")

    def behind(self, people: pl.DataFrame) -> pl.DataFrame:
        """`people` (employee_id, unit) with each team in the places of its members, for what does not add up."""
        teams = self.frame.select("team", "employee_id").unique().join(people, on="employee_id")
        return pl.concat([people, teams.select("unit", employee_id="team").select(people.columns).unique()])


def team_shares(rows: pl.DataFrame | None, roster: pl.DataFrame, month: Month, *, months: int = 1) -> TeamShares:
    """The shares that hold on the days of some `months` that end with `month`, by the source's `rows` (month, store,
    team, begin, employee_id, share); those of earlier months tell who belongs to a team."""
    if rows is None or rows.is_empty():
        return TeamShares()
    named = _named(rows)
    found: list[Problem] = []
    sets = _whole(named.filter(pl.col("month") >= str(month.plus(1 - months))), str(month), found)
    counted = sets["month"].unique().sort()
    parts = [_held(sets.filter(pl.col("month") == at), slices(roster, Month.parse(at))) for at in counted]
    stretches = pl.concat([empty(SHARE), *(part.select(list(SHARE)) for part in parts)])
    sums = stretches.group_by("team", "place").agg(pl.col("share").sum())
    holds = sums.filter(pl.col("share") == WHOLE)
    found += _left(stretches.join(holds, on=["team", "place"], how="anti"), sets, str(month))
    newest = pl.col("month") == pl.col("month").max().over("team")
    members = named.filter(newest).select("team", "employee_id").drop_nulls().unique().sort(pl.all())
    frame = stretches.join(holds, on=["team", "place"], how="semi").sort("team", "first", "employee_id")
    return TeamShares(frame, members, tuple(found))


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """The sets as they were handed in: team (its id), month, begin, employee_id, share (thousandths), `told` (what the
    team is called)."""
    kind = rows.schema["share"]
    scale = kind.scale if isinstance(kind, pl.Decimal) else 0
    units = pl.col("share").to_physical().cast(pl.Int64) * 10 ** (SHARE_DIGITS - scale)
    teams = rows.select("store", "team").unique()
    ids = [team_id(store or "", team) for store, team in teams.iter_rows()]
    known = teams.with_columns(_team=pl.Series(ids, dtype=pl.String))
    named = rows.join(known, on=["store", "team"], nulls_equal=True, maintain_order="left")
    return named.select("month", "employee_id", "begin", team="_team", share=units, told="team")


def _whole(named: pl.DataFrame, month: str, found: list[Problem]) -> pl.DataFrame:
    """The sets with `last`, the day before the next one begins; `holds` says whether they add up to the whole."""
    within = pl.col("begin").dt.to_string("%Y-%m") == pl.col("month")
    sets = named.group_by(_SET, maintain_order=True).agg(
        pl.col("told").first(),
        total=pl.col("share").sum(),
        nobody=pl.col("employee_id").null_count() > 0,
        within=within.all(),
    )
    for row in sets.filter(pl.col("month") == month).sort("team", "begin").iter_rows(named=True):
        if problem := _unfit(row):
            found.append(problem)
    sets = sets.filter("within").sort(_SET)
    nexts = pl.col("begin").shift(-1).over("team", "month")
    end = (pl.col("month") + "-01").str.to_date().dt.month_end()
    last = pl.coalesce(nexts.dt.offset_by("-1d"), end)
    held = sets.with_columns(last=last).filter((pl.col("total") == WHOLE) & ~pl.col("nobody"))
    return named.drop("told").join(held.drop("total", "nobody", "within"), on=_SET)


def _unfit(row: dict[str, object]) -> Problem | None:
    """Why a set of shares does not hold."""
    team, begin = row["told"], row["begin"]
    if not row["within"]:
        zh = f"班组“{team}”的生效日期 {begin} 不在 {row['month']} 内，这一组份额没有采用"
        en = f"the shares of {team} for {row['month']} begin on {begin}, which is outside it; they do not hold"
        return Problem("team_shares_outside", zh, en, "warning", subject=str(team))
    if row["nobody"]:
        zh = f"班组“{team}”自 {begin} 起的份额里有人不在花名册上，这一组没有采用；请改正姓名或补入花名册"
        en = f"the shares of {team} from {begin} name somebody who is not on the roster; they do not hold"
        return Problem("team_shares_of_nobody", zh, en, "warning", subject=str(team))
    total = row["total"]
    assert isinstance(total, int)
    if total != WHOLE:
        shown = f"{total // WHOLE}.{total % WHOLE:03d}"
        zh = f"班组“{team}”自 {begin} 起的份额合计是 {shown}，应等于 1；这一组没有采用"
        en = f"the shares of {team} from {begin} add up to {shown} and not to 1; they do not hold"
        return Problem("team_shares_not_whole", zh, en, "warning", subject=str(team))
    return None


def _held(sets: pl.DataFrame, service: pl.DataFrame) -> pl.DataFrame:
    """The sets of one month cut where a member comes, goes or changes department; who is away then is left out."""
    posts = service.select("employee_id", "department", since="from", until="to")
    spans = sets.join(posts, on="employee_id", how="left").filter(
        (pl.col("since") <= pl.col("last")) & (pl.col("until") >= pl.col("begin"))
    )
    cuts = pl.concat(
        [
            sets.select("team", cut="begin"),
            spans.select("team", cut="since"),
            spans.select("team", cut=pl.col("until").dt.offset_by("1d")),
        ]
    ).unique()
    inside = sets.select("team", "begin", "last").unique().join(cuts, on="team")
    inside = inside.filter(pl.col("cut").is_between("begin", "last")).sort("team", "begin", "cut")
    nexts = pl.col("cut").shift(-1).over("team", "begin").dt.offset_by("-1d")
    stretches = inside.select("team", "begin", first="cut", end=pl.coalesce(nexts, "last"))
    there = stretches.join(spans, on=["team", "begin"])
    there = there.filter((pl.col("since") <= pl.col("first")) & (pl.col("until") >= pl.col("end")))
    place = pl.col("team") + "|" + pl.col("first").dt.to_string("%Y-%m-%d")
    return there.select("team", "first", "employee_id", "department", "share", last="end", place=place)


def _left(short: pl.DataFrame, sets: pl.DataFrame, month: str) -> list[Problem]:
    """Stretches of days in which members were not there, so that the others' shares are less than the whole."""
    told = sets.filter(pl.col("month") == month).select("team", told="told").unique()
    found = []
    ours = short.join(told, on="team").select("team", "told", "first", "last").unique()
    for _, team, first, last in ours.sort("team", "first").iter_rows():
        zh = f"班组“{team}”在 {first} 至 {last} 有成员不在职，份额不足 1，这几天没有采用；请自 {first} 起另交一组份额"
        en = f"a member of {team} was not in service from {first} to {last}, so its shares do not hold on these days; "
        found.append(Problem("team_member_away", zh, f"{en}hand in new ones from {first}", "warning", subject=team))
    return found


def shared_out(
    cells: pl.DataFrame, shares: TeamShares, alike: Mapping[str, Hashable]
) -> tuple[pl.DataFrame, frozenset[str]]:
    """Cells (columns CELL) with those of teams split among their members, and the keys of the measures that carry
    SHARE_DIGITS more for it. `alike`: key → what names the measure, several keys of one measure being scaled alike."""
    of_team = pl.col("person").str.starts_with(MARK).fill_null(False)
    hit = set(cells.filter(of_team)["key"].unique())
    if not hit:
        return cells, frozenset()
    measures = {alike[key] for key in hit}
    keys = frozenset(key for key, name in alike.items() if name in measures)
    scaled = pl.when(pl.col("key").is_in(list(keys))).then(pl.col("value") * WHOLE).otherwise("value")
    teams = cells.filter(of_team)
    split = shares.frame.select("place", "share", member="employee_id", home="department")
    taken = teams.join(split, left_on="department", right_on="place")
    members = taken.select(
        "key", "store", person="member", department="home", value=pl.col("value") * pl.col("share").cast(pl.Int128)
    )
    left = teams.filter(pl.col("department").is_null()).with_columns(scaled)
    return pl.concat([cells.filter(~of_team).with_columns(scaled), left, members]), keys


def unshared(cells: pl.DataFrame) -> pl.DataFrame:
    """key, store, person of the cells that were booked on a team and that no shares split."""
    return cells.filter(pl.col("person").str.starts_with(MARK).fill_null(False)).select("key", "store", "person")


def called(team: str) -> str:
    """What people call a team by its id."""
    place = team_of(team)
    return place[1] if place else team
