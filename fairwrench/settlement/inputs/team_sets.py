"""The shares of teams as their leaders confirmed them, cut where a member comes, goes or moves."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.measure.team_shares import OPEN, SHARE, SHARE_DIGITS, WHOLE, TeamShares
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_id

_SET = ["team", "month", "begin"]
_POST = {"employee_id": pl.String, "store": pl.String, "since": pl.Date, "until": pl.Date}


def team_shares(rows: pl.DataFrame | None, roster: pl.DataFrame, month: Month, *, months: int = 1) -> TeamShares:
    """The shares that hold on the days of some `months` that end with `month`, by the source's `rows` (month, store,
    team, begin, employee_id, share); those of earlier months tell who belongs to a team."""
    if rows is None or rows.is_empty():
        return TeamShares()
    named = _named(rows)
    found: list[Problem] = []
    sets = _whole(named.filter(pl.col("month") >= str(month.plus(1 - months))), str(month), found)
    wanted = [str(at) for at in Month.range(month.plus(1 - months), month)]
    posts = {at: slices(roster, Month.parse(at)) for at in wanted}
    parts = [_held(sets.filter(pl.col("month") == at), posts[at]) for at in sets["month"].unique().sort()]
    stretches = pl.concat([empty(SHARE), *(held.select(list(SHARE)) for held, _ in parts)])
    sums = stretches.group_by("team", "place").agg(pl.col("share").sum())
    holds = sums.filter(pl.col("share") == WHOLE)
    for at, (_, missing) in zip(sets["month"].unique().sort(), parts, strict=True):
        found += _left(missing, named) if at == str(month) else []
    frame = stretches.join(holds, on=["team", "place"], how="semi").sort("team", "first", "employee_id")
    without = _open(frame, named, wanted)
    return TeamShares(frame, without, _could_have_a_part(without, named, posts), tuple(found))


def _named(rows: pl.DataFrame) -> pl.DataFrame:
    """The sets as they were handed in: team (its id), store, month, begin, employee_id, share (thousandths), `told`
    (what the team is called)."""
    kind = rows.schema["share"]
    scale = kind.scale if isinstance(kind, pl.Decimal) else 0
    units = pl.col("share").to_physical().cast(pl.Int64) * 10 ** (SHARE_DIGITS - scale)
    teams = rows.select("store", "team").unique()
    ids = [team_id(store or "", team) for store, team in teams.iter_rows()]
    known = teams.with_columns(_team=pl.Series(ids, dtype=pl.String))
    named = rows.join(known, on=["store", "team"], nulls_equal=True, maintain_order="left")
    return named.select("month", "store", "employee_id", "begin", team="_team", share=units, told="team")


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


def _held(sets: pl.DataFrame, service: pl.DataFrame) -> tuple[pl.DataFrame, pl.DataFrame]:
    """The sets of one month cut where a member comes, goes, or changes store or department, each stretch with those who
    were in the team's store then; and the members who were not: team, employee_id, first, last, elsewhere."""
    posts = service.select("employee_id", "department", post="store", since="from", until="to")
    there_then = (pl.col("since") <= pl.col("last")) & (pl.col("until") >= pl.col("begin"))
    spans = sets.join(posts, on="employee_id", how="left").filter(there_then)
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
    within = (pl.col("since") <= pl.col("first")) & (pl.col("until") >= pl.col("end"))
    serving = stretches.join(spans, on=["team", "begin"]).filter(within)
    # Whoever has gone to another store takes no part of what this one's team does from then on.
    there = serving.filter(pl.col("post") == pl.col("store"))
    place = pl.col("team") + "|" + pl.col("first").dt.to_string("%Y-%m-%d")
    held = there.select("team", "first", "employee_id", "department", "share", last="end", place=place)
    asked = stretches.join(sets.filter(pl.col("share") > 0).drop("last"), on=["team", "begin"])
    gone = asked.join(there, on=["team", "first", "employee_id"], how="anti")
    now = serving.select("team", "first", "employee_id", elsewhere="post")
    missing = gone.join(now, on=["team", "first", "employee_id"], how="left")
    return held, missing.select("team", "employee_id", "first", "elsewhere", "store", last="end")


def _left(missing: pl.DataFrame, named: pl.DataFrame) -> list[Problem]:
    """Stretches of days in which members were not there, so that the others' shares are less than the whole."""
    told = named.select("team", "told").unique("team", keep="last", maintain_order=True)
    found = []
    rows = missing.join(told, on="team").sort("team", "first", "employee_id")
    for (_, first, last), members in rows.group_by("team", "first", "last", maintain_order=True):
        moved = members.drop_nulls("elsewhere")
        told_of = _away if moved.is_empty() else _elsewhere
        found.append(told_of(members, f"{first}", f"{last}"))
    return found


def _away(members: pl.DataFrame, first: str, last: str) -> Problem:
    team = members["told"][0]
    zh = f"班组“{team}”在 {first} 至 {last} 有成员不在职，份额不足 1，这几天没有采用；请自 {first} 起另交一组份额"
    en = f"a member of {team} was not in service from {first} to {last}, so its shares do not hold on these days; "
    return Problem("team_member_away", zh, f"{en}hand in new ones from {first}", "warning", subject=team)


def _elsewhere(members: pl.DataFrame, first: str, last: str) -> Problem:
    team, store = members["told"][0], members["store"][0]
    moved = list(members.drop_nulls("elsewhere").select("employee_id", "elsewhere").iter_rows())
    people = "、".join(f"{who}（{post}）" for who, post in moved)
    there = ", ".join(f"{who} ({post})" for who, post in moved)
    zh = f"班组“{team}”在 {first} 至 {last} 有成员属于别的门店：{people}，不在{store}，"
    zh += f"份额不足 1，这几天没有采用；请自 {first} 起另交一组份额"
    en = f"members of {team} were in another store than {store} from {first} to {last}: {there}, so its shares "
    en += f"do not hold on these days; hand in new ones from {first}"
    return Problem("team_member_elsewhere", zh, en, "warning", subject=team)


def _open(frame: pl.DataFrame, named: pl.DataFrame, months: list[str]) -> pl.DataFrame:
    """The days of some months (columns OPEN) for which a team that ever handed shares in has none that hold."""
    spans = [(month.first, month.last) for month in map(Month.parse, months)]
    days = pl.concat([pl.select(day=pl.date_range(first, last)) for first, last in spans])
    held = frame.select("team", day=pl.date_ranges("first", "last")).explode("day").unique()
    none = named.select("team").unique().join(days, how="cross").join(held, on=["team", "day"], how="anti")
    none = none.sort("team", "day").with_columns(month=pl.col("day").dt.to_string("%Y-%m"))
    # A new stretch where a day in between has shares; a month is one of its own, as shares are.
    breaks = pl.col("day").dt.offset_by("-1d") != pl.col("day").shift(1)
    runs = none.with_columns(run=breaks.fill_null(value=True).cum_sum().over("team", "month"))
    spans_ = runs.group_by("team", "month", "run").agg(first=pl.col("day").min(), last=pl.col("day").max())
    place = pl.col("team") + "|" + pl.col("first").dt.to_string("%Y-%m-%d")
    return spans_.with_columns(place=place).select(list(OPEN)).sort("team", "first")


def _could_have_a_part(without: pl.DataFrame, named: pl.DataFrame, posts: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """place, employee_id: whose part of a team's work is not known, in each of the stretches without shares."""
    sets = named.select("team", told="month").unique()
    stretches = without.with_columns(month=pl.col("first").dt.to_string("%Y-%m"))
    # By the sets of that month, valid or not; where it has none, by those handed in last before it.
    newest = stretches.join(sets, on="team").filter(pl.col("told") <= pl.col("month"))
    newest = newest.group_by("team", "place", "first", "last", "month").agg(told=pl.col("told").max())
    members = named.filter(pl.col("share") > 0).select("team", "store", "employee_id", told="month").unique()
    service = pl.concat(
        [
            pl.DataFrame(schema=_POST),
            *(part.select("employee_id", "store", since="from", until="to") for part in posts.values()),
        ]
    )
    found = newest.join(members, on=["team", "told"]).join(service, on=["employee_id", "store"])
    there = (pl.col("since") <= pl.col("last")) & (pl.col("until") >= pl.col("first"))
    return found.filter(there).select("place", "employee_id").unique().sort(pl.all())
