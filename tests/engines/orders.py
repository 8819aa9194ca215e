"""Orders as the tests of the engine measure them, and their figures as plain dicts."""

from __future__ import annotations

from typing import Any

import polars as pl

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Evidence, Pass, Planned
from fairwrench.settlement.scheme.scheme import Measure
from tests.engines.landed import Row, at, day, source_of

ORDERS = source_of(
    {
        "ro_no": "text",
        "store": "store",
        "technician": "person",
        "advisor": "person",
        "opened_at": "timestamp",
        "delivered_at": "timestamp",
        "due_on": "date",
        "month": "month",
        "kind": "text",
        "amount": "decimal",
        "share": {"type": "decimal", "scale": 3},
        "lines": "int",
        "rework": "bool",
    },
    ["store", "ro_no"],
    "opened_at",
)
ENGINE = DuckDB(memory="500MB", threads=1)
NOON = at("2026-10-15 12:00")


def order(ro_no: str, technician: str | None = "E1", store: str = "S1", **more: Any) -> Row:
    """One order, opened in the middle of October 2026 unless said otherwise."""
    return {"ro_no": ro_no, "store": store, "technician": technician, "opened_at": NOON, **more}


def planned(value: str = "count", where: str | None = None, **more: Any) -> Planned:
    """A measure of the orders, credited to the technician by the day of opening."""
    key, metric = more.pop("key", "m"), more.pop("metric", "")
    told = {"source": "orders", "value": value, "where": where, "credit": "technician", "date": "opened_at", **more}
    return Planned(key, Measure.model_validate(told), metric)


def cells(seen: Evidence, *measures: Planned, engine: DuckDB = ENGINE) -> dict[tuple[Any, ...], tuple[Any, ...]]:
    """(store, credits…) → the measures' integers."""
    asked = Pass("orders", measures or (planned(),))
    keys = 1 + len(asked.credits)
    return {tuple(row[:keys]): tuple(row[keys:]) for row in engine.cells(asked, seen).iter_rows()}


def level(seen: Evidence, measure: Planned, members: list[tuple[str, str]] | None = None) -> dict[str, int]:
    """unit → value."""
    frame = None if members is None else pl.DataFrame(members, schema=["employee_id", "unit"], orient="row")
    return dict(ENGINE.level(measure, frame, seen).select("unit", "value").iter_rows())


def movers(*rows: tuple[str, str, str, str]) -> pl.DataFrame:
    """employee_id, first, last, department."""
    shape = {"employee_id": pl.String, "first": pl.Date, "last": pl.Date, "department": pl.String}
    return pl.DataFrame([(p, day(a), day(b), d) for p, a, b, d in rows], schema=shape, orient="row")


MOVE = movers(("E1", "2026-10-01", "2026-10-09", "workshop"), ("E1", "2026-10-10", "2026-10-31", "body"))
