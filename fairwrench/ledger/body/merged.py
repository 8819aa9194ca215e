"""Merged cells of a workbook: a merged text belongs to all of its rows, a merged amount to nobody knows which."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.files.special_cells import column_letters
from fairwrench.ledger.header.header import Binding, Header
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

_NUMBERS = ("int", "decimal")
_SHOWN = 3


class MergedAmount(NamedTuple):
    """A number that stands once for several rows or columns: rows of the grid, 0-based and inclusive."""

    column: str
    first: int
    last: int
    value: str
    reason: Reason


@dataclass(frozen=True, slots=True)
class Unmerged:
    """The grid with merged texts in every row they belong to, the merged amounts, and what should be known."""

    grid: pl.DataFrame
    amounts: tuple[MergedAmount, ...] = ()
    problems: tuple[Problem, ...] = ()


def unmerged(sheet: Sheet, header: Header, source: Source) -> Unmerged:
    """What the merged cells below a header mean."""
    # Merged cells of titles and headers are dress; only below the header do they stand for rows.
    below = [span for span in sheet.merged if span[0] > header.last]
    if not below:
        return Unmerged(sheet.grid)
    amounts, texts, names = list[MergedAmount](), dict[int, dict[int, str]](), dict[str, list[str]]()
    across: list[Problem] = []
    for top, left, bottom, right in below:
        covered = [binding for binding in header.bindings if left <= binding.at <= right]
        led_by = next((binding for binding in covered if binding.at == left), None)
        value = sheet.grid[f"c{left}"][top] if led_by and top < sheet.grid.height else None
        if led_by is None or not value:
            continue
        span = _address(sheet, top, left, bottom, right)
        facts = source.columns.get(led_by.column)
        if facts is not None and facts.type in _NUMBERS:
            # Over columns that nobody reads a merged amount is one amount.
            if top != bottom or len(covered) > 1:
                amounts.append(MergedAmount(led_by.column, top, bottom, value, _amount(span)))
            continue
        across += [_across(span, led_by, [b.label for b in covered if b.at != left])] if len(covered) > 1 else []
        if top != bottom:
            texts.setdefault(left, {}).update(dict.fromkeys(range(top + 1, bottom + 1), value))
            names.setdefault(led_by.label, []).append(span)
    return Unmerged(_filled(sheet.grid, texts), tuple(amounts), (*_told(names), *across[:_SHOWN]))


def _filled(grid: pl.DataFrame, texts: dict[int, dict[int, str]]) -> pl.DataFrame:
    """The grid with merged texts in each of their rows that say anything else."""
    for at, values in texts.items():
        cell = f"c{at}"
        says = pl.any_horizontal(pl.exclude(cell).str.strip_chars().fill_null("") != "")
        speaking = set(grid.select(says.alias("says"))["says"].arg_true())
        # A merge may reach below the last row: empty rows must not become rows by a text that was filled in.
        rows = [row for row in values if row in speaking]
        grid = grid.with_columns(grid[cell].scatter(rows, [values[row] for row in rows]))
    return grid


def _address(sheet: Sheet, top: int, left: int, bottom: int, right: int) -> str:
    first, last = (column_letters(at + 1 + (sheet.left or 0)) for at in (left, right))
    return f"{first}{top + 1}:{last}{bottom + 1}"


def _amount(span: str) -> Reason:
    return Reason(
        "merged_amount",
        f"合并单元格 {span} 里只有一个数，不知道怎样分到各行各列；请取消合并，逐格填写",
        f"the merged cells {span} hold one number for several rows or columns; unmerge them and fill in each cell",
    )


def _across(span: str, led_by: Binding, others: list[str]) -> Problem:
    """A text merged over several columns stands in the first one; the others have nothing of it."""
    return Problem(
        code="merged_columns",
        zh=f"合并单元格 {span} 横跨几列，只计入“{led_by.label}”，{'、'.join(f'“{name}”' for name in others)}为空；"
        "若不是这样，请取消合并",
        en=f"the merged cells {span} lie over several columns and count for {led_by.label!r} alone, so that "
        f"{', '.join(map(repr, others))} is empty; unmerge them if not",
        severity="warning",
    )


def _told(names: dict[str, list[str]]) -> Iterator[Problem]:
    for label, spans in names.items():
        shown = "、".join(spans[:_SHOWN]) + ("…" if len(spans) > _SHOWN else "")
        yield Problem(
            code="merged_text",
            zh=f"“{label}”有合并单元格（{shown}），其中的内容按每一行都有计；若只属于第一行，请取消合并",
            en=f"{label!r} has merged cells ({shown}); it counts for every row of them; unmerge them if not",
            severity="warning",
            details={"count": str(len(spans))},
        )
