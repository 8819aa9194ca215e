"""What a month's evidence says of everybody: values of metrics at every level, targets, ratings, decided points."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any, get_args

import polars as pl

from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.measure.absent import Absent
from fairwrench.settlement.measure.lacking import as_text
from fairwrench.settlement.measure.measure import Cells, Evidence, Plan, digits, unit_of_department
from fairwrench.settlement.measure.required_sources import sources_read, totals_read
from fairwrench.settlement.measure.rowless import Rows, asks_for_rows
from fairwrench.settlement.measure.team_shares import SHARE_DIGITS, TEAM_SHARES, TeamShares
from fairwrench.settlement.scheme.scheme import Level, Measure, Metric, Scheme
from fairwrench.settlement.source.dialect import Dialect

#: a metric's figure at a unit of a level: raw integers with the decimals they carry, and n ÷ d
VALUE: Schema = {
    "metric": pl.String,
    "level": pl.String,
    "unit": pl.String,
    "numerator": pl.Int128,
    "n": pl.Int128,
    "d": pl.Int128,
    "numerator_digits": pl.Int64,
    "denominator": pl.Int128,
    "denominator_digits": pl.Int64,
}
HOME: Schema = dict.fromkeys(("employee_id", "store", "department"), pl.String)
_PAIR = ("metric", "level")
_UNIT = ("metric", "level", "unit")
#: of each metric and level: its measures, their decimals, and what brings both to the same ones (`d_times` is the whole
#: of d where there is no denominator)
_ASKED: Schema = {
    "metric": pl.String,
    "level": pl.String,
    "top": pl.String,
    "below": pl.String,
    "top_digits": pl.Int64,
    "below_digits": pl.Int64,
    "n_times": pl.Int128,
    "d_times": pl.Int128,
}


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
    #: employee_id, store, department, for the units that a team's work is lacking in
    homes: pl.DataFrame = field(default_factory=lambda: empty(HOME))
    shares: TeamShares = field(default_factory=TeamShares)
    #: values already put together: many scorecards read the same metric
    _values: dict[tuple[str, Level], pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    _covered: dict[tuple[Measure, Level], set[str]] = field(default_factory=dict, init=False, repr=False, compare=False)
    _places: dict[Measure, int] = field(default_factory=dict, init=False, repr=False, compare=False)
    _handed_in: dict[tuple[str, str | None], set[str]] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

    def places(self, measure: Measure) -> int:
        """The decimals that a measure's integers carry; 0 where its source is not part of the seal."""
        if measure not in self._places:
            sealed = self.evidence.sources.get(measure.source)
            own = digits(measure, sealed.source, self.dialect) if sealed else 0
            self._places[measure] = own + (SHARE_DIGITS if measure in self.cells.shared else 0)
        return self._places[measure]

    @cached_property
    def unshared(self) -> Mapping[Measure, Mapping[Level, frozenset[str]]]:
        """Of measures of which something is booked on a team without shares: the units that lack their part of it."""
        return units_lacking(self)

    def handed_in(self, source: str, column: str | None) -> set[str]:
        """The stores that handed in a source for the month, dated by a column (None: by any)."""
        if (source, column) not in self._handed_in:
            sealed = self.evidence.sources.get(source)
            self._handed_in[source, column] = sealed.handed_in(self.evidence.month, column) if sealed else set()
        return self._handed_in[source, column]


def unit_expr(level: Level) -> pl.Expr:
    """The unit whose metric a person's item reads."""
    return {
        "person": pl.col("employee_id"),
        "team": pl.col("employee_id"),
        "department": unit_of_department(),
        "store": pl.col("store"),
        "group": pl.lit("*"),
    }[level]


def unit_read() -> pl.Expr:
    """The unit whose metric a line reads, by its `level`."""
    unit = pl.lit(None, pl.String)
    for level in get_args(Level):
        unit = pl.when(pl.col("level") == level).then(unit_expr(level)).otherwise(unit)
    return unit


def value_at(name: str, metric: Metric, level: Level, found: MeasuredFacts) -> pl.DataFrame:
    """unit → numerator, denominator (raw integers, with their decimals), and n ÷ d, for one level.

    A unit without any row has no line here; the sum without rows beside a denominator that has some is 0.
    """
    return values_at([(name, level)], found).drop("metric", "level")


def values_at(asked: Iterable[tuple[str, Level]], found: MeasuredFacts) -> pl.DataFrame:
    """The same for several metrics and levels at once (columns VALUE), each worked out once."""
    pairs = list(dict.fromkeys(asked))
    # Kept with the facts of one month: a module's cache would hand one month's figures to another.
    fresh = [pair for pair in pairs if pair not in found._values]
    if fresh:
        whole = _values(fresh, found)
        worked_out = whole.partition_by("metric", "level", as_dict=True)
        nothing = empty(VALUE)
        found._values.update({pair: worked_out.get(pair, nothing) for pair in fresh})
        if len(fresh) == len(pairs):
            return whole
    return pl.concat([empty(VALUE), *(found._values[pair] for pair in pairs)])


def _values(pairs: Sequence[tuple[str, Level]], found: MeasuredFacts) -> pl.DataFrame:
    """Numerators and denominators of all pairs beside each other, at the decimals that they share."""
    asked = pl.DataFrame([_asked(name, level, found) for name, level in pairs], schema=_ASKED, orient="row")
    sums = found.cells.sums(asked.select("level", "top", "below"), found.teams)
    above = asked.select(*_PAIR, key="top").join(sums, on=["key", "level"]).select(*_UNIT, numerator="value")
    ratios = asked.filter(pl.col("below").is_not_null())
    under = ratios.select(*_PAIR, key="below").join(sums, on=["key", "level"]).select(*_UNIT, denominator="value")
    # Full: nobody satisfied of ten asked is 0 %, and something above nothing is told (`doubts/doubtful.py`).
    both = above.join(under, on=_UNIT, how="full", coalesce=True, validate="1:1").join(asked, on=_PAIR)
    ratio = pl.col("below").is_not_null()
    # without rows on one side a ratio has 0 there; a sum alone has no other side
    both = both.with_columns(
        pl.col("numerator").fill_null(0), denominator=pl.when(ratio).then(pl.col("denominator").fill_null(0))
    )
    return both.select(
        *_UNIT,
        "numerator",
        n=pl.col("numerator") * pl.col("n_times"),
        d=pl.when(ratio).then(pl.col("denominator") * pl.col("d_times")).otherwise("d_times"),
        numerator_digits="top_digits",
        denominator="denominator",
        denominator_digits="below_digits",
    )


def _asked(name: str, level: Level, found: MeasuredFacts) -> tuple[Any, ...]:
    """What a value of a metric is put together from (columns _ASKED)."""
    metric = found.scheme.metrics[name]
    top, below = found.plan.of(name, "numerator"), found.plan.of(name, "denominator")
    assert top is not None, f"metric {name} is not planned"
    places = found.places(metric.numerator)
    if metric.denominator is None or below is None:
        # A sum of yuan is 10^-2 units ÷ 10^2, so that value and target are the same kind of number.
        return name, level, top.key, None, places, 0, 1, 10**places
    below_places = found.places(metric.denominator)
    # Brought to the same decimals; what both have in common would only take room in 128 bits.
    common = min(places, below_places)
    times = 10 ** (below_places - common), 10 ** (places - common)
    return name, level, top.key, below.key, places, below_places, *times


def covered_stores(metric: Metric, found: MeasuredFacts, level: Level = "store") -> set[str]:
    """The stores for which everything that a metric reads was handed in for the month."""
    return set.intersection(*(stores_with(part, found, level) for part in parts_of(metric)))


def stores_with(measure: Measure, found: MeasuredFacts, level: Level = "store") -> set[str]:
    """The stores for which everything that a measure reads was handed in for the month, every column included.

    A store's or the group's own figure does not need the column that says whose the rows are.
    """
    if (measure, level) not in found._covered:
        here = [_handed_in(name, measure, found) for name in sources_of(measure, found)]
        lacking = {
            store for store, columns in found.absent.get(measure, {}).items() if _needed(columns, measure, level)
        }
        awaited = {store for name in totals_of(measure, found) for store in _awaited(name, found)}
        found._covered[measure, level] = set.intersection(*here) - lacking - awaited
    return found._covered[measure, level]


def missing(metric: Metric, found: MeasuredFacts, level: Level, stores: Iterable[str]) -> pl.DataFrame:
    """store, cause, lacks: why a metric has no figure for a store; stores that have everything are left out.

    `cause` is one of wording.MISSING; `lacks` names the sources, or the columns as `source.column`, as
    lacking.as_text writes them.
    """
    shape = {"store": pl.String, "cause": pl.String, "lacks": pl.String}
    return pl.DataFrame(missing_in(metric, found, level, stores), schema=shape, orient="row")


def missing_in(metric: Metric, found: MeasuredFacts, level: Level, stores: Iterable[str]) -> list[tuple[str, str, str]]:
    """The same as rows, by store."""
    lacking = {*stores} - covered_stores(metric, found, level)
    return [(store, *as_text(_why(metric, found, level, store))) for store in sorted(lacking)]


def needs_rows(metric: Metric, found: MeasuredFacts, level: Level) -> bool:
    """Whether a figure of that level may lack what is its subject's own: a row in a source with one for everybody, or
    its share of what a team did."""
    return any(
        part in found.unshared
        or (part.source in found.with_rows and asks_for_rows(found.evidence.sources[part.source].source, part, level))
        for part in parts_of(metric)
        if part.source in found.evidence.sources
    )


def units_lacking(found: MeasuredFacts) -> dict[Measure, dict[Level, frozenset[str]]]:
    """See `MeasuredFacts.unshared`: who could have a part of it, whoever leads them, and their departments."""
    left = found.cells.left
    if left.is_empty():
        return {}
    asked = {each.key: each.measure for query in found.plan.passes for each in query.measures}
    lacking: dict[Measure, dict[Level, frozenset[str]]] = {}
    for (key,), teams in left.partition_by("key", as_dict=True).items():
        members = teams.select("place").unique().join(found.shares.members, on="place")["employee_id"].unique()
        leaders = found.teams.filter(pl.col("employee_id").is_in(members.implode()))["unit"]
        homes = found.homes.filter(pl.col("employee_id").is_in(members.implode()))
        departments = homes.select(unit_of_department().alias("unit"))["unit"].drop_nulls()
        lacking[asked[str(key)]] = {
            "person": frozenset(members),
            "team": frozenset(leaders),
            "department": frozenset(departments),
        }
    return lacking


def rowless(metric: Metric, found: MeasuredFacts, level: Level, units: Iterable[str]) -> list[tuple[str, str, str]]:
    """Unit, cause, lacks (as `missing` has them): units without their own row in a source with one for everybody, or
    without their share of what a team did."""
    places: dict[str, list[tuple[str, str]]] = {}
    for part in parts_of(metric):
        for unit in {*units} & found.unshared.get(part, {}).get(level, frozenset()):
            places[unit] = [(TEAM_SHARES, "not_shared")]
    for part in parts_of(metric):
        sealed = found.evidence.sources.get(part.source)
        if sealed and part.source in found.with_rows and asks_for_rows(sealed.source, part, level):
            for unit in {*units} - found.with_rows[part.source]:
                places.setdefault(unit, []).append((part.source, "no_row"))
    return [(unit, *as_text(pairs)) for unit, pairs in sorted(places.items())]


def _why(metric: Metric, found: MeasuredFacts, level: Level, store: str) -> list[tuple[str, str]]:
    """What is lacking, sources before columns, each with its cause."""
    parts = parts_of(metric)
    # Whole files first: while one is missing its columns cannot be looked at.
    lacking = sorted({n for part in parts for n in sources_of(part, found) if store not in _handed_in(n, part, found)})
    added = {name for part in parts for name in totals_of(part, found)}
    lacking += sorted(name for name in added if store in _awaited(name, found))
    if lacking:
        return [(name, _uncovered(name, store, found)) for name in lacking]
    columns = {c for part in parts for c in _needed(found.absent.get(part, {}).get(store, ()), part, level)}
    return [(column, "column_missing") for column in sorted(columns)]


def _uncovered(name: str, store: str, found: MeasuredFacts) -> str:
    """Why a store's month is not covered by a source."""
    sealed = found.evidence.sources.get(name)
    return (sealed.uncovered if sealed else {}).get((store, str(found.evidence.month)), "not_handed_in")


def parts_of(metric: Metric) -> list[Measure]:
    """The measures that a metric is made of."""
    return [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]


def _needed(columns: Iterable[str], measure: Measure, level: Level) -> list[str]:
    """Those of the columns that a figure of the level needs."""
    whose = f"{measure.source}.{measure.credit}" if level in ("store", "group") else ""
    return [column for column in columns if column != whose]


def sources_of(measure: Measure, found: MeasuredFacts) -> frozenset[str]:
    """The measure's own source and every other one that it needs."""
    sources = {name: sealed.source for name, sealed in found.evidence.sources.items()}
    return sources_read(measure, sources, found.dialect)


def totals_of(measure: Measure, found: MeasuredFacts) -> frozenset[str]:
    """The sources that a measure adds up, for the stores that hand them in."""
    sources = {name: sealed.source for name, sealed in found.evidence.sources.items()}
    return totals_read(measure, sources, found.dialect)


def _awaited(name: str, found: MeasuredFacts) -> set[str]:
    """The stores without a source that is added up, of which it is known that they have it: a file came and says
    nothing of the month, or files of months before came. What this month's would have said is not known, and no zero.
    """
    sealed, month = found.evidence.sources.get(name), str(found.evidence.month)
    if sealed is None:
        return set()
    # By the month it is filed under: a leave of the month before that ends in this one is no word about this one.
    here = found.handed_in(name, sealed.source.filed_by)
    return {store for store, at in (*sealed.covered, *sealed.uncovered) if at <= month} - here


def _handed_in(source: str, measure: Measure, found: MeasuredFacts) -> set[str]:
    """The stores that handed in a source for the month; a measure's own source by the column that dates it."""
    return found.handed_in(source, measure.date if source == measure.source else None)
