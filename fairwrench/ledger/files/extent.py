"""The last row and column of a sheet's XML, its merged ranges, and whether a closer look at its cells is needed.

A reader lays a sheet out as a full rectangle: two cells in opposite corners of a 2 kB file would take hundreds of GB.
So no workbook is opened before its rectangle is known. The common case is settled by a few fast searches that bound the
rectangle from above; only where that bound is too large is every tag read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fairwrench.ledger.files.sheet import Limits, refuse_damaged
from fairwrench.ledger.files.special_cells import (
    BookFacts,
    Range,
    column_letters,
    column_number,
    hidden_rows,
    may_have_faults,
    merged_ranges,
)

#: how much of what was looked at is looked at again with the next piece, so that no cell is cut
_OVERLAP = 4096
#: a tag that does not end within this is none of ours, or made to hide something
_LONGEST_TAG = 1 << 16

#: where one of the texts ends that a workbook keeps once for many cells
_SHARED_END = b"</si>"
#: cells of a prefixed document: then every tag is read
_PREFIXED = re.compile(rb":c[ />]")
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<>]*)>")
#: what follows the tag of a cell that was formatted and never filled
_EMPTY = re.compile(rb"\s*(?:<(?:[\w.-]+:)?v\s*/>|<(?:[\w.-]+:)?v\s*>\s*</(?:[\w.-]+:)?v\s*>)?\s*</(?:[\w.-]+:)?c\s*>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]*)(\d*)["']""")
_PLAIN = re.compile(rb'<c r="([A-Z]+)(\d+)"')


@dataclass(slots=True)
class Extent:
    """No cell lies beyond `rows` and `columns` (1-based); `size` bytes were looked at.

    `special` says that cells may be in it which the reader gives away; `merged` are its merged ranges, `hidden` its
    hidden rows. `longest` is the length in bytes of the longest shared text.
    """

    facts: BookFacts = field(default_factory=BookFacts)
    rows: int = 0
    columns: int = 0
    size: int = 0
    longest: int = 0
    special: bool = False
    merged: set[Range] = field(default_factory=set)
    hidden: set[int] = field(default_factory=set)
    _odd: bool = False
    _tail: bytes = b""
    _run: int = 0

    def look(self, piece: bytes) -> None:
        """Widen the bounds so that they hold for the next piece, too; note what is special in it. ASCII tags only."""
        text = self._tail + piece
        # Up to the last whole tag; what follows, and some before it, is looked at again with the next piece.
        whole = text.rfind(b">") + 1
        self._tail = text[max(0, whole - _OVERLAP) :]
        # A tag without an end would make the tail grow with the file.
        if len(self._tail) > _OVERLAP + _LONGEST_TAG:
            self._odd, self._tail = True, b""
        text = text[:whole]
        self.size += len(piece)
        self._measure_shared(piece)
        self.merged |= merged_ranges(text)
        self.hidden |= hidden_rows(text)
        self.special = self.special or may_have_faults(text, self.facts) or self._has_special_style(text)
        if not self._odd:
            self._odd = self._bound(text)

    def unsure(self, limits: Limits) -> bool:
        """Whether the bounds are too wide, or none, so that every tag must be read."""
        return self._odd or self.columns > limits.columns or self.rows * self.columns > limits.cells

    def measure(self, pieces: Iterable[bytes]) -> None:
        """The exact last row and column of all pieces, counted on where a cell does not say its place."""
        self.rows = self.columns = row = column = 0
        for said_row, said_column, filled, is_cell in _places(pieces):
            if is_cell:
                row, column = said_row or row, said_column or column + 1
            else:
                row, column = said_row or row + 1, 0
            # A reader lays out filled cells; a column formatted down to row 1 048 576 is empty.
            if is_cell and filled:
                self.rows, self.columns = max(self.rows, row), max(self.columns, column)

    def _has_special_style(self, text: bytes) -> bool:
        style = self.facts.special_style()
        return style is not None and style.search(text) is not None

    def _measure_shared(self, piece: bytes) -> None:
        # A single letter is found ten times faster than a word, and sheets of numbers and shared texts have no i.
        if b"i" not in piece or _SHARED_END not in piece:
            self._run += len(piece)
            return
        first, *others = map(len, piece.split(_SHARED_END))
        self.longest, self._run = max(self.longest, self._run + first, *others), others[-1]

    def _bound(self, text: bytes) -> bool:
        """Widen the bounds to hold for `text`; true where they cannot be told so."""
        if _PREFIXED.search(text):
            return True
        beyond, begin = _beyond(self.rows, self.columns), 0
        while found := beyond.search(text, begin):
            begin = found.start()
            cell = _PLAIN.match(text, begin)
            if not cell or len(cell[2]) > 12:
                return True
            self.columns = max(self.columns, column_number(cell[1]))
            # A bound from above, by the number of digits: each widening costs a search, so it goes in large steps.
            self.rows = max(self.rows, 10 ** len(cell[2]) - 1)
            beyond = _beyond(self.rows, self.columns)
        return False


def _beyond(rows: int, columns: int) -> re.Pattern[bytes]:
    """A pattern of cells beyond `columns`, with more digits than `rows`, or not beginning with their place."""
    # Nothing is known yet: any cell is beyond.
    if not columns:
        return re.compile(rb"<c(?![a-zA-Z])")
    letters = column_letters(columns)
    ways = [letters, *([f"[A-Z]{{1,{len(letters) - 1}}}"] if len(letters) > 1 else [])]
    for at, letter in enumerate(letters):
        if letter != "A":
            ways.append(f"{letters[:at]}[A-{chr(ord(letter) - 1)}][A-Z]{{{len(letters) - at - 1}}}")
    return re.compile(rf'<c(?! r="(?:{"|".join(ways)})\d{{1,{len(str(rows))}}}"|[a-zA-Z])'.encode())


def _places(pieces: Iterable[bytes]) -> Iterator[tuple[int, int, bool, bool]]:
    """Of each row and cell tag: the row and column it says (0 where it does not), whether filled, whether a cell."""
    rest = b""
    for piece in pieces:
        text = rest + piece
        whole = text.rfind(b">") + 1
        rest = _unfinished(text[whole:])
        for tag in _TAG.finditer(text, 0, whole):
            place = _PLACE.search(tag[2])
            letters, digits = (place[1], place[2]) if place else (b"", b"")
            blank = tag[2].endswith(b"/") or _EMPTY.match(text, tag.end()) is not None
            yield int(digits[:15] or 0), column_number(letters), not blank, tag[1] == b"c"


def _unfinished(text: bytes) -> bytes:
    """What of the end of a piece may be the beginning of a tag."""
    text = text[max(text.rfind(b"<"), 0) :]
    if len(text) <= _LONGEST_TAG:
        return text
    if re.match(rb"<(?:[\w.-]+:)?(?:row|c)\s", text):
        refuse_damaged()
    return b""
