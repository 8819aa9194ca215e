"""The ledger's current rows for those who are measured against us: they are spared superseding and start from here."""

from __future__ import annotations

from pathlib import Path

import duckdb

from bench.ours import seal_path
from fairwrench.ledger.seal.seal import read_seal

#: what the ten indicators need of each source
COLUMNS = {
    "repair_orders": "_id, store, ro_no, vin, opened_at, first_promised_at, finished_at, delivered_at, advisor,"
    " labour_amount, parts_amount",
    "job_lines": "_id, store, ro_no, line, technician, opened_at, fault_system, finished_at, share, billed_hours,"
    " clocked_hours, labour_amount",
    "surveys": "_id, advisor, asked_on, reached, satisfied",
    "complaints": "_id, responsible, received_at, valid",
    "attendance": "_id, employee_id, month, scheduled_hours, attended_hours",
}


def current(folder: Path, name: str, select: str = "") -> str:
    """The query for a source's current rows, read from the sealed files."""
    files = str(read_seal(seal_path(folder)).sources[name].paths(folder))
    gone = f"SELECT _supersedes FROM read_parquet({files}) WHERE _supersedes IS NOT NULL"
    return f"SELECT {select or COLUMNS[name]} FROM read_parquet({files}) WHERE NOT _void AND _id NOT IN ({gone})"


def connect() -> duckdb.DuckDBPyConnection:
    """A connection whose timestamps are UTC."""
    connection = duckdb.connect()
    connection.execute("SET TimeZone = 'UTC'")
    return connection
