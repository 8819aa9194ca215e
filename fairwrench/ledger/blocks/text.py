"""A large delimited text, never held whole: what it is by one look through it, then its lines, block by block.

Only what the fast reader takes is read so. Anything else (stray quotes, cells of several lines, a bad byte, line ends
of old Macs) is `NotPlain`: then the whole way reads the file, with its words and its limits.
"""

from __future__ import annotations

import codecs
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import IO

import polars as pl

from fairwrench.ledger.body.tales import NotPlain
from fairwrench.ledger.cells.words import UNSEEN
from fairwrench.ledger.files.delimited import AROUND, NO_SEPARATOR, SAMPLE_BYTES, WIDE, mostly_utf8, shape, well_quoted
from fairwrench.ledger.files.sheet import Sheet, column_names
from fairwrench.ledger.files.sniffing import kind_of
from fairwrench.settlement.problem import Refused

_READ = 4 << 20
#: what a mark is cut in two by at most, where two readings meet
_OVERLAP = 3
_MARKS = (b'="', *(sign.encode() for sign in UNSEEN))


@dataclass(frozen=True, slots=True)
class Plan:
    """From which size on a file is read in blocks, how many bytes a block has, where blocks lie meanwhile."""

    scratch: Path
    from_bytes: int = 64 << 20
    block_bytes: int = 24 << 20
    file_bytes: int = 32 << 30
    rows: int = 100_000_000
    columns: int = 600


@dataclass(frozen=True, slots=True)
class LargeText:
    """A text in UTF-8: where it lies and begins, what parts its cells, how many `lines` it has. `quoted`: some cells
    are; `clean`: no cell is written as `="…"` or holds a sign that nobody sees."""

    path: Path
    begin: int
    separator: str
    width: int
    lines: int
    quoted: bool
    clean: bool

    def head(self, lines: int) -> tuple[bytes, int]:
        """The first lines, and where the next one begins."""
        with self.path.open("rb") as file:
            file.seek(self.begin)
            text = b"".join(file.readline() for _ in range(lines))
        return text, self.begin + len(text)

    def blocks(self, begin: int, size: int) -> Iterator[tuple[int, bytes]]:
        """Whole lines from a place on, about so many bytes at a time, each block with its place."""
        with self.path.open("rb") as file:
            file.seek(begin)
            while text := _whole_lines(file, size):
                yield begin, text
                begin += len(text)

    def block(self, begin: int, size: int) -> bytes:
        """One of the blocks once more."""
        with self.path.open("rb") as file:
            file.seek(begin)
            return file.read(size)

    def grid(self, text: bytes) -> pl.DataFrame:
        """The cells of some lines; NotPlain where the fast reader could misread them."""
        if self.quoted and b'"' in text and not well_quoted(text, self.separator):
            raise NotPlain
        # The reader takes the width from the first line, which may be a blank one.
        short = text.partition(b"\n")[0].count(self.separator.encode()) < self.width - 1
        if short:
            text = self.separator.join(column_names(self.width)).encode() + b"\n" + text
        try:
            return pl.read_csv(
                text,
                has_header=short,
                schema=dict.fromkeys(column_names(self.width), pl.String),
                separator=self.separator,
                quote_char='"' if self.quoted else None,
                # A line with too much raises, and the whole way then tells it.
                truncate_ragged_lines=False,
            )
        except pl.exceptions.PolarsError:
            raise NotPlain from None

    def sheet(self, grid: pl.DataFrame) -> Sheet:
        """A part of the text as a sheet."""
        return Sheet("", grid, commas=self.separator == ";", clean=self.clean)

    def full(self, text: bytes, grid: pl.DataFrame) -> bool:
        """Whether every line of a block surely has as many fields as the text has columns."""
        if not grid.to_series(-1).has_nulls():
            return True
        return b'"' not in text and text.count(self.separator.encode()) == (self.width - 1) * grid.height


def _whole_lines(file: IO[bytes], size: int) -> bytes:
    text = file.read(size)
    return text if len(text) < size or text.endswith(b"\n") else text + file.readline()


def is_large(path: Path, plan: Plan) -> bool:
    """Whether a file is a text of a size that is read in blocks."""
    try:
        size = path.stat().st_size
        with path.open("rb") as file:
            start = file.read(SAMPLE_BYTES)
        return plan.from_bytes <= size <= plan.file_bytes and kind_of(start) == "text"
    # Whatever is wrong with a file the whole way says; of an archive the beginning alone is none.
    except (OSError, Refused):
        return False


def large_text(path: Path, plan: Plan, folder: Path) -> LargeText:
    """A file looked through once; texts in other encodings are written anew as UTF-8 into `folder`. NotPlain where the
    whole way has to look."""
    with path.open("rb") as file:
        start = file.read(len(codecs.BOM_UTF8))
    if start.startswith(WIDE):
        path, start = _recoded(path, "utf-16", folder / "utf8"), b""
    begin = len(codecs.BOM_UTF8) if start == codecs.BOM_UTF8 else 0
    try:
        return _looked_through(path, begin, plan)
    except UnicodeDecodeError as bad:
        # One bad byte in a text that is UTF-8 before and after it makes no GB18030 of it: the whole way names the line.
        with path.open("rb") as file:
            file.seek(max(0, bad.start - AROUND))
            sample = file.read(min(bad.start, AROUND) + AROUND)
    if begin or mostly_utf8(sample):
        raise NotPlain
    return _looked_through(_recoded(path, "gb18030", folder / "utf8"), 0, plan)


def _looked_through(path: Path, begin: int, plan: Plan) -> LargeText:
    """UnicodeDecodeError, at the place in the file, where it is no UTF-8."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    lines, at, quoted, clean, tail, last = 0, begin, False, True, b"", b"\n"
    with path.open("rb") as file:
        file.seek(begin)
        sample = file.read(SAMPLE_BYTES)
        # A text of one line, or with line ends that readers do not know, is looked at whole.
        if b"\n" not in sample:
            raise NotPlain
        file.seek(begin)
        while text := file.read(_READ):
            _decode(decoder, text, at)
            at += len(text)
            lines += text.count(b"\n")
            last = text[-1:]
            if NO_SEPARATOR in text or (b"\r" in text and _lone_returns(text)):
                raise NotPlain
            quoted = quoted or b'"' in text
            clean = clean and not _marked(tail + text)
            tail = text[-_OVERLAP:]
    _decode(decoder, b"", at, final=True)
    lines += last != b"\n"
    separator, width, _ = shape(sample, whole=at - begin <= SAMPLE_BYTES)
    # A single column has no separator by which a blank line differs from an empty cell.
    if not 1 < width <= plan.columns or lines > plan.rows:
        raise NotPlain
    return LargeText(path, begin, separator, width, lines, quoted, clean)


def _decode(decoder: codecs.IncrementalDecoder, text: bytes, at: int, *, final: bool = False) -> None:
    waiting = len(decoder.getstate()[0])
    try:
        decoder.decode(text, final)
    except UnicodeDecodeError as error:
        error.start += at - waiting
        raise


def _marked(text: bytes) -> bool:
    leads = {lead for lead in {mark[:1] for mark in _MARKS} if lead in text}
    return any(mark in text for mark in _MARKS if mark[:1] in leads)


def _lone_returns(text: bytes) -> bool:
    """Whether line ends of old Macs stand in a text, but for one at the very end, whose line feed may come next."""
    return text.count(b"\r") - text.endswith(b"\r") != text.count(b"\r\n")


def _recoded(path: Path, encoding: str, target: Path) -> Path:
    """The text in UTF-8, written block by block; NotPlain at a bad byte, which the whole way names."""
    decoder = codecs.getincrementaldecoder(encoding)()
    with path.open("rb") as file, target.open("wb") as out:
        try:
            text = decoder.decode(file.read(_READ)).removeprefix("\ufeff")
            while text or file.tell() < path.stat().st_size:
                out.write(text.encode())
                more = file.read(_READ)
                text = decoder.decode(more, final=not more)
                if not more:
                    out.write(text.encode())
                    break
        except UnicodeError:
            raise NotPlain from None
    return target
