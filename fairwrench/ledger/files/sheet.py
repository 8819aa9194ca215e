"""A sheet as it was handed in: a grid of texts, and how large a file may be before it is refused unread."""

from __future__ import annotations

from dataclasses import dataclass
from typing import NoReturn

import polars as pl

from fairwrench.settlement.problem import Problem, Refused


@dataclass(frozen=True, slots=True)
class Limits:
    """How much of a file is read at most. Bytes, rows, columns, cells (rows × columns of one sheet), sheets.

    `unpacked_bytes` bounds what a workbook swells to; `cells` and, as their readers need more memory for a cell,
    `workbook_cells` bound the memory a sheet takes.
    """

    file_bytes: int = 1 << 30
    unpacked_bytes: int = 3 << 29
    rows: int = 5_000_000
    columns: int = 600
    cells: int = 120_000_000
    workbook_cells: int = 50_000_000
    sheets: int = 64


@dataclass(frozen=True, slots=True)
class Sheet:
    """One sheet. `grid` has Utf8 columns `c0`, `c1`, …; its row i is row i + 1 as a person sees it; null is empty.

    `name` is empty for a file without sheets. `problems` tells what could not be taken over cell by cell. `left` is how
    many columns of the sheet stand left of `c0`, None for text without cells to point at. `merged` are ranges of cells
    merged into one, by grid row and column, 0-based and inclusive. `hidden` are the rows, as a person counts them, that
    the sheet hides. `fields` says how many fields each line of a text has, None where all have as many as the grid.
    `commas` says that the text may write a comma for the decimal sign, `clean` that no cell is written as `="…"` or
    holds a sign that nobody sees.
    """

    name: str
    grid: pl.DataFrame
    problems: tuple[Problem, ...] = ()
    left: int | None = None
    merged: tuple[tuple[int, int, int, int], ...] = ()
    hidden: frozenset[int] = frozenset()
    fields: pl.Series | None = None
    commas: bool = False
    clean: bool = False


def column_names(width: int) -> list[str]:
    """The names of a grid's columns."""
    return [f"c{index}" for index in range(width)]


def refuse(code: str, zh: str, en: str, **details: str) -> NoReturn:
    """Give up on a file, saying why."""
    raise Refused([Problem(code=code, zh=zh, en=en, details=details)])


def refuse_damaged() -> NoReturn:
    """Give up on a file that cannot be opened."""
    refuse(
        "damaged_file",
        "文件已损坏，或者没有传完整，无法打开；请用 Excel 打开后另存再上传",
        "the file is damaged or incomplete and cannot be opened; open it in Excel, save it and hand it in again",
    )


def refuse_swollen(limits: Limits) -> NoReturn:
    """Give up on a workbook that would swell beyond `limits.unpacked_bytes` when read."""
    refuse(
        "too_large_unpacked",
        f"工作簿解压后超过 {limits.unpacked_bytes >> 20} MB，没有读取；请拆分后重新上传",
        f"the workbook unpacks to more than {limits.unpacked_bytes >> 20} MB and was not read; split it",
    )


def refuse_many_sheets(count: int, limits: Limits) -> None:
    """Refused when a workbook has more sheets than `limits` allow."""
    if count > limits.sheets:
        refuse(
            "too_many_sheets",
            f"工作簿有 {count} 个工作表，最多允许 {limits.sheets} 个；请拆分后重新上传",
            f"the workbook has {count} sheets, at most {limits.sheets} are read; split it",
        )


def refuse_beyond(limits: Limits, *, rows: int, columns: int, where: str = "") -> None:
    """Refused when a sheet of that size is larger than `limits`."""
    of_zh, of_en = (f"工作表“{where}”", f"sheet {where!r}") if where else ("文件", "the file")
    if columns > limits.columns:
        refuse(
            "too_many_columns",
            f"{of_zh}有 {columns} 列，最多允许 {limits.columns} 列；请只保留需要的列后重新上传",
            f"{of_en} has {columns} columns, at most {limits.columns} are read; keep only the columns needed",
        )
    if rows > limits.rows or rows * columns > limits.cells:
        most = min(limits.rows, limits.cells // max(columns, 1))
        refuse(
            "too_many_rows",
            f"{of_zh}有 {rows} 行 × {columns} 列，最多允许 {most} 行；请拆分后重新上传",
            f"{of_en} has {rows} rows × {columns} columns, at most {most} rows are read; split it and hand it in again",
        )
