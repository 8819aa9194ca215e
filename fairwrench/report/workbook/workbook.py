"""settlement.xlsx: the month as sheets to sort, filter and pass on. The csv files are the contract; this is for people.

No cell ever starts a formula, and a number is written as a number only where a spreadsheet holds all its digits.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import xlsxwriter

from fairwrench.closing.folder.folder import Progress
from fairwrench.report.cells import (
    FORMATS,
    GRADE_COLOURS,
    LINE_HEIGHT,
    TONES,
    Kind,
    Sheet,
    Shown,
    column_width,
    lines_of,
    tones_of,
)
from fairwrench.report.figures import symbol
from fairwrench.report.report_context import ReportContext
from fairwrench.report.whole import whole
from fairwrench.report.workbook import notes, sheets
from fairwrench.report.workbook.coverage import stores

OPTIONS = {
    "constant_memory": True,
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "nan_inf_to_errors": True,
}
WORKBOOK, FOLDER = "settlement.xlsx", "workbooks"
FONT = "Microsoft YaHei"

#: the tables of a settlement with rows of people
TABLES = ("totals", "lines", "pay", "standing", "periods")
Make = Callable[[ReportContext], Sheet]


def _placed(look: dict[str, Any]) -> dict[str, Any]:
    """Of a cell's look, where its text stands: a head stands over its column."""
    return {name: value for name, value in look.items() if name in ("align", "indent")}


class Book:
    """A workbook being written: its formats, one sheet after the other."""

    def __init__(self, path: Path, lang: str, currency: str, best_first: Sequence[str] = tuple(TONES)) -> None:
        self.book = xlsxwriter.Workbook(str(path), dict(OPTIONS))
        self.lang = lang
        self._sign = symbol(currency)
        base = {"font_name": FONT, "font_size": 10, "valign": "vcenter"}
        self._base = base
        # The format of empty cells, too: Excel measures the widths of columns in its font.
        self.book.formats[0].set_font_name(FONT)
        self.book.formats[0].set_font_size(10)
        self._formats = {kind: self.book.add_format({**base, **self._look(kind)}) for kind in FORMATS}
        total = {"bold": True, "top": 1, "bg_color": "#F3F5F7"}
        self._totals = {kind: self.book.add_format({**base, **self._look(kind), **total}) for kind in FORMATS}
        head = {"bold": True, "bg_color": "#EEF1F4", "bottom": 1, "text_wrap": True, "font_color": "#22272E"}
        self._heads = {kind: self.book.add_format({**base, **_placed(FORMATS[kind]), **head}) for kind in FORMATS}
        self._above = self.book.add_format({**base, "font_color": "#5C6670"})
        self._grades = {
            grade: self.book.add_format(dict(zip(("bg_color", "font_color"), GRADE_COLOURS[tone], strict=True)))
            for grade, tone in tones_of(best_first).items()
        }

    def _look(self, kind: Kind) -> dict[str, Any]:
        look = dict(FORMATS[kind])
        if "num_format" in look:
            look["num_format"] = look["num_format"].replace("{symbol}", self._sign)
        return look

    def add(self, sheet: Sheet) -> None:
        """One sheet: head, rows, total; frozen, filtered, coloured by grade, ready to print."""
        page = self.book.add_worksheet(sheet.name(self.lang))
        top = len(sheet.above)
        widths = [column_width(sheet, place, self.lang) for place in range(len(sheet.columns))]
        for place, width in enumerate(widths):
            page.set_column(place, place, width)
        long = {place: width for place, width in enumerate(widths) if sheet.columns[place].kind == "long"}
        page.freeze_panes(top + 1, sheet.frozen)
        for number, line in enumerate(sheet.above):
            page.write_string(number, 0, line, self._above)
        for place, column in enumerate(sheet.columns):
            page.write_string(top, place, column.head(self.lang), self._heads[column.kind])
        # Row by row from the top: what was written is on the disk already and cannot be gone back to.
        for number, row in enumerate(sheet.rows, start=top + 1):
            if (lines := lines_of(row, long)) > 1:
                page.set_row(number, LINE_HEIGHT * lines)
            self._row(page, number, row, sheet, self._formats)
        last = top + len(sheet.rows)
        for number, total in enumerate(sheet.totals, start=last + 1):
            self._row(page, number, total, sheet, self._totals)
        # Without the totals, or sorting would carry them into the middle.
        if sheet.filtered and sheet.rows:
            page.autofilter(top, 0, last, len(sheet.columns) - 1)
        self._colour(page, sheet, top + 1, last)
        page.set_landscape()
        page.set_paper(9)
        page.fit_to_pages(1, 0)
        page.repeat_rows(top)

    def _row(self, page: Any, number: int, row: Sequence[Any], sheet: Sheet, formats: dict[Kind, Any]) -> None:
        for place, cell in enumerate(row):
            kind = sheet.columns[place].kind
            value, kind = cell if isinstance(cell, Shown) else (cell, kind)
            if value is None or value == "":
                # An empty cell of a total is written for its ground; of all others nothing, which keeps the file small.
                if formats is self._totals:
                    page.write_blank(number, place, None, formats[kind])
            elif isinstance(value, int | float):
                page.write_number(number, place, value, formats[kind])
            else:
                page.write_string(number, place, str(value), formats[kind])

    def _colour(self, page: Any, sheet: Sheet, first: int, last: int) -> None:
        for place, column in enumerate(sheet.columns):
            if column.kind == "grade" and last >= first:
                for grade, look in self._grades.items():
                    rule = {"type": "cell", "criteria": "==", "value": f'"{grade}"', "format": look}
                    page.conditional_format(first, place, last, place, rule)

    def close(self) -> None:
        """Write the file."""
        self.book.close()


PEOPLE: tuple[Make, ...] = (
    sheets.totals_sheet,
    sheets.items_sheet,
    sheets.pay_sheet,
    sheets.standing_sheet,
)
COMMON: tuple[Make, ...] = (
    notes.distribution_sheet,
    notes.indicators_sheet,
    notes.rejected_sheet,
    notes.notes_sheet,
)


def write_workbooks(material: ReportContext, bars: Progress, many: int) -> list[Path]:
    """settlement.xlsx, and with more than `many` people their rows in one workbook a store. Returns the files."""
    path = material.out / WORKBOOK
    # Beyond that one workbook is too large to work with: people stand in their store's, the group's sheets here.
    if material.settled.totals.height <= many:
        write_book(path, material, [*_of_people(material), *COMMON])
        return [path]
    write_book(path, material, [notes.stores_sheet, sheets.standing_sheet, *COMMON])
    shops = stores(material)
    bars.expect("report", 3 + len(shops))
    paths = [path]
    for shop, own in _by_store(material, shops):
        bars.step("report", shop)
        paths.append(material.out / FOLDER / f"{safe_name(shop)}.xlsx")
        write_book(paths[-1], own, _of_people(material))
    return paths


def _by_store(material: ReportContext, shops: Sequence[str]) -> Iterator[tuple[str, ReportContext]]:
    """Each store with the rows of its people, parted once for all stores."""
    settled = material.settled
    home = settled.totals.select("employee_id", _store="store")
    parts = {}
    for name in TABLES:
        told = getattr(settled, name).join(home, on="employee_id", how="left", maintain_order="left")
        parts[name] = told.partition_by("_store", as_dict=True, include_key=False), told.drop("_store").clear()
    for shop in shops:
        frames = {name: there.get((shop,), nobody) for name, (there, nobody) in parts.items()}
        yield shop, replace(material, kept=replace(material.kept, settlement=replace(settled, **frames)))


def _of_people(material: ReportContext) -> tuple[Make, ...]:
    return (*PEOPLE, sheets.periods_sheet) if material.settled.periods.height else PEOPLE


def write_book(path: Path, material: ReportContext, makes: Sequence[Make]) -> None:
    """A workbook of these sheets."""
    scheme = material.settled.scheme
    with whole(path) as beside:
        book = Book(beside, material.lang, scheme.currency, scheme.bands.best_first)
        for make in makes:
            book.add(make(material))
        book.close()


def safe_name(words: str) -> str:
    """A name that every file system takes; two different names may become one only where they differ in such signs."""
    return "".join("_" if letter in '\\/:*?"<>|' or ord(letter) < 32 else letter for letter in words).strip(". ") or "_"
