"""The body of a recognised sheet: rows of texts told apart from headers and totals, each column of its type."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.body.lines import IGNORED, ignored_rows
from fairwrench.ledger.body.merged import unmerged
from fairwrench.ledger.body.misfits import agree_columns, reject_merged_amounts, reject_ragged
from fairwrench.ledger.body.second_header import reject_below, second_header
from fairwrench.ledger.body.set_aside import set_aside
from fairwrench.ledger.body.sheet_rows import Handed, Rows
from fairwrench.ledger.cells.notes import NO_NOTES, unit_notes
from fairwrench.ledger.cells.numbers import PLAINLY, Reading
from fairwrench.ledger.cells.parsing import Field, fast_way, slow_way
from fairwrench.ledger.cells.words import bare_cells
from fairwrench.ledger.columns import polars_type
from fairwrench.ledger.files.sheet import Sheet
from fairwrench.ledger.header.header import Header, needed_columns
from fairwrench.ledger.header.scaling import number_readings
from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Column, Source

_STORE = Column(type="store")
_PERCENT = r"[%％]\s*$"


class _Commas(NamedTuple):
    """Whether a comma may be a decimal sign anywhere, and the columns of which it is known elsewhere that one is."""

    anywhere: bool
    told: Collection[str]


@dataclass(frozen=True, slots=True)
class _Body:
    """The rows below a header on their way: their texts, what the fast way made of them, which do not fill what they
    must (`lacking`) and which have to be looked at (`suspect`)."""

    texts: pl.DataFrame
    fast: pl.DataFrame
    lacking: pl.Series
    suspect: pl.Series

    def head(self, height: int) -> _Body:
        """The rows up to a position."""
        lacking, suspect = self.lacking.head(height), self.suspect.head(height)
        return _Body(self.texts.head(height), self.fast.head(height), lacking, suspect)


@dataclass(frozen=True, slots=True)
class _Rounded:
    """How many numbers of a column were rounded."""

    field: Field
    count: int

    def joined(self, later: _Rounded) -> _Rounded:
        return replace(self, count=self.count + later.count)

    def problems(self) -> list[Problem]:
        if not self.count:
            return []
        name = self.field.column.name
        zh, en = (name.zh, name.en) if name else (self.field.name, self.field.name)
        return [
            Problem(
                code="rounded",
                zh=f"“{zh}”有 {self.count} 个数的小数超过 {self.field.scale} 位，已四舍五入",
                en=f"{number_of(self.count, 'number')} of {en!r} had more than {self.field.scale} decimals and "
                f"{agreeing(self.count, 'was', 'were')} rounded half up",
                severity="note",
                details={"count": str(self.count)},
            )
        ]


def typed_rows(
    sheet: Sheet, header: Header, source: Source, handed: Handed, comma_decimals: Collection[str] = ()
) -> Rows:
    """All rows below the header that are evidence, each column of its type; what cannot be read is in `failures`.

    `comma_decimals` are columns of which another part of the sheet has a number with a comma for the decimal sign.
    """
    parted = unmerged(sheet, header, source)
    # 1. merged cells filled, units read off the header, titles and names, each column given its reading
    commas = _Commas(sheet.commas, comma_decimals)
    head, names = sheet.grid.head(header.last + 1), (sheet.name, PurePath(handed.file).stem)
    numbers, problems = number_readings(header, head, source, names)
    fields = _fields(header, source, handed, numbers, commas)
    grid = parted.grid if sheet.clean else bare_cells(parted.grid, [cell for _, cell in fields.values()])
    body = _body(grid.slice(header.last + 1), source, fields)
    # 2. nothing below another header is read: its columns may be others
    end = second_header(body.texts, head, header, source, body.suspect)
    body = body if end is None else body.head(end)
    # 3. notes below the table may name a unit, and then everything is read once more by it
    notes = unit_notes(body.texts, body.lacking, body.suspect)
    if notes != NO_NOTES:
        numbers, problems = number_readings(header, head, source, names, notes)
        fields = _fields(header, source, handed, numbers, commas)
        body = _body(body.texts, source, fields)
    # 4. rows that are no evidence are passed over and counted, the others typed
    rows = _told_apart(body, grid.head(header.last + 1), source, handed, fields)
    reject_merged_amounts(rows, parted.amounts)
    reject_ragged(rows, sheet, header)
    # Before columns that were set aside are compared: these are compared with the one that holds in the end.
    agree_columns(rows)
    rows.told += set_aside(rows, grid, header, numbers)
    # 5. what the sheet lacks, and what follows another header: rejected with its rows' numbers, not lost
    _complete(rows)
    if end is not None:
        reject_below(rows, header, grid.slice(header.last + 1 + end), header.last + 2 + end)
    rows.told += [*parted.problems, *problems]
    rows.sheetwide = end is not None or notes != NO_NOTES
    return rows


def _fields(
    header: Header, source: Source, handed: Handed, numbers: Mapping[int, Reading], commas: _Commas
) -> dict[str, tuple[Field, str]]:
    """What is read from which grid column: `technician`, and `technician#2` where it is named twice.

    Persons and stores are read from every column that names them; of other columns those that are as sure as the best.
    """
    fields = {}
    for name in dict.fromkeys(binding.column for binding in header.bindings):
        column = source.columns.get(name, _STORE)
        several = column.type in ("person", "store")
        # An id and a name of one person help each other; two columns of amounts can only contradict each other.
        for number, binding in enumerate(header.of(name) if several else header.equals(name), 1):
            field_ = Field(
                name,
                column,
                numbers.get(binding.at, PLAINLY),
                handed.time_zone,
                name in source.matching,
                source.dates,
                commas.anywhere,
                name in commas.told,
            )
            fields[name if number == 1 else f"{name}#{number}"] = (field_, f"c{binding.at}")
    return fields


def _body(texts: pl.DataFrame, source: Source, readings: Mapping[str, tuple[Field, str]]) -> _Body:
    """The rows read the fast way."""
    fast = texts.select(fast_way(field_, pl.col(cell)).alias(name) for name, (field_, cell) in readings.items())
    needed = [name for name in needed_columns(source) if name in readings]
    every = pl.repeat(True, texts.height, dtype=pl.Boolean, eager=True)
    lacking = fast.select(pl.any_horizontal(pl.col(needed).is_null())).to_series() if needed else every
    # Where only texts are needed any header or total would pass for a row, so every row is looked at.
    suspect = lacking if any(readings[name][0].telling for name in needed) else every
    return _Body(texts, fast, lacking, suspect)


def _told_apart(
    below: _Body, head: pl.DataFrame, source: Source, handed: Handed, readings: dict[str, tuple[Field, str]]
) -> Rows:
    """The rows of the body that are evidence, their columns typed. `head` are the rows above and of the header."""
    body, fast = below.texts, below.fast
    needed = [name for name in needed_columns(source) if name in readings]
    named = [cell for name, (field_, cell) in readings.items() if field_.name in (*needed, *source.key)]
    ignored = ignored_rows(body, head, named, below.lacking, below.suspect)
    # As a person sees it: the first row of the sheet is 1, titles and header included.
    numbers = pl.int_range(head.height + 1, head.height + 1 + body.height, eager=True)
    if ignored.height:
        kept = pl.repeat(True, body.height, dtype=pl.Boolean, eager=True).scatter(ignored["_at"], False)
        body, fast, numbers = body.filter(kept), fast.filter(kept), numbers.filter(kept)
    frame = pl.DataFrame({"_at": pl.int_range(body.height, dtype=pl.UInt32, eager=True), "_row": numbers})
    rows = Rows(source, handed, numbers, {}, frame, _ignored(head, ignored))
    _type(rows, readings, body, fast)
    return rows


def _ignored(head: pl.DataFrame, ignored: pl.DataFrame) -> dict[str, int]:
    counts = {f"ignored_{kind}": int((ignored["kind"] == kind).sum()) for kind in IGNORED}
    return {name: count + head_counts(head).get(name, 0) for name, count in counts.items()}


def head_counts(head: pl.DataFrame) -> dict[str, int]:
    """The rows above and of the header are counted, too: all counts together are the rows of the sheet."""
    blank = sum(not any(cell and cell.strip() for cell in row) for row in head.rows())
    return {"ignored_blank": blank, "ignored_header": head.height - blank}


def _type(rows: Rows, readings: dict[str, tuple[Field, str]], body: pl.DataFrame, fast: pl.DataFrame) -> None:
    for name, (field_, cell) in readings.items():
        text = body[cell]
        rows.cells.setdefault(field_.name, text)
        values, rounded = slow_way(field_, text, fast[name], rows.failures)
        rows.put(name, values)
        # Only cells that the fast way left can have a sign: `97%` is no plain number.
        if field_.column.type in ("int", "decimal") and fast[name].null_count():
            signed = (fast[name].is_null() & text.str.contains(_PERCENT).fill_null(False)).arg_true()
            rows.percents[field_.name] = tuple(rows.numbers.gather(signed).to_list())
        if field_.column.type in ("int", "decimal"):
            rows.told.append(_Rounded(field_, rounded))


def _complete(rows: Rows) -> None:
    """Columns that the sheet lacks are empty; a month that it does not tell is the one it was handed in for."""
    for name, column in rows.source.columns.items():
        if name in rows.frame.columns:
            continue
        # Only where the month is what files or tells the row; any other month that is missing stays empty.
        by_folder = column.type == "month" and rows.handed.period and name in (*rows.source.key, rows.source.filed_by)
        if by_folder:
            rows.told.append(_month_by_folder(name, str(rows.handed.period)))
        value = str(rows.handed.period) if by_folder else None
        rows.put(name, pl.repeat(value, rows.frame.height, dtype=polars_type(column), eager=True))


def _month_by_folder(name: str, month: str) -> Problem:
    return Problem(
        code="month_by_folder",
        zh=f"文件没有月份列，所有行按所在文件夹记为 {month}",
        en=f"the file has no column for the month; every row counts for {month}, the month of its folder",
        severity="warning",
        details={"column": name},
    )
