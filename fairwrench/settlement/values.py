"""What a month's evidence says of everybody: values of metrics at every level, targets, ratings, decided points."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from fairwrench.settlement.dialect import Dialect
from fairwrench.settlement.handed_in import sources_read
from fairwrench.settlement.measure import Cells, Evidence, Plan, digits, unit_of_department
from fairwrench.settlement.scheme import Level, Measure, Metric, Scheme


@dataclass(frozen=True)
class Findings:
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
    #: values already put together: many scorecards read the same metric
    _values: dict[tuple[str, Level], pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _covered: dict[Measure, set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)

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


def value_at(name: str, metric: Metric, level: Level, found: Findings) -> pl.DataFrame:
    """unit → numerator, denominator (raw integers, with their decimals), and n ÷ d, for one level.

    A unit without any row has no line here; the sum without rows beside a denominator that has some is 0.
    """
    if (name, level) not in found._values:
        found._values[name, level] = _value(name, metric, level, found)
    return found._values[name, level]


def _value(name: str, metric: Metric, level: Level, found: Findings) -> pl.DataFrame:
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


def covered_stores(metric: Metric, found: Findings) -> set[str]:
    """The stores for which everything that a metric reads was handed in for the month."""
    parts = [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]
    return set.intersection(*(stores_with(part, found) for part in parts))


def stores_with(measure: Measure, found: Findings) -> set[str]:
    """The stores for which everything that a measure reads was handed in for the month."""
    if measure not in found._covered:
        sources = {name: sealed.source for name, sealed in found.evidence.sources.items()}
        names = sources_read(measure, sources, found.dialect)
        found._covered[measure] = set.intersection(*(_handed_in(name, found) for name in names))
    return found._covered[measure]


def _handed_in(source: str, found: Findings) -> set[str]:
    sealed, month = found.evidence.sources.get(source), str(found.evidence.month)
    return {store for store, covered in sealed.covered if covered == month} if sealed else set()
