"""The stages of a settlement that join people with what was found about them."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.case import Case
from fairwrench.settlement.doubts.ineffective_decisions import in_range
from fairwrench.settlement.grade.grade import force, grade_expr
from fairwrench.settlement.grade.standing import stand_all
from fairwrench.settlement.inputs import recorded_inputs
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.inputs.fines import taken
from fairwrench.settlement.inputs.recorded_inputs import Recorded
from fairwrench.settlement.inputs.reporting_lines import superiors
from fairwrench.settlement.inputs.team_sets import team_shares
from fairwrench.settlement.measure.absent import absent_columns
from fairwrench.settlement.measure.measure import Engine, Evidence, Placed, measures_of, plan, run
from fairwrench.settlement.measure.rowless import subjects_with_rows
from fairwrench.settlement.measure.team_shares import TEAM_SHARES, TeamShares
from fairwrench.settlement.measure.values import MeasuredFacts
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.score.rating import with_roles


def without_excluded(people: pl.DataFrame, said: Recorded, month: Month) -> pl.DataFrame:
    """People whom a decision leaves out of the month carry its reason."""
    out = said.decided(str(month), "exclude").select("employee_id", why=pl.lit("decision")).unique()
    joined = people.join(out, on="employee_id", how="left", maintain_order="left")
    return joined.with_columns(reason=pl.coalesce("reason", "why")).drop("why")


def measured(case: Case, evidence: Evidence, engine: Engine, people: pl.DataFrame, said: Recorded) -> MeasuredFacts:
    """Run the measures and gather everything that lines are scored from."""
    asked = plan(case.scheme, case.sources, {metric for _, metric in evidence.exempted})
    teams = leaders(people)
    shares = shares_of(engine, evidence, case.roster, case.scheme)
    placed = Placed(homes(people, case.roster), movers(case.roster, people, evidence.month), teams, shares)
    cells = run(asked, engine, evidence, placed)
    above = superiors(people).rename({"line_manager": "manager_id", "next_level": "next_level_id"})
    decided = said.decided(str(evidence.month), "appeal_points", "calibrated_points")
    # Points beyond the form's maximum change nothing; `unheeded` tells whoever decided them.
    decided = decided.filter(in_range(pl.col("value"), case.scheme))
    every = [measure for _, _, measure in measures_of(case.scheme)]
    return MeasuredFacts(
        scheme=case.scheme,
        plan=asked,
        cells=cells,
        evidence=evidence,
        dialect=engine.dialect,
        teams=teams,
        homes=placed.homes,
        targets=said.targets,
        ratings=with_roles(said.ratings, above),
        decided=decided.select("employee_id", "item", points="value").unique(["employee_id", "item"], keep="last"),
        absent=absent_columns(every, engine, evidence),
        with_rows=subjects_with_rows(every, engine, evidence),
        shares=shares,
    )


def shares_of(engine: Engine, evidence: Evidence, roster: pl.DataFrame, scheme: Scheme) -> TeamShares:
    """What each member of a team gets, as it was confirmed for the month and, for measures over several, before it."""
    sealed = evidence.sources.get(TEAM_SHARES)
    # A store's own kind of file of that name may be another thing.
    if sealed is None or not {"month", "team", "begin", "employee_id", "share"} <= {*sealed.source.columns}:
        return TeamShares()
    # What matured in the month may have been done in a month before, and is split by the shares of then.
    back = {name: each.source.look_back for name, each in evidence.sources.items()}
    counted = [measure for _, _, measure in measures_of(scheme) if measure.credit]
    longest = max((measure.months + back.get(measure.source, 0) for measure in counted), default=1)
    # A year of them: whoever had a share last waits for the shares of the month.
    rows = recorded_inputs.rows_of(TEAM_SHARES, engine, evidence, months=13)
    return team_shares(rows, roster, evidence.month, months=longest)


def leaders(people: pl.DataFrame) -> pl.DataFrame:
    """employee_id, unit: everybody who leads a person, at any distance; a circle is walked once."""
    direct = superiors(people).select("employee_id", unit="line_manager").drop_nulls()
    up = direct.rename({"employee_id": "unit", "unit": "further"})
    # Only what is new is followed further, so a circle of managers comes to an end.
    found = reached = direct
    while reached.height:
        reached = reached.join(up, on="unit").select("employee_id", unit="further").unique()
        reached = reached.join(found, on=["employee_id", "unit"], how="anti")
        found = pl.concat([found, reached])
    # In a circle everybody leads themselves at last; nobody is of their own team.
    return found.filter(pl.col("employee_id") != pl.col("unit")).sort("employee_id", "unit")


def homes(people: pl.DataFrame, roster: pl.DataFrame) -> pl.DataFrame:
    """employee_id, store, department: the assessed assignment, or the last known one of those not in service."""
    here = people.select("employee_id", "store", "department")
    # Rows of a leaver still come in (a late survey) and count for the department that they worked in.
    last = roster.sort("employee_id", "from", nulls_last=False).unique("employee_id", keep="last", maintain_order=True)
    gone = last.select("employee_id", "store", "department").join(here, on="employee_id", how="anti")
    return pl.concat([here, gone.drop_nulls("employee_id")])


def movers(roster: pl.DataFrame, people: pl.DataFrame, month: Month) -> pl.DataFrame:
    """employee_id, first, last, department of everybody who was in more than one department within the month."""
    parts = slices(roster, month)
    moved = parts.filter(pl.struct("store", "department").n_unique().over("employee_id") > 1)
    return moved.select("employee_id", "department", first="from", last="to")


def grades(people: pl.DataFrame, summed: pl.DataFrame, said: Recorded, scheme: Scheme, month: Month) -> pl.DataFrame:
    """Everybody in service: state, score, band (the score's own), grade (forced or decided where that applies).

    `points_off` (hundredths) is what confirmed lateness took from the score, `worked_out` the score before any appeal.
    """
    frame = people.join(summed, on="employee_id", how="left", maintain_order="left")
    # Lateness before an appeal: whoever sets a total on appeal sets the one that stands on the form.
    frame = _points_off(frame, said, scheme, month)
    frame = _decided_score(frame, said, scheme, month).with_columns(band=grade_expr(pl.col("score"), scheme.bands))
    frame = frame.with_columns(
        month=pl.lit(str(month)),
        grade=pl.col("band"),
        state=pl.when(pl.col("reason").is_not_null())
        .then(pl.lit("excluded"))
        .when(pl.col("score").is_null())
        .then(pl.lit("incomplete"))
        .otherwise(pl.lit("settled")),
    )
    if scheme.distribution.mode == "forced":
        # `band` stays the score's own: a forced rank alone never opens a plan or a letter (S1 ❺ 5.5).
        frame = force(frame, scheme.bands, scheme.distribution).with_columns(grade=pl.col("forced_grade"))
        frame = frame.drop("level", "pool_store", "pool_department", strict=False)
    return _decided_grade(frame, said, scheme, month).sort("employee_id")


def _points_off(frame: pl.DataFrame, said: Recorded, scheme: Scheme, month: Month) -> pl.DataFrame:
    """Confirmed lateness takes points where the scheme, or whoever confirmed it, makes it points (S1 ❺ 5.7)."""
    fined = taken(said.decisions, scheme, str(month), "points", frame.select("employee_id", "store"))
    # what is out of range changes nothing, as `unheeded` tells; below 0 it would raise the score
    fined = fined.filter(in_range(pl.col("value"), scheme))
    off = fined.group_by("employee_id").agg(points_off=pl.col("value").sum())
    joined = frame.join(off, on="employee_id", how="left", maintain_order="left").with_columns(
        pl.col("points_off").fill_null(0)
    )
    # A score does not go below 0, whatever the fines come to.
    return joined.with_columns(score=(pl.col("score") - pl.col("points_off")).clip(lower_bound=0))


def _decided_score(frame: pl.DataFrame, said: Recorded, scheme: Scheme, month: Month) -> pl.DataFrame:
    """A total set by an appeal replaces the one worked out, of whoever is assessed."""
    decided = said.decided(str(month), "appeal_score").filter(in_range(pl.col("value"), scheme))
    set_ = decided.select("employee_id", given="value")
    joined = frame.join(set_.unique("employee_id", keep="last"), on="employee_id", how="left", maintain_order="left")
    given = pl.when(pl.col("reason").is_null()).then("given")
    return joined.with_columns(worked_out=pl.col("score"), score=pl.coalesce(given, "score")).drop("given")


def _decided_grade(frame: pl.DataFrame, said: Recorded, scheme: Scheme, month: Month) -> pl.DataFrame:
    """A grade set by an appeal counts for the consequences too, of whoever is settled."""
    # A grade that the scheme does not have changes nothing; `unheeded` tells it.
    set_ = said.decided(str(month), "appeal_grade").filter(pl.col("item").is_in(list(scheme.bands.grades)))
    given = set_.select("employee_id", given="item").unique("employee_id", keep="last")
    joined = frame.join(given, on="employee_id", how="left", maintain_order="left")
    decided = pl.when(pl.col("state") == "settled").then("given")
    return joined.with_columns(grade=pl.coalesce(decided, "grade"), band=pl.coalesce(decided, "band")).drop("given")


def standing_of(case: Case, graded: pl.DataFrame, said: Recorded) -> pl.DataFrame:
    """What the runs of grades up to this month lead to in this month."""
    month = str(case.evidence.month)
    columns = ["employee_id", "month", "state"]
    # Consequences read the score's own band (S1 ❺ 5.5); the history keeps the same.
    now = graded.select(*columns, grade="band")
    before = case.history.filter(pl.col("month") < month).select(*columns, "grade")
    stays = said.decisions.filter(pl.col("kind") == "review_stays").select(
        "employee_id", "month", review=pl.lit("stays")
    )
    given = (
        said.decisions.filter(pl.col("kind") == "award_confirmed").group_by("employee_id", "month").agg(given="item")
    )
    months = pl.concat([before, now]).join(stays.unique(), on=["employee_id", "month"], how="left")
    return stand_all(months.join(given, on=["employee_id", "month"], how="left"), case.scheme.standing, since=month)


def unexplained(spread: pl.DataFrame, said: Recorded, month: Month) -> list[Problem]:
    """Pools whose grades are off their expected shares and for which nobody signed a reason yet (S1 ❺ 5.5).

    A reason speaks for the store, or the store/department, that it names in `item`; one that names none for all.
    """
    reasons = set(said.decided(str(month), "distribution_reason")["item"].fill_null(""))
    pools = spread.filter(pl.col("needs_reason")).select("store", "department").unique().sort("store", "department")
    found = []
    for store, department in pools.iter_rows():
        # Where ranks are spread over the whole group, its reason names the group.
        names = {"", *([store, f"{store}/{department}"] if store else ["group", "集团"])}
        if not names & reasons:
            found.append(_unexplained(store or "集团", store or "the group", department))
    return found


def _unexplained(zh: str, en: str, department: str | None) -> Problem:
    place = f"/{department}" if department else ""
    return Problem(
        "distribution_off",
        f"{zh}{place} 的等级分布与制度规定的比例相差超过允许人数，请交一份经签字的“处理决定”，类型写“等级比例偏差说明”",
        f"the grades of {en}{place} are further off the expected shares than allowed; a signed reason is asked for",
        "warning",
        subject=en,
    )
