"""Accepted rows on their way in: checked, given their month, their batch and their number, cut into files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, cast

import polars as pl

from fairwrench.ledger.batches.compare import Comparison, refuse_twice
from fairwrench.ledger.batches.lookup import files_to_read, read_keys
from fairwrench.ledger.batches.table import Table
from fairwrench.ledger.columns import ID_BITS, PARTITION, filed_month, row_types
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source

_SHOWN = 5
#: what stands for an empty value while hashing; that it was empty is hashed beside it
_ZERO: dict[pl.DataType, pl.Expr] = {pl.String(): pl.lit(""), pl.Boolean(): pl.lit(False)}


class Part(NamedTuple):
    """The rows of one file: all of one month and store, with the added columns; `period` is when they count from."""

    month: str
    period: str | None
    rows: pl.DataFrame


def prepared(source: Source, rows: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Rows with `_ordinal` (from 1) and `_month` beside their canonical columns and `_row`.

    TypeError when a column is missing or of another type; Refused when a key occurs twice, or a row has no store or
    no month to be filed under.
    """
    types = {**row_types(source), "_row": pl.Int64()}
    wrong = [name for name, kind in types.items() if rows.schema.get(name) != kind]
    if wrong:
        raise TypeError(f"columns missing or of another type than the source says: {', '.join(wrong)}")
    placed = rows.select(list(types)).with_columns(
        filed_month(source, time_zone).alias(PARTITION),
        pl.int_range(1, pl.len() + 1, dtype=pl.Int64).alias("_ordinal"),
    )
    # Intake rejects such rows one by one; what arrives here so is a fault of the caller and stops all.
    nowhere = placed.filter(pl.col("store").is_null() | pl.col(PARTITION).is_null())
    if nowhere.height:
        raise Refused(_nowhere(source, row) for row in nowhere.head(_SHOWN).iter_rows(named=True))
    refuse_twice(source, placed)
    return placed


def rows_sha256(source: Source, rows: pl.DataFrame) -> str:
    """The SHA-256 of canonical rows: equal for equal values, whatever lies in memory behind the empty ones."""
    values = [pl.col(name).fill_null(_ZERO.get(kind, pl.lit(0).cast(kind))) for name, kind in row_types(source).items()]
    empty = [pl.col(name).is_null().alias(f"{name} is empty") for name in row_types(source)]
    stream = _Hashing()
    # One chunk and no compression: how rows were put together in memory must not show in the bytes.
    rows.select(*values, *empty).rechunk().write_ipc(cast("IO[bytes]", stream), compression="uncompressed")
    return stream.sha256.hexdigest()


class _Hashing(io.RawIOBase):
    """Takes bytes as a file would, and keeps nothing but their SHA-256."""

    def __init__(self) -> None:
        super().__init__()
        self.sha256 = hashlib.sha256()

    def writable(self) -> bool:
        return True

    def write(self, content: Any) -> int:
        self.sha256.update(content)
        return memoryview(content).nbytes


def parts_of(source: Source, found: Comparison, batch: int, period: str | None) -> Iterator[Part]:
    """What a landing writes, one part a month and store, in order of both; then what counts from later periods."""
    if found.voids.is_empty():
        yield from _cut(_stamped(found.rows, batch), period)
        return
    after = found.counts["repeated"] + found.rows.height
    ordinals = pl.int_range(after + 1, after + 1 + pl.len(), dtype=pl.Int64)
    # The id that the new row is about to get: the void takes away a row of its own batch.
    overruled = pl.col("_gives_way") + (batch << ID_BITS)
    voids = found.voids.with_columns(_ordinal=ordinals, _supersedes=pl.coalesce(overruled, "_supersedes"))
    own = voids.filter(pl.col("_later").is_null()).select(found.rows.columns)
    yield from _cut(_stamped(pl.concat([found.rows, own]), batch), period)
    for (later,), some in (
        voids.drop_nulls("_later").sort("_later", maintain_order=True).group_by("_later", maintain_order=True)
    ):
        yield from _cut(_stamped(some, batch), str(later))


def bulk_parts(
    table: Table, parts: Iterable[pl.DataFrame | Path], batch: int, period: str | None, time_zone: str
) -> Iterator[Part]:
    """Rows known to be new, one part a month and store; Refused when the ledger holds one of the keys."""
    before = 0
    seen: set[tuple[str, str]] = set()
    fresh = {"_supersedes": pl.lit(None, pl.Int64()), "_void": pl.lit(False)}
    for part in parts:
        rows = prepared(table.source, pl.read_parquet(part) if isinstance(part, Path) else part, time_zone)
        # Checked part by part and before any file of the part is written; what was written before is swept.
        _refuse_known(table, rows)
        # Ordinals run on over the parts: they are the lower half of `_id`.
        numbered = rows.with_columns(_ordinal=pl.col("_ordinal") + before, **fresh)
        before += rows.height
        for cut in _cut(_stamped(numbered, batch), period):
            place = (cut.month, str(cut.rows.item(0, "store")))
            if place in seen:
                raise Refused([_cut_apart(*place)])
            seen.add(place)
            yield cut


def _stamped(rows: pl.DataFrame, batch: int) -> pl.DataFrame:
    return rows.with_columns(_id=pl.col("_ordinal") + (batch << ID_BITS), _batch=pl.lit(batch, pl.Int64()))


def _cut(rows: pl.DataFrame, period: str | None) -> Iterator[Part]:
    cut = rows.partition_by([PARTITION, "store"], maintain_order=True, as_dict=True)
    return (Part(str(month), period, cut[month, store]) for month, store in sorted(cut))


def _refuse_known(table: Table, rows: pl.DataFrame) -> None:
    there = read_keys(table, rows, files_to_read(table.source, rows, table.committed_files))
    if there.height:
        raise Refused([_known(table.source, there.row(0, named=True))])


def _key(source: Source, row: dict[str, object]) -> str:
    return ", ".join(f"{column} {row[column]}" for column in source.key)


def _known(source: Source, row: dict[str, object]) -> Problem:
    zh = f"台账中已有 {_key(source, row)}；请用普通导入"
    return Problem("key_known", zh, f"the ledger already holds {_key(source, row)}; land it the usual way")


def _cut_apart(month: str, store: str) -> Problem:
    zh = f"{store} 的 {month} 分在两处；每店每月须放在一起"
    en = f"{month} of {store} comes in two parts; keep a store's month in one"
    return Problem("month_cut_apart", zh, en, subject=store)


def _nowhere(source: Source, row: dict[str, object]) -> Problem:
    if row["store"] is None:
        return Problem("no_store", f"第 {row['_row']} 行没有门店", f"row {row['_row']} has no store")
    return Problem(
        "no_month",
        f"第 {row['_row']} 行的 {source.filed_by} 为空，无法归月",
        f"row {row['_row']} has no {source.filed_by} to be filed under",
    )
