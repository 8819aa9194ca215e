"""The first look through a large text: each block's rows checked by themselves and spilled, what they tell joined."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from pathlib import Path

import polars as pl

from fairwrench.ledger.blocks.spill import apart, spilled_columns
from fairwrench.ledger.blocks.text import LargeText, Plan
from fairwrench.ledger.body.body import head_counts
from fairwrench.ledger.body.sheet_rows import Handed, Rows
from fairwrench.ledger.body.tales import NotPlain, Told, joined
from fairwrench.ledger.cells.numbers import UNCLEAR_COMMA
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.files.delimited import fields_by_line
from fairwrench.ledger.header.header import Header
from fairwrench.ledger.rows.alike import alike_hashes
from fairwrench.ledger.rows.blanks import blank_throughout, shared_things
from fairwrench.ledger.rows.rows import as_said, read_rows, told_apart_by
from fairwrench.ledger.rows.spellings import key_hashes
from fairwrench.settlement.source.source import Source

#: reasons, persons on no roster, percent signs: so many are held in memory; of more the whole way tells
MOST_HELD = 1_000_000
#: hashes of what tells rows apart: of the key in any spelling, of all but the number, of each thing that is shared
KEY, ALIKE, THING = "_key_hash", "_alike_hash", "_thing_hash"


@dataclass(frozen=True, slots=True)
class Block:
    """One block: where it stands in the text, the number of its first row, how many rows it has, where its sound rows
    lie; which rows of each store there were, and the cells whose person is on no roster."""

    begin: int
    size: int
    first: int
    height: int
    file: Path
    every: pl.DataFrame
    uncredited: pl.DataFrame | None


@dataclass(slots=True)
class Parts:
    """What the first look found. `failures` and `uncredited` of blocks have the row's number as its place (`_at`)."""

    text: LargeText
    header: Header
    source: Source
    handed: Handed
    head: pl.DataFrame
    blocks: list[Block] = field(default_factory=list)
    failures: Failures = field(default_factory=Failures)
    originals: list[pl.DataFrame] = field(default_factory=list)
    ignored: dict[str, int] = field(default_factory=dict)
    percents: dict[str, tuple[int, ...]] = field(default_factory=dict)
    told: list[Told] = field(default_factory=list)
    handed_in: set[str] = field(default_factory=set)
    unplaced: int = 0
    height: int = 0
    nulls: dict[str, int] = field(default_factory=dict)
    typed: int = 0
    held: int = 0

    def hold(self, more: int) -> None:
        """NotPlain when more is to be kept in memory than fits it."""
        self.held += more
        if self.held > MOST_HELD:
            raise NotPlain


@dataclass(frozen=True, slots=True)
class _Columns:
    """What is known of columns only once all of them were seen: those empty in every row, those in which a comma is
    the decimal sign of some number."""

    throughout: frozenset[str] = frozenset()
    comma_decimals: frozenset[str] = frozenset()


def first_look(text: LargeText, header: Header, source: Source, handed: Handed, plan: Plan) -> Parts:
    """Every block read, checked and spilled into the plan's folder."""
    require_plain(header, source)
    columns, known = _Columns(), list[_Columns]()
    while columns not in known:
        known.append(columns)
        parts = _looked(text, header, source, handed, plan, columns=columns)
        # Blocks that were read without knowing so are read once more; cells rejected then may empty a column.
        columns = _columns(parts)
    if columns != known[-1]:
        raise NotPlain
    return parts


def _columns(parts: Parts) -> _Columns:
    failures = parts.failures.all()
    unclear = frozenset(failures.filter(pl.col("code") == UNCLEAR_COMMA.code)["_field"].unique())
    # Of two columns for one field each has commas of its own.
    if any(len(parts.header.equals(name)) > 1 for name in unclear):
        raise NotPlain
    known = frozenset() if parts.text.separator == ";" else unclear
    return _Columns(frozenset(blank_throughout(parts.nulls, parts.typed)), known)


def require_plain(header: Header, source: Source) -> None:
    """NotPlain where rows of the source, or the columns of the sheet, are only understood in the whole of it."""
    aside = any(header.aside(name) for name, facts in source.columns.items() if facts.type not in ("person", "store"))
    # Without a column of stores rows are placed by people and assignments; such files are small.
    if aside or source.says or source.columns.get("store") is None:
        raise NotPlain


def _looked(text: LargeText, header: Header, source: Source, handed: Handed, plan: Plan, *, columns: _Columns) -> Parts:
    head, begin = text.head(header.last + 1)
    parts = Parts(text, header, source, handed, text.grid(head))
    if parts.head.height != header.last + 1:
        raise NotPlain
    parts.ignored = head_counts(parts.head)
    for number, (at, lines) in enumerate(text.blocks(begin, plan.block_bytes)):
        _take(parts, at, lines, plan.scratch / f"{number:06d}.ipc", columns)
    if not parts.blocks:
        raise NotPlain
    return parts


def _take(parts: Parts, at: int, lines: bytes, file: Path, columns: _Columns) -> None:
    """One block, by its rows' numbers in the whole sheet."""
    grid = parts.text.grid(lines)
    # In one piece: each look at a column would otherwise put its pieces together anew.
    sheet = parts.text.sheet(pl.concat([parts.head, grid], rechunk=True))
    rows = read_rows(
        sheet,
        parts.header,
        parts.source,
        parts.handed,
        before=parts.height,
        throughout=columns.throughout,
        comma_decimals=columns.comma_decimals,
    )
    if rows.sheetwide:
        raise NotPlain
    if not parts.text.full(lines, grid):
        _require_whole_lines(rows, fields_by_line(lines, parts.text.separator), parts)
    parts.told = joined(parts.told, rows.told) if parts.blocks else rows.told
    _add_up(parts, rows)
    refused = rows.numbers.gather(rows.failures.positions)
    sound = as_said(rows.sound(), parts.source)
    _spill(sound.with_columns(_at=pl.col("_row").cast(pl.UInt32)), parts.source, rows.cells, file)
    every = apart(rows.frame.unique("_at").group_by("_store").agg(rows=pl.len()))
    strangers = apart(pl.concat(_by_number(rows.uncredited, rows.numbers))) if rows.uncredited else None
    parts.blocks.append(Block(at, len(lines), parts.height, grid.height, file, every, strangers))
    if len(refused):
        parts.originals.append(originals(parts, grid, parts.height, refused))
    parts.height += grid.height


def originals(parts: Parts, grid: pl.DataFrame, first: int, refused: pl.Series) -> pl.DataFrame:
    """Rows of a block as uploaded, by their numbers."""
    lines = (refused - (parts.head.height + first + 1)).unique().sort()
    return apart(grid[lines].with_columns(_row=lines + (parts.head.height + first + 1)))


def _require_whole_lines(rows: Rows, fields: pl.Series, parts: Parts) -> None:
    """NotPlain where a row ends early: whether it was cut off its neighbours tell, in whichever block."""
    named = max((at for at, label in enumerate(parts.header.labels) if label), default=-1) + 1
    if (fields.gather(rows.numbers - (1 + parts.head.height + parts.height)) < named).any():
        raise NotPlain


def _add_up(parts: Parts, rows: Rows) -> None:
    """What of a block is a number or a list, beside what is told."""
    parts.failures.frames += _by_number(rows.failures.frames, rows.numbers)
    of_head = head_counts(parts.head)
    for name, count in rows.ignored.items():
        parts.ignored[name] = parts.ignored.get(name, 0) + count - of_head.get(name, 0)
    for name, signed in rows.percents.items():
        parts.percents[name] = (*parts.percents.get(name, ()), *signed)
    parts.hold(sum(frame.height for frame in (*rows.failures.frames, *rows.uncredited)))
    parts.hold(sum(map(len, rows.percents.values())))
    parts.handed_in |= {*rows.cells}
    parts.unplaced += rows.unplaced
    refusing = [name for name, facts in parts.source.columns.items() if facts.blank == "refused" and name in rows.cells]
    for name in refusing:
        parts.nulls[name] = parts.nulls.get(name, 0) + rows.frame[name].null_count()
    parts.typed += rows.frame.height


def _by_number(frames: list[pl.DataFrame], numbers: pl.Series) -> list[pl.DataFrame]:
    return [apart(frame.with_columns(_at=numbers.gather(frame["_at"]).cast(pl.UInt32))) for frame in frames]


def _spill(sound: pl.DataFrame, source: Source, had: Collection[str], file: Path) -> None:
    key, _ = told_apart_by(source)
    said = [name for name in sound.columns if name.startswith("_said_")]
    columns = spilled_columns(source, had)
    kept = sound.select(*columns, *said, "_store", "_row", "_at").rechunk()
    hashes = [key_hashes(kept, key, source).alias(KEY)]
    if source.numbered_by is not None:
        hashes.append(alike_hashes(kept, source, columns).alias(ALIKE))
    for person, thing in shared_things(source):
        hashes.append(kept.select(pl.struct(thing).hash()).to_series().alias(f"{THING}_{person}"))
    # Not compressed: mapped into memory a column is there without a copy.
    kept.with_columns(hashes).rechunk().write_ipc(file, compression="uncompressed")
