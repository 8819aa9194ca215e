"""Workbooks (xlsx, xls) → sheets of texts, through calamine."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import NoReturn

import fastexcel
import polars as pl

from fairwrench.ledger.files.archive import book_facts, measured, sheet_parts, special_cells, with_true_dates
from fairwrench.ledger.files.biff import read_records
from fairwrench.ledger.files.sheet import (
    Limits,
    Sheet,
    column_names,
    refuse,
    refuse_beyond,
    refuse_damaged,
    refuse_many_sheets,
)
from fairwrench.ledger.files.special_cells import Range
from fairwrench.settlement.problem import Problem

_MANY_SPECIAL = 1_000_000


def read_workbook(content: bytes, kind: str, limits: Limits) -> Iterator[Sheet]:
    """The visible sheets of a workbook, one at a time; Refused when it is damaged or larger than `limits` allow.

    Dates come as `2026-10-03 09:05:00`, durations as `176:00:00`, numbers without thousands separators, yes/no as
    `true` or `false`, cells in error as their error (`#REF!`).
    """
    limits = replace(limits, cells=min(limits.cells, limits.workbook_cells))
    if kind == "xlsx":
        # Both looks come before the reader opens anything: it lays sheets out in full, whatever their size.
        content = with_true_dates(content, limits)
        looks = _looks_into_xlsx(content, limits)
    else:
        looks = _looks_into_xls(content, limits)
    book = _open(content)
    names = book.sheet_names
    refuse_many_sheets(len(names), limits)
    for name in names:
        # One at a time, so that a workbook of many sheets needs the memory of its largest.
        yield _read_sheet(book, name, looks.get(name, _Look()), limits)


@dataclass(frozen=True)
class _Look:
    """What a closer look at a sheet has to tell: its merged ranges, its hidden rows, and its special cells once
    they are asked for."""

    merged: tuple[Range, ...] = ()
    special: Callable[[], Mapping[tuple[int, int], str]] = dict
    hidden: frozenset[int] = frozenset()


def _looks_into_xlsx(content: bytes, limits: Limits) -> dict[str, _Look]:
    facts = book_facts(content, limits)
    parts = measured(content, limits, facts)

    def texts(part: str) -> Mapping[tuple[int, int], str]:
        return special_cells(content, part, facts, limits).texts if parts[part].special else {}

    return {
        name: _Look(tuple(sorted(parts[part].merged)), partial(texts, part), frozenset(parts[part].hidden))
        for name, part in sheet_parts(content).items()
    }


def _looks_into_xls(content: bytes, limits: Limits) -> dict[str, _Look]:
    return {
        name: _Look(tuple(sorted(sheet.merged)), partial(dict, sheet.cells.texts), frozenset(sheet.hidden))
        for name, sheet in read_records(content, limits).items()
    }


def _open(content: bytes) -> fastexcel.ExcelReader:
    try:
        return fastexcel.read_excel(content)
    except BaseException as error:
        _refuse_unless_ours(error)


def _read_sheet(book: fastexcel.ExcelReader, name: str, look: _Look, limits: Limits) -> Sheet:
    try:
        # Everything as text: types guessed by a reader differ from sheet to sheet, ours are the source's.
        sheet = book.load_sheet(name, header_row=None, skip_rows=0, dtypes="string")
        if sheet.visible != "visible":
            return Sheet(name, pl.DataFrame(), (_hidden(name),))
        width, left, special = sheet.width, _left(sheet), look.special()
        # A sheet of nothing but errors looks empty to the reader; it must not pass for one.
        if not width and not special:
            return Sheet(name, pl.DataFrame())
        refuse_beyond(limits, rows=sheet.total_height, columns=width, where=name)
        grid = pl.DataFrame(sheet)
    except fastexcel.FastExcelError:
        refuse_damaged()
    except BaseException as error:
        _refuse_unless_ours(error)
    grid.columns = column_names(width)
    if special:
        grid, left = _with_special(name, grid, left, special)
    # The reader leaves empty columns on the left out; ranges are moved to the grid's own counting.
    merged = tuple((top, first - left, bottom, last - left) for top, first, bottom, last in look.merged)
    return Sheet(name, grid, left=left, merged=merged, hidden=look.hidden)


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


def _with_special(
    name: str, grid: pl.DataFrame, left: int, special: Mapping[tuple[int, int], str]
) -> tuple[pl.DataFrame, int]:
    """The grid with what each special cell says as its text, and the number of columns left of it."""
    if len(special) > _MANY_SPECIAL:
        refuse(
            "too_many_faults",
            f"工作表“{name}”有 {len(special)} 个错误单元格（例如 #REF!）或时长单元格，请先修正公式或拆分",
            f"sheet {name!r} has {len(special)} cells in error (like #REF!) or durations; mend it or split it",
        )
    grid, left = _spanning(grid, left, special)
    columns: dict[int, dict[int, str]] = {}
    for (row, column), text in special.items():
        columns.setdefault(column - left, {})[row] = text
    patched = [grid.to_series(column).scatter(list(rows), list(rows.values())) for column, rows in columns.items()]
    return grid.with_columns(patched), left


def _spanning(grid: pl.DataFrame, left: int, special: Mapping[tuple[int, int], str]) -> tuple[pl.DataFrame, int]:
    """The grid with rows and columns for every special cell, also where the reader saw nothing but an empty rim."""
    first = min(left, *(column for _, column in special))
    last = max(left + grid.width, *(column + 1 for _, column in special))
    height = max(grid.height, *(row + 1 for row, _ in special))
    more = pl.repeat(None, height - grid.height, dtype=pl.String, eager=True)
    nothing = pl.repeat(None, height, dtype=pl.String, eager=True)
    there = {left + at: column.append(more) for at, column in enumerate(grid.get_columns())}
    columns = [there.get(at, nothing) for at in range(first, last)]
    return pl.DataFrame(dict(zip(column_names(len(columns)), columns, strict=True))), first
