"""People whose rows of a source that is added up were rejected: what they lack counts as nothing, so they are named.

Whoever has no row of attendance waits, as everybody has one. Leave is there only of those who took some: a rejected row
of it looks like no leave at all, and lowers the rate of somebody who was on leave.
"""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.case import Case
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.inputs.problem_people import first_few, person_called
from fairwrench.settlement.measure.measure import Engine, Evidence, Planned, measures_of
from fairwrench.settlement.measure.required_sources import totals_read
from fairwrench.settlement.measure.rowless import person_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure


def turned_away_problems(ledger: Ledger, engine: Engine, case: Case, sealed: Seal) -> list[Problem]:
    """One warning a source that the scheme adds up, naming everybody whose rejected rows nothing has made good."""
    evidence, names = case.evidence, _names(case.roster)
    sources = {name: each.source for name, each in evidence.sources.items()}
    added = {
        name for _, _, measure in measures_of(case.scheme) for name in totals_read(measure, sources, engine.dialect)
    }
    found: list[Problem] = []
    for name in sorted(added & {*sealed.sources}):
        records = (ledger.records(name).one(number) for number in sealed.sources[name].batches)
        people = _short(ledger, [batch for batch in records if batch.period == sealed.month])
        if people:
            people = _not_mended(name, people, engine, evidence)
        if people:
            waiting = case.roster.filter(pl.col("store").is_in([*sealed.sources[name].uncovered.get(sealed.month, {})]))
            found.append(_told(name, people, evidence, names, waits={*people} <= {*waiting["employee_id"]}))
    return found


def _short(ledger: Ledger, handed: list[Batch]) -> dict[str, int]:
    """Employee id → the last batch in which a row about them was rejected, unless that very file came again without."""
    short: dict[str, int] = {}
    files: dict[str, str] = {}
    for batch in sorted(handed, key=lambda batch: batch.number):
        short = {person: number for person, number in short.items() if files[person] != batch.file}
        rejected = ledger.rejected(batch) if batch.counts.get("rejected") else None
        # What an older program kept names nobody.
        if rejected is None or "person" not in rejected.columns:
            continue
        wrong = rejected.filter(pl.col("code") != "given_way")["person"].drop_nulls().unique()
        short |= dict.fromkeys(wrong, batch.number)
        files |= dict.fromkeys(wrong, batch.file)
    return short


def _not_mended(name: str, short: Mapping[str, int], engine: Engine, evidence: Evidence) -> dict[str, int]:
    """Those of whom no later file of the month brought a row."""
    source = evidence.sources[name].source
    person = person_of(source)
    if person is None or not evidence.sources[name].files:
        return dict(short)
    measure = Measure(source=name, date=source.filed_by, credit=person)
    rows = engine.rows(Planned(name, measure), sorted(short), None, evidence)
    last = dict(rows.group_by(person).agg(pl.col("_batch").max()).iter_rows())
    return {who: number for who, number in short.items() if last.get(who, 0) <= number}


def _names(roster: pl.DataFrame) -> dict[str, str]:
    latest = roster.drop_nulls(["employee_id", "name"]).unique("employee_id", keep="last")
    return dict(latest.select("employee_id", "name").iter_rows())


def _told(
    name: str, people: Mapping[str, int], evidence: Evidence, names: Mapping[str, str], *, waits: bool
) -> Problem:
    """`waits`: nothing of their stores was accepted, so that their items are incomplete until it is."""
    source = evidence.sources[name].source
    count, shown = len(people), first_few([person_called(who, names.get(who)) for who in sorted(people)])
    zh = f"有 {count} 人的“{source.name.zh}”有行被退回，没有计入，"
    en = f"{number_of(count, 'person has', 'people have')} rejected rows of {source.name.en}, "
    if waits:
        zh += f"所在门店的相关项目在补交之前数据不全：{shown.zh}；请更正退回的行再交"
        en += f"and the items of their stores that read it wait: {shown.en}; mend the rows and hand them in again"
    else:
        zh += f"按没有计：{shown.zh}；请更正退回的行再交，并核对他们的得分"
        en += f"which count as if there were none: {shown.en}; mend the rows and hand them in again, and look at "
        en += agreeing(count, "that score", "their scores")
    return Problem("people_turned_away", zh, en, "warning", subject=name, details={"people": ", ".join(sorted(people))})
