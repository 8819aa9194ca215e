"""What a month's evidence says of everybody: values of metrics at every level, targets, ratings, decided points."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field

import polars as pl

from fairwrench.settlement.measure.absent import Absent
from fairwrench.settlement.measure.lacking import as_text
from fairwrench.settlement.measure.measure import Cells, Evidence, Plan, digits, unit_of_department
from fairwrench.settlement.measure.required_sources import sources_read
from fairwrench.settlement.measure.rowless import Rows, asks_for_rows
from fairwrench.settlement.scheme.scheme import Level, Measure, Metric, Scheme
from fairwrench.settlement.source.dialect import Dialect


@dataclass(frozen=True)
class MeasuredFacts:
    """What a month's evidence says, ready to be scored.

    `targets`: subject, metric, value (10^-6). `ratings`: employee_id, item, role, rater, level, points, evidence, _id.
    `decided`: employee_id, item, points (hundredths) set by an appeal or calibration. Each subject and metric, and each
    employee and item, stands at most once in them.
    """

    scheme: Scheme
    plan: Plan
    cells: Cells
    evidence: Evidence
    dialect: Dialect
    teams: pl.DataFrame
    targets: pl.DataFrame
    ratings: pl.DataFrame
    decided: pl.DataFrame
    absent: Absent = field(default_factory=dict)
    with_rows: Rows = field(default_factory=dict)
    #: values already put together: many scorecards read the same metric
    _values: dict[tuple[str, Level], pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _covered: dict[tuple[Measure, Level], set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

    def places(self, measure: Measure) -> int:
        """The decimals that a measure's integers carry; 0 where its source is not part of the seal."""
        sealed = self.evidence.sources.get(measure.source)
        return digits(measure, sealed.source, self.dialect) if sealed else 0


def unit_expr(level: Level) -> pl.Expr:
    """The unit whose metric a person's item reads."""
    return {
        "person": pl.col("employee_id"),
        "team": pl.col("employee_id"),
        "department": unit_of_department(),
        "store": pl.col("store"),
        "group": pl.lit("*"),
    }[level]


def value_at(name: str, metric: Metric, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """unit → numerator, denominator (raw integers, with their decimals), and n ÷ d, for one level.

    A unit without any row has no line here; the sum without rows beside a denominator that has some is 0.
    """
    if (name, level) not in found._values:
        found._values[name, level] = _value(name, metric, level, found)
    return found._values[name, level]


def _value(name: str, metric: Metric, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    top, below = found.plan.of(name, "numerator"), found.plan.of(name, "denominator")
    assert top is not None, f"metric {name} is not planned"
    places = found.places(metric.numerator)
    above = found.cells.at(top.key, level, found.teams).rename({"value": "numerator"})
    if metric.denominator is None or below is None:
        return above.with_columns(
            n=pl.col("numerator"),
            d=pl.lit(10**places, pl.Int128),
            numerator_digits=pl.lit(places, pl.Int64),
            denominator=pl.lit(None, pl.Int128),
            denominator_digits=pl.lit(0, pl.Int64),
        )
    below_places = found.places(metric.denominator)
    under = found.cells.at(below.key, level, found.teams).rename({"value": "denominator"})
    common = min(places, below_places)
    return (
        above.join(under, on="unit", how="full", coalesce=True, validate="1:1")
        .with_columns(pl.col("numerator", "denominator").fill_null(0))
        .with_columns(
            n=pl.col("numerator") * 10 ** (below_places - common),
            d=pl.col("denominator") * 10 ** (places - common),
            numerator_digits=pl.lit(places, pl.Int64),
            denominator_digits=pl.lit(below_places, pl.Int64),
        )
    )


def covered_stores(metric: Metric, found: MeasuredFacts, level: Level = "store") -> set[str]:
    """The stores for which everything that a metric reads was handed in for the month."""
    return set.intersection(*(stores_with(part, found, level) for part in _parts(metric)))


def stores_with(measure: Measure, found: MeasuredFacts, level: Level = "store") -> set[str]:
    """The stores for which everything that a measure reads was handed in for the month, every column included.

    A store's or the group's own figure does not need the column that says whose the rows are.
    """
    if (measure, level) not in found._covered:
        here = [_handed_in(name, measure, found) for name in sources_of(measure, found)]
        lacking = {
            store for store, columns in found.absent.get(measure, {}).items() if _needed(columns, measure, level)
        }
        found._covered[measure, level] = set.intersection(*here) - lacking
    return found._covered[measure, level]


def missing(metric: Metric, found: MeasuredFacts, level: Level, stores: Iterable[str]) -> pl.DataFrame:
    """store, cause, lacks: why a metric has no figure for a store; stores that have everything are left out.

    `cause` is one of wording.MISSING; `lacks` names the sources, or the columns as `source.column`, as
    lacking.as_text writes them.
    """
    parts = _parts(metric)
    here = [(name, _handed_in(name, part, found)) for part in parts for name in sources_of(part, found)]
    told = [(store, *as_text(_why(parts, here, found, level, store))) for store in sorted(stores)]
    shape = {"store": pl.String, "cause": pl.String, "lacks": pl.String}
    return pl.DataFrame([row for row in told if row[1]], schema=shape, orient="row")


def rowless(metric: Metric, found: MeasuredFacts, level: Level, units: Iterable[str]) -> pl.DataFrame:
    """unit, cause, lacks (as `missing` has them): units without their own row in a source with one for everybody."""
    places: dict[str, list[tuple[str, str]]] = {}
    for part in _parts(metric):
        sealed = found.evidence.sources.get(part.source)
        if sealed and part.source in found.with_rows and asks_for_rows(sealed.source, part, level):
            for unit in {*units} - found.with_rows[part.source]:
                places.setdefault(unit, []).append((part.source, "no_row"))
    causes = [(unit, *as_text(pairs)) for unit, pairs in sorted(places.items())]
    return pl.DataFrame(causes, schema={"unit": pl.String, "cause": pl.String, "lacks": pl.String}, orient="row")


def _why(
    parts: list[Measure], here: list[tuple[str, set[str]]], found: MeasuredFacts, level: Level, store: str
) -> list[tuple[str, str]]:
    """What is lacking, sources before columns, each with its cause; `here`: which stores handed in what is read."""
    lacking = sorted({name for name, handed_in in here if store not in handed_in})
    if lacking:
        return [(name, _uncovered(name, store, found)) for name in lacking]
    columns = {c for part in parts for c in _needed(found.absent.get(part, {}).get(store, ()), part, level)}
    return [(column, "column_missing") for column in sorted(columns)]


def _uncovered(name: str, store: str, found: MeasuredFacts) -> str:
    """Why a store's month is not covered by a source."""
    sealed = found.evidence.sources.get(name)
    return (sealed.uncovered if sealed else {}).get((store, str(found.evidence.month)), "not_handed_in")


def _parts(metric: Metric) -> list[Measure]:
    return [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]


def _needed(columns: Iterable[str], measure: Measure, level: Level) -> list[str]:
    """Those of the columns that a figure of the level needs."""
    whose = f"{measure.source}.{measure.credit}" if level in ("store", "group") else ""
    return [column for column in columns if column != whose]


def sources_of(measure: Measure, found: MeasuredFacts) -> frozenset[str]:
    """The measure's own source and every other one that it needs."""
    sources = {name: sealed.source for name, sealed in found.evidence.sources.items()}
    return sources_read(measure, sources, found.dialect)


def _handed_in(source: str, measure: Measure, found: MeasuredFacts) -> set[str]:
    """The stores that handed in a source for the month; a measure's own source by the column that dates it."""
    sealed = found.evidence.sources.get(source)
    return (
        sealed.handed_in(found.evidence.month, measure.date if source == measure.source else None) if sealed else set()
    )
