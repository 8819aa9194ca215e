"""Orders with their jobs, and the derived columns of jobs, as the tests of derived columns use them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.engines.duckdb import DuckDB
from tests.engines.landed import Row, at, evidence, landed, source_of

COMEBACK = {
    "recurrence": ["vin", "fault"],
    "visit": ["store", "ro_no"],
    "order": ["opened_at", "store", "ro_no", "line", "technician"],
    "opened": "opened_at",
    "closed": "delivered_at",
    "days": 30,
}
ORDERS = source_of(
    {"store": "store", "ro_no": "text", "vin": "text", "opened_at": "timestamp", "delivered_at": "timestamp"},
    ["store", "ro_no"],
    "opened_at",
)
LINES = source_of(
    {
        "store": "store",
        "ro_no": "text",
        "line": "int",
        "technician": "person",
        "opened_at": "timestamp",
        "finished_at": "timestamp",
        "fault": "text",
        "share": {"type": "decimal", "scale": 3},
    },
    ["store", "ro_no", "line", "technician"],
    "opened_at",
    derived={
        "vin": {"lookup": "orders", "by": {"store": "store", "ro_no": "ro_no"}, "take": "vin"},
        "delivered_at": {"lookup": "orders", "by": {"store": "store", "ro_no": "ro_no"}, "take": "delivered_at"},
        "matures_on": {"shift": "delivered_at", "days": 30},
        "repeat": {**COMEBACK, "flag": "later"},
        "returned": {**COMEBACK, "flag": "earlier"},
        "original": {**COMEBACK, "take": "technician", "largest": "share"},
    },
    derived_types={
        "vin": "text",
        "delivered_at": "timestamp",
        "matures_on": "timestamp",
        "repeat": "bool",
        "returned": "bool",
        "original": "person",
    },
)
ALL = tuple(LINES.derived)
ENGINE = DuckDB(memory="500MB", threads=1)


def visit(ro_no: str, opened: str, delivered: str | None, store: str = "S1", vin: str | None = "V1") -> Row:
    """One order; times are local."""
    return {
        "store": store,
        "ro_no": ro_no,
        "vin": vin,
        "opened_at": at(opened),
        "delivered_at": at(delivered) if delivered else None,
    }


def job(order: Row, line: int = 1, technician: str | None = "E1", fault: str | None = "brakes", **more: Any) -> Row:
    """One line of an order."""
    whole = {"line": line, "technician": technician, "fault": fault, "finished_at": order["delivered_at"], **more}
    return {"store": order["store"], "ro_no": order["ro_no"], "opened_at": order["opened_at"], **whole}


def derived(
    folder: Path, orders: Sequence[Row], lines: Sequence[Row], columns: Iterable[str] = ALL, month: str = "2026-10"
) -> dict[tuple[str, int], dict[str, Any]]:
    """(order number, line) → the derived columns of the rows that matter to the month."""
    sealed = landed(folder, "lines", LINES, lines)
    seen = evidence(month, lines=sealed, orders=landed(folder, "orders", ORDERS, orders))
    target = folder / "side.parquet"
    ENGINE.derive("lines", columns, seen, str(target))
    side = pl.read_parquet(target)
    whole = [pl.read_parquet(path).join(side, on="_id") for path in sealed.files]
    return {(row["ro_no"], row["line"]): row for part in whole for row in part.iter_rows(named=True)}


FIRST = visit("A", "2026-09-10 08:00", "2026-09-12 17:00")
