"""Rows that do not fit their header: lines cut short or too long, merged amounts, columns that contradict others."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from fairwrench.ledger.body.merged import MergedAmount
from fairwrench.ledger.body.sheet_rows import Rows
from fairwrench.ledger.cells.datetimes import as_seen
from fairwrench.ledger.cells.reasons import Reason
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.files.special_cells import column_letters
from fairwrench.ledger.header.header import Header
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem

COLUMNS_DIFFER = Reason(
    "columns_differ",
    "两列都表示这一项，而内容不同，不知道以哪一列为准；请删去或改名其中一列",
    "two columns name this and differ, so it is unclear which one holds; remove or rename one of them",
)
_SHOWN = 5


def reject_merged_amounts(rows: Rows, amounts: Iterable[MergedAmount]) -> None:
    """Reject every row of a merged amount: nobody knows how it is to be shared among them."""
    for amount in amounts:
        at = rows.numbers.is_between(amount.first + 1, amount.last + 1).arg_true().cast(pl.UInt32)
        values = pl.repeat(amount.value, len(at), dtype=pl.String, eager=True)
        rows.failures.add(amount.column, at, values, amount.reason)


def agree_columns(rows: Rows) -> None:
    """Reject rows in which two columns that mean the same differ; an empty one leaves the word to the other."""
    for name, column in rows.source.columns.items():
        first, *others = rows.readings(name) or [name]
        if not others or column.type in ("person", "store"):
            continue
        values = rows.frame[first]
        for other in others:
            more = rows.frame[other]
            differ = (values != more).fill_null(False)
            seen = [as_seen(column_values, rows.handed.time_zone) for column_values in (values, more)]
            both = pl.concat_str(*seen, separator=" / ").alias("both")
            shown = rows.frame.select("_at", both).filter(differ)
            rows.failures.add(name, shown["_at"], shown["both"], COLUMNS_DIFFER)
            # Filled up before the next one is compared,
            # so that the second and third column are held against each other, too.
            values = values.zip_with(values.is_not_null(), more)
        rows.frame = rows.frame.with_columns(values.alias(name)).drop(others)


def reject_ragged(rows: Rows, sheet: Sheet, header: Header) -> None:
    """Reject lines that have more to say than the header has names for, and lines that end early on their own.

    A spreadsheet that writes csv leaves out the empty cells at the ends of whole runs of lines: these are taken, and
    told. A line that is shorter than those before and after it was cut or has lost a separator.
    """
    # Up to the last name: empty names between are columns of the sheet that nobody called anything.
    named = max((at for at, label in enumerate(header.labels) if label), default=-1) + 1
    _beyond(rows, sheet, header, named)
    if sheet.fields is not None:
        _cut_short(rows, sheet.fields.gather(rows.numbers - 1), named)


def _beyond(rows: Rows, sheet: Sheet, header: Header, named: int) -> None:
    """Cells right of the last name: in a line of text something has slipped, in a workbook it may be a remark."""
    cells = [f"c{at}" for at in range(named, sheet.grid.width)]
    if not cells:
        return
    filled = pl.any_horizontal((pl.col(cell).str.strip_chars() != "").fill_null(False) for cell in cells)
    at = sheet.grid.select(filled.alias("_"))["_"].gather(rows.numbers - 1).arg_true().cast(pl.UInt32)
    if not len(at):
        return
    if sheet.left is None:
        # No column of the source stands there; the reason needs one to be shown under.
        last = next(binding.column for binding in header.bindings)
        rows.failures.add(last, at, pl.repeat(None, len(at), dtype=pl.String, eager=True), _too_long(named))
        return
    rows.told.append(_remarks(rows.numbers.gather(at).to_list(), column_letters(named + 1 + sheet.left)))


def _cut_short(rows: Rows, fields: pl.Series, named: int) -> None:
    short = fields < named
    # A spreadsheet leaves ends out in runs of lines; a line that differs from both its neighbours lost something.
    alone = short & (fields != fields.shift(1)).fill_null(True) & (fields != fields.shift(-1)).fill_null(True)
    at = alone.arg_true().cast(pl.UInt32)
    reasons = [_too_short(count, named) for count in fields.gather(at).to_list()]
    first = rows.source.key[-1]
    rows.failures.add_rows(at.to_list(), first, [None] * len(at), reasons)
    if taken := int((short & ~alone).sum()):
        rows.told.append(_runs(taken))


def _too_long(named: int) -> Reason:
    return Reason(
        "too_many_cells",
        f"这一行的格数多于表头的 {named} 列，内容可能错位；请检查多余的分隔符",
        f"the line has more cells than the {named} columns of the header, so they may have slipped; look for a "
        "separator too many",
    )


def _too_short(count: int, named: int) -> Reason:
    return Reason(
        "too_few_cells",
        f"这一行只有 {count} 格，表头有 {named} 列，可能缺分隔符或被截断；请补全",
        f"the line has {number_of(count, 'cell')} and the header {number_of(named, 'column')}: a separator is missing "
        "or the line was cut",
    )


def _runs(count: int) -> Problem:
    return Problem(
        code="lines_end_early",
        zh=f"有 {count} 行在末尾缺少单元格，按空白读入；若不应为空，请重新导出",
        en=f"{number_of(count, 'line lacks', 'lines lack')} cells at the end, which were read as empty; export the "
        "file anew if they are not",
        severity="warning",
        details={"count": str(count)},
    )


def _remarks(numbers: list[int], letter: str) -> Problem:
    shown_zh, shown_en = ("、".join(map(str, numbers[:_SHOWN])), ", ".join(map(str, numbers[:_SHOWN])))
    more = "…" if len(numbers) > _SHOWN else ""
    return Problem(
        code="cells_without_name",
        zh=f"第 {shown_zh}{more} 行在没有列名的列（{letter} 列起）里还有内容，没有读取；若是错位，请更正",
        en=f"cells right of the last named column (from {letter} on) in {agreeing(len(numbers), 'row', 'rows')} "
        f"{shown_en}{more} were not read; mend them if they have slipped",
        severity="warning",
        details={"count": str(len(numbers))},
    )
