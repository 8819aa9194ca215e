"""All measures of a scheme as the fewest passes over the evidence, and their results as cells of exact integers.

A cell is (store of the row, department of the credited person on the row's date, person). Persons, teams, departments,
stores and the group are sums of cells, so a ratio is a ratio of sums at every level. Aggregates that do not add up
(count_distinct, quantile, min, max) are asked for level by level instead.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import Protocol
from zoneinfo import ZoneInfo

import polars as pl

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.formula import Clock, Dialect, FormulaError, parse_aggregate, parse_condition
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme import Level, Measure, Metric, Scheme
from fairwrench.settlement.source import Source


@dataclass(frozen=True)
class Planned:
    """One measure of a pass: `key` names its result column; rows exempted from `metric` are left out when it is set."""

    key: str
    measure: Measure
    metric: str = ""


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
    the seal. `covered` says for which (store, month) evidence was handed in.
    """

    source: Source
    files: tuple[str, ...]
    derived: tuple[str, ...] = ()
    upto_batch: int = 2**31 - 1
    covered: frozenset[tuple[str, str]] = frozenset()
    #: the derived columns that the side files hold
    kept: tuple[str, ...] = ()


@dataclass(frozen=True)
class Evidence:
    """The sealed evidence of one month as the engine reads it."""

    month: Month
    time_zone: str
    sources: Mapping[str, SealedSource]
    #: (source, metric) → keys of excused rows, their key columns joined by `|`
    exempted: Mapping[tuple[str, str], tuple[str, ...]] = field(default_factory=dict)

    def window(self, months: int) -> tuple[Month, Month]:
        """The first and last month of a window that ends with the settled month."""
        return self.month.plus(1 - months), self.month

    def clock(self, months: int = 26) -> Clock:
        """The stores' local time over the months before and the month after the settled one."""
        return clock(self.time_zone, self.month.plus(-months), self.month.plus(2))


@dataclass(frozen=True)
class Mover:
    """A person's slice of the month in a department other than that of the assessed assignment."""

    employee_id: str
    first: date
    last: date
    department: str


class Engine(Protocol):
    """Where a pass runs. Every method gives the same integers on every engine."""

    name: str
    dialect: Dialect

    def cells(self, query: Pass, evidence: Evidence) -> pl.DataFrame:
        """Columns `store`, one per credit (employee_id or null), one Int128 per measure (null: no row)."""
        ...

    def slices(self, query: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """The same for the movers (employee_id, first, last, department) alone: `store`, `person`, `department`."""
        ...

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """A measure that does not add up, per `unit`: `members` (employee_id, unit) groups the credited people,
        None groups by store. Columns `unit`, `value`."""
        ...

    def rows(self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence) -> pl.DataFrame:
        """The rows behind a measure: all columns of the source with `_id`, `_batch`, `_row`."""
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
    excused = set(exempted)
    planned: dict[tuple[Measure, str], Planned] = {}
    result = Plan((), ())
    for owner, part, measure in measures_of(scheme):
        identity = (measure, owner if owner in excused else "")
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
    return measure.value.strip() == "count" or measure.value.strip().startswith("sum(")


def check_measure(measure: Measure, source: Source, dialect: Dialect) -> list[str]:
    """What is wrong with a measure's formulas, as sentences; empty when nothing is."""
    wrong = []
    for text, parse in ((measure.value, parse_aggregate), (measure.where, parse_condition)):
        if text is None:
            continue
        try:
            parse(text, source, dialect, Clock())
        except FormulaError as error:
            wrong.append(str(error))
    return wrong


def digits(measure: Measure, source: Source, dialect: Dialect) -> int:
    """The decimals that a measure's integer carries: a sum of money in yuan carries 2."""
    return parse_aggregate(measure.value, source, dialect, Clock()).scale


def clock(time_zone: str, first: Month, last: Month) -> Clock:
    """The UTC offsets in force from `first` to the end of `last`, found day by day and then to the second."""
    zone = ZoneInfo(time_zone)
    begin, end = first.bounds_utc(time_zone)[0], last.bounds_utc(time_zone)[1]
    offsets = [(int(begin.timestamp()), _east(zone, begin))]
    day = begin
    while day < end:
        following = day + timedelta(days=1)
        if _east(zone, following) != offsets[-1][1]:
            offsets.append((_change(zone, day, following), _east(zone, following)))
        day = following
    return Clock(tuple(offsets))


def _east(zone: ZoneInfo, moment: datetime) -> int:
    offset = moment.astimezone(zone).utcoffset()
    return int(offset.total_seconds()) if offset else 0


def _change(zone: ZoneInfo, before: datetime, after: datetime) -> int:
    """The UTC second at which the offset changes between two moments."""
    low, high = int(before.timestamp()), int(after.timestamp())
    old = _east(zone, before)
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (middle, high) if _east(zone, datetime.fromtimestamp(middle, UTC)) == old else (low, middle)
    return high


@dataclass(frozen=True)
class Cells:
    """Results of the passes.

    `by_measure`: measure key → frame (store, department, person, value Int128, all keys nullable).
    `by_level`: (measure key, level) → frame (unit, value) for measures that do not add up.
    """

    by_measure: Mapping[str, pl.DataFrame]
    by_level: Mapping[tuple[str, Level], pl.DataFrame]
    problems: tuple[Problem, ...] = ()

    def at(self, key: str, level: Level, teams: pl.DataFrame) -> pl.DataFrame:
        """One measure per `unit` of a level: employee id, leader's id, `store|department`, store, or `*` for the group."""
        if (key, level) in self.by_level:
            return self.by_level[key, level]
        frame = self.by_measure.get(key)
        if frame is None:
            return EMPTY_LEVEL
        if level == "team":
            frame = frame.join(teams, left_on="person", right_on="employee_id", how="inner")
        unit = {
            "person": pl.col("person"),
            "team": pl.col("unit") if level == "team" else pl.lit(None),
            "department": unit_of_department(),
            "store": pl.col("store"),
            "group": pl.lit("*"),
        }[level]
        return frame.group_by(unit.alias("unit")).agg(pl.col("value").sum()).filter(pl.col("unit").is_not_null())


EMPTY_LEVEL = pl.DataFrame(schema={"unit": pl.Utf8, "value": pl.Int128})


def unit_of_department() -> pl.Expr:
    """`store|department`, null where the person is not known to have one."""
    return pl.col("store") + "|" + pl.col("department")


def run(plan_: Plan, engine: Engine, evidence: Evidence, people: pl.DataFrame, movers: pl.DataFrame, teams: pl.DataFrame) -> Cells:
    """Run every pass. `people`: employee_id, store, department of the assessed assignment (or the last one known);
    `movers`: employee_id, first, last, department, for those whose department changed within the month;
    `teams`: employee_id, unit (a leader above them)."""
    cells: dict[str, pl.DataFrame] = {}
    for query in plan_.passes:
        if query.source in evidence.sources:
            cells.update(_cells_of(query, engine, evidence, people, movers))
    levels: dict[tuple[str, Level], pl.DataFrame] = {}
    for planned in plan_.singles:
        if planned.measure.source in evidence.sources:
            levels.update(_levels_of(planned, engine, evidence, people, teams))
    return Cells(cells, levels)


def _cells_of(
    query: Pass, engine: Engine, evidence: Evidence, people: pl.DataFrame, movers: pl.DataFrame
) -> dict[str, pl.DataFrame]:
    result = engine.cells(query, evidence)
    home = people.select(pl.col("employee_id").alias("person"), "department")
    frames: dict[str, pl.DataFrame] = {}
    for planned in query.measures:
        person = pl.col(planned.measure.credit) if planned.measure.credit else pl.lit(None, pl.Utf8)
        frame = result.group_by("store", person.alias("person")).agg(pl.col(planned.key).sum().alias("value"))
        frames[planned.key] = frame.filter(pl.col("value") != 0).join(home, on="person", how="left", maintain_order="left")
    if movers.height:
        _split_movers(query, engine, evidence, movers, frames)
    return frames


def _split_movers(
    query: Pass, engine: Engine, evidence: Evidence, movers: pl.DataFrame, frames: dict[str, pl.DataFrame]
) -> None:
    """Put the rows of people who changed department where they were on the row's date."""
    ways = sorted({(p.measure.credit, p.measure.date) for p in query.measures if p.measure.credit})
    moved = movers["employee_id"].unique().implode()
    for credit, day in ways:
        chosen = tuple(p for p in query.measures if (p.measure.credit, p.measure.date) == (credit, day))
        split = engine.slices(Pass(query.source, chosen), credit, day, movers, evidence)
        for planned in chosen:
            stay = frames[planned.key].filter(~pl.col("person").is_in(moved).fill_null(False))
            part = split.select("store", "person", pl.col(planned.key).alias("value"), "department")
            frames[planned.key] = pl.concat([stay, part.filter(pl.col("value") != 0)], how="vertical_relaxed")


def _levels_of(
    planned: Planned, engine: Engine, evidence: Evidence, people: pl.DataFrame, teams: pl.DataFrame
) -> dict[tuple[str, Level], pl.DataFrame]:
    key = planned.key
    levels: dict[tuple[str, Level], pl.DataFrame] = {(key, "store"): engine.level(planned, None, evidence)}
    if planned.measure.credit is None:
        return levels
    everyone = people.select("employee_id", unit=pl.col("employee_id"))
    groups: dict[Level, pl.DataFrame] = {
        "person": everyone,
        "team": teams,
        "department": people.select("employee_id", unit=unit_of_department()).drop_nulls(),
    }
    levels.update({(key, level): engine.level(planned, members, evidence) for level, members in groups.items()})
    return levels


def needed_sources(scheme: Scheme) -> tuple[str, ...]:
    """The sources whose rows the scheme's metrics and commission plans read."""
    return tuple(sorted({measure.source for _, _, measure in measures_of(scheme)}))


def metric_sources(metric: Metric) -> tuple[str, ...]:
    """The one or two sources a metric reads."""
    parts = [metric.numerator, metric.denominator] if metric.denominator else [metric.numerator]
    return tuple(dict.fromkeys(part.source for part in parts))
