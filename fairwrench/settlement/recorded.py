"""What people agreed and decided, read from its own sources: targets, ratings, decisions, exemptions, payroll.

These are evidence like any other: they lie in the ledger, are sealed with the month, and are read here as plain frames.
Words are accepted as the scheme's own (`teamwork`) or as its names in either language (团队协作).
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import polars as pl

from fairwrench.settlement.measure import Engine, Evidence, Planned
from fairwrench.settlement.problem import Problem, nearest
from fairwrench.settlement.scheme import Measure, Scheme

if TYPE_CHECKING:
    from fairwrench.settlement.source import Text

DECISION = {
    "employee_id": pl.String,
    "month": pl.String,
    "kind": pl.String,
    "item": pl.String,
    "value": pl.Int64,
    "reason": pl.String,
    "decided_by": pl.String,
}
PAYROLL = {"employee_id": pl.String, "commission": pl.Int64, "other_deductions": pl.Int64, "wage_paid": pl.Int64}


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


def excuse(engine: Engine, evidence: Evidence) -> Evidence:
    """The evidence with the rows that were excused for the month, by source and metric."""
    rows = rows_of("exemptions", engine, evidence)
    if rows is None or not rows.height:
        return evidence
    keys = rows.group_by("source", "metric").agg(pl.col("key").unique().sort())
    return replace(evidence, exempted={(source, metric): tuple(found) for source, metric, found in keys.iter_rows()})


def read(scheme: Scheme, engine: Engine, evidence: Evidence) -> Recorded:
    """Everything agreed and decided for the month."""
    problems: list[Problem] = []
    return Recorded(
        targets=_targets(rows_of("targets", engine, evidence), scheme, problems),
        ratings=_ratings(rows_of("ratings", engine, evidence), scheme, problems),
        decisions=_decisions(rows_of("decisions", engine, evidence, months=13), scheme, problems),
        payroll=_payroll(rows_of("payroll", engine, evidence)),
        problems=tuple(problems),
    )


def _targets(rows: pl.DataFrame | None, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    if rows is None or not rows.height:
        return pl.DataFrame(schema={"subject": pl.String, "metric": pl.String, "value": pl.Int128})
    metric = _known(rows, "metric", {name: m.name for name, m in scheme.metrics.items()}, "targets", problems)
    departments = {word: name for name, d in scheme.departments.items() for word in (d.name.zh, d.name.en, *d.aliases)}
    subject = pl.col("subject").str.split_exact("/", 1)
    part = subject.struct.field("field_1")
    unit = subject.struct.field("field_0") + "|" + part.replace(departments)
    named = (
        pl.when(pl.col("subject").is_in(["group", "集团"])).then(pl.lit("*")).otherwise(pl.coalesce(unit, "subject"))
    )
    return rows.select(subject=named, metric=metric, value=_units(rows, "value", 6)).unique(
        ["subject", "metric"], keep="last", maintain_order=True
    )


def _ratings(rows: pl.DataFrame | None, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    shape = {"employee_id": pl.String, "item": pl.String, "rater": pl.String, "level": pl.String, "points": pl.Int64}
    if rows is None or not rows.height:
        return pl.DataFrame(schema={**shape, "evidence": pl.String, "_id": pl.Int64})
    items = {item.key: item.name for card in scheme.scorecards.values() for item in card.items if item.kind != "metric"}
    item = _known(rows, "item", items, "ratings", problems)
    points = _units(rows, "points", 2).cast(pl.Int64)
    return rows.select("employee_id", "rater", "level", "evidence", "_id", item=item, points=points)


def _decisions(rows: pl.DataFrame | None, scheme: Scheme, problems: list[Problem]) -> pl.DataFrame:
    if rows is None or not rows.height:
        return pl.DataFrame(schema=DECISION)
    items = {item.key: item.name for card in scheme.scorecards.values() for item in card.items}
    words: dict[str, Text | None] = {**items, **dict.fromkeys(scheme.bands.grades)}
    pointing = rows.filter(pl.col("kind").str.ends_with("_points"))
    _known(pointing, "item", words, "decisions", problems)
    named = {name.zh: key for key, name in items.items() if name} | {
        name.en: key for key, name in items.items() if name
    }
    value = _units(rows, "value", 2).cast(pl.Int64)
    frame = rows.with_columns(value=value, item=pl.col("item").replace(named))
    return frame.select([pl.col(name).cast(kind) for name, kind in DECISION.items()])


def _payroll(rows: pl.DataFrame | None) -> pl.DataFrame:
    if rows is None or not rows.height:
        return pl.DataFrame(schema=PAYROLL)
    money = [_units(rows, name, 2).cast(pl.Int64).alias(name) for name in PAYROLL if name != "employee_id"]
    return rows.select("employee_id", *money)


def _units(rows: pl.DataFrame, column: str, digits: int) -> pl.Expr:
    """A decimal column as integers of 10^-digits."""
    kind = rows.schema[column]
    scale = kind.scale if isinstance(kind, pl.Decimal) else 0
    whole = pl.col(column).to_physical().cast(pl.Int128)
    return whole * pl.lit(10 ** (digits - scale), pl.Int128)


def _known(
    rows: pl.DataFrame, column: str, words: Mapping[str, Text | None], source: str, problems: list[Problem]
) -> pl.Expr:
    """The column with names turned into words; words that nobody knows become problems and match nothing."""
    named = {text: word for word, name in words.items() if name for text in (name.zh, name.en)}
    used = rows[column].drop_nulls().replace(named)
    for stranger in sorted(set(used.unique()) - set(words)):
        near = nearest(stranger, [*words, *named])
        count = int((used == stranger).sum())
        zh = f"{source} 中有 {count} 行的 {column}“{stranger}”不在制度中" + (f"，是否为“{near}”？" if near else "")
        en = f"{count} rows of {source} name {column} {stranger!r}, which the scheme does not have" + (
            f"; did you mean {near!r}?" if near else ""
        )
        problems.append(Problem("unknown_word", zh, en, "warning", subject=source))
    return pl.col(column).replace(named)
