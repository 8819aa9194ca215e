"""The last row and column of a sheet's XML, and the cells in it that hold an error.

A reader lays a sheet out as a full rectangle: two cells in opposite corners of a 2 kB file would take hundreds of GB.
So no workbook is opened before its rectangle is known. The common case is settled by a few fast searches that bound the
rectangle from above; only where that bound is too large is every tag read.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field

from fairwrench.ledger.sheet import Limits, refuse_damaged

#: how much of what was looked at is looked at again with the next piece, so that no cell is cut
_OVERLAP = 4096
#: a tag that does not end within this is none of ours, or made to hide something
_LONGEST_TAG = 1 << 16

#: where one of the texts ends that a workbook keeps once for many cells
_SHARED_END = b"</si>"
#: cells of a prefixed document: then every tag is read
_PREFIXED = re.compile(rb":c[ />]")
_TAG = re.compile(rb"<(?:[\w.-]+:)?(row|c)(?=[\s/>])([^<>]*)>")
_PLACE = re.compile(rb"""(?:^|\s)r\s*=\s*["']([A-Za-z]*)(\d*)["']""")
_PLAIN = re.compile(rb'<c r="([A-Z]+)(\d+)"')
_CELL = re.compile(
    rb'<c r="([A-Z]{1,3})(\d{1,7})"(?: \w+="[^"<>]*")*?(?: t="(?P<kind>\w+)")?(?: \w+="[^"<>]*")*>'
    rb"(?P<formula><f[^<>]*(?:/>|>[^<>]*</f>))?(?:<v>(?P<value>[^<>]*)</v>|<v/>)?</c>"
)
_UNCOMPUTED = (b"</f></c>", b"</f><v></v>", b"</f><v/>")


@dataclass(slots=True)
class Extent:
    """No cell lies beyond `rows` and `columns` (1-based); `size` bytes were looked at.

    `faults` are texts of cells by (row, column), 0-based. `longest` is the length in bytes of the longest shared text.
    """

    rows: int = 0
    columns: int = 0
    size: int = 0
    longest: int = 0
    faults: dict[tuple[int, int], str] = field(default_factory=dict)
    _odd: bool = False
    _tail: bytes = b""
    _run: int = 0

    def look(self, piece: bytes) -> None:
        """Widen the bounds so that they hold for the next piece, too, and note the faults in it. ASCII tags only."""
        text = self._tail + piece
        whole = text.rfind(b">") + 1
        self._tail = text[max(0, whole - _OVERLAP) :]
        if len(self._tail) > _OVERLAP + _LONGEST_TAG:
            self._odd, self._tail = True, b""
        text = text[:whole]
        self.size += len(piece)
        self._measure_shared(piece)
        if _may_have_faults(text):
            self.faults.update(_faults(text))
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
            if is_cell and filled:
                self.rows, self.columns = max(self.rows, row), max(self.columns, column)

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
            self.rows = max(self.rows, 10 ** len(cell[2]) - 1)
            beyond = _beyond(self.rows, self.columns)
        return False


def _beyond(rows: int, columns: int) -> re.Pattern[bytes]:
    """A pattern of cells beyond `columns`, with more digits than `rows`, or not beginning with their place."""
    if not columns:
        return re.compile(rb"<c(?![a-zA-Z])")
    letters = column_letters(columns)
    ways = [letters, *([f"[A-Z]{{1,{len(letters) - 1}}}"] if len(letters) > 1 else [])]
    for at, letter in enumerate(letters):
        if letter != "A":
            ways.append(f"{letters[:at]}[A-{chr(ord(letter) - 1)}][A-Z]{{{len(letters) - at - 1}}}")
    return re.compile(rf'<c(?! r="(?:{"|".join(ways)})\d{{1,{len(str(rows))}}}"|[a-zA-Z])'.encode())


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
            yield int(digits[:15] or 0), column_number(letters), not tag[2].endswith(b"/"), tag[1] == b"c"


def _unfinished(text: bytes) -> bytes:
    """What of the end of a piece may be the beginning of a tag."""
    text = text[max(text.rfind(b"<"), 0) :]
    if len(text) <= _LONGEST_TAG:
        return text
    if re.match(rb"<(?:[\w.-]+:)?(?:row|c)\s", text):
        refuse_damaged()
    return b""


def _may_have_faults(text: bytes) -> bool:
    """Errors begin with a hash; looking for one sign first is as good as free."""
    if b"#" in text and b't="e"' in text:
        return True
    return b"f" in text and b"</f>" in text and any(mark in text for mark in _UNCOMPUTED)


def _faults(text: bytes) -> Iterator[tuple[tuple[int, int], str]]:
    """Cells that hold an error, and formulas that were never computed."""
    for cell in _CELL.finditer(text):
        value = (cell["value"] or b"").decode("utf-8", "replace")
        if cell["kind"] == b"e" or (cell["formula"] and not value and cell["kind"] != b"str"):
            yield (int(cell[2]) - 1, column_number(cell[1]) - 1), value or "#未计算"
