"""The rows of a recognised sheet, from texts to checked values: the heart of intake, step by step."""

from __future__ import annotations

from dataclasses import dataclass, field

import polars as pl

from fairwrench.ledger.checking import check_values
from fairwrench.ledger.columns import polars_type
from fairwrench.ledger.crediting import Credits, agree, resolve, split_names
from fairwrench.ledger.header import Header, needed_columns
from fairwrench.ledger.keys import first_of_identical, reject_contradictions
from fairwrench.ledger.labels import known_unit
from fairwrench.ledger.lines import IGNORED, ignored_rows
from fairwrench.ledger.parsing import Field, fast_way, slow_way
from fairwrench.ledger.people import Directory
from fairwrench.ledger.placing import place_rows, placed_in, require_stores
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

    def put(self, column: str, values: pl.Series) -> None:
        """Set a column of `frame`."""
        self.frame = self.frame.with_columns(values.alias(column))

    def sound(self) -> pl.DataFrame:
        """The rows of `frame` that nothing speaks against so far."""
        wrong = pl.repeat(False, len(self.numbers), dtype=pl.Boolean, eager=True).scatter(self.failures.positions, True)
        return self.frame.filter(~wrong.gather(self.frame["_at"]))


def checked_rows(grid: pl.DataFrame, header: Header, source: Source, handed: Handed) -> Rows:
    """All rows below the header, typed, placed, credited and checked; `frame` holds those that are accepted."""
    readings = _readings(header, source, handed)
    rows = typed_rows(grid, header, source, handed)
    rows.problems += _unknown_units(header, source)
    _place(rows, [name for name in readings if name.partition("#")[0] == "store"])
    _credit(rows, readings)
    rows.problems += _checked(rows)
    _settle(rows)
    return rows


def typed_rows(grid: pl.DataFrame, header: Header, source: Source, handed: Handed) -> Rows:
    """All rows below the header that are evidence, each column of its type; what cannot be read is in `failures`."""
    rows = _told_apart(grid, header, source, handed, _readings(header, source, handed))
    _complete(rows)
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


def _told_apart(
    grid: pl.DataFrame, header: Header, source: Source, handed: Handed, readings: dict[str, tuple[Field, str]]
) -> Rows:
    """The body without the rows that are no evidence, its columns typed."""
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


def _place(rows: Rows, names: list[str]) -> None:
    texts = [rows.frame[name] for name in names if name in rows.frame.columns]
    handed = rows.handed
    placing = place_rows(texts, rows.frame.height, handed.directory, handed.placed_store, rows.failures)
    if "store" in rows.source.columns:
        require_stores(placing, rows.failures)
        rows.put("store", placing.stores)
    rows.put("_store", placing.stores)
    rows.problems += placing.problems


def _credit(rows: Rows, readings: dict[str, tuple[Field, str]]) -> None:
    """Names become employee ids; several names in a cell that may be split become a row each."""
    columns = {name: column for name, column in rows.source.columns.items() if column.type == "person"}
    for name, column in columns.items():
        if column.split_into:
            rows.frame = split_names(rows.frame, name, column.split_into, rows.source.columns[column.split_into])
        rows.put(f"_said_{name}", rows.frame[name])
    directory = rows.handed.directory
    if directory is None:
        rows.problems += [_no_roster()] if columns else []
        return
    rows.frame = rows.frame.with_columns(_term(rows.source, rows.handed.time_zone))
    credits = Credits(directory, rows.failures)
    for name in columns:
        ids = resolve(rows.frame, name, credits)
        for other in (other for other in readings if other.startswith(f"{name}#")):
            ids = agree(rows.frame, name, ids, resolve(rows.frame, other, credits), credits)
        rows.put(name, ids)
    rows.uncredited = credits.uncredited


def _term(source: Source, time_zone: str) -> list[pl.Expr]:
    """The first and the last day that a row speaks of."""
    column = pl.col(source.filed_by)
    match source.columns[source.filed_by].type:
        case "month":
            first = (column + "-01").str.to_date("%Y-%m-%d", strict=False)
            return [first.alias("_from"), first.dt.month_end().alias("_until")]
        case "timestamp":
            day = column.dt.convert_time_zone(time_zone).dt.date()
        case _:
            day = column
    return [day.alias("_from"), day.alias("_until")]


def _no_roster() -> Problem:
    return Problem(
        code="no_roster",
        zh="没有花名册，人员列中的内容按工号收下，没有核对",
        en="there is no roster: what stands in columns of persons is taken for employee ids, unchecked",
        severity="warning",
    )


def _checked(rows: Rows) -> list[Problem]:
    handed = rows.handed
    return check_values(
        rows.frame, rows.source, rows.cells, rows.failures, period=handed.period, time_zone=handed.time_zone
    )


def _settle(rows: Rows) -> None:
    """Keys that come twice, then what is left."""
    persons = [name for name, column in rows.source.columns.items() if column.type == "person"]
    sound = rows.sound().with_columns(
        pl.coalesce(name, pl.lit("?") + pl.col(f"_said_{name}")).alias(f"_said_{name}") for name in persons
    )
    said = {name: f"_said_{name}" if name in persons else name for name in rows.source.columns}
    key = [said[name] for name in rows.source.key]
    reject_contradictions(sound, key, list(said.values()), rows.failures)
    rows.frame = sound
    rows.frame = rows.sound()
    before = rows.frame["_row"].n_unique()
    rows.frame = first_of_identical(rows.frame, key)
    rows.ignored["ignored_duplicate"] = before - rows.frame["_row"].n_unique()
    stores = rows.frame["_store"].drop_nulls().unique().sort().to_list()
    rows.stores = tuple(stores or filter(None, [placed_in(rows.handed.directory, rows.handed.placed_store)]))
