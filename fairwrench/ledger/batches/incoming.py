"""Accepted rows on their way in: checked, given their month, their batch and their number, cut into files."""

from __future__ import annotations

import hashlib
import io
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import IO, Any, NamedTuple, TypeVar, cast

import polars as pl

from fairwrench.ledger.batches.compare import Comparison, refuse_twice
from fairwrench.ledger.batches.lookup import files_to_read, read_keys
from fairwrench.ledger.batches.table import Table
from fairwrench.ledger.columns import ID_BITS, PARTITION, filed_month, row_types
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source

_SHOWN = 5
#: rows that are hashed at once
ROWS_AT_ONCE = 100_000
#: what stands for an empty value while hashing; that it was empty is hashed beside it
_ZERO: dict[pl.DataType, pl.Expr] = {pl.String(): pl.lit(""), pl.Boolean(): pl.lit(False)}
RowsT = TypeVar("RowsT", pl.DataFrame, pl.LazyFrame)


class Part(NamedTuple):
    """The rows of one file: all of one month and store, with the added columns; `period` is when they count from."""

    month: str
    period: str | None
    rows: pl.DataFrame | pl.LazyFrame


def prepared(source: Source, rows: pl.DataFrame, time_zone: str) -> pl.DataFrame:
    """Rows with `_ordinal` (from 1) and `_month` beside their canonical columns and `_row`.

    TypeError when a column is missing or of another type; Refused when a key occurs twice, or a row has no store or
    no month to be filed under.
    """
    found = placed(source, rows, time_zone)
    refuse_twice(source, found)
    return found


def placed(source: Source, rows: pl.DataFrame, time_zone: str, after: int = 0) -> pl.DataFrame:
    """The same for rows whose keys somebody made sure of, as where a file is read in blocks; `after` come before."""
    types = {**row_types(source), "_row": pl.Int64()}
    wrong = [name for name, kind in types.items() if rows.schema.get(name) != kind]
    if wrong:
        raise TypeError(f"columns missing or of another type than the source says: {', '.join(wrong)}")
    found = rows.select(list(types)).with_columns(
        filed_month(source, time_zone).alias(PARTITION),
        pl.int_range(after + 1, after + pl.len() + 1, dtype=pl.Int64).alias("_ordinal"),
    )
    # Intake rejects such rows one by one; what arrives here so is a fault of the caller and stops all.
    nowhere = found.filter(pl.col("store").is_null() | pl.col(PARTITION).is_null())
    if nowhere.height:
        raise Refused(_nowhere(source, row) for row in nowhere.head(_SHOWN).iter_rows(named=True))
    return found


def rows_sha256(source: Source, rows: pl.DataFrame) -> str:
    """The SHA-256 of canonical rows: equal for equal values, whatever lies in memory behind the empty ones."""
    digest = RowsDigest(source)
    digest.add(rows)
    return digest.hexdigest()


class RowsDigest:
    """The SHA-256 of canonical rows that come one part after another; how they are parted does not show in it.

    It is that of Arrow files of `ROWS_AT_ONCE` rows each: of one file where there are no more, so a file that is read
    in blocks has the digest that it has when it is read whole. Columns without any value there are left out.
    """

    def __init__(self, source: Source) -> None:
        self._types = row_types(source)
        self._waiting = pl.DataFrame(schema=self._types)
        self._stream = _Hashing()
        self._any = False

    def add(self, rows: pl.DataFrame) -> None:
        """The rows that come next."""
        waiting = pl.concat([self._waiting, rows.select(self._waiting.columns)])
        while waiting.height >= ROWS_AT_ONCE:
            self._hash(waiting.head(ROWS_AT_ONCE))
            waiting = waiting.slice(ROWS_AT_ONCE)
        self._waiting = waiting

    def hexdigest(self) -> str:
        """The digest of all of them."""
        if self._waiting.height or not self._any:
            self._hash(self._waiting)
            self._waiting = self._waiting.clear()
        return self._stream.sha256.hexdigest()

    def _hash(self, rows: pl.DataFrame) -> None:
        self._any = True
        nulls = {name: rows[name].null_count() for name in self._types}
        told = [name for name, empty in nulls.items() if empty < rows.height or not rows.height]
        values = rows.select(
            *(_filled_up(name, self._types[name]) if nulls[name] else pl.col(name) for name in told),
            *(pl.col(name).is_null().alias(f"{name} is empty") for name in told if nulls[name]),
        )
        # One chunk, put together anew, and no compression: how rows lay in memory before must not show in the bytes.
        anew = pl.concat([values.head(1), values], rechunk=True).slice(1)
        stream = cast("IO[bytes]", self._stream)
        anew.write_ipc(stream, compression="uncompressed", compat_level=pl.CompatLevel.oldest())


def _filled_up(name: str, kind: pl.DataType) -> pl.Expr:
    # Not `fill_null`: that may leave marks of empty cells where there are none, and these would be hashed, too.
    value = _ZERO.get(kind, pl.lit(0).cast(kind))
    return pl.when(pl.col(name).is_null()).then(value).otherwise(pl.col(name)).alias(name)


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
        yield from _cut(stamped(found.rows, batch), period)
        return
    voids = numbered_voids(found.voids, found.counts["repeated"] + found.rows.height, batch)
    own = voids.filter(pl.col("_later").is_null()).select(found.rows.columns)
    yield from _cut(stamped(pl.concat([found.rows, own]), batch), period)
    yield from later_parts(voids, batch)


def numbered_voids(voids: pl.DataFrame, after: int, batch: int) -> pl.DataFrame:
    """The voids of a landing, numbered after its rows."""
    ordinals = pl.int_range(after + 1, after + 1 + pl.len(), dtype=pl.Int64)
    # The id that the new row is about to get: the void takes away a row of its own batch.
    overruled = pl.col("_gives_way") + (batch << ID_BITS)
    return voids.with_columns(_ordinal=ordinals, _supersedes=pl.coalesce(overruled, "_supersedes"))


def later_parts(voids: pl.DataFrame, batch: int) -> Iterator[Part]:
    """The voids that count from later periods."""
    for (later,), some in (
        voids.drop_nulls("_later").sort("_later", maintain_order=True).group_by("_later", maintain_order=True)
    ):
        yield from _cut(stamped(some, batch), str(later))


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
        for cut in _cut(stamped(numbered, batch), period):
            place = (cut.month, cut.rows.lazy().select("store").head(1).collect().item())
            if place in seen:
                raise Refused([_cut_apart(*place)])
            seen.add(place)
            yield cut


def stamped(rows: RowsT, batch: int) -> RowsT:
    """Rows with their id and the number of their batch."""
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
