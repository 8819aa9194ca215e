"""Workbooks (xlsx, xls) → sheets of texts, through calamine."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import NoReturn

import fastexcel
import polars as pl

from fairwrench.ledger.archive import measured, sheet_parts
from fairwrench.ledger.biff import refuse_swelling
from fairwrench.ledger.extent import Extent
from fairwrench.ledger.sheet import (
    Limits,
    Sheet,
    column_names,
    refuse,
    refuse_beyond,
    refuse_damaged,
    refuse_many_sheets,
)
from fairwrench.settlement.problem import Problem

_MANY_FAULTS = 100_000


def read_workbook(content: bytes, kind: str, limits: Limits) -> Iterator[Sheet]:
    """The visible sheets of a workbook, one at a time; Refused when it is damaged or larger than `limits` allow.

    Dates come as `2026-10-03 09:05:00`, numbers without thousands separators, yes/no as `true` or `false`.
    """
    limits = replace(limits, cells=min(limits.cells, limits.workbook_cells))
    if kind == "xls":
        refuse_swelling(content, limits)
    parts = measured(content, limits) if kind == "xlsx" else {}
    places = sheet_parts(content) if kind == "xlsx" else {}
    book = _open(content)
    names = book.sheet_names
    refuse_many_sheets(len(names), limits)
    for name in names:
        yield _read_sheet(book, name, parts.get(places.get(name, "")), limits)


def _open(content: bytes) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(content)
    except BaseException as error:
        _refuse_unless_ours(error)


def _read_sheet(book: fastexcel.ExcelReader, name: str, extent: Extent | None, limits: Limits) -> Sheet:
    try:
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        visible, width, left = sheet.visible == "visible", sheet.width, _left(sheet)
        if not visible or not (width or (extent and extent.faults)):
            return Sheet(name, pl.DataFrame(), () if visible else (_hidden(name),))
        refuse_beyond(limits, rows=sheet.total_height, columns=width, where=name)
        grid = pl.DataFrame(sheet)
    except fastexcel.FastExcelError:
        refuse_damaged()
    except BaseException as error:
        _refuse_unless_ours(error)
    grid.columns = column_names(width)
    return _with_faults(Sheet(name, grid), extent, left) if extent and extent.faults else Sheet(name, grid)


def _left(sheet: fastexcel.ExcelSheet) -> int:
    """How many columns left of the first used one the reader has left out."""
    return min((column.absolute_index for column in sheet.available_columns()), default=0)


def _refuse_unless_ours(error: BaseException) -> NoReturn:
    """A damaged file makes the reader panic, which is no `Exception`; whatever else it is goes on."""
    if isinstance(error, fastexcel.FastExcelError) or type(error).__name__ == "PanicException":
        refuse_damaged()
    raise error


def _hidden(name: str) -> Problem:
    return Problem(
        code="hidden_sheet",
        zh=f"工作表“{name}”是隐藏的，没有读取；需要时请取消隐藏",
        en=f"sheet {name!r} is hidden and was left out; unhide it if it counts",
        severity="note",
        subject=name,
    )


def _with_faults(sheet: Sheet, extent: Extent, left: int) -> Sheet:
    """The sheet with the error of each faulty cell (`#REF!`) as its text, which the reader gives as empty."""
    if len(extent.faults) > _MANY_FAULTS:
        refuse(
            "too_many_faults",
            f"工作表“{sheet.name}”有 {len(extent.faults)} 个错误单元格（例如 #REF!），请先修正公式",
            f"sheet {sheet.name!r} has {len(extent.faults)} cells in error (like #REF!); mend its formulas first",
        )
    grid, left = _spanning(sheet.grid, left, extent.faults)
    columns: dict[int, dict[int, str]] = {}
    for (row, column), text in extent.faults.items():
        columns.setdefault(column - left, {})[row] = text
    patched = [grid.to_series(column).scatter(list(rows), list(rows.values())) for column, rows in columns.items()]
    return Sheet(sheet.name, grid.with_columns(patched), sheet.problems)


def _spanning(grid: pl.DataFrame, left: int, faults: Mapping[tuple[int, int], str]) -> tuple[pl.DataFrame, int]:
    """The grid with rows and columns for every fault, also those that the reader took for the sheet's empty rim."""
    first = min(left, *(column for _, column in faults))
    last = max(left + grid.width, *(column + 1 for _, column in faults))
    height = max(grid.height, *(row + 1 for row, _ in faults))
    more = pl.repeat(None, height - grid.height, dtype=pl.String, eager=True)
    nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
    there = {left + at: column.append(more) for at, column in enumerate(grid.get_columns())}
    columns = [there.get(at, nothing) for at in range(first, last)]
    return pl.DataFrame(dict(zip(column_names(len(columns)), columns, strict=True))), first
