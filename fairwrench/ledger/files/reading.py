"""A file → its sheets as grids of texts, whatever its name says it is."""

from __future__ import annotations

import io
from collections.abc import Iterator
from pathlib import Path
from typing import NoReturn

import polars as pl

from fairwrench.ledger.files.delimited import read_delimited
from fairwrench.ledger.files.sheet import Limits, Sheet, column_names, refuse, refuse_beyond, refuse_damaged
from fairwrench.ledger.files.sniffing import kind_of
from fairwrench.ledger.files.workbook import read_workbook


def content_of(source: Path | bytes, limits: Limits) -> bytes:
    """The bytes of a file; Refused when it cannot be read or is larger than `limits.file_bytes`."""
    size = len(source) if isinstance(source, bytes) else _size(source)
    if size > limits.file_bytes:
        refuse(
            "file_too_large",
            f"文件有 {size >> 20} MB，最多允许 {limits.file_bytes >> 20} MB；请拆分后重新上传",
            f"the file has {size >> 20} MB, at most {limits.file_bytes >> 20} MB are read; split it",
        )
    try:
        return source if isinstance(source, bytes) else source.read_bytes()
    except OSError as error:
        _refuse_unreadable(error)


def read_sheets(content: bytes, limits: Limits) -> Iterator[Sheet]:
    """The sheets of a file, one at a time; Refused, saying why, when it holds no table or more than `limits` allow."""
    match kind_of(content):
        case "xlsx" | "xls" as kind:
            yield from read_workbook(content, kind, limits)
        case "parquet":
            yield _read_parquet(content, limits)
        case "text":
            sheet = read_delimited(content, limits)
            del content  # as much again as the sheet, and nobody needs it any more
            yield sheet


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError as error:
        _refuse_unreadable(error)


def _refuse_unreadable(error: OSError) -> NoReturn:
    refuse(
        "unreadable_file",
        f"文件打不开：{error.strerror}",
        f"the file cannot be opened: {error.strerror}",
    )


def _read_parquet(content: bytes, limits: Limits) -> Sheet:
    """A Parquet file as a sheet whose first row holds the column names, so that rows are numbered as in a workbook."""
    try:
        facts = pl.scan_parquet(io.BytesIO(content))
        rows, columns = facts.select(pl.len()).collect().item(), len(facts.collect_schema())
        # From the footer, before anything is unpacked.
        refuse_beyond(limits, rows=rows, columns=columns)
        frame = pl.read_parquet(io.BytesIO(content))
        names = pl.DataFrame([frame.columns], schema=column_names(frame.width), orient="row")
        texts = frame.select(_as_text(pl.col(name), kind) for name, kind in frame.schema.items())
    except (pl.exceptions.PolarsError, pl.exceptions.PanicException, OSError, ValueError):
        refuse_damaged()
    texts.columns = column_names(frame.width)
    return Sheet("", pl.concat([names, texts]) if frame.width else names)


def _as_text(column: pl.Expr, kind: pl.DataType) -> pl.Expr:
    match kind:
        case pl.Datetime(time_zone=zone):
            # With its offset where it has one: without it the instant would be read as local time of the store.
            return column.dt.strftime("%Y-%m-%d %H:%M:%S%.f%:z" if zone else "%Y-%m-%d %H:%M:%S%.f")
        case pl.Binary():
            return column.bin.encode("hex")
        # Lists and structs have no one text that a person would know again; the column is as if it were empty.
        case kind if kind.is_nested():
            return pl.lit(None, pl.String).alias(column.meta.output_name())
        case _:
            return column.cast(pl.String)
