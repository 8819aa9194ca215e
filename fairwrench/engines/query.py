"""The SQL of the engines: one text for all of them, with the dialect's few differences filled in.

Views that an engine offers: `raw_<source>` (the sealed files' rows) and `side_<source>` (derived columns keyed by `_id`).
Everything else here is standard SQL that DuckDB and Spark read alike.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.formula import Clock, Dialect, aggregate_sql, parse_aggregate, parse_condition
from fairwrench.settlement.measure import Evidence, Pass, Planned
from fairwrench.settlement.source import Source


def text(value: str) -> str:
    """A text literal."""
    return "'" + value.replace("'", "''") + "'"


def current(source: str, evidence: Evidence, columns: Iterable[str], dialect: Dialect) -> str:
    """The rows in force: of sealed batches, not void, not superseded; derived columns joined where asked for."""
    sealed = evidence.sources[source]
    wanted = sorted(set(columns) - {"_id"})
    derived = [name for name in wanted if name in sealed.source.derived]
    plain = [f"r.{dialect.column(name)}" for name in wanted if name not in derived]
    side = [f"d.{dialect.column(name)}" for name in derived]
    join = f" LEFT JOIN side_{source} d ON r._id = d._id" if derived else ""
    return (
        f"SELECT {', '.join(['r._id', *plain, *side])} FROM raw_{source} r"
        f" LEFT ANTI JOIN (SELECT _supersedes FROM raw_{source} WHERE _supersedes IS NOT NULL"
        f" AND _batch <= {sealed.upto_batch}) gone ON r._id = gone._supersedes{join}"
        f" WHERE NOT r._void AND r._batch <= {sealed.upto_batch}"
    ).replace("LEFT ANTI JOIN", dialect.anti_join)


def row_types(source: Source) -> dict[str, str]:
    """The columns of a source's rows with the engines' words for their types."""
    own = {name: _word(column.type, column.scale) for name, column in source.columns.items()}
    added = {"store": "text", "_id": "int", "_batch": "int", "_row": "int", "_supersedes": "int", "_void": "bool"}
    return own | added


def side_types(source: Source) -> dict[str, str]:
    """The columns of a side file: `_id` and every derived column."""
    return {"_id": "int"} | {name: _word(kind, 2) for name, kind in source.derived_types.items()}


def nothing(columns: Mapping[str, str], types: Mapping[str, str]) -> str:
    """A query with these columns and no row: a source that was handed in without rows, or not at all."""
    typed = ", ".join(f"CAST(NULL AS {types[word]}) AS {name}" for name, word in columns.items())
    return f"SELECT {typed} WHERE 1 = 0"


def _word(kind: str, scale: int) -> str:
    return {"decimal": f"decimal{scale}", "month": "text", "person": "text", "store": "text"}.get(kind, kind)


def in_months(source: Source, column: str, window: tuple[Month, Month], zone: str, dialect: Dialect) -> str:
    """The condition that a row's local date in `column` lies in the months of `window`."""
    name = dialect.column(column)
    kind = source.type_of(column)
    if kind == "timestamp":
        begin, end = window[0].bounds_utc(zone)[0], window[1].bounds_utc(zone)[1]
        return f"({name} >= {moment(begin, dialect)} AND {name} < {moment(end, dialect)})"
    if kind == "date":
        return f"({name} >= DATE '{window[0].first}' AND {name} <= DATE '{window[1].last}')"
    if kind == "month":
        return f"({name} >= '{window[0]}' AND {name} <= '{window[1]}')"
    raise ValueError(f"column {column} of type {kind} cannot date a measure")


def moment(value: datetime, dialect: Dialect) -> str:
    """A UTC instant as a literal."""
    return dialect.moment(value.strftime("%Y-%m-%d %H:%M:%S"))


def condition(planned: Planned, evidence: Evidence, dialect: Dialect, clock: Clock) -> tuple[str, frozenset[str]]:
    """Which rows count for a measure (its month, its `where`, no exemption), and the columns that takes."""
    measure = planned.measure
    source = evidence.sources[measure.source].source
    parts = [in_months(source, measure.date, evidence.window(measure.months), evidence.time_zone, dialect)]
    columns = {measure.date}
    if measure.where:
        sql, read = parse_condition(measure.where, source, dialect, clock)
        parts.append(sql)
        columns |= read
    excused = evidence.exempted.get((measure.source, planned.metric), ())
    if excused:
        parts.append(f"{row_key(source, dialect)} NOT IN ({', '.join(text(key) for key in excused)})")
        columns |= set(source.key)
    return "(" + " AND ".join(parts) + ")", frozenset(columns)


def row_key(source: Source, dialect: Dialect) -> str:
    """A row's key as one text, its columns joined by `|`, as the exemptions source writes it."""
    parts = [f"COALESCE(CAST({dialect.column(name)} AS {dialect.text_type}), '')" for name in source.key]
    return "(" + " || '|' || ".join(parts) + ")"


def cells(query: Pass, evidence: Evidence, dialect: Dialect) -> str:
    """One pass over a source: every measure per store and credited people at once."""
    return _grouped(query, evidence, dialect, ["store", *query.credits], "", "")


def slices(query: Pass, credit: str, day: str, evidence: Evidence, dialect: Dialect) -> str:
    """The rows of movers (view `movers`) by the department they had on the row's date."""
    source = evidence.sources[query.source].source
    column = dialect.column(day)
    kind = source.type_of(day)
    if kind == "timestamp":
        clock = evidence.clock()
        local = dialect.local_date(column, clock.east(column, dialect.instant))
    else:
        local = column if kind == "date" else f"CAST({column} || '-01' AS DATE)"
    on = f" JOIN movers m ON {dialect.column(credit)} = m.employee_id AND {local} >= m.first AND {local} <= m.last"
    keys = f"store, {dialect.column(credit)} AS person, m.department AS department"
    return _grouped(query, evidence, dialect, ["store", credit], on, keys)


def _grouped(query: Pass, evidence: Evidence, dialect: Dialect, groups: Sequence[str], join: str, keys: str) -> str:
    source = evidence.sources[query.source].source
    clock = evidence.clock()
    read: set[str] = set(groups)
    aggregates, conditions = [], []
    for planned in query.measures:
        test, columns = condition(planned, evidence, dialect, clock)
        aggregate = parse_aggregate(planned.measure.value, source, dialect, clock)
        aggregates.append(f"{aggregate_sql(aggregate, test, dialect)} AS {planned.key}")
        conditions.append(planned)
        read |= columns | aggregate.columns
    selected = keys or ", ".join(dialect.column(name) for name in groups)
    by = f"store, {dialect.column(groups[1])}, m.department" if join else selected
    where = _dated(conditions, evidence, dialect)
    rows = current(query.source, evidence, read, dialect)
    return f"SELECT {selected}, {', '.join(aggregates)} FROM ({rows}) c{join} WHERE {where} GROUP BY {by}"


def _dated(measures: Iterable[Planned], evidence: Evidence, dialect: Dialect) -> str:
    """Rows outside every measure's months need not be looked at."""
    tests = {
        in_months(
            evidence.sources[p.measure.source].source,
            p.measure.date,
            evidence.window(p.measure.months),
            evidence.time_zone,
            dialect,
        )
        for p in measures
    }
    return "(" + " OR ".join(sorted(tests)) + ")"


def level(planned: Planned, by_store: bool, evidence: Evidence, dialect: Dialect) -> str:
    """A measure that does not add up, grouped by store or by the `unit` of view `members`."""
    measure = planned.measure
    source = evidence.sources[measure.source].source
    clock = evidence.clock()
    test, columns = condition(planned, evidence, dialect, clock)
    aggregate = parse_aggregate(measure.value, source, dialect, clock)
    read = {*columns, *aggregate.columns, "store"} | ({measure.credit} if measure.credit else set())
    rows = current(measure.source, evidence, read, dialect)
    value = f"{aggregate_sql(aggregate, test, dialect)} AS {planned.key}"
    if by_store:
        return f"SELECT store AS unit, {value} FROM ({rows}) c WHERE {test} GROUP BY store"
    join = f"JOIN members m ON c.{dialect.column(measure.credit or '')} = m.employee_id"
    return f"SELECT m.unit AS unit, {value} FROM ({rows}) c {join} WHERE {test} GROUP BY m.unit"


def rows(
    planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence, dialect: Dialect
) -> str:
    """The rows that a measure counts, for some people or stores, with all their columns."""
    measure = planned.measure
    source = evidence.sources[measure.source].source
    test, _ = condition(planned, evidence, dialect, evidence.clock())
    tests = [test]
    if people is not None and measure.credit:
        tests.append(f"{dialect.column(measure.credit)} IN ({', '.join(map(text, people)) or 'NULL'})")
    if stores is not None:
        tests.append(f"store IN ({', '.join(map(text, stores)) or 'NULL'})")
    wanted = dict.fromkeys([*source.columns, *evidence.sources[measure.source].kept, "store", "_batch", "_row"])
    inner = current(planned.measure.source, evidence, wanted, dialect)
    return f"SELECT * FROM ({inner}) c WHERE {' AND '.join(tests)} ORDER BY _batch, _row, _id"


def units(key: str, kind: pl.DataType) -> pl.Expr:
    """A measure's column as Int128: a decimal by its unscaled integer, null (no row) as 0."""
    column = pl.col(key)
    whole = column.to_physical() if isinstance(kind, pl.Decimal) else column
    return whole.cast(pl.Int128).fill_null(0)
