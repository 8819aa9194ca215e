"""What the ledger's tests share: three small sources, rows for them, and landing in one line."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Any

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch, Upload
from fairwrench.ledger.columns import row_types
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source

OCTOBER = Month(2026, 10)
SEPTEMBER, NOVEMBER = OCTOBER.plus(-1), OCTOBER.plus(1)


def source(key: tuple[str, ...], filed_by: str, **columns: str) -> Source:
    """A source whose columns are given as name=type."""
    about = {"zh": "来源", "en": "source"}
    typed = {name: {"type": kind} for name, kind in columns.items()}
    return Source.model_validate({"name": about, "row": about, "key": key, "filed_by": filed_by, "columns": typed})


#: numbers are the store's own; a row may move to another month when its date is corrected
ORDERS = source(
    ("store", "ro_no"),
    "opened_at",
    store="store",
    ro_no="text",
    opened_at="timestamp",
    amount="decimal",
    advisor="person",
)
#: one row a person and month; the person places it, so it may move to another store
ATTENDANCE = source(("employee_id", "month"), "month", employee_id="person", month="month", hours="int")
#: the key has a part that may be empty: somebody who is not on the roster
LINES = source(
    ("store", "ro_no", "technician"), "day", store="store", ro_no="text", technician="person", day="date", hours="int"
)


def table(of: Source, *rows: Sequence[object], first_row: int = 2) -> pl.DataFrame:
    """Accepted rows of a source: values in the order of its columns (and `store` last where it has none of its own)."""
    types = row_types(of)
    frame = pl.DataFrame(list(rows), schema=list(types), orient="row", infer_schema_length=None)
    casts = [pl.col(name).cast(kind) for name, kind in types.items()]
    return frame.with_columns(casts).with_columns(_row=pl.int_range(first_row, first_row + pl.len(), dtype=pl.Int64))


def order(
    ro_no: str, opened_at: str, amount: str = "1.00", advisor: str | None = "E1", store: str = "S1"
) -> tuple[object, ...]:
    """One repair order; `opened_at` is UTC, minutes are enough."""
    return store, ro_no, datetime.fromisoformat(opened_at).replace(tzinfo=UTC), amount, advisor


def land(
    ledger: Ledger,
    rows: pl.DataFrame,
    name: str = "orders",
    of: Source = ORDERS,
    *,
    period: Month | None = OCTOBER,
    file: str = "",
    **more: Any,
) -> Batch:
    """Land rows as a file whose content is told by its name (else by its rows)."""
    file = file or f"{rows.write_json()}.csv"
    stores = rows.get_column("store").unique().sort().to_list()
    return ledger.land(name, of, rows, Upload(file[:40], file.encode()), period=period, stores=stores, by="ann", **more)


def values(
    ledger: Ledger, name: str = "orders", of: Source = ORDERS, upto: Month | None = None
) -> list[tuple[object, ...]]:
    """The current rows' canonical columns, sorted."""
    return sorted(ledger.current(name, of, upto=upto).select(list(row_types(of))).rows(), key=str)
