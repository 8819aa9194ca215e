"""Delimited text (csv, tsv) in UTF-8, UTF-16 or GB18030 → one sheet of texts."""

from __future__ import annotations

import codecs
import csv
import io
import re
from collections.abc import Iterator
from itertools import islice

import polars as pl

from fairwrench.ledger.sheet import Limits, Sheet, column_names, refuse, refuse_beyond

_SEPARATORS = ",\t;|"
_SAMPLE_BYTES = 1 << 16
_SAMPLE_LINES = 200
_BATCH = 50_000
#: a sign that no text has, so that a line is one cell
_NO_SEPARATOR = b"\x01"
_WIDE = (codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE)


def read_delimited(content: bytes, limits: Limits) -> Sheet:
    """The file as one nameless sheet; every line is a row, blank ones too. Refused when it is no such text."""
    text = _utf8(content)
    try:
        return Sheet("", _grid(text, limits))
    except (pl.exceptions.PolarsError, UnicodeDecodeError) as error:
        if "utf-8" not in str(error):
            raise
    return Sheet("", _grid(_recoded(content, "gb18030"), limits))


def _utf8(content: bytes) -> bytes:
    """The text in UTF-8 without a byte order mark, line ends as line feeds; GB18030 when its beginning is no UTF-8."""
    if content.startswith(_WIDE):
        content = _recoded(content, "utf-16")
    content = content.removeprefix(codecs.BOM_UTF8)
    if not _begins_as_utf8(content):
        content = _recoded(content, "gb18030")
    if b"\r" in content[:_SAMPLE_BYTES] and b"\n" not in content:
        content = content.replace(b"\r", b"\n")
    return content


def _begins_as_utf8(content: bytes) -> bool:
    try:
        codecs.getincrementaldecoder("utf-8")().decode(content[: 1 << 20])
    except UnicodeDecodeError:
        return False
    return True


def _recoded(content: bytes, encoding: str) -> bytes:
    try:
        return content.decode(encoding).removeprefix("\ufeff").encode()
    except UnicodeError as error:
        line = content.count(b"\n", 0, getattr(error, "start", 0)) + 1
        refuse(
            "wrong_encoding",
            f"第 {line} 行附近的文字既不是 UTF-8 也不是 GB18030 编码；请用 Excel 打开后另存为 xlsx",
            f"near line {line} the text is neither UTF-8 nor GB18030; open it in Excel and save it as xlsx",
        )


def _grid(text: bytes, limits: Limits) -> pl.DataFrame:
    separator, width, first = _shape(text)
    refuse_beyond(limits, rows=text.count(b"\n"), columns=width)
    try:
        grid = _fast(text, separator, width, first)
    except pl.exceptions.PolarsError as error:
        if "utf-8" in str(error):
            raise
        grid = None
    if grid is None:
        grid = _slow(text, separator, limits)
    refuse_beyond(limits, rows=grid.height, columns=grid.width)
    grid.columns = column_names(grid.width)
    return grid


def _shape(text: bytes) -> tuple[str, int, int]:
    """The separator, the most fields of a line and the fields of the first line, told from the beginning."""
    head = text[:_SAMPLE_BYTES].decode("utf-8", "ignore")
    lines = head.removesuffix("\n").split("\n")[:_SAMPLE_LINES]
    if len(text) > _SAMPLE_BYTES and len(lines) > 1:
        lines = lines[:-1]
    widths = {separator: [_fields(line, separator) for line in lines] for separator in _SEPARATORS}
    best = max(_SEPARATORS, key=lambda separator: _agreement(widths[separator]))
    found = widths[best] or [1]
    if len(lines) == 1 and len(text) > _SAMPLE_BYTES:
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
    if quoted and not _well_quoted(text, separator):
        return None
    if first != width:
        text = separator.join(column_names(width)).encode() + b"\n" + text
    return pl.read_csv(
        text,
        has_header=first != width,
        infer_schema=False,
        separator=separator,
        quote_char='"' if quoted else None,
        truncate_ragged_lines=False,
    )


def _well_quoted(text: bytes, separator: str) -> bool:
    """Whether every line is made of cells that are quoted wholly or not at all."""
    if _NO_SEPARATOR in text:
        return False
    lines = pl.read_csv(
        text,
        has_header=False,
        infer_schema=False,
        separator=_NO_SEPARATOR.decode(),
        quote_char=None,
        new_columns=["line"],
    )
    cell = rf'(?:"(?:[^"]|"")*"|[^"{re.escape(separator)}]*)'
    sound = pl.col("line").str.contains(rf"^{cell}(?:{re.escape(separator)}{cell})*\r?$").fill_null(True)
    return bool(lines.select(sound.all()).item())


def _slow(text: bytes, separator: str, limits: Limits) -> pl.DataFrame:
    """Read line by line, lines of any width; stray quotes are forgiven where no cell runs on into the next line."""
    try:
        return _by_line(text, separator, limits, strict=True)
    except csv.Error:
        _refuse_open_quote(text, separator)
    return _by_line(text, separator, limits, strict=False)


def _by_line(text: bytes, separator: str, limits: Limits, *, strict: bool) -> pl.DataFrame:
    frames: list[pl.DataFrame] = []
    rows = csv.reader(_lines(text), delimiter=separator, strict=strict)
    read = 0
    while batch := list(islice(rows, _BATCH)):
        read += len(batch)
        widest = max(map(len, batch))
        refuse_beyond(limits, rows=read, columns=widest)
        frames.append(pl.DataFrame(dict(zip(column_names(widest), _columns(batch, widest), strict=True))))
    return pl.concat(frames, how="diagonal") if frames else pl.DataFrame()


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
    refuse(
        "open_quote",
        f"第 {line} 行的引号没有成对，后面的行无法分开；请更正或删除多余的引号后重新上传",
        f"the quotes in line {line} do not match, so the lines after it cannot be told apart; mend or delete them",
    )


def _columns(batch: list[list[str]], width: int) -> Iterator[pl.Series]:
    for index in range(width):
        cells = [row[index] if index < len(row) and row[index] else None for row in batch]
        yield pl.Series(cells, dtype=pl.String)
