"""The rows behind several figures of one source in one query, and each figure's own rows out of its result."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

import polars as pl

from fairwrench.engines.query import condition, current, netted
from fairwrench.settlement.measure.measure import Evidence, Planned, RowsAsked
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.formula import parse_aggregate

#: figures whose rows are looked for by their numbers: those of a page about one of them
FEW = 4
#: columns of the result: whether the n-th measure counts a row, and what the row adds to it
_COUNTS, _VALUE = "counts_{}_", "value_{}_"


def measures(asked: Iterable[RowsAsked]) -> list[Planned]:
    """Each measure asked about, once."""
    return list(dict.fromkeys(each.planned for each in asked))


def spans(asked: Sequence[RowsAsked], evidence: Evidence, dialect: Dialect) -> str:
    """The first and last number of each batch's rows that `asked` may count: `begin_`, `end_`; empty where all may.

    Derived rows are as many as the month's jobs and lie in the order of their numbers; those of one store are few.
    """
    name = asked[0].planned.measure.source
    sealed, known = evidence.sources[name], []
    for each in asked:
        # Whose a row is may be derived itself (the technician of the repair before), and that is not known yet.
        credited = each.planned.measure.credit not in sealed.source.derived
        known.append(each if credited else replace(each, people=None))
    everywhere = any(each.people is None and each.stores is None for each in known)
    # Figures of many lie all over the side file: then it is read as a whole, without asking where.
    if not sealed.kept or everywhere or len(known) > FEW:
        return ""
    wanted = " OR ".join(dict.fromkeys(_wanted(each, "TRUE", dialect) for each in known))
    return f"SELECT MIN(_id) AS begin_, MAX(_id) AS end_ FROM raw_{name} WHERE {wanted} GROUP BY _batch ORDER BY begin_"


def between(found: Iterable[tuple[int, int]]) -> str:
    """The condition that `_id` lies in one of several spans."""
    return " OR ".join(f"(_id >= {begin} AND _id <= {end})" for begin, end in found) or "FALSE"


def rows(asked: Sequence[RowsAsked], evidence: Evidence, dialect: Dialect, numbered: str = "") -> str:
    """Every row that one of `asked` counts, once, with what `own` tells them apart by; all ask the same source.

    `numbered` is a condition that `_id` of each of them meets.
    """
    planned = measures(asked)
    name = planned[0].measure.source
    sealed, clock = evidence.sources[name], evidence.clock()
    tests, read = [], {"store"}
    for each in planned:
        test, reads = condition(each, evidence, dialect, clock)
        tests.append(test)
        read |= reads
    columns = [*sealed.source.columns, "store", *sealed.kept, "_batch", "_row"]
    whole = current(name, evidence, columns, dialect, numbered=numbered)
    flags = [f"CASE WHEN {test} THEN TRUE ELSE FALSE END AS {_COUNTS.format(n)}" for n, test in enumerate(tests)]
    if sealed.reversals:
        # what counts is asked of the rows as they are netted, what is shown are the rows as they were handed in
        back = netted(name, evidence, sorted(read), dialect)
        names = [_COUNTS.format(number) for number in range(len(planned))]
        marks = f"SELECT _id AS netted_id_, {', '.join(flags)} FROM ({back}) s"
        whole = f"SELECT r.*, {', '.join(names)} FROM ({whole}) r JOIN ({marks}) n ON r._id = n.netted_id_"
        flags, tests = [], names
    values = []
    for number, (each, test) in enumerate(zip(planned, tests, strict=True)):
        if argument := parse_aggregate(each.measure.value, sealed.source, dialect, clock).argument:
            values.append(f"CASE WHEN {test} THEN {argument} END AS {_VALUE.format(number)}")
    wanted = dict.fromkeys(_wanted(each, tests[planned.index(each.planned)], dialect) for each in asked)
    return (
        f"SELECT {', '.join(['*', *flags, *values])} FROM ({whole}) c"
        f" WHERE {' OR '.join(wanted)} ORDER BY _batch, _row, _id"
    )


def _wanted(asked: RowsAsked, test: str, dialect: Dialect) -> str:
    tests, credit = [test], asked.planned.measure.credit
    for column, words in ((credit, asked.people), ("store", asked.stores)):
        if column and words is not None:
            listed = ", ".join(map(dialect.literal, words)) or "NULL"
            tests.append(f"{dialect.column(column)} IN ({listed})")
    return f"({' AND '.join(tests)})"


def own(found: pl.DataFrame, asked: Sequence[RowsAsked]) -> list[pl.DataFrame]:
    """The rows of each of `asked` out of what the query found, as `Engine.rows` gives them."""
    planned = measures(asked)
    marks = {name.format(number) for name in (_COUNTS, _VALUE) for number in range(len(planned))}
    columns = [name for name in found.columns if name not in marks]
    return [_own(found, each, planned.index(each.planned), columns) for each in asked]


def _own(found: pl.DataFrame, asked: RowsAsked, number: int, columns: list[str]) -> pl.DataFrame:
    holds = [pl.col(_COUNTS.format(number))]
    for column, words in ((asked.planned.measure.credit, asked.people), ("store", asked.stores)):
        if column and words is not None:
            holds.append(pl.col(column).is_in(list(words)))
    value = _VALUE.format(number)
    adds = [pl.col(value).alias("_value")] if value in found.columns else []
    return as_wide(found.filter(pl.all_horizontal(holds)).select(*columns, *adds))


def as_wide(found: pl.DataFrame) -> pl.DataFrame:
    """Rows with what each adds as a decimal of 38 digits: how wide a product becomes differs between engines."""
    kind = found.schema.get("_value")
    if not isinstance(kind, pl.Decimal):
        return found
    return found.with_columns(pl.col("_value").cast(pl.Decimal(38, kind.scale)))
