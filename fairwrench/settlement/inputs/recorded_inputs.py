"""What people agreed and decided, read from its own sources: targets, ratings, decisions, exemptions, payroll.

These are evidence like any other: they lie in the ledger, are sealed with the month, and are read here as plain frames.
Words are accepted as the scheme's own (`teamwork`) or as its names in either language (团队协作).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.inputs.target_bounds import implausible
from fairwrench.settlement.inputs.words import (
    KINDS,
    department_words,
    grade_words,
    item_words,
    metric_words,
    source_words,
    strangers,
)
from fairwrench.settlement.measure.measure import Engine, Evidence, Pass, Planned
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Measure, Scheme
from fairwrench.settlement.source.labels import column_label
from fairwrench.settlement.source.source import Source, Text
from fairwrench.settlement.source.team_names import MARK

DECISION = {
    "employee_id": pl.String,
    "month": pl.String,
    "kind": pl.String,
    "item": pl.String,
    "value": pl.Int64,
    "reason": pl.String,
    "decided_by": pl.String,
    "ground": pl.String,
}
PAYROLL = {"employee_id": pl.String, "commission": pl.Int64, "other_deductions": pl.Int64, "wage_paid": pl.Int64}
EXEMPTED = dict.fromkeys(("source", "metric", "store", "key", "reason", "approved_by"), pl.String)
#: keys named in a sentence; all of them stand in its details
SHOWN = 5


@dataclass(frozen=True)
class Recorded:
    """`targets`: subject, metric, value (10^-6). `ratings`: employee_id, item, rater, level, points (hundredths),
    evidence. `decisions`: columns DECISION, value in hundredths (points or fen), of the month and its look-back.
    `payroll`: columns PAYROLL in fen. `problems`: words that nobody knows."""

    targets: pl.DataFrame
    ratings: pl.DataFrame
    decisions: pl.DataFrame
    payroll: pl.DataFrame
    problems: tuple[Problem, ...] = ()

    def decided(self, month: str, *kinds: str) -> pl.DataFrame:
        """The decisions of these kinds that concern a month."""
        return self.decisions.filter((pl.col("month") == month) & pl.col("kind").is_in(list(kinds)))


def rows_of(
    source: str, engine: Engine, evidence: Evidence, date: str = "month", months: int = 1
) -> pl.DataFrame | None:
    """The current rows of a source dated in the window, None when the source was never handed in."""
    sealed = evidence.sources.get(source)
    if sealed is None or not sealed.files:
        return None
    asked = Planned("all", Measure(source=source, date=date, months=months))
    return engine.rows(asked, None, None, evidence)


def with_exemptions(engine: Engine, evidence: Evidence, scheme: Scheme) -> Evidence:
    """The evidence with the rows that were exempted for the month, by source and metric.

    A store exempts rows of its own: an exemption handed in for one store takes nothing out of another.
    """
    # Exemptions are read from evidence in which nothing is exempted yet.
    exempted = _exempted(engine, evidence, scheme).select("source", "metric", "store", "key").unique().sort(pl.all())
    found = dict[tuple[str, str], tuple[tuple[str, str], ...]]()
    for source, metric, store, key in exempted.iter_rows():
        # Sorted before, so that the same exemptions are asked in the same words of SQL.
        found[source, metric] = (*found.get((source, metric), ()), (store, key))
    return replace(evidence, exempted=found) if found else evidence


def _exempted(engine: Engine, evidence: Evidence, scheme: Scheme) -> pl.DataFrame:
    """source, metric (as words), store, key, reason, approved_by of every exemption of the month."""
    rows = rows_of("exemptions", engine, evidence)
    if rows is None:
        return pl.DataFrame(schema=EXEMPTED)
    named = rows.with_columns(
        pl.col("source").replace(source_words({name: each.source for name, each in evidence.sources.items()})),
        pl.col("metric").replace(metric_words(scheme)),
    )
    return named.select(list(EXEMPTED))


def read(scheme: Scheme, engine: Engine, evidence: Evidence) -> Recorded:
    """Everything agreed and decided for the month."""
    problems: list[Problem] = []
    paid = rows_of("payroll", engine, evidence)
    problems += _without_deductions(paid, evidence)
    return Recorded(
        targets=_targets(rows_of("targets", engine, evidence), scheme, problems),
        ratings=_ratings(rows_of("ratings", engine, evidence), scheme, problems),
        # The month and twelve before it: awards are one a calendar year, and a review may lie months back.
        decisions=_decisions(rows_of("decisions", engine, evidence, months=13), scheme, str(evidence.month), problems),
        payroll=_payroll(paid, problems),
        problems=(*problems, *_exemption_problems(_exempted(engine, evidence, scheme), scheme, engine, evidence)),
    )


def _targets(rows: pl.DataFrame | None, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema={"subject": pl.String, "metric": pl.String, "value": pl.Int128})
    words, departments = metric_words(scheme), department_words(scheme)
    metric = rows["metric"].replace(words)
    problems += strangers(metric, list(scheme.metrics), words, "targets", "metric")
    subject = pl.col("subject").str.split_exact("/", 1)
    unit = subject.struct.field("field_0") + "|" + subject.struct.field("field_1").replace(departments)
    named = (
        pl.when(pl.col("subject").is_in(["group", "集团"])).then(pl.lit("*")).otherwise(pl.coalesce(unit, "subject"))
    )
    problems += _implausible(rows.select("subject", "value", metric=metric), scheme)
    return _one_each(rows.select(subject=named, metric=metric, value=_units(rows, "value", 6)), scheme, problems)


def _implausible(targets: pl.DataFrame, scheme: Scheme) -> list[Problem]:
    """Targets that cannot be meant; those in files are rejected before, so these came under another scheme."""
    found = []
    for subject, value, metric in targets.drop_nulls().iter_rows():
        why = implausible(scheme.metrics[metric], value) if metric in scheme.metrics else None
        if why:
            zh, en = f"{subject}：{why.zh}", f"{subject}: {why.en}"
            found.append(Problem("implausible_target", zh, en, subject=subject))
    return found


def _one_each(targets: pl.DataFrame, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    """One target a subject and metric; of several (one under each of its names, say) the largest, in any order."""
    keys = ["subject", "metric"]
    twice = targets.filter(pl.struct(keys).is_duplicated()).select(keys).unique().sort(keys)
    for subject, metric in twice.iter_rows():
        known = scheme.metrics.get(metric)
        called = known.name if known else Text(zh=metric, en=metric)
        zh, en = f"{subject} 的“{called.zh}”有多个目标值，取最大的", f"{subject} has several targets for {called.en}"
        problems.append(Problem("several_targets", zh, f"{en}; the largest counts", "warning", subject=subject))
    return targets.sort(*keys, "value").unique(keys, keep="last", maintain_order=True)


def _ratings(rows: pl.DataFrame | None, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    shape = {"employee_id": pl.String, "item": pl.String, "rater": pl.String, "level": pl.String, "points": pl.Int64}
    if rows is None:
        return pl.DataFrame(schema={**shape, "evidence": pl.String, "_id": pl.Int64})
    words = item_words(scheme)
    rated = [item.key for card in scheme.scorecards.values() for item in card.items if item.kind != "metric"]
    item = rows["item"].replace(words)
    problems += strangers(item, rated, words, "ratings", "item")
    points = _units(rows, "points", 2).cast(pl.Int64)
    given = rows.select("employee_id", "rater", "level", "evidence", "_id", item=item, points=points)
    return _last_words(given, scheme, problems)


def _last_words(ratings: pl.DataFrame, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    """One rating a person, item and rater: of several under several names of the item, the last that says anything.

    Under one name the ledger keeps the last word alone.
    """
    keys = ["employee_id", "item", "rater"]
    says = pl.col("level").is_not_null() | pl.col("points").is_not_null()
    named = {item.key: item.name for card in scheme.scorecards.values() for item in card.items}
    twice = ratings.filter(says).filter(pl.struct(keys).is_duplicated()).select(keys).unique().sort(keys)
    for who, item, rater in twice.iter_rows():
        called = named.get(item) or Text(zh=item, en=item)
        zh = f"{who} 的“{called.zh}”由 {rater} 以几种名称各评了一次，以后交的为准"
        en = f"{rater} rated {who} on {called.en} under several names of it; what came last counts"
        problems.append(Problem("rated_twice", zh, en, "warning", subject=who))
    # A row that says nothing sorts first: an empty form handed in later takes no rating back.
    last = ratings.sort(says, "_id", maintain_order=True).unique(keys, keep="last", maintain_order=True)
    return last.sort("_id")


def _decisions(rows: pl.DataFrame | None, scheme: Scheme, month: str, problems: list[Problem]) -> pl.DataFrame:
    """In the order in which they were taken (by day, then number), whatever the order of the rows: the last holds.

    What is wrong is told of `month` alone; earlier months told it in their turn.
    """
    if rows is None:
        return pl.DataFrame(schema=DECISION)
    item, grade = pl.col("item").replace(item_words(scheme)), pl.col("item").replace(grade_words(scheme))
    grading, pointing = pl.col("kind") == "appeal_grade", pl.col("kind").str.ends_with("_points")
    # A decision without a day comes first, so any dated one has the last word over it.
    if "ground" not in rows.columns:  # months sealed before decisions said on what ground they take money
        rows = rows.with_columns(ground=pl.lit(None, pl.String))
    ordered = rows.sort("decided_on", "decision_no", nulls_last=False).with_columns(
        value=_units(rows, "value", 2).cast(pl.Int64),
        item=pl.when(grading).then(grade).when(pointing).then(item).otherwise("item"),
    )
    now = ordered.filter(pl.col("month") == month)
    known = [item.key for card in scheme.scorecards.values() for item in card.items]
    problems += strangers(now.filter(pointing)["item"], known, item_words(scheme), "decisions", "item")
    grades = list(scheme.bands.grades)
    problems += strangers(now.filter(grading)["item"], grades, grade_words(scheme), "decisions", "item")
    problems += _of_nobody(now.filter(pl.col("kind") != "distribution_reason"), "decisions")
    return ordered.select([pl.col(name).cast(kind) for name, kind in DECISION.items()])


def _payroll(rows: pl.DataFrame | None, problems: list[Problem]) -> pl.DataFrame:
    if rows is None:
        return pl.DataFrame(schema=PAYROLL)
    problems += _of_nobody(rows, "payroll")
    money = [_units(rows, name, 2).cast(pl.Int64).alias(name) for name in PAYROLL if name != "employee_id"]
    # Rows about nobody have been told and can be paid to nobody.
    return rows.filter(pl.col("employee_id").is_not_null()).select("employee_id", *money)


def _without_deductions(rows: pl.DataFrame | None, evidence: Evidence) -> list[Problem]:
    """People in whose payroll file there was no column of deductions: that nothing is deducted has to be seen."""
    if rows is None:
        return []
    batches = evidence.sources["payroll"].absent.get("other_deductions", ())
    people = rows.filter(pl.col("_batch").is_in(batches))["employee_id"].n_unique()
    zh = f"薪资数据里没有“其他扣款”一列，{people} 人按没有扣款计；确有扣款的，请补上这一列再交"
    whom = number_of(people, "person", "people")
    en = f"the payroll has no column of other deductions, so nothing is deducted from {whom}; hand it in again with "
    en += "the column where there are any"
    return [Problem("deductions_not_handed_in", zh, en, "warning", subject="payroll")] if people else []


def _of_nobody(rows: pl.DataFrame, source: str) -> list[Problem]:
    """Rows about somebody who is not on the roster count for nobody, and are told."""
    count = rows["employee_id"].null_count()
    called = KINDS[source]
    zh = f"{called.zh} 有 {count} 行的人员不在花名册上，没有计入任何人"
    en = f"{number_of(count, 'row')} of {called.en} "
    several = "name nobody on the roster, so they count for nobody"
    en += agreeing(count, "names nobody on the roster, so it counts for nobody", several)
    return [Problem("nobody_concerned", zh, en, "warning", subject=source)] if count else []


def _exemption_problems(rows: pl.DataFrame, scheme: Scheme, engine: Engine, evidence: Evidence) -> list[Problem]:
    """What is exempted from which metric, so that it stays visible; and exemptions of what nobody knows."""
    sources, metrics = {name: each.source for name, each in evidence.sources.items()}, scheme.metrics
    problems = strangers(rows["source"], list(sources), source_words(sources), "exemptions", "source")
    problems += strangers(rows["metric"], list(metrics), metric_words(scheme), "exemptions", "metric")
    known = rows.filter(pl.col("source").is_in(list(sources)), pl.col("metric").is_in(list(metrics)))
    for (source, metric), group in sorted(known.partition_by("source", "metric", as_dict=True).items()):
        keys, named = group["key"].unique().sort(), metrics[str(metric)].name
        shown = ", ".join(keys.head(SHOWN)) + ("…" if keys.len() > SHOWN else "")
        there = min(keys.len(), _rows_exempted(str(source), str(metric), engine, evidence))
        # a key that no row has takes nothing out: to call it a row that does not count would be false
        if there:
            if there < keys.len():
                shown = f"{shown} ({there}/{keys.len()})"
            zh = f"{sources[str(source)].name.zh} 有 {there} 行经批准不计入“{named.zh}”：{shown}"
            en = f"{number_of(there, 'row')} of {sources[str(source)].name.en} "
            en += f"{agreeing(there, 'is', 'are')} exempted from {named.en}: {shown}"
            problems.append(Problem("exempted", zh, en, "note", subject=str(metric), details={"keys": ", ".join(keys)}))
        if there < keys.len():
            problems.append(_no_such_row(str(source), sources, named, keys.len() - there))
    return problems


def _rows_exempted(source: str, metric: str, engine: Engine, evidence: Evidence) -> int:
    """How many rows of a source, as far back as it is looked at, the exemptions from a metric take out."""
    about = evidence.sources[source].source
    # Over the whole look-back: an exempted job may have been filed a month before the one that it counts in.
    measure = Measure(source=source, date=about.filed_by, months=about.look_back + 1)
    cells = engine.cells(Pass(source, (Planned("whole", measure), Planned("kept", measure, metric))), evidence)
    return int(cells["whole"].sum()) - int(cells["kept"].sum())


def _no_such_row(source: str, sources: Mapping[str, Source], metric: Text, gone: int) -> Problem:
    kind = sources[source]
    key = [column_label(kind, name, sources) for name in kind.key]
    zh = f"{gone} 条剔除申请（{metric.zh}）在本店的{kind.name.zh}中找不到对应的行，没有效果；单号应写作 "
    en = f"{number_of(gone, 'exemption')} from {metric.en} "
    en += f"without effect: the store has no such row of {kind.name.en}; a key is written "
    zh, en = zh + "|".join(label.zh for label in key), en + "|".join(label.en for label in key)
    if any(kind.columns[name].type == "person" for name in kind.key if name in kind.columns):
        zh, en = (
            f"{zh}（记在班组上的行，人员写作 {MARK}门店/班组）",
            f"{en} (of a team's row the person is {MARK}store/team)",
        )
    return Problem("exemption_without_row", zh, en, "warning", subject=source)


def _units(rows: pl.DataFrame, column: str, digits: int) -> pl.Expr:
    """A decimal column as integers of 10^-digits."""
    kind = rows.schema[column]
    scale = kind.scale if isinstance(kind, pl.Decimal) else 0
    # The unscaled integer of a decimal; by way of a float the last fen would be lost.
    whole = pl.col(column).to_physical().cast(pl.Int128)
    return whole * pl.lit(10 ** (digits - scale), pl.Int128)
