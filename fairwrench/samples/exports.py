"""Files as three different dealer systems, and an office, would export them.

A row is a dict of canonical columns: decimals as integers of their scale, timestamps as local minutes, people as
employee ids; a `Raw` value is written as it stands. `_plant` names what was planted in a row, so that its place can
be told.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

import xlsxwriter

from fairwrench.samples.hours import moment
from fairwrench.settlement.source.source import Column, Source

Row = dict[str, Any]
Cell = str | int | float | None
PLANT = "_plant"
#: workbooks carry this as the date of their making, so that the same seed gives the same bytes
MADE_ON = datetime(2026, 1, 1)
_FULL_WIDTH = str.maketrans("0123456789.,", "０１２３４５６７８９．，")


class Raw(str):
    """A cell that is written exactly so, whatever its column's type."""


@dataclass(frozen=True, slots=True)
class Place:
    """Where a row stands: file relative to the sample's folder, sheet (empty for csv), row as a person counts."""

    file: str
    sheet: str
    row: int


@dataclass(slots=True)
class Sheet:
    """One table to be written: titles above the header, rows, and a last row under the data or None."""

    name: str
    source: str
    columns: list[str]
    rows: list[Row]
    titles: list[str] = field(default_factory=list)
    total: bool = False
    #: added to the totals shown, in fen; anything but 0 makes them wrong
    total_off: int = 0


@dataclass(frozen=True)
class System:
    """How a system writes: which of a column's words stand in the header, and how values look."""

    code: str
    headers: int
    suffix: str
    names: bool
    store_column: bool
    value: Callable[[Column, Any], Cell]
    yes: str = "是"
    no: str = "否"
    encoding: str = "utf-8-sig"


#: columns that offices add to those of the source, so that people can read the file
BESIDE = {"name": "姓名", "store": "门店"}
_TEXT = Column()


def header(column: str, source: Source, choice: int) -> str:
    """The header of a column: its first words, or one of its further aliases."""
    if column not in source.columns:
        return BESIDE[column]
    spec = source.columns[column]
    words = [spec.name.zh, *(alias for alias in spec.aliases if alias != spec.name.zh)] if spec.name else [column]
    # Systems here write Chinese heads; of English ones only these two are seen.
    chinese = [word for word in words if not word.isascii() or word in ("VIN", "SA")]
    return chinese[min(choice, len(chinese) - 1)]


def plain(column: Column, value: Any) -> Cell:
    """Numbers as numbers, dates and times as ISO text."""
    match column.type:
        case "decimal":
            return float(value) / float(10**column.scale)
        case "timestamp":
            return f"{moment(value):%Y-%m-%d %H:%M:%S}"
        case "date":
            return f"{value:%Y-%m-%d}"
        case "int":
            return int(value)
        case _:
            return str(value)


def slashed(column: Column, value: Any) -> Cell:
    """Everything as text: thousands separators, 2026/10/3 9:05."""
    match column.type:
        case "decimal":
            whole, rest = divmod(abs(value), 10**column.scale)
            return f"{'-' if value < 0 else ''}{whole:,}.{rest:0{column.scale}d}"
        case "timestamp":
            at = moment(value)
            return f"{at.year}/{at.month}/{at.day} {at.hour}:{at.minute:02d}"
        case "date":
            return f"{value.year}/{value.month}/{value.day}"
        case "month":
            return f"{value[:4]}年{int(value[5:])}月"
        case _:
            return str(value)


def serial(column: Column, value: Any) -> Cell:
    """Spreadsheet serial numbers for dates and times, full-width digits for amounts and counts."""
    match column.type:
        case "decimal":
            whole, rest = divmod(abs(value), 10**column.scale)
            return f"{'-' if value < 0 else ''}{whole}.{rest:0{column.scale}d}".translate(_FULL_WIDTH)
        case "timestamp":
            # 43 831 is the spreadsheet's number of the first of January 2020, the day from which minutes count.
            return 43831 + float(value) / 1440
        case "date":
            return int((value - date(1899, 12, 30)).days)
        case "int":
            return str(value).translate(_FULL_WIDTH)
        case "month":
            return str(value).replace("-", "/")
        case _:
            return str(value)


SYSTEMS = (
    System("A", 0, "xlsx", names=True, store_column=False, value=plain),
    System("B", 1, "csv", names=False, store_column=True, value=slashed, yes="Y", no="N", encoding="gb18030"),
    System("C", 2, "xlsx", names=True, store_column=False, value=serial, yes="1", no="0"),
)
OFFICE = System("office", 0, "xlsx", names=False, store_column=True, value=plain)
CRM = System("crm", 0, "csv", names=False, store_column=True, value=plain)


@dataclass
class Writer:
    """Writes files below `root` and remembers where planted rows came to stand."""

    root: Path
    sources: Mapping[str, Source]
    names: Mapping[str, str]
    places: dict[str, list[Place]] = field(default_factory=dict)

    def write(self, file: str, system: System, sheets: Sequence[Sheet]) -> None:
        """One file: a workbook of all sheets, or a csv of the only one."""
        path = self.root / file
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.suffix == ".csv":
            path.write_bytes(_csv_bytes(self._table(file, system, sheets[0]), system.encoding))
            return
        book = xlsxwriter.Workbook(path, {"constant_memory": True, "strings_to_formulas": False})
        book.set_properties({"created": MADE_ON})
        for sheet in sheets:
            _fill(book.add_worksheet(sheet.name), self._table(file, system, sheet))
        book.close()

    def copy(self, file: str, again: str) -> None:
        """The same bytes under another name."""
        (self.root / again).write_bytes((self.root / file).read_bytes())

    def _table(self, file: str, system: System, sheet: Sheet) -> Iterable[list[Cell]]:
        """Titles, header, rows and total of a sheet as cells."""
        source = self.sources[sheet.source]
        for title in sheet.titles:
            yield [title]
        yield [header(column, source, system.headers) for column in sheet.columns]
        write = [(c, self._writer(source.columns.get(c, _TEXT), system)) for c in sheet.columns]
        shown = "" if path_is_csv(file) else sheet.name
        for number, row in enumerate(sheet.rows, len(sheet.titles) + 2):
            for plant in row.get(PLANT, ()):
                self.places.setdefault(plant, []).append(Place(file, shown, number))
            values = [(row.get(column), cell) for column, cell in write]
            # `type … is`: a `Raw` is a text, and every text would be an instance of its parents.
            yield [v if v is None or type(v) is Raw else cell(v) for v, cell in values]
        if sheet.total:
            yield _totals(sheet, source, system)

    def _writer(self, column: Column, system: System) -> Callable[[Any], Cell]:
        """How values of one column are written; nothing stays nothing, and what is raw stays as it is."""
        if column.type == "bool":
            return lambda given: system.yes if given else system.no
        if column.type == "person":
            return (lambda given: self.names.get(given, given)) if system.names else str
        if column.one_of:
            kinds = {name: words[0] for name, words in column.one_of.items() if words}
            return lambda given: kinds.get(given, given)
        return lambda given: system.value(column, given)


def path_is_csv(file: str) -> bool:
    """Whether the file is text; it then has no sheets."""
    return file.endswith(".csv")


def _totals(sheet: Sheet, source: Source, system: System) -> list[Cell]:
    """A row 合计 under the amounts."""
    cells: list[Cell] = []
    for column in sheet.columns:
        spec = source.columns.get(column, _TEXT)
        if spec.type != "decimal":
            cells.append(None)
            continue
        amounts = [row[column] for row in sheet.rows if isinstance(row.get(column), int)]
        cells.append(system.value(spec, sum(amounts) + sheet.total_off))
    cells[0] = "合计"
    return cells


def _fill(sheet: Any, table: Iterable[list[Cell]]) -> None:
    # The public methods look at their arguments anew for each of some million cells.
    string, number = sheet._write_string, sheet._write_number
    for place, cells in enumerate(table):
        for column, cell in enumerate(cells):
            if cell is None:
                continue
            if isinstance(cell, str):
                string(place, column, cell)
            else:
                number(place, column, cell)


def _csv_bytes(table: Iterable[list[Cell]], encoding: str) -> bytes:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerows(["" if cell is None else cell for cell in cells] for cells in table)
    return out.getvalue().encode(encoding)
