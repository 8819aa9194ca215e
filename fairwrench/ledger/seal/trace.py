"""Trace: from a row of the ledger back to the cells as they were uploaded, and to who handed them in."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from itertools import groupby
from pathlib import Path

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.ledger.batches.table import Table
from fairwrench.ledger.seal.differences import file_missing
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

#: reads rows (numbered as a person sees them) of a sheet: row → header → text. A kept upload has no name of its own, so
#: the kind of file must be told from its content.
ReadCells = Callable[[Path, str, Sequence[int]], dict[int, dict[str, str]]]


@dataclass(frozen=True, slots=True)
class Origin:
    """Where a row came from: the batch (file, sheet, who, when) and the cells under their headers, as uploaded.

    `row` is the row of the sheet as a person sees it, from 1. `cells` is empty when the upload was never kept.
    """

    batch: Batch
    row: int
    cells: dict[str, str] = field(hash=False)


def trace(
    ledger: Ledger, name: str, places: Iterable[tuple[int, int]], read_cells: ReadCells
) -> tuple[list[Origin], list[Problem]]:
    """The origins of rows given as (`_batch`, `_row`), each once, in order; each upload is opened once.

    A problem, instead of cells, for an upload that is no longer there or no longer has the row.
    """
    origins: list[Origin] = []
    problems: list[Problem] = []
    # Sorted by batch, so that each upload, maybe a workbook of many megabytes, is opened once.
    for number, some in groupby(sorted(set(places)), key=lambda place: place[0]):
        batch = ledger.records(name).one(number)
        rows = [row for _, row in some]
        cells, lost = _cells(ledger, batch, rows, read_cells)
        origins += [Origin(batch, row, cells.get(row, {})) for row in rows]
        problems += lost
    return origins, problems


def rows_by_id(ledger: Ledger, name: str, source: Source, ids: Iterable[int]) -> pl.DataFrame:
    """The ledger's rows with those `_id`s, replaced ones included, with the added columns and `_month`; by `_id`.

    Reads only files whose bounds hold one of them.
    """
    wanted = pl.Series("_id", sorted(set(ids)), dtype=pl.Int64())
    if not ledger.has(name) or wanted.is_empty():
        return Table.no_rows(source)
    table = ledger.table(name, source)
    bounds = table.files.select("min._id", "max._id")
    at = wanted.search_sorted(bounds.get_column("min._id"), side="left")
    upto = wanted.search_sorted(bounds.get_column("max._id"), side="right")
    # At least one wanted id lies between the bounds; both searches run over all files at once.
    holding = table.files.filter(at < upto)
    return table.scan(holding).filter(pl.col("_id").is_in(wanted.implode())).collect().sort("_id")


def _cells(
    ledger: Ledger, batch: Batch, rows: list[int], read_cells: ReadCells
) -> tuple[dict[int, dict[str, str]], list[Problem]]:
    # Landed in bulk: no upload was kept, and that is no fault.
    if not batch.sha256:
        return {}, []
    place = ledger.upload(batch.sha256)
    if not place.exists():
        return {}, [file_missing(batch.file, batch.by)]
    cells = read_cells(place, batch.sheet, rows)
    return cells, [_row_lost(batch, row) for row in rows if row not in cells]


def _row_lost(batch: Batch, row: int) -> Problem:
    zh = f"上传文件 {batch.file} 中已没有第 {row} 行"
    en = f"the uploaded file {batch.file} has no row {row} any more"
    return Problem("row_lost", zh, en, file=batch.file, line=row, subject=batch.by)
