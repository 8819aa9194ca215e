"""The records of old workbooks (MS-XLS): how large their sheets are and what their texts swell to, before reading; and
the cells that the reader gives away.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from dataclasses import dataclass, field

from fairwrench.ledger.files.biff_cells import Formulas, OldStyles, special_record
from fairwrench.ledger.files.compound import workbook_stream
from fairwrench.ledger.files.sheet import (
    Limits,
    refuse,
    refuse_beyond,
    refuse_damaged,
    refuse_many_sheets,
    refuse_swollen,
)
from fairwrench.ledger.files.special_cells import Range, SpecialCells

_EOF, _SHEET, _SHARED, _LOCKED, _SIZE, _MERGED, _ROW = 0x000A, 0x0085, 0x00FC, 0x002F, 0x0200, 0x00E5, 0x0208
#: of a row: where its flags stand, and the one that hides it, by hand or by a filter
_ROW_FLAGS, _NO_HEIGHT = 12, 0x20
_SHARED_CELL, _MANY = 0x00FD, 0x00BD
#: records of one filled cell: formula, number, text, yes/no or error, short number, formatted text, shared text, many
_CELLS = frozenset((0x0006, 0x0203, 0x0204, 0x0205, 0x027E, 0x00D6, _SHARED_CELL, _MANY))
_UTF8 = 3


@dataclass(slots=True)
class OldSheet:
    """What the records of a sheet tell: its special cells, merged ranges and hidden rows, as a person counts them."""

    cells: SpecialCells = field(default_factory=SpecialCells)
    merged: set[Range] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)


@dataclass(slots=True)
class _Area:
    """The rectangle that the filled cells of a sheet span, and the characters of their shared texts."""

    top: int = 1 << 32
    bottom: int = -1
    left: int = 1 << 32
    right: int = -1
    characters: int = 0
    sheet: OldSheet = field(default_factory=OldSheet)


def read_records(content: bytes, limits: Limits) -> dict[str, OldSheet]:
    """The sheets of an old workbook by name; Refused when it is damaged, protected by a password or larger than
    `limits` allow."""
    stream = workbook_stream(content)
    try:
        return _look(stream, limits)
    except (struct.error, IndexError):
        refuse_damaged()


def _look(stream: bytes, limits: Limits) -> dict[str, OldSheet]:
    places: dict[str, int] = {}
    lengths: list[int] = []
    styles = OldStyles()
    for kind, body, more in _records(stream, 0):
        if kind == _LOCKED:
            refuse_locked()
        elif kind == _SHEET:
            places[styles.short_text(body, 6)] = struct.unpack_from("<I", body)[0]
        elif kind == _SHARED:
            lengths = _shared_lengths([body, *more])
        else:
            styles.note(kind, body)
    # Before any sheet is walked: many entries may point at one large sheet.
    refuse_many_sheets(len(places), limits)
    characters = 0
    sheets: dict[str, OldSheet] = {}
    for name, place in places.items():
        area = _area(stream, place, lengths, styles, limits)
        characters += area.characters
        refuse_beyond(limits, rows=area.bottom + 1, columns=max(area.right - area.left + 1, 0))
        sheets[name] = area.sheet
    if characters * _UTF8 > limits.unpacked_bytes:
        refuse_swollen(limits)
    return sheets


def refuse_locked() -> None:
    """Refused: it is protected by a password."""
    refuse(
        "encrypted_file",
        "工作簿有打开密码；请去掉密码后重新上传",
        "the workbook is protected by a password; remove it and hand it in again",
    )


def _records(stream: bytes, at: int) -> Iterator[tuple[int, bytes, list[bytes]]]:
    """The records of a substream up to its end: kind, body, bodies of the records that continue it."""
    while at + 4 <= len(stream):
        kind, size = struct.unpack_from("<HH", stream, at)
        body = stream[at + 4 : at + 4 + size]
        at += 4 + size
        more: list[bytes] = []
        while stream[at : at + 2] == b"\x3c\x00":
            size = struct.unpack_from("<H", stream, at + 2)[0]
            more.append(stream[at + 4 : at + 4 + size])
            at += 4 + size
        if kind == _EOF:
            return
        yield kind, body, more


def _area(stream: bytes, place: int, lengths: list[int], styles: OldStyles, limits: Limits) -> _Area:
    area = _Area()
    formulas = Formulas()
    for kind, body, _ in _records(stream, place):
        if kind == _SIZE:
            top, bottom, left, right = struct.unpack_from("<IIHH" if len(body) > 10 else "<HHHH", body)
            # Not believed, only bounded: a size that is made up would make a reader ask for memory.
            if bottom < top or right < left or (bottom - top) * (right - left) > limits.cells:
                refuse_damaged()
        elif kind == _MERGED:
            area.sheet.merged |= _merged(body)
        elif kind == _ROW:
            if len(body) > _ROW_FLAGS and body[_ROW_FLAGS] & _NO_HEIGHT:
                area.sheet.hidden.add(struct.unpack_from("<H", body)[0] + 1)
        elif kind in _CELLS:
            special_record(kind, body, styles, area.sheet.cells, formulas)
            # What counts is the extent of the filled cells, whatever the sheet's own record says of its size.
            row, column = struct.unpack_from("<HH", body)
            last = struct.unpack_from("<H", body, len(body) - 2)[0] if kind == _MANY else column
            area.top, area.bottom = min(area.top, row), max(area.bottom, row)
            area.left, area.right = min(area.left, column), max(area.right, last)
            if kind == _SHARED_CELL:
                number = struct.unpack_from("<I", body, 6)[0]
                area.characters += lengths[number] if number < len(lengths) else 0
    formulas.settle(area.sheet.cells)
    return area


def _merged(body: bytes) -> set[Range]:
    """The ranges of a record of merged cells."""
    (count,) = struct.unpack_from("<H", body)
    spans = (struct.unpack_from("<HHHH", body, 2 + 8 * at) for at in range(min(count, (len(body) - 2) // 8)))
    return {(top, left, bottom, right) for top, bottom, left, right in spans}


def _shared_lengths(bodies: list[bytes]) -> list[int]:
    """The characters of each shared text."""
    count = struct.unpack_from("<I", bodies[0], 4)[0]
    # The shortest text takes three bytes, so a count beyond that was made up.
    if count * 3 > sum(map(len, bodies)):
        refuse_damaged()
    texts = _Texts(bodies)
    return [texts.skip() for _ in range(count)]


@dataclass(slots=True)
class _Texts:
    """Shared texts read one after another; where one goes on in the next body, that begins with a flag of its own."""

    bodies: list[bytes]
    body: int = 0
    at: int = 8

    def skip(self) -> int:
        """Pass over a text with its formats; returns its number of characters."""
        count, flags = struct.unpack("<HB", self._take(3))
        runs = struct.unpack("<H", self._take(2))[0] if flags & 8 else 0
        extra = struct.unpack("<I", self._take(4))[0] if flags & 4 else 0
        self._skip_characters(count, flags & 1)
        self._take(4 * runs + extra)
        return int(count)

    def _take(self, size: int) -> bytes:
        """The next bytes, wherever they stand; IndexError when there are no more."""
        found = b""
        while len(found) < size:
            piece = self.bodies[self.body][self.at : self.at + size - len(found)]
            found += piece
            self.at += len(piece)
            if not piece:
                self.body, self.at = self.body + 1, 0
        return found

    def _skip_characters(self, count: int, wide: int) -> None:
        while True:
            there = (len(self.bodies[self.body]) - self.at) // (1 + wide)
            self.at += min(there, count) * (1 + wide)
            count -= min(there, count)
            if not count:
                return
            # A text that goes on in the next body says anew whether its characters are wide.
            self.body, self.at = self.body + 1, 1
            wide = self.bodies[self.body][0] & 1
