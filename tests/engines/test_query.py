"""The SQL that engines share: one text for all of them, with the decimals it promises."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from typing import Any

import duckdb
import polars as pl
import pytest
import sqlglot

from fairwrench.engines import query, traced
from fairwrench.engines.derivation import derive
from fairwrench.engines.duckdb import DIALECT, TYPES
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Evidence, Pass, RowsAsked, SealedSource
from fairwrench.settlement.source.dialect import Clock, Dialect
from tests.engines.jobs import ALL, LINES
from tests.engines.jobs import ORDERS as VISITS
from tests.engines.landed import ZONE, at, evidence, source_of
from tests.engines.orders import ORDERS, planned

OCTOBER = (Month(2026, 10), Month(2026, 10))
#: another engine's ways of writing: backticks, its own words, backslashes that mean something
OTHER = replace(
    DIALECT,
    quote="`",
    anti_join="LEFT ANTI JOIN",
    text_type="STRING",
    literal=lambda text: "'" + text.replace("\\", "\\\\").replace("'", "\\'") + "'",
)


@pytest.mark.parametrize(
    ("column", "sql"),
    [
        ("month", "(\"month\" >= '2026-10' AND \"month\" <= '2026-10')"),
        ("due_on", "(\"due_on\" >= DATE '2026-10-01' AND \"due_on\" <= DATE '2026-10-31')"),
        (
            "opened_at",
            "(\"opened_at\" >= TIMESTAMPTZ '2026-09-30 16:00:00+00'"
            " AND \"opened_at\" < TIMESTAMPTZ '2026-10-31 16:00:00+00')",
        ),
    ],
)
def test_a_month_in_each_kind_of_date(column: str, sql: str) -> None:
    """Fails when a month would not begin and end at midnight in Shanghai."""
    assert query.in_months(ORDERS, column, OCTOBER, ZONE, DIALECT) == sql


@pytest.mark.parametrize("column", ["amount", "ro_no", "unknown"])
def test_a_measure_cannot_be_dated_by_anything_else(column: str) -> None:
    """Fails when a measure dated by a column that is no date would count every row of every month."""
    with pytest.raises(ValueError, match="cannot date a measure"):
        query.in_months(ORDERS, column, OCTOBER, ZONE, DIALECT)


def test_a_row_key_is_what_the_exemptions_write() -> None:
    """Fails when an exempted row could not be named: store, number and line joined by bars, empty parts empty."""
    lines = source_of(
        {"store": "store", "n": "int", "technician": "person", "d": "date"}, ["store", "n", "technician", "d"], "d"
    )
    sql = query.row_key(lines, DIALECT)
    rows = "(VALUES ('S1', 7, 'E1', DATE '2026-10-01'), ('S|1', 8, NULL, NULL)) t(store, n, technician, d)"
    assert duckdb.sql(f"SELECT {sql} FROM {rows}").fetchall() == [("S1|7|E1|2026-10-01",), ("S|1|8||",)]


def test_an_empty_source_has_all_its_columns() -> None:
    """Fails when a query over nothing would not find a column, or find it of another type."""
    odd = source_of({"by": "text", "order": "int", "d": "date"}, ["by"], "d", derived_types={"first": "timestamp"},
                    derived={"first": {"shift": "d", "days": 1}})  # fmt: skip
    rows = duckdb.sql(query.nothing(query.row_types(odd), TYPES, DIALECT.column))
    assert rows.columns == ["by", "order", "d", "store", "_id", "_batch", "_row", "_supersedes", "_void"]
    kinds = ["VARCHAR", "BIGINT", "DATE", "VARCHAR", *["BIGINT"] * 4, "BOOLEAN"]
    assert [str(kind) for kind in rows.types] == kinds
    side = duckdb.sql(query.nothing(query.side_types(odd), TYPES, DIALECT.column))
    assert (side.columns, rows.fetchall(), side.fetchall()) == (["_id", "first"], [], [])


def texts(dialect: Dialect) -> list[str]:
    """Every kind of query."""
    seen: Evidence = evidence(
        o=SealedSource(ORDERS, ()),
        orders=SealedSource(VISITS, ()),
        lines=SealedSource(LINES, ()),
        exempted={("o", "m"): (("*", "S1|O'Neil\\"), ("S1", "S1|O'Neil\\"))},
    )
    where = "kind in ('O''Neil', 'a\\b') and hour_of(opened_at) < 8 and starts_with(ro_no, 'R') or rework is not true"
    every = [
        planned(value, where, key=f"m{n}", metric="m", source="o")
        for n, value in enumerate(["count", "sum(amount * share)", "sum(case when rework then lines else 0 end)"])
    ]
    asked = Pass("o", tuple(every))
    single = planned("quantile(amount, 0.5)", where, source="o")
    return [
        query.cells(asked, seen, dialect),
        query.slices(asked, "technician", "opened_at", seen, dialect),
        query.slices(asked, "technician", "month", seen, dialect),
        query.level(single, True, seen, dialect),
        query.level(single, False, seen, dialect),
        query.rows(single, ["E1", "O'Neil"], ["S1"], seen, dialect),
        traced.rows([RowsAsked(single, ("E1", "O'Neil"), ("S1",)), RowsAsked(every[1])], seen, dialect),
        derive("lines", ALL, seen, dialect),
    ]


@pytest.mark.parametrize(("dialect", "read"), [(DIALECT, "duckdb"), (OTHER, "spark")], ids=["duckdb", "other"])
def test_every_query_can_be_read(dialect: Dialect, read: str) -> None:
    """Fails when a query would be written in one engine's own words, and be no SQL for another."""
    for sql in texts(dialect):
        assert len(sqlglot.parse(sql, read=read)) == 1
        if read == "spark":
            assert '"' not in sql
            assert " ANTI JOIN" not in sql.replace("LEFT ANTI JOIN", "")


def test_the_same_question_is_asked_in_the_same_words() -> None:
    """Fails when the text of a query would change from run to run, by the order of a set."""
    assert texts(DIALECT) == texts(DIALECT)
    cells = texts(DIALECT)[0]
    names = ["amount", "hour", "kind", "lines", "opened_at", "rework", "ro_no", "share", "store", "technician"]
    fetched = cells[cells.index("SELECT r._id") : cells.index(" FROM raw_o")].split(", ")[1:]
    assert fetched == [f'r."{name}"' for name in names if name != "hour"]


def result(kind: Any, *values: Any) -> pl.DataFrame:
    return pl.DataFrame({"store": ["S1"] * len(values), "m": pl.Series(values, dtype=kind)})


@pytest.mark.parametrize(
    ("value", "kind", "given", "expected"),
    [
        ("sum(lines)", pl.Decimal(38, 0), [None, 10**30], [None, 10**30]),
        ("sum(lines)", pl.Int64, [7, None], [7, None]),
        ("count", pl.Int64, [0, 3], [0, 3]),
        ("sum(amount)", pl.Decimal(38, 2), ["1.25", None, "-0.01"], [125, None, -1]),
        ("sum(amount * share)", pl.Decimal(38, 5), ["0.00001"], [1]),
        ("max(share)", pl.Decimal(18, 3), ["0.5"], [500]),
    ],
)
def test_measures_become_whole_numbers(value: str, kind: Any, given: list[Any], expected: list[int | None]) -> None:
    """Fails when an amount would be off by a power of ten, or nothing be taken for zero."""
    seen = evidence(orders=SealedSource(ORDERS, ()))
    values = [yuan_or_whole(one) for one in given]
    found = query.exact(result(kind, *values), [planned(value)], seen, DIALECT)
    assert found["m"].to_list() == expected
    assert found.schema["m"] == pl.Int128


def yuan_or_whole(value: Any) -> Any:
    return Decimal(value) if isinstance(value, str) else value


@pytest.mark.parametrize(
    ("value", "kind"),
    [
        ("sum(amount)", pl.Float64),
        ("sum(amount)", pl.Decimal(38, 3)),
        ("sum(amount)", pl.Int64),
        ("sum(lines)", pl.Float64),
        ("count", pl.Decimal(38, 2)),
    ],
)
def test_a_result_that_is_not_exact_is_refused(value: str, kind: Any) -> None:
    """Fails when a float, or decimals that nobody expected, could become pay."""
    seen = evidence(orders=SealedSource(ORDERS, ()))
    with pytest.raises(ArithmeticError, match="came back as"):
        query.exact(result(kind, None), [planned(value)], seen, DIALECT)


def test_an_offset_for_each_season() -> None:
    """Fails when the clock would be read once for the whole window."""
    clock = Clock(((0, 3600), (100, 7200), (200, 3600)))
    sql = clock.east("s", lambda stamp: stamp)
    assert sql == "CASE WHEN s >= 200 THEN 3600 WHEN s >= 100 THEN 7200 ELSE 3600 END"
    found = duckdb.sql(f"SELECT {sql} FROM (VALUES (-5), (0), (99), (100), (199), (200)) t(s)").fetchall()
    assert [east for (east,) in found] == [3600, 3600, 3600, 7200, 7200, 3600]


def test_a_moment_is_written_in_utc() -> None:
    """Fails when a bound would be moved by the machine's time zone."""
    assert query.moment(at("2026-10-01 00:00"), DIALECT) == "TIMESTAMPTZ '2026-09-30 16:00:00+00'"
