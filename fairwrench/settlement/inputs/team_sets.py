"""The shares of teams as their leaders confirmed them, cut where a member comes, goes or changes department."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.frames import empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.measure.team_shares import SHARE, SHARE_DIGITS, WHOLE, TeamShares
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_id

_SET = ["team", "month", "begin"]


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
