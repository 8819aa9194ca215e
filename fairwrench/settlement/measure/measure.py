"""All measures of a scheme as the fewest passes over the evidence, and their results as cells of exact integers.

A cell is (store of the row, department of the credited person on the row's date, person). Persons, teams, departments,
stores and the group are sums of cells, so a ratio is a ratio of sums at every level. Aggregates that do not add up
(count_distinct, quantile, min, max) are asked for level by level instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.calendar.local_time import offsets
from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.measure.team_shares import LEFT, TeamShares, shared_out
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Level, Measure, Metric, Scheme
from fairwrench.settlement.source.dialect import Clock, Dialect
from fairwrench.settlement.source.formula import (
    ADDITIVE,
    FormulaError,
    aggregate_name,
    parse_aggregate,
    parse_condition,
)
from fairwrench.settlement.source.source import Source
from fairwrench.settlement.source.team_names import MARK


@dataclass(frozen=True)
class Planned:
    """One measure of a pass: `key` names its result column; rows exempted from `metric` are left out when it is set.

    With `batches` only rows of these batches count.
    """

    key: str
    measure: Measure
    metric: str = ""
    batches: tuple[int, ...] = ()


@dataclass(frozen=True)
class RowsAsked:
    """The rows behind a measure that are asked for: of some people or stores, or of all (None)."""

    planned: Planned
    people: tuple[str, ...] | None = None
    stores: tuple[str, ...] | None = None


@dataclass(frozen=True)
class Pass:
    """Everything asked of one source at once. `levels` is empty for additive measures, which are asked as cells."""

    source: str
    measures: tuple[Planned, ...]

    @property
    def credits(self) -> tuple[str, ...]:
        """The person columns the measures are credited to, in a fixed order."""
        return tuple(sorted({planned.measure.credit for planned in self.measures if planned.measure.credit}))


@dataclass(frozen=True)
class SealedSource:
    """Where one source's sealed rows lie and how to read them.

    `files` hold the rows, `derived` the side files keyed by `_id`; rows of batches after `upto_batch` are not part of
    the seal. `covered` says for which (store, month) evidence was handed in, `dated` the same by a column that dates
    rows otherwise than they are filed. `uncovered` says why a file that came does not cover its (store, month):
    `all_rejected` or `other_month`. `absent` names columns that files did not have, with their batches.
    """

    source: Source
    files: tuple[str, ...]
    derived: tuple[str, ...] = ()
    upto_batch: int = 2**31 - 1
    covered: frozenset[tuple[str, str]] = frozenset()
    dated: Mapping[str, frozenset[tuple[str, str]]] = field(default_factory=dict)
    uncovered: Mapping[tuple[str, str], str] = field(default_factory=dict)
    absent: Mapping[str, tuple[int, ...]] = field(default_factory=dict)
    #: whether any row is a reversal, which takes another row back
    reversals: bool = False
    #: the derived columns that the side files hold
    kept: tuple[str, ...] = ()
    #: the month under which each of `files` is filed; empty when that is not known
    filed: tuple[str, ...] = ()

    def handed_in(self, month: Month, column: str | None = None) -> set[str]:
        """The stores that evidence of a month was handed in for: filed under it, or dated in it by `column` (by any
        column where none is given)."""
        ways = self.dated.values() if column is None else [self.dated.get(column, frozenset())]
        return {store for pairs in (self.covered, *ways) for store, at in pairs if at == str(month)}

    def files_since(self, first: Month) -> tuple[str, ...]:
        """The files that can hold rows of a window beginning with `first`: filed then, or in the look-back before."""
        if not self.filed:
            return self.files
        # Filed is not dated: an order filed in September may be delivered, and counted, in October.
        oldest = str(first.plus(-self.source.look_back))
        return tuple(path for path, month in zip(self.files, self.filed, strict=True) if month >= oldest)


#: the store of an exemption that holds for whichever store the row lies in
ANYWHERE = "*"


@dataclass(frozen=True)
class Evidence:
    """The sealed evidence of one month as the engine reads it."""

    month: Month
    time_zone: str
    sources: Mapping[str, SealedSource]
    #: (source, metric) → the exempted rows, each a store (`*` for any) and the key, its columns joined by `|`
    exempted: Mapping[tuple[str, str], tuple[tuple[str, str], ...]] = field(default_factory=dict)

    def window(self, months: int) -> tuple[Month, Month]:
        """The first and last month of a window that ends with the settled month."""
        return self.month.plus(1 - months), self.month

    def files_for(self, source: str, measures: Iterable[Planned]) -> tuple[str, ...]:
        """The files of a source that these measures have to read."""
        longest = max((planned.measure.months for planned in measures), default=1)
        return self.sources[source].files_since(self.window(longest)[0])

    def clock(self, months: int = 26) -> Clock:
        """The stores' local time over the months before and the month after the settled one."""
        return Clock(offsets(self.time_zone, self.month.plus(-months), self.month.plus(2)), str(self.month))


class Engine(Protocol):
    """Where a pass runs. Every method gives the same integers on every engine."""

    @property
    def name(self) -> str:
        """What people call it: duckdb, spark."""
        ...

    @property
    def dialect(self) -> Dialect:
        """How its SQL differs from the common one."""
        ...

    def cells(self, query: Pass, evidence: Evidence) -> pl.DataFrame:
        """Columns `store`, one per credit (employee_id or null), one Int128 per measure (null: nothing to add up)."""
        ...

    def slices(self, query: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """The same for the movers (employee_id, first, last, department) alone: `store`, `person`, `department`."""
        ...

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """A measure that does not add up, per `unit`: `members` (employee_id, unit) groups the credited people,
        None groups by store, with the whole group as unit `*`. Columns `unit`, `value`; no row without a value."""
        ...

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """The rows behind a measure: all columns of the source with `_id`, `_batch`, `_row`."""
        ...

    def rows_of_each(self, asked: Sequence[RowsAsked], evidence: Evidence) -> list[pl.DataFrame]:
        """What `rows` gives for each of several asked of one source, in one query."""
        ...

    def unmatched(
        self, source: str, by: Mapping[str, str], other: str, batches: Iterable[int], evidence: Evidence
    ) -> pl.DataFrame:
        """Rows filed in the month, of some batches, that name a row of another source (`by`: ours → theirs): batch,
        store, rows, unmatched (those whose row is not there), example (the least of their keys)."""
        ...

    def above_whole(
        self, source: str, thing: Sequence[str], share: str, stores: Iterable[str], evidence: Evidence
    ) -> pl.DataFrame:
        """Things filed in the month (rows equal in `thing`) of some stores of which several uploads tell rows, whose
        shares come to more than the whole: store, things (how many), example (the least of their keys)."""
        ...

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """Write the derived columns asked for, keyed by `_id`, to a parquet file; returns the number of rows."""
        ...


@dataclass
class Plan:
    """The passes for a scheme, and which result belongs to which measure of which metric."""

    passes: tuple[Pass, ...]
    singles: tuple[Planned, ...]
    keys: dict[tuple[str, str], Planned] = field(default_factory=dict)

    def of(self, metric: str, part: str) -> Planned | None:
        """The planned measure of a metric's `numerator` or `denominator`."""
        return self.keys.get((metric, part))


def plan(scheme: Scheme, sources: Mapping[str, Source], exempted: Iterable[str] = ()) -> Plan:
    """Each distinct measure once, grouped by source. Measures of metrics with exempted rows stay apart from others."""
    apart = set(exempted)
    planned: dict[tuple[Measure, str], Planned] = {}
    result = Plan((), ())
    for owner, part, measure in measures_of(scheme):
        # The same measure of two metrics is asked once, unless rows are exempted from one of them alone.
        identity = (measure, owner if owner in apart else "")
        if identity not in planned:
            planned[identity] = Planned(f"m{len(planned)}", measure, identity[1])
        result.keys[owner, part] = planned[identity]
    known = [item for item in planned.values() if item.measure.source in sources]
    additive = [item for item in known if is_additive(item.measure)]
    names = sorted({item.measure.source for item in additive})
    result.passes = tuple(Pass(name, tuple(i for i in additive if i.measure.source == name)) for name in names)
    result.singles = tuple(item for item in known if not is_additive(item.measure))
    return result


def measures_of(scheme: Scheme) -> Iterable[tuple[str, str, Measure]]:
    """(owner, part, measure) of every metric and commission line; a line's owner is `commission.position.line`."""
    for name, metric in scheme.metrics.items():
        yield name, "numerator", metric.numerator
        if metric.denominator:
            yield name, "denominator", metric.denominator
    for position, commission in scheme.pay.commission.items():
        for line_name, line in commission.lines.items():
            yield f"commission.{position}.{line_name}", "numerator", line.measure


def is_additive(measure: Measure) -> bool:
    """True for count and sum."""
    return aggregate_name(measure.value) in ADDITIVE


def check_measure(measure: Measure, source: Source, dialect: Dialect) -> list[str]:
    """What is wrong with a measure's formulas and columns, as sentences; empty when nothing is."""
    wrong: list[str] = []
    read: set[str] = {measure.date}
    try:
        read |= parse_aggregate(measure.value, source, dialect, Clock()).columns
    except FormulaError as error:
        wrong.append(str(error))
    try:
        read |= parse_condition(measure.where, source, dialect, Clock())[1] if measure.where else set()
    except FormulaError as error:
        wrong.append(str(error))
    return wrong + _wrong_columns(measure, source, read)


def _wrong_columns(measure: Measure, source: Source, read: set[str]) -> list[str]:
    """A credit that is no person, a date that is none, and derived columns over more months than they are kept for."""
    wrong = []
    if measure.credit and source.type_of(measure.credit) != "person":
        wrong.append(f"credit `{measure.credit}` is {_shown(source, measure.credit)}, a person column is expected")
    if source.type_of(measure.date) not in ("date", "timestamp", "month"):
        wrong.append(f"date `{measure.date}` is {_shown(source, measure.date)}, a date or month is expected")
    derived = sorted((read | {measure.credit or measure.date}) & set(source.derived))
    # The side file holds the settled month's rows: over more months the others would read as empty, and as no.
    if measure.months > 1 and derived:
        wrong.append(f"derived columns are kept for the settled month alone, so `{derived[0]}` needs `months: 1`")
    return wrong


def _shown(source: Source, column: str) -> str:
    kind = source.type_of(column)
    return f"of type {kind}" if kind else "no column of its source"


def digits(measure: Measure, source: Source, dialect: Dialect) -> int:
    """The decimals that a measure's integer carries: a sum of money in yuan carries 2."""
    return parse_aggregate(measure.value, source, dialect, Clock()).scale


#: what a measure found: `key` names the measure, `value` is an integer of its last decimal; where rows are credited to
#: nobody there is no person, and a person on no roster has no department
CELL: Schema = {
    "key": pl.String,
    "store": pl.String,
    "person": pl.String,
    "department": pl.String,
    "value": pl.Int128,
}


@dataclass(frozen=True)
class Cells:
    """Results of the passes.

    `found`: columns CELL, one row a measure, store, person and department. `by_level`: (measure key, level) → frame
    (unit, value) for measures that do not add up. `shared`: measures of which something was booked on a team, so that
    their integers carry the decimals of a share more. `left`: columns LEFT, what of that no shares split.
    """

    found: pl.DataFrame = field(default_factory=lambda: empty(CELL))
    by_level: Mapping[tuple[str, Level], pl.DataFrame] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()
    shared: frozenset[Measure] = frozenset()
    left: pl.DataFrame = field(default_factory=lambda: empty(LEFT))

    def at(self, key: str, level: Level, teams: pl.DataFrame) -> pl.DataFrame:
        """One measure per `unit` of a level: unit, value."""
        asked = pl.DataFrame([(level, key, None)], schema=_ASKED, orient="row")
        return self.sums(asked, teams).select("unit", "value")

    def sums(self, asked: pl.DataFrame, teams: pl.DataFrame) -> pl.DataFrame:
        """Measures per `unit` of a level: employee id, leader's id, `store|department`, store, `*` for the group.

        `asked`: level, top, below (measure keys, nullable). Columns key, level, unit, value; each key once a level.
        """
        wanted = pl.concat([asked.select("level", key="top"), asked.select("level", key="below")]).drop_nulls().unique()
        named = [(key, level) for level, key in wanted.sort(pl.all()).iter_rows()]
        apart = [_labelled(self.by_level[pair], *pair) for pair in named if pair in self.by_level]
        added = [pair for pair in named if pair not in self.by_level]
        for level in dict.fromkeys(level for _, level in added):
            keys = [key for key, at in added if at == level]
            apart.append(_added(self.found.lazy().filter(pl.col("key").is_in(keys)), level, teams))
        return pl.concat([EMPTY_SUMS, *apart])


def _labelled(frame: pl.DataFrame, key: str, level: str) -> pl.DataFrame:
    return frame.select(pl.lit(key).alias("key"), pl.lit(level).alias("level"), "unit", "value")


def _added(cells: pl.LazyFrame, level: str, teams: pl.DataFrame) -> pl.DataFrame:
    """Cells of several measures added up to the units of a level."""
    if level == "team":
        cells = cells.join(teams.lazy(), left_on="person", right_on="employee_id", how="inner")
    unit = {
        "person": pl.col("person"),
        "team": pl.col("unit") if level == "team" else pl.lit(None),
        "department": unit_of_department(),
        "store": pl.col("store"),
        "group": pl.lit("*"),
    }[level]
    # What nobody was credited with has no person's unit, but it counts for store and group.
    sums = cells.group_by("key", unit.alias("unit")).agg(pl.col("value").sum()).drop_nulls("unit")
    return sums.select("key", pl.lit(level).alias("level"), "unit", "value").collect()


_ASKED = dict.fromkeys(("level", "top", "below"), pl.String)
EMPTY_SUMS = pl.DataFrame(schema={"key": pl.String, "level": pl.String, "unit": pl.String, "value": pl.Int128})


def unit_of_department() -> pl.Expr:
    """`store|department`, null where the person is not known to have one."""
    return pl.col("store") + "|" + pl.col("department")


@dataclass(frozen=True)
class Placed:
    """Where people are, and what is theirs of a team's.

    `homes`: employee_id, store, department of the assessed assignment (or the last one known); `movers`: employee_id,
    first, last, department, for those whose department changed within the month; `leaders`: employee_id, unit (a
    leader above them); `shares`: of what is booked on a team (班组).
    """

    homes: pl.DataFrame
    movers: pl.DataFrame
    leaders: pl.DataFrame
    shares: TeamShares = field(default_factory=TeamShares)


def run(plan_: Plan, engine: Engine, evidence: Evidence, placed: Placed) -> Cells:
    """Run every pass."""
    cells = [_cells_of(query, engine, evidence, placed) for query in plan_.passes if query.source in evidence.sources]
    alike = {planned.key: planned.measure for query in plan_.passes for planned in query.measures}
    found, shared, left = shared_out(pl.concat([empty(CELL), *cells]), placed.shares, alike)
    levels: dict[tuple[str, Level], pl.DataFrame] = {}
    for planned in plan_.singles:
        if planned.measure.source in evidence.sources:
            levels.update(_levels_of(planned, engine, evidence, placed))
    return Cells(found, levels, shared=frozenset(alike[key] for key in shared), left=left)


def _cells_of(query: Pass, engine: Engine, evidence: Evidence, placed: Placed) -> pl.DataFrame:
    """The cells of all measures of a pass (columns CELL); people who moved count where they were on the row's date."""
    found_in_pass = engine.cells(query, evidence)
    result = found_in_pass.lazy()
    home = placed.homes.lazy().select("department", person="employee_id")
    # A stretch of days with its own shares stands where a department does: an engine cuts the months at both alike.
    movers = pl.concat([placed.movers, placed.shares.stretches().select(placed.movers.columns)])
    found = pl.concat([_person_cells(result, planned) for planned in query.measures])
    cells = found.join(home, on="person", how="left", validate="m:1").select(list(CELL)).collect()
    # Asked of the pass, not of what is left of it: two rows that cancel out may lie in two departments.
    credited = {credit: found_in_pass[credit].drop_nulls().unique() for credit in query.credits if movers.height}
    moved = {credit: movers.filter(pl.col("employee_id").is_in(there.implode())) for credit, there in credited.items()}
    return _moved(cells, _slices_of(query, engine, evidence, moved)) if moved else cells


def _person_cells(result: pl.LazyFrame, planned: Planned) -> pl.LazyFrame:
    """One measure of a pass added up for each store and credited person: key, store, person, value."""
    person = pl.col(planned.measure.credit) if planned.measure.credit else pl.lit(None, pl.String)
    cells = _counted(result, planned).group_by("store", person.alias("person")).agg(value=pl.col(planned.key).sum())
    return cells.select(pl.lit(planned.key).alias("key"), "store", "person", "value")


def _counted(result: pl.LazyFrame, planned: Planned) -> pl.LazyFrame:
    """The cells in which a measure found something; amounts that add up to nothing are something."""
    value = pl.col(planned.key)
    # A count of 0 in a cell comes of the pass, which counts other measures there; it is no row of this one.
    return result.filter(value != 0 if aggregate_name(planned.measure.value) == "count" else value.is_not_null())


def _slices_of(query: Pass, engine: Engine, evidence: Evidence, movers: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """What people who changed department brought about in each of them (columns CELL); `movers` by the credit of which
    the pass found anything."""
    # By credit and date: the day that decides the department is the measure's own, that of a team's shares the work's.
    source, of_team = evidence.sources[query.source].source, pl.col("employee_id").str.starts_with(MARK)
    credited = [p for p in query.measures if p.measure.credit and movers[p.measure.credit].height]
    ways = sorted({(p.measure.credit or "", p.measure.date) for p in credited})
    days = [
        (credit, date, day, who)
        for credit, date in ways
        for day, who in ((date, ~of_team), (work_day(source, credit, date), of_team))
    ]
    parts = [empty(CELL).lazy()]
    for credit, date, day, who in days:
        moved = movers[credit].filter(who)
        if moved.is_empty():
            continue
        chosen = tuple(p for p in query.measures if (p.measure.credit, p.measure.date) == (credit, date))
        split = engine.slices(Pass(query.source, chosen), credit, day, moved, evidence).lazy()
        for planned in chosen:
            value = pl.col(planned.key).cast(pl.Int128)
            key = pl.lit(planned.key).alias("key")
            parts.append(_counted(split, planned).select(key, "store", "person", "department", value=value))
    return pl.concat(parts).collect()


def work_day(source: Source, credit: str, date: str) -> str:
    """The column that tells on which day a team did the work of a row credited to it; `date` where none does."""
    column = source.columns.get(credit)
    return (column.teams if column else None) or date


def _moved(whole: pl.DataFrame, part: pl.DataFrame) -> pl.DataFrame:
    """Cells with `part` of them in other departments; what no slice covers stays at home, so that nothing is lost."""
    cell = ["key", "store", "person"]
    taken = part.group_by(cell).agg(taken=pl.col("value").sum())
    rest = whole.join(taken, on=cell, how="left", nulls_equal=True, validate="m:1")
    rest = rest.with_columns(value=pl.col("value") - pl.col("taken").fill_null(0))
    # What moved away whole leaves no cell behind; a true sum of 0 that nothing was taken from stays.
    rest = rest.filter(pl.col("taken").is_null() | (pl.col("value") != 0)).drop("taken")
    return pl.concat([rest, part])


def _levels_of(
    planned: Planned, engine: Engine, evidence: Evidence, placed: Placed
) -> dict[tuple[str, Level], pl.DataFrame]:
    key = planned.key
    stores = engine.level(planned, None, evidence)
    whole = pl.col("unit") == "*"
    levels: dict[tuple[str, Level], pl.DataFrame] = {
        (key, "store"): stores.filter(~whole),
        (key, "group"): stores.filter(whole),
    }
    if planned.measure.credit is None:
        return levels
    people = placed.homes
    groups: dict[Level, pl.DataFrame] = {
        "person": people.select("employee_id", unit=pl.col("employee_id")),
        "team": placed.leaders.select("employee_id", "unit"),
        # Distinct things cannot be split by day, so somebody who moved counts where they are assessed.
        "department": people.select("employee_id", unit=unit_of_department()).drop_nulls(),
    }
    # Nor by shares: a car that a team worked on is one that each of its members worked on.
    whose = {level: placed.shares.behind(members) for level, members in groups.items()}
    return levels | {(key, level): engine.level(planned, members, evidence) for level, members in whose.items()}


def metric_sources(metric: Metric) -> tuple[str, ...]:
    """The one or two sources a metric reads."""
    parts = [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]
    return tuple(dict.fromkeys(part.source for part in parts))
