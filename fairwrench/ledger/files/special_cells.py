"""Cells of a zipped workbook that its reader gives away: errors, formulas never computed, durations, merged ranges,
units that stand in a number's format alone.

The reader (calamine) hands both an error and a formula without a result over as empty, and a duration as a date of the
year 1900. What is empty counts for nothing and nobody would hear of it, so these cells are read here from the sheet's
own XML: by a real parser, whatever prefix, order of attributes or indentation it is written with, and only where a few
searches say that there may be such cells.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from fractions import Fraction
from typing import Any
from xml.parsers import expat

from fairwrench.ledger.cells.number_formats import shown_unit, shows_time
from fairwrench.ledger.files.sheet import refuse_damaged
from fairwrench.settlement.exact import half_up

#: what stands for a formula that was never computed
UNCOMPUTED = "#未计算"
#: (first row, first column, last row, last column), 0-based, inclusive
Range = tuple[int, int, int, int]

#: beyond this a serial number is a date, however it is formatted
_LAST_DURATION = 20_000
_DAY = 86_400
#: the digits of a number that a spreadsheet keeps: all whole numbers below this are exact
KEPT_DIGITS = 15
_LONG: int = 10**KEPT_DIGITS
#: a value of so many digits, or of such a power of ten; texts that look alike are told apart by the parser
_LONG_NUMBER = re.compile(rb"v>\s*-?(?:\d{16}|\d(?:\.\d+)?[eE]\+?(?:1[5-9]|[2-9]\d))")
_ERROR_TYPE = re.compile(rb"""\st\s*=\s*["']e["']""")
_ERROR_SIGNS = (b'"e"', b"'e'", b"\"e'", b"'e\"")
_FORMULA_SIGNS = (b"<f", b":f", b"/f")
_FORMULA = re.compile(rb"<(?:[\w.-]+:)?f[\s/>]")
_UNFINISHED_FORMULA = re.compile(
    rb"(?:</(?:[\w.-]+:)?f\s*>|<(?:[\w.-]+:)?f\b[^<>]*/>)\s*"
    rb"(?:</(?:[\w.-]+:)?c\s*>|<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v\s*>\s*</|<!)"
)
_MERGED = re.compile(
    rb"""<(?:[\w.-]+:)?mergeCell\s[^<>]*?\bref\s*=\s*["']\$?([A-Z]{1,3})\$?(\d{1,7}):\$?([A-Z]{1,3})\$?(\d{1,7})["']"""
)
#: a row that is hidden, or filtered out, and the number that it says
_HIDDEN = re.compile(
    rb"""<(?:[\w.-]+:)?row(?=\s)(?=[^<>]*\shidden\s*=\s*["'](?:1|true)["'])[^<>]*?\sr\s*=\s*["'](\d{1,7})["']"""
)
#: number formats that every workbook has: of times, and of elapsed times
BUILT_IN_TIMES = frozenset((18, 19, 20, 21, 45, 46, 47))


@dataclass(slots=True)
class SpecialCells:
    """The special cells of a sheet, by (row, column), 0-based.

    `faults` are the errors (`#REF!`) and UNCOMPUTED. `durations` are cells formatted as a time without a date, written
    out as `176:00:00`, `measured` numbers whose format names their unit, written out with it: `0.03万元`. `long` are
    numbers of more digits than a spreadsheet keeps, written as it shows them: `4.40301199001011E+17`.
    """

    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    durations: dict[tuple[int, int], str] = field(default_factory=dict)
    measured: dict[tuple[int, int], str] = field(default_factory=dict)
    long: dict[tuple[int, int], str] = field(default_factory=dict)

    @property
    def texts(self) -> dict[tuple[int, int], str]:
        """What each special cell says."""
        return {**self.long, **self.measured, **self.durations, **self.faults}

    def note_long(self, at: tuple[int, int], number: Fraction | None) -> None:
        """Note a number that a spreadsheet cannot keep to its last digit: read as it lies there, it would be another
        order's number, and nobody would see it."""
        if is_long(number):
            assert number is not None  # as `is_long` says
            self.long[at] = f"{Decimal(int(number)):.{KEPT_DIGITS - 1}E}"

    def note_duration(self, at: tuple[int, int], days: Fraction | None) -> None:
        """Note a cell that shows a time without a date; one that holds a date all the same stays a date."""
        # A column formatted as a time may well hold full dates; twenty thousand days of work are no duration.
        if days is not None and 0 <= days < _LAST_DURATION:
            self.durations[at] = duration_text(days)


@dataclass(frozen=True, slots=True)
class BookFacts:
    """What a workbook says of all its sheets.

    `time_styles` are the numbers of cell styles that show a time without a date, `unit_styles` those whose format names
    a unit, with that unit. With `recalculate` the workbook asks
    for every formula to be computed when it is opened: its writer left a zero where it had no result.
    """

    time_styles: frozenset[int] = frozenset()
    recalculate: bool = False
    unit_styles: Mapping[int, str] = field(default_factory=dict)

    def special_style(self) -> re.Pattern[bytes] | None:
        """A pattern of cells in one of these styles; None when there is no such style."""
        if not self.time_styles and not self.unit_styles:
            return None
        numbers = "|".join(map(str, sorted({*self.time_styles, *self.unit_styles})))
        return re.compile(rf"""\ss\s*=\s*["'](?:{numbers})["']""".encode())


def may_have_faults(text: bytes, facts: BookFacts) -> bool:
    """Whether a piece of a sheet's XML may hold errors, formulas without a result or too long numbers.

    A pattern is looked for only where a few signs that it cannot do without are there, which are found far faster.
    """
    if _LONG_NUMBER.search(text):
        return True
    signs = _ERROR_SIGNS if b"'" in text else _ERROR_SIGNS[:1]
    if any(sign in text for sign in signs) and _ERROR_TYPE.search(text):
        return True
    if b"f" not in text or not any(sign in text for sign in _FORMULA_SIGNS):
        return False
    return bool((_FORMULA if facts.recalculate else _UNFINISHED_FORMULA).search(text))


def merged_ranges(text: bytes) -> set[Range]:
    """The merged ranges that a piece of a sheet's XML names."""
    if b"mergeCell" not in text:
        return set()
    return {
        (int(top) - 1, column_number(left) - 1, int(bottom) - 1, column_number(right) - 1)
        for left, top, right, bottom in _MERGED.findall(text)
    }


def hidden_rows(text: bytes) -> set[int]:
    """The rows that a piece of a sheet's XML hides, as a person counts them."""
    return set(map(int, _HIDDEN.findall(text))) if b"hidden" in text else set()


def column_letters(number: int) -> str:
    """The letters of a column: 1 is A, 27 is AA."""
    letters = ""
    while number:
        number, rest = divmod(number - 1, 26)
        letters = chr(65 + rest) + letters
    return letters


def column_number(letters: bytes) -> int:
    """The number of a column: A is 1, AA is 27; longer words than any sheet has stand for a number beyond all."""
    number = 0
    for letter in letters.upper()[:8]:
        number = number * 26 + letter - 64
    return number


def read_special_cells(pieces: Iterable[bytes], facts: BookFacts) -> SpecialCells:
    """The special cells of a sheet from the pieces of its XML; Refused when it is no XML."""
    reading = _SheetReading(facts)
    _parse(pieces, reading.start, reading.end, reading.text)
    return reading.cells


def read_styles(pieces: Iterable[bytes]) -> tuple[frozenset[int], dict[int, str]]:
    """The numbers of cell styles that show a time without a date, and of those that name a unit, with the unit."""
    reading = _StylesReading()
    _parse(pieces, reading.start, reading.end)
    times = frozenset(number for number, format_ in enumerate(reading.styles) if format_ in reading.times)
    return times, {at: reading.units[format_] for at, format_ in enumerate(reading.styles) if format_ in reading.units}


def read_book(pieces: Iterable[bytes]) -> tuple[bool, bool, bool]:
    """Of a workbook's own XML: whether its dates are of the 1904 system, whether a later element of the same name hides
    this from the reader, and whether it asks for all formulas to be computed."""
    reading = _BookReading()
    _parse(pieces, reading.start, reading.end)
    return reading.since_1904, reading.hidden, reading.recalculate


def _parse(pieces: Iterable[bytes], start: Any, end: Any, text: Any = None) -> None:
    parser = expat.ParserCreate()
    # So text comes in fewer pieces; `text` joins what still comes in several.
    parser.buffer_text = True
    parser.StartElementHandler, parser.EndElementHandler, parser.CharacterDataHandler = start, end, text
    # A workbook needs no document type; one that declares entities wants to swell.
    parser.StartDoctypeDeclHandler = lambda *_: refuse_damaged()
    try:
        for piece in pieces:
            parser.Parse(piece, False)
        parser.Parse(b"", True)
    except expat.ExpatError:
        refuse_damaged()


def _local(name: str) -> str:
    return name.rpartition(":")[2]


class _SheetReading:
    """Goes through the cells of a sheet; a cell that does not say its place follows the one before."""

    def __init__(self, facts: BookFacts) -> None:
        self.cells = SpecialCells()
        self._facts = facts
        self._row = self._column = -1
        self._attributes: dict[str, str] = {}
        self._formula = False
        self._value: list[str] | None = None
        self._said: list[str] = []

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "row":
                self._row = int(attributes["r"]) - 1 if attributes.get("r", "").isdecimal() else self._row + 1
                self._column = -1
            case "c":
                self._attributes, self._formula, self._said = attributes, False, []
                self._place(attributes.get("r", ""))
            case "f":
                self._formula = True
            case "v":
                self._value = []

    def text(self, text: str) -> None:
        if self._value is not None:
            self._value.append(text)

    def end(self, name: str) -> None:
        match _local(name):
            case "v":
                self._said, self._value = self._value or [], None
            case "c":
                self._finish("".join(self._said).strip())

    def _place(self, address: str) -> None:
        place = re.fullmatch(r"([A-Za-z]{1,8})(\d{1,15})", address)
        self._column = column_number(place[1].encode()) - 1 if place else self._column + 1
        self._row = int(place[2]) - 1 if place else self._row

    def _finish(self, value: str) -> None:
        at, kind = (self._row, self._column), self._attributes.get("t", "n")
        if kind == "e":
            # Which error it was may be missing; that it is one is not.
            self.cells.faults[at] = value or "#VALUE!"
        elif self._formula and kind in ("n", "b") and self._lacks_result(value):
            self.cells.faults[at] = UNCOMPUTED
        elif kind == "n" and _may_be_long(value) and is_long(_number(value)):
            self.cells.note_long(at, _number(value))
        elif kind == "n" and value and self._style in self._facts.time_styles:
            self.cells.note_duration(at, _number(value))
        elif kind == "n" and value and self._style in self._facts.unit_styles and _number(value) is not None:
            self.cells.measured[at] = value + self._facts.unit_styles[self._style]

    def _lacks_result(self, value: str) -> bool:
        # A zero counts as no result only where the writer asked for computing: elsewhere a sum may well be zero.
        return not value or (self._facts.recalculate and value in ("0", "0.0"))

    @property
    def _style(self) -> int:
        style = self._attributes.get("s", "0")
        return int(style) if style.isdecimal() else -1


def _may_be_long(value: str) -> bool:
    return len(value) > KEPT_DIGITS or "e" in value or "E" in value


def is_long(number: Fraction | None) -> bool:
    """Whether a number has more digits before its point than a spreadsheet keeps."""
    return number is not None and abs(number) >= _LONG


def _number(text: str) -> Fraction | None:
    try:
        return Fraction(text)
    except (ValueError, ZeroDivisionError):
        return None


def duration_text(days: Fraction) -> str:
    """A number of days as hours, minutes, seconds: 7⅓ is `176:00:00`."""
    seconds = half_up(days.numerator * _DAY, days.denominator)
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


class _StylesReading:
    """Notes which number formats show a time or name a unit, and the format of each cell style in order."""

    def __init__(self) -> None:
        self.times = set(map(str, BUILT_IN_TIMES))
        self.units: dict[str, str] = {}
        self.styles: list[str] = []
        self._inside = False

    def start(self, name: str, attributes: dict[str, str]) -> None:
        match _local(name):
            case "numFmt" if shows_time(attributes.get("formatCode", "")):
                self.times.add(attributes.get("numFmtId", ""))
            case "numFmt" if unit := shown_unit(attributes.get("formatCode", "")):
                self.units[attributes.get("numFmtId", "")] = unit
            case "cellXfs":
                self._inside = True
            case "xf" if self._inside:
                self.styles.append(attributes.get("numFmtId", "0"))

    def end(self, name: str) -> None:
        if _local(name) == "cellXfs":
            self._inside = False


class _BookReading:
    """Notes the date system, told by the workbook's own properties and by no extension of the same name."""

    def __init__(self) -> None:
        self.since_1904 = self.hidden = self.recalculate = False
        self._depth = 0

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._depth += 1
        match _local(name):
            # Directly below the root: an extension may hold an element of the same name that means something else.
            case "workbookPr" if self._depth == 2:
                self.since_1904 = attributes.get("date1904", "").lower() in ("1", "true")
            case "workbookPr":
                self.hidden = self.hidden or attributes.get("date1904", "").lower() not in ("1", "true")
            case "calcPr" if self._depth == 2:
                self.recalculate = attributes.get("fullCalcOnLoad", "").lower() in ("1", "true")

    def end(self, _name: str) -> None:
        self._depth -= 1
