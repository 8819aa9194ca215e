"""Cells of old workbooks (MS-XLS) that the reader gives away: errors, formulas never computed, durations."""

from __future__ import annotations

import math
import struct
from dataclasses import dataclass, field
from fractions import Fraction

from fairwrench.ledger.cells.number_formats import shown_unit, shows_time
from fairwrench.ledger.files.special_cells import BUILT_IN_TIMES, KEPT_DIGITS, UNCOMPUTED, SpecialCells, is_long

_FORMULA, _NUMBER, _BOOL_OR_ERROR, _SHORT, _MANY_SHORT = 0x0006, 0x0203, 0x0205, 0x027E, 0x00BD
_BEGIN, _FORMAT, _STYLE = 0x0809, 0x041E, 0x00E0
_VERSION_8 = 0x0600
_ERRORS = {
    0x00: "#NULL!",
    0x07: "#DIV/0!",
    0x0F: "#VALUE!",
    0x17: "#REF!",
    0x1D: "#NAME?",
    0x24: "#NUM!",
    0x2A: "#N/A",
    0x2B: "#GETTING_DATA",
}
#: what the first byte of a formula's result says where it is no number
_AN_ERROR, _NOTHING = 2, 3
#: the last token of formulas that can only give a number or yes/no: every operator but `&`
_OPERATORS = frozenset((*range(0x03, 0x08), *range(0x09, 0x0F), *range(0x12, 0x15)))
_CALLS_FIXED, _CALLS_ANY = frozenset((0x21, 0x41, 0x61)), frozenset((0x22, 0x42, 0x62))
#: COUNT, SUM, AVERAGE, MIN, MAX, ABS, INT, ROUND, COUNTA, PRODUCT, ROUNDUP, ROUNDDOWN, SUMPRODUCT, SUMIF, COUNTIF
_NUMERIC = frozenset((0, 4, 5, 6, 7, 24, 25, 27, 169, 183, 212, 213, 228, 345, 346))
#: a text constant: such a formula may well say nothing on purpose
_A_TEXT = 0x17


@dataclass(slots=True)
class OldStyles:
    """Which cell styles of an old workbook show a time without a date, or name the unit of a number."""

    version_8: bool = True
    _times: set[int] = field(default_factory=lambda: set(BUILT_IN_TIMES))
    _units: dict[int, str] = field(default_factory=dict)
    _formats: list[int] = field(default_factory=list)

    def note(self, kind: int, body: bytes) -> None:
        """Take what a record of the workbook says of versions, formats and styles."""
        if kind == _BEGIN:
            self.version_8 = struct.unpack_from("<H", body)[0] >= _VERSION_8
        elif kind == _FORMAT:
            self._note_format(struct.unpack_from("<H", body)[0], self._text(body, 2, 2 if self.version_8 else 1))
        elif kind == _STYLE:
            self._formats.append(struct.unpack_from("<H", body, 2)[0])

    def _note_format(self, number: int, code: str) -> None:
        if shows_time(code):
            self._times.add(number)
        elif unit := shown_unit(code):
            self._units[number] = unit

    def note_number(self, cells: SpecialCells, at: tuple[int, int], style: int, value: Fraction | None) -> None:
        """Note a number that is too long to be kept, or whose style shows a time or names its unit."""
        if is_long(value):
            cells.note_long(at, value)
            return
        format_ = self._formats[style] if style < len(self._formats) else None
        if format_ in self._times:
            cells.note_duration(at, value)
        elif format_ in self._units and value is not None:
            # The shortest text that reads back as the same double: what a person sees in the cell, with its unit.
            cells.measured[at] = f"{float(value)!r}{self._units[format_]}"

    def special(self, style: int) -> bool:
        """Whether cells of a style show a time without a date, or name their unit."""
        return style < len(self._formats) and (
            self._formats[style] in self._times or self._formats[style] in self._units
        )

    def short_text(self, body: bytes, at: int) -> str:
        """A text led by its length in one byte, such as the name of a sheet."""
        return self._text(body, at, 1)

    def _text(self, body: bytes, at: int, size: int) -> str:
        length = int.from_bytes(body[at : at + size], "little")
        if not self.version_8:
            return body[at + size : at + size + length].decode("gb18030", "replace")
        wide = body[at + size] & 1
        encoding = "utf-16-le" if wide else "latin-1"
        return body[at + size + 1 : at + size + 1 + length * (1 + wide)].decode(encoding, "replace")


@dataclass(slots=True)
class Formulas:
    """The formulas of a sheet whose result is an empty text, which they may say on purpose or for want of computing."""

    computed: int = 0
    never: list[tuple[int, int]] = field(default_factory=list)
    doubtful: list[tuple[int, int]] = field(default_factory=list)

    def note(self, at: tuple[int, int], tokens: bytes) -> None:
        """A formula that gives nothing: a sum cannot, so it was never computed; of others the whole sheet tells."""
        if _gives_number(tokens):
            self.never.append(at)
        # `=IF(A1="","",…)` gives an empty text on purpose; of formulas without such a text the whole sheet tells.
        elif _A_TEXT not in tokens:
            self.doubtful.append(at)

    def settle(self, cells: SpecialCells) -> None:
        """Note the formulas that were never computed: where one was not, or none at all gave anything, none was."""
        also = self.doubtful if self.never or not self.computed else []
        cells.faults.update(dict.fromkeys([*self.never, *also], UNCOMPUTED))


def special_record(kind: int, body: bytes, styles: OldStyles, cells: SpecialCells, formulas: Formulas) -> None:
    """Note what is special in the record of one cell, or of several short numbers beside each other."""
    row, column, style = struct.unpack_from("<HHH", body)
    at = (row, column)
    if kind == _BOOL_OR_ERROR and body[7]:
        cells.faults[at] = _ERRORS.get(body[6], "#VALUE!")
    elif kind == _FORMULA:
        _formula(body, styles, cells, formulas)
    elif kind == _NUMBER:
        number = struct.unpack_from("<d", body, 6)[0]
        # A number of whatever style may be too long; exact fractions are made of few.
        if styles.special(style) or abs(number) >= 10**KEPT_DIGITS:
            styles.note_number(cells, at, style, _exact(number))
    elif kind == _SHORT and styles.special(style):
        styles.note_number(cells, at, style, _short(struct.unpack_from("<I", body, 6)[0]))
    elif kind == _MANY_SHORT:
        for place in range((len(body) - 6) // 6):
            style, number = struct.unpack_from("<HI", body, 4 + 6 * place)
            if styles.special(style):
                styles.note_number(cells, (row, column + place), style, _short(number))


def _formula(body: bytes, styles: OldStyles, cells: SpecialCells, formulas: Formulas) -> None:
    row, column, style = struct.unpack_from("<HHH", body)
    at, result = (row, column), body[6:14]
    # A number, as no double of a result ends in these bytes; otherwise they mark error, text, yes/no or nothing.
    if result[6:] != b"\xff\xff":
        formulas.computed += 1
        number = struct.unpack("<d", result)[0]
        if styles.special(style) or abs(number) >= 10**KEPT_DIGITS:
            styles.note_number(cells, at, style, _exact(number))
    elif result[0] == _AN_ERROR:
        formulas.computed += 1
        cells.faults[at] = _ERRORS.get(result[2], "#VALUE!")
    elif result[0] == _NOTHING:
        formulas.note(at, body[22 : 22 + struct.unpack_from("<H", body, 20)[0]])
    else:
        formulas.computed += 1


def _gives_number(tokens: bytes) -> bool:
    """Whether a formula, in postfix order, ends in something that gives a number; only the common ends are told."""
    if not tokens:
        return False
    # Postfix: the last token is what the whole formula gives.
    if tokens[-1] in _OPERATORS:
        return True
    if len(tokens) >= 3 and tokens[-3] in _CALLS_FIXED:
        return int.from_bytes(tokens[-2:], "little") in _NUMERIC
    if len(tokens) >= 4 and tokens[-4] in _CALLS_ANY:
        return int.from_bytes(tokens[-2:], "little") & 0x7FFF in _NUMERIC
    return (len(tokens), tokens[0]) in ((3, 0x1E), (9, 0x1F), (2, 0x1D))


def _exact(number: float) -> Fraction | None:
    return Fraction(number) if math.isfinite(number) else None


def _short(number: int) -> Fraction | None:
    """A short number: 30 bits of an integer or of the upper half of a double; the lowest bit says hundredths."""
    if number & 2:
        signed = number >> 2
        value: Fraction | None = Fraction(signed - (1 << 30) if signed >= 1 << 29 else signed)
    else:
        value = _exact(struct.unpack("<d", bytes(4) + struct.pack("<I", number & ~3))[0])
    return value / 100 if value is not None and number & 1 else value
