"""The Delta table of one source: its columns, its files with their bounds, and commits that only ever append."""

from __future__ import annotations

import io
import json
from collections.abc import Iterable, Mapping, Sequence
from datetime import date, datetime
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl
from deltalake import CommitProperties, DeltaTable
from deltalake.exceptions import DeltaError, TableNotFoundError
from deltalake.transaction import AddAction, RemoveAction, Transaction

from fairwrench.ledger.batches.records import Batch, DataFile, Fold
from fairwrench.ledger.columns import PARTITION, bounded_key, delta_schema, file_types
from fairwrench.ledger.damage import log_damaged
from fairwrench.ledger.folder import beside, remove_unfinished, sha256_of, write_unsynced
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Source

#: rows come and go by new rows alone, and no version is ever forgotten
SETTINGS: Mapping[str, str | None] = {
    "delta.appendOnly": "true",
    "delta.logRetentionDuration": "interval 36500 days",
    "delta.deletedFileRetentionDuration": "interval 36500 days",
    "delta.enableExpiredLogCleanup": "false",
    "delta.checkpointInterval": "20",
}
#: rows of a Parquet row group: the bounds of each let a reader pass over parts of a folded file
ROWS_PER_GROUP = 100_000
#: a commit of so many files is followed by a checkpoint: whoever opens the table next need not read it as text
MANY_FILES = 100


class Table:
    """One source's table as it stands now. `uri` is what deltalake takes: a folder, or the URL of an object store.

    Opened for writing (with the lane held) it is made, or given the columns that the source has got since. Opened for
    reading it is left as it is, and such columns read as null; deltalake's TableNotFoundError when there is none.
    `before` is the same table as a landing before left it: only what was committed since is read from its log.
    """

    def __init__(
        self,
        name: str,
        source: Source,
        uri: str,
        storage: dict[str, str] | None = None,
        *,
        writing: bool = False,
        before: Table | None = None,
    ) -> None:
        self.name = name
        self.source = source
        self.uri = uri
        self._storage = storage
        self._ahead: dict[str, pl.DataFrame] = {}
        self._delta: DeltaTable
        if before is not None and before.source == source and before.uri == uri:
            self._delta = before._delta
            # Opening anew reads the whole log, this what was committed since. A source with new columns opens anew.
            self._delta.update_incremental()
        else:
            self._delta = _for_writing(source, uri, storage) if writing else opened(uri, storage)

    @property
    def version(self) -> int:
        """The Delta version this is."""
        return int(self._delta.version())

    def last(self, kind: str) -> int:
        """The number of the last batch or fold that was committed, 0 before the first."""
        return self._delta.transaction_version(kind) or 0

    def bounded(self) -> list[str]:
        """The columns whose bounds every file states: the store, the key, the batch and the row's number."""
        return list(dict.fromkeys(["store", *bounded_key(self.source), "_batch", "_id"]))

    @cached_property
    def files(self) -> pl.DataFrame:
        """The files there are, those written ahead of their commit included, as `committed_files` has them."""
        return pl.concat([self.committed_files, *self._ahead.values()]) if self._ahead else self.committed_files

    @cached_property
    def committed_files(self) -> pl.DataFrame:
        """The files of the table: path in the table, size, rows, month, and for each bounded column min, max, nulls.

        One row a file. Columns: `path`, `size`, `rows`, `_month`, `min.COLUMN`, `max.COLUMN`, `null_count.COLUMN`.
        """
        shape = self._shape()
        found = pl.DataFrame(self._delta.get_add_actions(flatten=True))
        named = found.rename({"size_bytes": "size", "num_records": "rows", f"partition.{PARTITION}": PARTITION})
        known = [pl.col(name) if name in named.columns else pl.lit(None).alias(name) for name in shape]
        return named.select(pl.col(PARTITION), *(column.cast(shape[column.meta.output_name()]) for column in known))

    def _shape(self) -> dict[str, pl.DataType]:
        """The columns of `files` beside the month."""
        types = {**file_types(self.source), PARTITION: pl.String()}
        shape: dict[str, pl.DataType] = {"path": pl.String(), "size": pl.Int64(), "rows": pl.Int64()}
        for column in self.bounded():
            shape |= {f"min.{column}": types[column], f"max.{column}": types[column]}
            shape |= {f"null_count.{column}": pl.Int64()}
        return shape

    def scan(self, files: pl.DataFrame) -> pl.LazyFrame:
        """The rows of some of those files, with `_month`; columns that older files lack are null."""
        types = file_types(self.source)
        months = [
            pl.scan_parquet(
                [f"{self.uri}/{path}" for path in paths],
                # Given, not inferred from the first file: older files lack columns that the source has got since.
                schema=types,
                missing_columns="insert",
                extra_columns="ignore",
                # The month comes from the log, not from the folder's name; brackets in a path are no pattern.
                hive_partitioning=False,
                glob=False,
            ).with_columns(pl.lit(month).alias(PARTITION))
            for month, paths in files.group_by(PARTITION, maintain_order=True).agg("path").iter_rows()
        ]
        return pl.concat(months) if months else pl.LazyFrame(schema={**types, PARTITION: pl.String()})

    def write(
        self, rows: pl.DataFrame | pl.LazyFrame, month: str, period: str | None, file_name: str
    ) -> tuple[DataFile, AddAction]:
        """Write one file of rows of one month (canonical and added columns); it is not yet part of the table, nor sure
        to be on the disk. Rows of a lazy frame are never in memory together."""
        path = f"{PARTITION}={month}/{file_name}"
        place = Path(self.uri, path)
        # Always the same columns in the same order: equal rows give files of equal bytes.
        ordered = rows.lazy().select(list(file_types(self.source)))
        digest, size = _written(ordered, place) if isinstance(rows, pl.LazyFrame) else _kept(ordered.collect(), place)
        bounds = _bounds(ordered, [*self.bounded()])
        height = bounds.pop("rows")
        stats = _stats(bounds, self.bounded(), height)
        written = DataFile(
            path=f"{self.name}/{path}",
            sha256=digest,
            size=size,
            rows=height,
            month=month,
            period=period,
            store_min=stats["minValues"]["store"],
            store_max=stats["maxValues"]["store"],
            batch_min=stats["minValues"]["_batch"],
            batch_max=stats["maxValues"]["_batch"],
        )
        changed = place.stat().st_mtime_ns // 1_000_000
        self._look_ahead(bounds, {"path": path, "size": size, "rows": height, PARTITION: month})
        return written, AddAction(path, size, {PARTITION: month}, changed, True, json.dumps(stats))

    def _look_ahead(self, bounds: Mapping[str, Any], facts: Mapping[str, Any]) -> None:
        shape = {PARTITION: pl.String(), **self._shape()}
        self._ahead[facts["path"]] = pl.DataFrame([{**bounds, **facts}], schema=shape, orient="row")
        self.__dict__.pop("files", None)

    def take_back(self, prefix: str) -> None:
        """Remove the files written ahead whose names begin so."""
        for path in [path for path in self._ahead if path.rpartition("/")[2].startswith(prefix)]:
            del self._ahead[path]
            Path(self.uri, path).unlink(missing_ok=True)
        self.__dict__.pop("files", None)

    def commit(self, record: Batch | Fold, adds: Sequence[AddAction], removes: Sequence[RemoveAction] = ()) -> Path:
        """Make files part of the table in one commit that carries the number of the batch or fold, the last one of
        several; returns where the log tells it."""
        self._delta.create_write_transaction(
            [*adds, *removes],
            mode="append",
            schema=self._delta.schema(),
            partition_by=[PARTITION],
            commit_properties=CommitProperties(
                custom_metadata={record.kind: record.number},
                # The number in the commit itself: after a kill it tells whether the batch reached the table.
                app_transactions=[Transaction(record.kind, record.number)],
            ),
        )
        if len(adds) + len(removes) >= MANY_FILES:
            DeltaTable(self.uri, storage_options=self._storage).create_checkpoint()
        return Path(self.uri, "_delta_log", f"{self.version:020d}.json")

    @staticmethod
    def no_rows(source: Source) -> pl.DataFrame:
        """What a source without a table holds."""
        return pl.DataFrame(schema={**file_types(source), PARTITION: pl.String()})

    @cached_property
    def none(self) -> pl.DataFrame:
        """No rows."""
        return self.no_rows(self.source)

    @cached_property
    def none_later(self) -> pl.DataFrame:
        """No rows of later periods, with `_period`."""
        return self.none.with_columns(_period=pl.lit("", pl.String()))


def opened(uri: str, storage: dict[str, str] | None = None) -> DeltaTable:
    """The table as it stands now; TableNotFoundError when there is none, Refused when its log is damaged."""
    try:
        return DeltaTable(uri, storage_options=storage)
    except TableNotFoundError:
        raise
    # Not "no table": making one over a damaged log would hide every row that was landed.
    except (DeltaError, OSError, ValueError):
        name = Path(uri).name
        raise Refused([log_damaged(name, f"{name}/_delta_log")]) from None


def exists(uri: str, storage: dict[str, str] | None = None) -> bool:
    """Whether there is a table."""
    return DeltaTable.is_deltatable(uri, storage)


def committed(uri: str, kind: str, storage: dict[str, str] | None = None) -> int:
    """The number of the last batch or fold in a table's log, 0 when there is none."""
    return (opened(uri, storage).transaction_version(kind) or 0) if exists(uri, storage) else 0


def sweep(uri: str, kind: str, number: int) -> None:
    """Remove the data files of batches or folds from that number on: the remains of a landing that never reached the
    table."""
    for month in Path(uri).glob(f"{PARTITION}=*"):
        remove_unfinished(month)
        for path in month.glob(f"{kind[0]}*.parquet"):
            if number_in(path.name)[1] >= number:
                path.unlink()


def data_file_name(kind: str, number: int, ordinal: int) -> str:
    """The name of a batch's or a fold's data file."""
    return f"{data_file_prefix(kind, number)}{ordinal:05d}.parquet"


def data_file_prefix(kind: str, number: int) -> str:
    """How the names of a batch's or a fold's data files begin."""
    return f"{kind[0]}{number:09d}-"


def number_in(path: str) -> tuple[str, int]:
    """Kind (b or f) and number of the batch or fold that wrote a data file."""
    name = path.rpartition("/")[2]
    return name[0], int(name[1:10])


def _for_writing(source: Source, uri: str, storage: dict[str, str] | None) -> DeltaTable:
    """The table, made when it is not there, with the columns added that the source has got since."""
    try:
        table = opened(uri, storage)
    except TableNotFoundError:
        return DeltaTable.create(
            uri, delta_schema(source), partition_by=[PARTITION], configuration=SETTINGS, storage_options=storage
        )
    there = {field.name: field.type for field in table.schema().fields}
    wanted = delta_schema(source).fields
    changed = [field.name for field in wanted if there.get(field.name, field.type) != field.type]
    # Sealed files keep their old type: a column read two ways would give two figures for one month.
    if changed:
        raise Refused(_type_changed(column) for column in changed)
    new = [field for field in wanted if field.name not in there]
    if new:
        table.alter.add_columns(new)
        table = DeltaTable(uri, storage_options=storage)
    return table


def _type_changed(column: str) -> Problem:
    return Problem(
        "column_type_changed",
        f"列“{column}”的类型与台账中已有的不同；请改用新的列名",
        f"the column {column!r} has another type in the ledger; give the new one another name",
    )


def _kept(rows: pl.DataFrame, place: Path) -> tuple[str, int]:
    """Write rows as Parquet; the SHA-256 and the size of the file."""
    buffer = io.BytesIO()
    rows.write_parquet(buffer, row_group_size=ROWS_PER_GROUP)
    # Whole in memory first: size and SHA-256 are of the very bytes that reach the disk.
    content = buffer.getvalue()
    write_unsynced(place, content)
    return sha256_of(content), len(content)


def _written(rows: pl.LazyFrame, place: Path) -> tuple[str, int]:
    """The same for rows that are read as they are written: the bytes are those of `_kept`."""
    with beside(place) as path:
        rows.sink_parquet(path, row_group_size=ROWS_PER_GROUP, engine="streaming", maintain_order=True)
        digest, size = sha256_of(path), path.stat().st_size
    return digest, size


def _bounds(rows: pl.LazyFrame, columns: Iterable[str]) -> dict[str, Any]:
    """min, max, null_count of some columns, named as in `Table.files`, and how many `rows` there are."""
    asked = [
        getattr(pl.col(name), how)().alias(f"{how}.{name}") for name in columns for how in ("min", "max", "null_count")
    ]
    return rows.select(*asked, rows=pl.len()).collect().row(0, named=True)


def _stats(bounds: Mapping[str, Any], columns: Sequence[str], rows: int) -> dict[str, Any]:
    """Statistics as Delta's protocol writes them, of the columns that landings and seals look at."""
    return {
        "numRecords": rows,
        "minValues": _stated(bounds, "min", columns),
        "maxValues": _stated(bounds, "max", columns),
        "nullCount": {name: bounds[f"null_count.{name}"] for name in columns},
    }


def _stated(bounds: Mapping[str, Any], how: str, columns: Sequence[str]) -> dict[str, object]:
    values = {name: bounds[f"{how}.{name}"] for name in columns}
    return {name: _as_json(value) for name, value in values.items() if value is not None}


def _as_json(value: object) -> object:
    """Whole seconds only, so the milliseconds that Delta keeps lose nothing."""
    if isinstance(value, datetime):
        return value.strftime("%Y-%m-%dT%H:%M:%S.000Z")
    return value.isoformat() if isinstance(value, date) else value
