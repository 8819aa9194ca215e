"""The body of a recognised sheet: rows of texts told apart from headers and totals, each column of its type."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from fairwrench.ledger.columns import polars_type
from fairwrench.ledger.header import Header, needed_columns
from fairwrench.ledger.labels import known_unit
from fairwrench.ledger.lines import IGNORED, ignored_rows
from fairwrench.ledger.parsing import Field, fast_way, slow_way
from fairwrench.ledger.people import Directory
from fairwrench.ledger.reasons import Failures
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source import Column, Source

_STORE = Column(type="store")


@dataclass(frozen=True, slots=True)
class Handed:
    """How a file was handed in: with which roster, placed in which store, for which month, in which time zone."""

    directory: Directory | None
    placed_store: str | None
    period: Month | None
    time_zone: str


@dataclass(slots=True)
class Rows:
    """The body of a sheet on its way. `frame` has `_at`, a row's position in the body; `numbers` its number in the
    sheet by position; `cells` the texts as uploaded by column and position. A body row may be several in `frame`.
    """

    source: Source
    handed: Handed
    numbers: pl.Series
    cells: dict[str, pl.Series]
    frame: pl.DataFrame
    ignored: dict[str, int]
    failures: Failures = field(default_factory=Failures)
    problems: list[Problem] = field(default_factory=list)
    uncredited: list[pl.DataFrame] = field(default_factory=list)
    stores: tuple[str, ...] = ()

    def readings(self, column: str) -> list[str]:
        """The columns of `frame` that hold a column of the source: `advisor`, `advisor#2`, the preferred one first."""
        return [name for name in self.frame.columns if name.partition("#")[0] == column]

    def put(self, column: str, values: pl.Series) -> None:
        """Set a column of `frame`."""
        self.frame = self.frame.with_columns(values.alias(column))

    def sound(self) -> pl.DataFrame:
        """The rows of `frame` that nothing speaks against so far."""
        wrong = pl.repeat(False, len(self.numbers), dtype=pl.Boolean, eager=True).scatter(self.failures.positions, True)
        return self.frame.filter(~wrong.gather(self.frame["_at"]))


def typed_rows(grid: pl.DataFrame, header: Header, source: Source, handed: Handed) -> Rows:
    """All rows below the header that are evidence, each column of its type; what cannot be read is in `failures`."""
    rows = _told_apart(grid, header, source, handed)
    _complete(rows)
    rows.problems += _unknown_units(header, source)
    return rows


def _readings(header: Header, source: Source, handed: Handed) -> dict[str, tuple[Field, str]]:
    """What is read from which grid column: `technician`, and `technician#2` where a person or store is named twice."""
    readings = {}
    for name in dict.fromkeys(binding.column for binding in header.bindings):
        column = source.columns.get(name, _STORE)
        several = column.type in ("person", "store")
        for number, binding in enumerate(header.of(name) if several else header.of(name)[:1], 1):
            unit = binding.unit if known_unit(binding.unit, name) else ""
            field_ = Field(name, column, unit, handed.time_zone, name in source.key)
            readings[name if number == 1 else f"{name}#{number}"] = (field_, f"c{binding.at}")
    return readings


def _unknown_units(header: Header, source: Source) -> list[Problem]:
    """Numbers whose header says something in brackets that is no unit we know: 工时费(含税)."""
    return [
        Problem(
            code="unknown_unit",
            zh=f"“{binding.label}”中的“{binding.unit}”不是已知的单位，数字按原样读入",
            en=f"{binding.unit!r} in {binding.label!r} is no known unit; the numbers were read as they stand",
            severity="warning",
            path=(binding.column,),
        )
        for binding in header.bindings
        if binding.column in source.columns
        and source.columns[binding.column].type in ("int", "decimal")
        and not known_unit(binding.unit, binding.column)
    ]


def _told_apart(grid: pl.DataFrame, header: Header, source: Source, handed: Handed) -> Rows:
    """The body without the rows that are no evidence, its columns typed."""
    readings = _readings(header, source, handed)
    body, head = grid.slice(header.last + 1), grid.head(header.last + 1)
    fast = body.select(fast_way(field_, pl.col(cell)).alias(name) for name, (field_, cell) in readings.items())
    needed = [name for name in needed_columns(source) if name in readings]
    every = pl.repeat(True, body.height, dtype=pl.Boolean, eager=True)
    lacking = fast.select(pl.any_horizontal(pl.col(needed).is_null())).to_series() if needed else every
    suspect = lacking if any(readings[name][0].telling for name in needed) else every
    named = [cell for name, (field_, cell) in readings.items() if field_.name in (*needed, *source.key)]
    ignored = ignored_rows(body, head, named, lacking, suspect)
    numbers = pl.int_range(header.last + 2, grid.height + 1, eager=True)
    if ignored.height:
        kept = pl.repeat(True, body.height, dtype=pl.Boolean, eager=True).scatter(ignored["_at"], False)
        body, fast, numbers = body.filter(kept), fast.filter(kept), numbers.filter(kept)
    frame = pl.DataFrame({"_at": pl.int_range(body.height, dtype=pl.UInt32, eager=True), "_row": numbers})
    rows = Rows(source, handed, numbers, {}, frame, _ignored(head, ignored))
    _type(rows, readings, body, fast)
    return rows


def _ignored(head: pl.DataFrame, ignored: pl.DataFrame) -> dict[str, int]:
    counts = {f"ignored_{kind}": int((ignored["kind"] == kind).sum()) for kind in IGNORED}
    blank = sum(not any(cell and cell.strip() for cell in row) for row in head.rows())
    counts["ignored_blank"] += blank
    counts["ignored_header"] += head.height - blank
    return counts


def _type(rows: Rows, readings: dict[str, tuple[Field, str]], body: pl.DataFrame, fast: pl.DataFrame) -> None:
    for name, (field_, cell) in readings.items():
        text = body[cell]
        rows.cells.setdefault(field_.name, text)
        values, rounded = slow_way(field_, text, fast[name], rows.failures)
        rows.put(name, values)
        if rounded:
            rows.problems.append(_rounded(field_, rounded))


def _rounded(field_: Field, count: int) -> Problem:
    name = field_.column.name
    zh, en = (name.zh, name.en) if name else (field_.name, field_.name)
    return Problem(
        code="rounded",
        zh=f"“{zh}”有 {count} 个数的小数超过 {field_.scale} 位，已四舍五入",
        en=f"{count} numbers of {en!r} have more than {field_.scale} decimals and were rounded half up",
        severity="note",
        path=(field_.name,),
        details={"count": str(count)},
    )


def _complete(rows: Rows) -> None:
    """Columns that the sheet lacks are empty; a month that it does not tell is the one it was handed in for."""
    for name, column in rows.source.columns.items():
        if name in rows.frame.columns:
            continue
        by_folder = column.type == "month" and rows.handed.period and name in (*rows.source.key, rows.source.filed_by)
        if by_folder:
            rows.problems.append(_month_by_folder(name, str(rows.handed.period)))
        value = str(rows.handed.period) if by_folder else None
        rows.put(name, pl.repeat(value, rows.frame.height, dtype=polars_type(column), eager=True))


def _month_by_folder(name: str, month: str) -> Problem:
    return Problem(
        code="month_by_folder",
        zh=f"文件没有月份列，所有行按所在文件夹记为 {month}",
        en=f"the file has no column for the month; every row counts for {month}, the month of its folder",
        severity="warning",
        path=(name,),
    )
