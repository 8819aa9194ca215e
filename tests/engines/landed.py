"""Small evidence in the ledger's layout: parquet files by month and batch, with the ledger's own columns."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import polars as pl

from fairwrench.ledger.columns import ID_BITS, PARTITION, file_types, filed_month
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import Evidence, SealedSource
from fairwrench.settlement.source.source import Source

ZONE = "Asia/Shanghai"
Row = Mapping[str, Any]


def source_of(columns: Mapping[str, Any], key: Sequence[str], filed_by: str, **more: Any) -> Source:
    """A source with these columns: a word is a type, a dict is the whole column."""
    whole = {name: {"type": told} if isinstance(told, str) else told for name, told in columns.items()}
    text = {"zh": "行", "en": "row"}
    return Source.model_validate(
        {"name": text, "row": text, "key": list(key), "filed_by": filed_by, "columns": whole, **more}
    )


def at(local: str, zone: str = ZONE) -> datetime:
    """A local time as the ledger keeps it: `2026-10-01 00:00` or with seconds."""
    return datetime.fromisoformat(local).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def day(text: str) -> date:
    return date.fromisoformat(text)


def yuan(text: str | int) -> Decimal:
    return Decimal(text)


def row_id(batch: int, ordinal: int) -> int:
    """The id of the `ordinal`th row (from 1) of a batch."""
    return (batch << ID_BITS) + ordinal


def landed(
    folder: Path, name: str, source: Source, *batches: Sequence[Row], zone: str = ZONE, **more: Any
) -> SealedSource:
    """Batches 1, 2, … written as the ledger does. A row may carry `_supersedes` and `_void`.

    A void row says its month in `_month`, as it has no date of its own.
    """
    types = file_types(source)
    files: list[str] = []
    for batch, rows in enumerate(batches, start=1):
        whole = [_whole(row, batch, ordinal) for ordinal, row in enumerate(rows, start=1)]
        frame = pl.DataFrame(whole, schema={**types, PARTITION: pl.String()})
        frame = frame.with_columns(pl.coalesce(PARTITION, filed_month(source, zone)).alias(PARTITION))
        for (month,), part in sorted(frame.partition_by(PARTITION, as_dict=True).items()):
            path = folder / name / f"{PARTITION}={month}" / f"batch-{batch}.parquet"
            path.parent.mkdir(parents=True, exist_ok=True)
            part.drop(PARTITION).write_parquet(path)
            files.append(str(path))
    return SealedSource(source, tuple(files), **more)


def _whole(row: Row, batch: int, ordinal: int) -> Row:
    added = {"_id": row_id(batch, ordinal), "_batch": batch, "_row": ordinal + 1, "_void": False}
    return {**added, **row}


def evidence(month: str = "2026-10", zone: str = ZONE, *, exempted: Any = None, **sources: SealedSource) -> Evidence:
    """The sealed evidence of a month."""
    return Evidence(Month.parse(month), zone, sources, exempted or {})
