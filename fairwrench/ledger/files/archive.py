"""A zipped workbook unpacked piece by piece, so that it is known how large it really is before a reader opens it."""

from __future__ import annotations

import io
import re
import zipfile
import zlib
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from html import unescape

from fairwrench.ledger.files.extent import Extent
from fairwrench.ledger.files.sheet import Limits, refuse_beyond, refuse_damaged, refuse_swollen
from fairwrench.ledger.files.special_cells import BookFacts, SpecialCells, read_book, read_special_cells, read_styles
from fairwrench.settlement.problem import Refused

#: bytes: of unpacked content looked at together, and of packed content fed at once; together they bound the memory
_PIECE = 1 << 22
_PACKED_PIECE = 1 << 18
_DEFLATED = 8
_ENCRYPTED = 1
#: the shortest way to write a cell that uses a shared text: <c t="s"><v>0</v></c>
_SHARED_CELL = 22
_VALUE = re.compile(rb"<(?:\w+:)?v\b[^<>]*>\s*(\d{1,9})\b")
_BOOK, _STYLES = "xl/workbook.xml", "xl/styles.xml"
_EXTENSIONS = re.compile(rb"<(?:[\w.-]+:)?extLst\b.*</(?:[\w.-]+:)?extLst\s*>", re.DOTALL)
_UTF16 = (b"\xff\xfe", b"\xfe\xff", b"<\x00", b"\x00<")


@contextmanager
def opened(content: bytes) -> Iterator[zipfile.ZipFile]:
    """The archive; Refused when it is damaged, which zipfile tells in many ways beside BadZipFile."""
    try:
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            yield archive
    except Refused:
        raise
    # Damaged archives raise whatever their bytes lead to (struct, zlib, key errors); each means the same to a person.
    except Exception:
        refuse_damaged()


def measured(content: bytes, limits: Limits, facts: BookFacts) -> dict[str, Extent]:
    """Every part of a zipped workbook by name; Refused when it is damaged or larger than `limits` allow."""
    parts: dict[str, Extent] = {}
    # One budget for all parts: a thousand small parts swell a reader as one large one does.
    left = limits.unpacked_bytes
    with opened(content) as archive:
        for info in archive.infolist():
            parts[info.filename], size = _measure(content, info, left, limits, facts)
            left -= size
        longest = max(part.longest for part in parts.values()) if parts else 0
        # The worst case first, by two numbers that are known; only where it is too large every cell is counted.
        if longest * sum(part.size for part in parts.values()) // _SHARED_CELL > limits.unpacked_bytes:
            shared = [info for info in archive.infolist() if parts[info.filename].longest]
            _refuse_swelling(content, shared, archive.infolist(), limits)
    return parts


def with_true_dates(content: bytes, limits: Limits) -> bytes:
    """The workbook, without the extensions by which Excel for Mac hides from the reader that its dates begin in 1904.

    The reader takes the last element called workbookPr for the workbook's own, an extension of that name included, and
    would give every date four years and a day early.
    """
    with opened(content) as archive:
        name = _part(archive, _BOOK)
        if name is None or read_book(_limited(content, archive, name, limits))[:2] != (True, True):
            return content
        book = b"".join(_limited(content, archive, name, limits))
        plain = _EXTENSIONS.sub(b"", book)
        target = io.BytesIO()
        # Stored, not packed: it is read once, from memory, a moment later.
        with zipfile.ZipFile(target, "w", zipfile.ZIP_STORED) as written:
            for info in archive.infolist():
                body = plain if info.filename == name else b"".join(_limited(content, archive, info.filename, limits))
                written.writestr(info.filename, body)
    return target.getvalue()


def book_facts(content: bytes, limits: Limits) -> BookFacts:
    """What a zipped workbook says of all its sheets."""
    with opened(content) as archive:
        book, styles = _part(archive, _BOOK), _part(archive, _STYLES)
        recalculate = bool(book) and read_book(_limited(content, archive, book or "", limits))[2]
        known = read_styles(_limited(content, archive, styles, limits)) if styles else (frozenset[int](), {})
    return BookFacts(known[0], recalculate, known[1])


def special_cells(content: bytes, part: str, facts: BookFacts, limits: Limits) -> SpecialCells:
    """The special cells of the sheet in a part."""
    with opened(content) as archive:
        return read_special_cells(_limited(content, archive, part, limits), facts)


def _part(archive: zipfile.ZipFile, name: str) -> str | None:
    """The part of that name, whatever its case."""
    return next((part for part in archive.namelist() if part.lower() == name), None)


def _limited(content: bytes, archive: zipfile.ZipFile, name: str, limits: Limits) -> Iterator[bytes]:
    """The pieces of a part; Refused when they are more than `limits` allow."""
    size = 0
    for piece in _pieces(content, archive.getinfo(name)):
        size += len(piece)
        if size > limits.unpacked_bytes:
            refuse_swollen(limits)
        yield piece


def _refuse_swelling(
    content: bytes, shared: list[zipfile.ZipInfo], parts: list[zipfile.ZipInfo], limits: Limits
) -> None:
    """Refused when the `shared` texts, kept once and used by many cells, would swell beyond `limits`."""
    lengths = [len(text) for info in shared for text in b"".join(_pieces(content, info)).split(b"</si>")]
    size = 0
    for info in parts:
        tail = b""
        for piece in _pieces(content, info):
            text = tail + piece
            whole = text.rfind(b">") + 1
            numbers = map(int, _VALUE.findall(text, 0, whole))
            size += sum(lengths[number] for number in numbers if number < len(lengths))
            # The unfinished tag goes on into the next piece, bounded, as a file may never close one.
            tail = text[whole:][-_PACKED_PIECE:]
            if size > limits.unpacked_bytes:
                refuse_swollen(limits)


def sheet_parts(content: bytes) -> dict[str, str]:
    """The name of each sheet → the part that holds it, as far as the workbook says it plainly."""
    with opened(content) as archive:
        names = {name.lower(): name for name in archive.namelist()}
        book = _small(content, archive, names.get("xl/workbook.xml"))
        links = _small(content, archive, names.get("xl/_rels/workbook.xml.rels"))
    tags = re.findall(r"<(?:\w+:)?Relationship\b[^<>]*>", links)
    targets = {_attribute(tag, "Id"): _attribute(tag, "Target") for tag in tags}
    found = {}
    for tag in re.findall(r"<(?:\w+:)?sheet\b[^<>]*>", book):
        target = targets.get(_attribute(tag, r"\w+:id"), "")
        path = target.lstrip("/") if target.startswith("/") else f"xl/{target}"
        if path.lower() in names:
            found[_attribute(tag, "name")] = names[path.lower()]
    return found


def _small(content: bytes, archive: zipfile.ZipFile, name: str | None) -> str:
    # The first piece alone: the list of sheets of any honest workbook is far smaller.
    first = next(_pieces(content, archive.getinfo(name)), b"") if name else b""
    return first.decode("utf-8", "replace")


def _attribute(tag: str, name: str) -> str:
    found = re.search(rf"""\s{name}=["']([^"']*)["']""", tag)
    return unescape(found[1]) if found else ""


def _measure(content: bytes, info: zipfile.ZipInfo, left: int, limits: Limits, facts: BookFacts) -> tuple[Extent, int]:
    extent, size = Extent(facts), 0
    for piece in _ahead(_pieces(content, info), info.compress_size):
        if not size and piece[:2] in _UTF16 and info.filename.lower().endswith(".xml"):
            refuse_damaged()  # its tags would not be seen
        size += len(piece)
        if size > left:
            refuse_swollen(limits)
        extent.look(piece)
    if extent.unsure(limits):
        extent.measure(_ahead(_pieces(content, info), info.compress_size))
    refuse_beyond(limits, rows=extent.rows, columns=extent.columns)
    return extent, size


def _ahead(pieces: Iterator[bytes], packed: int) -> Iterator[bytes]:
    """The pieces, the next one being unpacked while one is looked at; a part of one piece is not worth a thread."""
    if packed <= _PACKED_PIECE:
        yield from pieces
        return
    with ThreadPoolExecutor(1) as worker:
        waiting = worker.submit(next, pieces, None)
        while (piece := waiting.result()) is not None:
            waiting = worker.submit(next, pieces, None)
            yield piece


def _pieces(content: bytes, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """The unpacked bytes of one part, whatever size the archive claims for it."""
    start = info.header_offset
    # By the local header, where the data really is; zipfile's own reading trusts the stated sizes.
    name, extra = (int.from_bytes(content[start + at : start + at + 2], "little") for at in (26, 28))
    packed = memoryview(content)[start + 30 + name + extra :][: info.compress_size]
    if info.flag_bits & _ENCRYPTED or info.compress_type not in (zipfile.ZIP_STORED, _DEFLATED):
        refuse_damaged()
    slices = (packed[at : at + _PACKED_PIECE] for at in range(0, len(packed), _PACKED_PIECE))
    return map(bytes, slices) if info.compress_type == zipfile.ZIP_STORED else _inflated(slices)


def _inflated(slices: Iterator[memoryview]) -> Iterator[bytes]:
    # Bounded output: a few kB can unpack to gigabytes, and no more than a piece of it is ever in memory.
    unpacking = zlib.decompressobj(-15)
    for packed in slices:
        waiting: bytes | memoryview = packed
        while len(waiting) and not unpacking.eof:
            try:
                piece = unpacking.decompress(waiting, _PIECE)
            except zlib.error:
                refuse_damaged()
            if piece:
                yield piece
            waiting = unpacking.unconsumed_tail
    if not unpacking.eof:
        refuse_damaged()
