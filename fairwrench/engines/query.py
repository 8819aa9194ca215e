"""The SQL of the engines: one text for all of them, with the dialect's few differences filled in.

Views that an engine offers: `raw_<source>` (the sealed files' rows), `side_<source>` (derived columns by `_id`).
Everything else here is standard SQL that DuckDB and Spark read alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import datetime

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import ANYWHERE, Evidence, Pass, Planned, SealedSource, digits
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.dialect import Clock, Dialect, quoted
from fairwrench.settlement.source.formula import (
    Aggregate,
    aggregate_sql,
    parse_aggregate,
    parse_condition,
    reversal_sql,
)
from fairwrench.settlement.source.source import Source

#: the mark of rows that take another one back
_TAKES_BACK = "takes_back_"


def text(value: str) -> str:
    """A text literal of standard SQL, for file names; what people wrote goes through `Dialect.literal`."""
    return quoted(value)


def current(source: str, evidence: Evidence, columns: Iterable[str], dialect: Dialect, *, numbered: str = "") -> str:
    """The rows in force: of sealed batches, not void, not superseded; derived columns joined where asked for.

    `numbered` is a condition that `_id` of the rows wanted meets: derived columns of others need not be looked at.
    Refused when rows are there but a derived column was not worked out: it would read as empty for every row.
    """
    sealed = evidence.sources[source]
    wanted = [name for name in dict.fromkeys(columns) if name != "_id"]
    derived = [name for name in wanted if name in sealed.source.derived]
    _refuse_missing(source, sealed, derived)
    chosen = ", ".join(["r._id", *(f"{'d' if name in derived else 'r'}.{dialect.column(name)}" for name in wanted)])
    # What landed after the seal takes no row away from it: a sealed month stays as it was.
    gone = f"SELECT _supersedes FROM raw_{source} WHERE _supersedes IS NOT NULL AND _batch <= {sealed.upto_batch}"
    columns_of = f"(SELECT * FROM side_{source} WHERE {numbered})" if numbered else f"side_{source}"
    side = f" LEFT JOIN {columns_of} d ON r._id = d._id" if derived else ""
    return (
        f"SELECT {chosen} FROM raw_{source} r {dialect.anti_join} ({gone}) gone ON r._id = gone._supersedes{side}"
        f" WHERE NOT r._void AND r._batch <= {sealed.upto_batch}"
    )


def _refuse_missing(source: str, sealed: SealedSource, derived: Sequence[str]) -> None:
    missing = [name for name in derived if name not in sealed.kept] if sealed.files else []
    if missing:
        zh = f"{source} 的推算列 {'、'.join(missing)} 未在锁定数据时算出"
        en = f"the derived columns {', '.join(missing)} of {source} were not worked out when the month was sealed"
        raise Refused([Problem("not_derived", zh, en, subject=source)])


def row_types(source: Source) -> dict[str, str]:
    """The columns of a source's rows with the engines' words for their types."""
    own = {name: _word(column.type, column.scale) for name, column in source.columns.items()}
    added = {"store": "text", "_id": "int", "_batch": "int", "_row": "int", "_supersedes": "int", "_void": "bool"}
    return own | added


def side_types(source: Source) -> dict[str, str]:
    """The columns of a side file: `_id` and every derived column."""
    return {"_id": "int"} | {name: _word(kind, 2) for name, kind in source.derived_types.items()}


def nothing(columns: Mapping[str, str], types: Mapping[str, str], column: Callable[[str], str] = str) -> str:
    """A query with these columns and no row: a source that was handed in without rows, or not at all.

    `types`: our word for a type → the engine's; `column` quotes a name.
    """
    typed = ", ".join(f"CAST(NULL AS {types[word]}) AS {column(name)}" for name, word in columns.items())
    return f"SELECT {typed} WHERE 1 = 0"


def _word(kind: str, scale: int) -> str:
    # Months, people and stores lie in the files as texts.
    return {"decimal": f"decimal{scale}", "month": "text", "person": "text", "store": "text"}.get(kind, kind)


def in_months(source: Source, column: str, window: tuple[Month, Month], zone: str, dialect: Dialect) -> str:
    """The condition that a row's local date in `column` lies in the months of `window`."""
    name = dialect.column(column)
    kind = source.type_of(column)
    if kind == "timestamp":
        # The month's ends go to UTC once, not each row's instant to local time: the files' own ranges then still prune.
        begin, end = window[0].bounds_utc(zone)[0], window[1].bounds_utc(zone)[1]
        return f"({name} >= {moment(begin, dialect)} AND {name} < {moment(end, dialect)})"
    if kind == "date":
        return f"({name} >= DATE '{window[0].first}' AND {name} <= DATE '{window[1].last}')"
    if kind == "month":
        # `2026-09` sorts as the month does.
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
    exempted = evidence.exempted.get((measure.source, planned.metric), ())
    if exempted:
        parts += _not_exempted(source, exempted, dialect)
        # A row is exempted by its key, and where its number is a store's own by the store too.
        columns |= {*source.key, "store"}
    if planned.batches:
        # Asked of the rows of files that lacked a column (`settlement/measure/absent.py`): do any lie in the window?
        parts.append(f"_batch IN ({', '.join(map(str, planned.batches))})")
        columns |= {"_batch"}
    return "(" + " AND ".join(parts) + ")", frozenset(columns)


def _not_exempted(source: Source, exempted: Sequence[tuple[str, str]], dialect: Dialect) -> list[str]:
    """The conditions that leave out exempted rows: those of a store by store and key, the others by their key."""
    key = row_key(source, dialect)
    anywhere = [each for store, each in exempted if store == ANYWHERE]
    in_stores = [f"{store}|{each}" for store, each in exempted if store != ANYWHERE]
    parts = [f"{key} NOT IN ({_listed(anywhere, dialect)})"] if anywhere else []
    if in_stores:
        parts.append(
            f"(COALESCE({dialect.column('store')}, '') || '|' || {key}) NOT IN ({_listed(in_stores, dialect)})"
        )
    return parts


def row_key(source: Source, dialect: Dialect) -> str:
    """A row's key as one text, its columns joined by `|`, as the exemptions source writes it."""
    # An empty part of a key is an empty word; joined with nothing, the key would be nothing and `NOT IN` drop the row.
    parts = [f"COALESCE(CAST({dialect.column(name)} AS {dialect.text_type}), '')" for name in source.key]
    return "(" + " || '|' || ".join(parts) + ")"


def cells(query: Pass, evidence: Evidence, dialect: Dialect) -> str:
    """One pass over a source: every measure per store and credited people at once."""
    keys = ", ".join(dialect.column(name) for name in ("store", *query.credits))
    aggregates, rows, dated = _asked(query, evidence, dialect)
    return f"SELECT {keys}, {aggregates} FROM ({rows}) c WHERE {dated} GROUP BY {keys}"


def slices(query: Pass, credit: str, day: str, evidence: Evidence, dialect: Dialect) -> str:
    """The rows of movers (view `movers`) by the department they had on the row's `day`, where that is empty on the day
    that dates the measures (all by the same column)."""
    source, date = evidence.sources[query.source].source, query.measures[0].measure.date
    local = _local_day(source, day, evidence, dialect)
    if day != date:
        local = f"COALESCE({local}, {_local_day(source, date, evidence, dialect)})"
    aggregates, rows, dated = _asked(query, evidence, dialect, day)
    # The movers' columns are renamed: a source may have an employee_id or a department of its own.
    named = ("employee_id", "first", "last", "department")
    movers = ", ".join(f"{dialect.column(name)} AS mover_{name}" for name in named)
    person = dialect.column(credit)
    return (
        f"SELECT store, {person} AS person, mover_department AS department, {aggregates} FROM ({rows}) c"
        f" JOIN (SELECT {movers} FROM movers) m ON {person} = mover_employee_id"
        f" AND {local} >= mover_first AND {local} <= mover_last"
        f" WHERE {dated} GROUP BY store, {person}, mover_department"
    )


def _local_day(source: Source, column: str, evidence: Evidence, dialect: Dialect) -> str:
    """The local date of a row; of a whole month its first day."""
    name, kind = dialect.column(column), source.type_of(column)
    if kind == "timestamp":
        return dialect.local_date(name, evidence.clock().east(name, dialect.instant))
    return name if kind == "date" else f"CAST({name} || '-01' AS DATE)"


def _asked(query: Pass, evidence: Evidence, dialect: Dialect, *more: str) -> tuple[str, str, str]:
    """A pass's aggregates, the rows they read (with some columns `more`), and the condition without which none of them
    counts a row."""
    clock = evidence.clock()
    read: set[str] = {"store", *query.credits, *more}
    aggregates: list[str] = []
    dated: set[str] = set()
    for planned in query.measures:
        test, aggregate, columns = _measured(planned, evidence, dialect, clock)
        reversal = _reversal(planned, evidence)
        aggregates.append(f"{aggregate_sql(aggregate, test, dialect, reversal)} AS {planned.key}")
        # Each measure tests its own window again; this only keeps rows out of the aggregate that none of them counts.
        dated.add(_dated(planned, evidence, dialect))
        read |= columns
    return ", ".join(aggregates), netted(query.source, evidence, sorted(read), dialect), _any_of(dated)


def _measured(
    planned: Planned, evidence: Evidence, dialect: Dialect, clock: Clock
) -> tuple[str, Aggregate, frozenset[str]]:
    """Which rows a measure counts, how it adds them up, and the columns both take."""
    source = evidence.sources[planned.measure.source].source
    test, columns = condition(planned, evidence, dialect, clock)
    aggregate = parse_aggregate(planned.measure.value, source, dialect, clock)
    return test, aggregate, columns | aggregate.columns


def _reversal(planned: Planned, evidence: Evidence) -> str:
    """Which of the `netted` rows take another one back; empty where the evidence has none or rows are counted as they
    are."""
    return _TAKES_BACK if evidence.sources[planned.measure.source].reversals and not planned.batches else ""


def netted(name: str, evidence: Evidence, columns: Iterable[str], dialect: Dialect) -> str:
    """The rows in force; a reversal as the row that it takes back, its amounts positive, marked `takes_back_`.

    So a reversal meets the conditions that the row met which it takes back, whatever they ask of its amounts.
    """
    source = evidence.sources[name].source
    if not evidence.sources[name].reversals:
        return current(name, evidence, columns, dialect)
    wanted = sorted({*columns, *source.reversible} - {"_id"})
    back = reversal_sql(source, dialect)
    chosen = [
        f"CASE WHEN {back} THEN -{dialect.column(word)} ELSE {dialect.column(word)} END AS {dialect.column(word)}"
        if word in source.reversible
        else dialect.column(word)
        for word in wanted
    ]
    rows = current(name, evidence, wanted, dialect)
    return f"SELECT _id, {', '.join(chosen)}, {back} AS {_TAKES_BACK} FROM ({rows}) s"


def _dated(planned: Planned, evidence: Evidence, dialect: Dialect) -> str:
    measure = planned.measure
    source = evidence.sources[measure.source].source
    return in_months(source, measure.date, evidence.window(measure.months), evidence.time_zone, dialect)


def _any_of(tests: Iterable[str]) -> str:
    # A set has another order in every process; the same question is asked in the same words.
    return "(" + " OR ".join(sorted(tests)) + ")"


def level(planned: Planned, by_store: bool, evidence: Evidence, dialect: Dialect) -> str:
    """A measure that does not add up, grouped by the `unit` of view `members`, or by store with `*` for all stores."""
    measure = planned.measure
    test, aggregate, columns = _measured(planned, evidence, dialect, evidence.clock())
    read = columns | {"store"} | ({measure.credit} if measure.credit else set())
    rows = netted(measure.source, evidence, sorted(read), dialect)
    value = f"{aggregate_sql(aggregate, test, dialect, _reversal(planned, evidence))} AS {planned.key}"
    if by_store:
        return (
            # Over no rows at all the total of all stores would be a row all the same; `HAVING` takes it away.
            f"SELECT CASE WHEN GROUPING(store) = 1 THEN '*' ELSE store END AS unit, {value} FROM ({rows}) c"
            f" WHERE {test} GROUP BY GROUPING SETS ((store), ()) HAVING COUNT(*) > 0"
        )
    # The members' columns are renamed: a source may have an employee_id or a unit of its own.
    members = "SELECT employee_id AS member_id, unit AS member_unit FROM members"
    return (
        f"SELECT member_unit AS unit, {value} FROM ({rows}) c"
        f" JOIN ({members}) m ON {dialect.column(measure.credit or '')} = member_id WHERE {test} GROUP BY member_unit"
    )


def rows(
    planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence, dialect: Dialect
) -> str:
    """The rows that a measure counts, for some people or stores, with all their columns in the source's order.

    `_value` is what a row adds, where the measure counts more than rows.
    """
    measure = planned.measure
    sealed = evidence.sources[measure.source]
    test, read = condition(planned, evidence, dialect, evidence.clock())
    if sealed.reversals:
        # Whether a reversal counts is asked with its amounts turned positive, as in `cells`; shown are its own amounts.
        test = f"_id IN (SELECT _id FROM ({netted(measure.source, evidence, sorted(read), dialect)}) n WHERE {test})"
    tests = [test]
    argument = parse_aggregate(measure.value, sealed.source, dialect, evidence.clock()).argument
    value = f", {argument} AS _value" if argument else ""
    if people is not None and measure.credit:
        tests.append(f"{dialect.column(measure.credit)} IN ({_listed(people, dialect)})")
    if stores is not None:
        tests.append(f"store IN ({_listed(stores, dialect)})")
    inner = current(
        measure.source, evidence, [*sealed.source.columns, "store", *sealed.kept, "_batch", "_row"], dialect
    )
    return f"SELECT *{value} FROM ({inner}) c WHERE {' AND '.join(tests)} ORDER BY _batch, _row, _id"


def unmatched(  # noqa: PLR0917 - called as `Engine.unmatched` is, and the dialect
    name: str, by: Mapping[str, str], other: str, batches: Iterable[int], evidence: Evidence, dialect: Dialect
) -> str:
    """How many rows filed in the month name a row of another source that is not there, by batch and store."""
    source, column = evidence.sources[name].source, dialect.column
    ours = [column(mine) for mine in by]
    filed = in_months(source, source.filed_by, evidence.window(1), evidence.time_zone, dialect)
    # A row that names no partner at all is none whose partner is lacking.
    told = " AND ".join(f"{mine} IS NOT NULL" for mine in ours)
    here = current(name, evidence, sorted({"store", "_batch", source.filed_by, *by}), dialect)
    there = current(other, evidence, sorted(by.values()), dialect)
    theirs = ", ".join(f"t.{column(their)}" for their in by.values())
    on = " AND ".join(f"b.{column(mine)} = o.{column(their)}" for mine, their in by.items())
    # People look for the number in their files; the store is told beside it.
    key = " || ' ' || ".join(f"CAST(b.{mine} AS {dialect.text_type})" for mine in ours if mine != column("store"))
    alone = f"o.{column(next(iter(by.values())))} IS NULL"
    numbers = ", ".join(map(str, batches))
    # Of the other source only what these rows name is looked for: a few numbers among every order that is sealed.
    named = ", ".join(f"{column(mine)} AS {column(f'named_{mine}')}" for mine in by)
    asked = " AND ".join(f"t.{column(their)} = k.{column(f'named_{mine}')}" for mine, their in by.items())
    partners = f"SELECT DISTINCT {theirs} FROM ({there}) t JOIN (SELECT DISTINCT {named} FROM ours_) k ON {asked}"
    return (
        f"WITH ours_ AS (SELECT * FROM ({here}) c WHERE {filed} AND {told} AND _batch IN ({numbers}))"
        f" SELECT b._batch AS batch, b.store AS store, COUNT(*) AS {column('rows')},"
        f" COUNT(CASE WHEN {alone} THEN 1 END) AS unmatched, MIN(CASE WHEN {alone} THEN {key} END) AS example"
        f" FROM ours_ b LEFT JOIN ({partners}) o ON {on} GROUP BY b._batch, b.store"
    )


def above_whole(
    name: str, told: tuple[Sequence[str], str], stores: Iterable[str], evidence: Evidence, dialect: Dialect
) -> str:
    """Things of the month (`told`: their columns, and that of the shares) of which several uploads tell parts that come
    to more than the whole, by store."""
    (thing, share), source, column = told, evidence.sources[name].source, dialect.column
    filed = in_months(source, source.filed_by, evidence.window(1), evidence.time_zone, dialect)
    rows = netted(name, evidence, sorted({*thing, "store", "_batch", share, source.filed_by}), dialect)
    part = f"COALESCE({column(share)}, 1)"
    if evidence.sources[name].reversals:
        part = f"CASE WHEN {_TAKES_BACK} THEN -{part} ELSE {part} END"
    keys = ", ".join(map(column, thing))
    shown = " || ' ' || ".join(f"CAST({column(key)} AS {dialect.text_type})" for key in thing if key != "store")
    return (
        f"WITH things AS (SELECT {keys} FROM ({rows}) c WHERE {filed} AND store IN ({_listed(stores, dialect)})"
        f" GROUP BY {keys} HAVING SUM({part}) > 1 AND COUNT(DISTINCT _batch) > 1)"
        f" SELECT store, COUNT(*) AS things, MIN({shown}) AS example FROM things GROUP BY store ORDER BY store"
    )


def _listed(words: Iterable[str], dialect: Dialect) -> str:
    """Texts as the inside of an `IN (…)`; a list of nothing matches nothing."""
    return ", ".join(map(dialect.literal, words)) or "NULL"


def units(key: str, kind: pl.DataType) -> pl.Expr:
    """A measure's column as Int128: a decimal by its unscaled integer; null where there was nothing to add up."""
    column = pl.col(key)
    # A decimal's physical value is its unscaled integer; a cast of the decimal itself would cut the cents off.
    whole = column.to_physical() if isinstance(kind, pl.Decimal) else column
    return whole.cast(pl.Int128)


def exact(frame: pl.DataFrame, measures: Iterable[Planned], evidence: Evidence, dialect: Dialect) -> pl.DataFrame:
    """A query's result with its measures as Int128 units of the decimals that their formulas promise.

    ArithmeticError when an engine came back with a float or with other decimals: that would be off by powers of ten.
    """
    columns = []
    for planned in measures:
        source, kind = evidence.sources[planned.measure.source].source, frame.schema[planned.key]
        promised, found = digits(planned.measure, source, dialect), kind.scale if isinstance(kind, pl.Decimal) else 0
        if promised != found or not (kind.is_integer() or isinstance(kind, pl.Decimal)):
            raise ArithmeticError(f"`{planned.measure.value}` came back as {kind}, not with {promised} decimals")
        columns.append(units(planned.key, kind))
    return frame.with_columns(columns)
