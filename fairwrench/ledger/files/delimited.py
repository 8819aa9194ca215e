"""Delimited text (csv, tsv) in UTF-8, UTF-16 or GB18030 → one sheet of texts."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice
from typing import TYPE_CHECKING, NoReturn

import polars as pl

from fairwrench.ledger.cells.words import UNSEEN
from fairwrench.ledger.files.sheet import Limits, Sheet, column_names, refuse, refuse_beyond

if TYPE_CHECKING:
    from _csv import Reader as _Reader

_SEPARATORS = ",\t;|"
SAMPLE_BYTES = 1 << 16
_SAMPLE_LINES = 200
_BATCH = 50_000
_BLOCK = 1 << 20
#: how much of a text beside a bad byte tells its encoding, and how many right characters outweigh a wrong one
AROUND = 1 << 20
_FAR_MORE = 4
#: rows of so few fields cannot be told from a remark with a comma
_NARROW = 3
#: a sign that no text has, so that a line is one cell
NO_SEPARATOR = b"\x01"
WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(content: bytes, limits: Limits) -> Sheet:
    """The file as one nameless sheet; every line is a row, blank ones too. Refused when it is no such text."""
    return _sheet(_utf8(content), limits)


def _utf8(content: bytes) -> bytes:
    """The text in UTF-8 without a byte order mark, line ends as line feeds; Refused at the line of its bad byte."""
    # Excel's "Unicode text" is UTF-16; a bad byte in it is named by line like any other.
    if content.startswith(WIDE):
        content = _recoded(content, "utf-16")
    content = content.removeprefix(codecs.BOM_UTF8)
    bad = _bad_byte(content)
    if bad is not None:
        # One bad byte in a text that is UTF-8 before and after it makes no GB18030 of it, though that reads anything.
        if mostly_utf8(content[max(0, bad - AROUND) : bad + AROUND]):
            _refuse_byte(content, bad)
        content = _recoded(content, "gb18030")
    # Line ends of old Macs: readers know only line feeds and would see one endless line.
    if b"\r" in content[:SAMPLE_BYTES] and b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content


def _bad_byte(content: bytes) -> int | None:
    """The place of the first byte that is no UTF-8; None where all are."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    for at in range(0, max(len(content), 1), _BLOCK):
        # Bytes of a character that a block cut in two: the place of an error counts from where it began.
        waiting = len(decoder.getstate()[0])
        try:
            decoder.decode(content[at : at + _BLOCK], final=at + _BLOCK >= len(content))
        except UnicodeDecodeError as error:
            return at - waiting + error.start
    return None


def mostly_utf8(sample: bytes) -> bool:
    """Whether by far most characters beyond ASCII are right UTF-8; of GB18030 hardly any are."""
    text = sample.decode("utf-8", "replace")
    right = sum(sign > "\x7f" and sign != "\ufffd" for sign in text)
    return right > _FAR_MORE * text.count("\ufffd")


def _recoded(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError as error:
        _refuse_byte(content, getattr(error, "start", 0))


def _refuse_byte(content: bytes, at: int) -> NoReturn:
    line = max(content.count(end, 0, at) for end in (b"\n", b"\r")) + 1
    refuse(
        "wrong_encoding",
        f"第 {line} 行的文字既不是 UTF-8 也不是 GB18030 编码；请用 Excel 打开后另存为 xlsx",
        f"in line {line} the text is neither UTF-8 nor GB18030; open it in Excel and save it as xlsx",
    )


def _sheet(text: bytes, limits: Limits) -> Sheet:
    # 1. what parts the cells, and the size, before any reader lays the rows out
    separator, width, first = shape(text)
    refuse_beyond(limits, rows=text.count(b"\n"), columns=width)
    try:
        # 2. the fast reader where nothing can be misread by it, else 3. line by line
        grid = _fast(text, separator, width, first)
    except pl.exceptions.PolarsError:
        grid = None
    fields: pl.Series | None = None
    if grid is None:
        grid, fields = _slow(text, separator, limits, width)
    elif grid.height and grid.to_series(-1).has_nulls() and not _all_full(text, separator, grid):
        counts = fields_by_line(text, separator)
        fields = counts if counts.n_unique() > 1 else None
    refuse_beyond(limits, rows=grid.height, columns=grid.width)
    grid.columns = column_names(grid.width)
    return Sheet("", grid, fields=fields, commas=separator == ";", clean=_clean(text))


def _clean(text: bytes) -> bool:
    """Whether nothing is written as `="…"` or holds a sign that nobody sees; a single byte is found far faster."""
    marks = [b'="', *(sign.encode() for sign in UNSEEN)]
    leads = {lead for lead in {mark[:1] for mark in marks} if lead in text}
    return not any(mark in text for mark in marks if mark[:1] in leads)


def _all_full(text: bytes, separator: str, grid: pl.DataFrame) -> bool:
    """Whether every line surely has as many fields as the grid: none has more, so together they tell it."""
    return b'"' not in text and text.count(separator.encode()) == (grid.width - 1) * grid.height


def fields_by_line(text: bytes, separator: str) -> pl.Series:
    """How many fields each line has; a separator inside quotes, which are sound here, parts none."""
    sign = re.escape(separator)
    line = pl.col("line").str.replace_all(r'"(?:[^"]|"")*"', "") if b'"' in text else pl.col("line")
    return _read_lines(text).select(line.str.count_matches(sign).fill_null(0) + 1).to_series()


def shape(text: bytes, *, whole: bool = True) -> tuple[str, int, int]:
    """The separator, the most fields of a line and the fields of the first line, told from the beginning.

    `whole` says that there is no more of the text than this.
    """
    head = text[:SAMPLE_BYTES].decode("utf-8", "ignore")
    lines = head.removesuffix("\n").split("\n")[:_SAMPLE_LINES]
    whole = whole and len(text) <= SAMPLE_BYTES
    if not whole and len(lines) > 1:
        # The sample ends anywhere: its last line is only a part of one.
        lines = lines[:-1]
    widths = {separator: [_fields(line, separator) for line in lines] for separator in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda separator: _agreement(widths[separator]))
    found = widths[best] or [1]
    if len(lines) == 1 and not whole:
        # The first line alone is longer than the sample, so it is counted whole.
        found = [text.partition(b"\n")[0].count(best.encode()) + 1]
    return best, max(found), found[0]


def _fields(line: str, separator: str) -> int:
    if '"' not in line:
        return line.count(separator) + 1
    return sum(1 for part in line.split('"')[::2] for sign in part if sign == separator) + 1


def _agreement(widths: list[int]) -> tuple[int, int]:
    """How many lines have the commonest number of fields above one, and that number."""
    several = [width for width in widths if width > 1]
    if not several:
        return 0, 0
    common = max(set(several), key=lambda width: (several.count(width), width))
    return several.count(common), common


def _fast(text: bytes, separator: str, width: int, first: int) -> pl.DataFrame | None:
    """Read by Polars, which guesses at stray quotes; None where there are any, or a quoted cell has several lines."""
    quoted = b'"' in text
    if quoted and not well_quoted(text, separator):
        return None
    # Polars takes the width from the first line: below a short title every row would be too long.
    if first != width:
        text = separator.join(column_names(width)).encode() + b"\n" + text
    return pl.read_csv(
        text,
        has_header=first != width,
        infer_schema=False,
        separator=separator,
        quote_char='"' if quoted else None,
        # A line with too much raises, and is then read line by line and told; cut off silently it would be lost.
        truncate_ragged_lines=False,
    )


def well_quoted(text: bytes, separator: str) -> bool:
    """Whether every line is made of cells that are quoted wholly or not at all."""
    if NO_SEPARATOR in text:
        return False
    lines = _read_lines(text)
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(separator)}]*)'
    sound = pl.col("line").str.contains(rf"^{cell}(?:{re.escape(separator)}{cell})*\r?$").fill_null(True)
    return bool(lines.select(sound.all()).item())


def _read_lines(text: bytes) -> pl.DataFrame:
    """The lines of a text as one column, `line`."""
    return pl.read_csv(
        text,
        has_header=False,
        infer_schema=False,
        separator=NO_SEPARATOR.decode(),
        quote_char=None,
        new_columns=["line"],
    )


def _slow(text: bytes, separator: str, limits: Limits, width: int) -> tuple[pl.DataFrame, pl.Series]:
    """Read line by line, lines of any width; stray quotes are forgiven where no cell runs on into the next line."""
    try:
        # Strict first: what it takes has sound quotes. Only what it does not is forgiven, where no line is swallowed.
        return _by_line(text, separator, limits, width, strict=True)
    except csv.Error:
        _refuse_open_quote(text, separator)
    return _by_line(text, separator, limits, width, strict=False)


def _by_line(
    text: bytes, separator: str, limits: Limits, width: int, *, strict: bool
) -> tuple[pl.DataFrame, pl.Series]:
    """The cells, and how many fields each line has."""
    frames: list[pl.DataFrame] = []
    fields: list[int] = []
    rows = _unswallowed(csv.reader(_lines(text), delimiter=separator, strict=strict), separator, width)
    read = 0
    while batch := list(islice(rows, _BATCH)):
        read += len(batch)
        fields += map(len, batch)
        widest = max(map(len, batch))
        # Batch by batch, so that a file beyond the bounds is given up early and not when it fills the memory.
        refuse_beyond(limits, rows=read, columns=widest)
        frames.append(pl.DataFrame(dict(zip(column_names(widest), _columns(batch, widest), strict=True))))
    # Batches may be of different widths: missing cells are empty ones.
    grid = pl.concat(frames, how="diagonal") if frames else pl.DataFrame()
    return grid, pl.Series(fields, dtype=pl.UInt32)


def _unswallowed(rows: _Reader, separator: str, width: int) -> Iterator[list[str]]:
    """The rows; Refused when two stray quotes have made one cell of parts of several rows of `width` fields."""
    before = 0
    for row in rows:
        if rows.line_num > before + 1 and any(_holds_rows(cell, separator, at, width) for at, cell in enumerate(row)):
            _refuse_quote(before + 1)
        before = rows.line_num
        yield row


def _holds_rows(cell: str, separator: str, at: int, width: int) -> bool:
    """Whether a cell of several lines is the end of a row, perhaps whole rows, and the beginning of another row.

    Then its first line has the separators that were left of the row, its last one those up to the same place, and
    every line between them those of a row. A remark of several lines has not, unless a row has next to none.
    """
    first, *others = [line.count(separator) for line in re.split(r"\r\n|[\r\n]", cell)]
    # A remark of two lines with a comma in each looks just like the end of one narrow row and the start of the next.
    if not others or width <= _NARROW:
        return False
    *between, last = others
    return first == width - 1 - at and last == at and all(count >= width - 1 for count in between)


def _lines(text: bytes) -> io.TextIOWrapper:
    return io.TextIOWrapper(io.BytesIO(text), "utf-8", newline="")


def _refuse_open_quote(text: bytes, separator: str) -> None:
    """Refused when a quote is never closed, or closed by the next stray one: rows would vanish inside a cell."""
    rows = csv.reader(_lines(text), delimiter=separator)
    line = 0
    try:
        for line, _ in enumerate(rows, 1):
            if rows.line_num != line:
                break
        else:
            return
    except csv.Error:
        line += 1
    _refuse_quote(line)


def _refuse_quote(line: int) -> NoReturn:
    refuse(
        "open_quote",
        f"第 {line} 行的引号没有成对，后面的行无法分开；请更正或删除多余的引号后重新上传",
        f"the quotes in line {line} do not match, so the lines after it cannot be told apart; mend or delete them",
    )


def _columns(batch: list[list[str]], width: int) -> Iterator[pl.Series]:
    for index in range(width):
        cells = [row[index] if index < len(row) and row[index] else None for row in batch]
        yield pl.Series(cells, dtype=pl.String)
