"""The container of old workbooks (MS-CFB), checked before a reader follows its chains.

A chain of sectors that runs in a circle, or a length that the file does not have, makes a reader ask for memory until
the process is killed. So all chains that it will follow are followed here first, each sector at most once.
"""

from __future__ import annotations

import struct
from array import array
from dataclasses import dataclass

from fairwrench.ledger.files.sheet import refuse_damaged

_END, _FREE = 0xFFFFFFFE, 0xFFFFFFFF
_HEADER = 512
_MINI = 64
_ENTRY = 128
_SMALL = 4096
_NAMES = ("Workbook", "Book")


@dataclass(frozen=True, slots=True)
class _Container:
    content: bytes
    sector: int
    table: array[int]

    def chain(self, start: int, length: int | None = None) -> bytes:
        """The sectors of a chain; Refused where it leaves the file, runs in a circle or is shorter than said."""
        pieces = [self.content[at : at + self.sector] for at in map(self._at, _followed(start, self.table))]
        joined = b"".join(pieces)
        if length is not None and length > len(joined):
            refuse_damaged()
        return joined if length is None else joined[:length]

    def _at(self, number: int) -> int:
        return (number + 1) * self.sector


def workbook_stream(content: bytes) -> bytes:
    """The bytes of the workbook in an old workbook's container; Refused when the container is damaged."""
    try:
        return _workbook_stream(content)
    except (struct.error, IndexError, ValueError):
        refuse_damaged()


def _workbook_stream(content: bytes) -> bytes:
    shift, mini_shift = struct.unpack_from("<HH", content, 30)
    if shift not in (9, 12) or mini_shift != 6:
        refuse_damaged()
    sector = 1 << shift
    # No table can have more sectors than the file: a larger number is what would make a reader ask for memory.
    most = len(content) // sector
    directories, tables, first, mini_first, minis, more = struct.unpack_from("<III8xIII", content, 40)
    if max(directories, tables, minis) > most:
        refuse_damaged()
    container = _Container(content, sector, _table(content, sector, more))
    entries = container.chain(first)
    mini_table = _numbers(container.chain(mini_first) if mini_first != _END else b"")
    start, size = _entry(entries[:_ENTRY], sector)
    ministream = container.chain(start, size) if start != _END else b""
    for at in range(0, len(entries) - _ENTRY + 1, _ENTRY):
        if _name(entries[at : at + _ENTRY]) in _NAMES:
            start, size = _entry(entries[at : at + _ENTRY], sector)
            # By the format's rule short streams lie in a container of their own, in sectors of 64 bytes.
            if size >= _SMALL:
                return container.chain(start, size)
            return b"".join(ministream[n * _MINI : (n + 1) * _MINI] for n in _followed(start, mini_table))[:size]
    refuse_damaged()


def _table(content: bytes, sector: int, more: int) -> array[int]:
    """The table that tells of each sector which one follows it."""
    numbers = list(struct.unpack_from("<109I", content, 76))
    seen: set[int] = set()
    while more not in (_END, _FREE):
        if more in seen or (more + 2) * sector > len(content) + sector:
            refuse_damaged()
        seen.add(more)
        numbers += struct.unpack_from(f"<{sector // 4}I", content, (more + 1) * sector)
        more = numbers.pop()
    pieces = [content[(number + 1) * sector : (number + 2) * sector] for number in numbers if number != _FREE]
    return _numbers(b"".join(pieces))


def _numbers(content: bytes) -> array[int]:
    return array("I", content[: len(content) // 4 * 4])


def _followed(start: int, table: array[int]) -> list[int]:
    """The numbers of a chain from `start` to its end; Refused where it runs in a circle or leaves the table."""
    found: list[int] = []
    number = start
    while number != _END:
        # Longer than the table means that it came by some sector twice: it runs in a circle.
        if number >= len(table) or len(found) > len(table):
            refuse_damaged()
        found.append(number)
        number = table[number]
    return found


def _entry(entry: bytes, sector: int) -> tuple[int, int]:
    """Where a stream starts and how long it is."""
    start, low, high = struct.unpack_from("<III", entry, 116)
    # In files of small sectors the upper half of the length may hold anything.
    return start, low if sector == _HEADER else low | high << 32


def _name(entry: bytes) -> str:
    return entry[:64].decode("utf-16-le", "replace").partition("\0")[0]
