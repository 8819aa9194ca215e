"""A large text read in blocks: the same rows accepted and rejected, and the same said, as when it is read whole.

First every block by itself (`parts`); then only rows whose hashes stand twice are looked at together, and what is told
of all rows is told from counts and first rows of the blocks.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple

import polars as pl

from fairwrench.ledger.blocks.parts import ALIKE, KEY, MOST_HELD, THING, Block, Parts, first_look, originals
from fairwrench.ledger.blocks.spill import Spilled, apart, restored
from fairwrench.ledger.blocks.text import LargeText, Plan
from fairwrench.ledger.body.sheet_rows import Handed, Loss
from fairwrench.ledger.body.tales import NotPlain, Told, joined, said
from fairwrench.ledger.cells.reasons import Failures
from fairwrench.ledger.columns import filed_month, row_types
from fairwrench.ledger.header.header import Header
from fairwrench.ledger.rows.alike import alike_groups, alike_told
from fairwrench.ledger.rows.blanks import Blanks, above_whole, blank_cells, shared_things, shares_told
from fairwrench.ledger.rows.contrary import contrary_cells
from fairwrench.ledger.rows.keys import first_of_identical
from fairwrench.ledger.rows.rows import lost, reject_doubles, stores_of, told_apart_by
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source

#: hashes that are compared at once
_AT_ONCE = 2_000_000
#: rows with such hashes that are looked at together
_LOOKED_AT = 200_000
_PLACE = "_place"


@dataclass(frozen=True, slots=True)
class InBlocks:
    """What reading in blocks gives, as `Rows` and `Intake` have it; `failures` and `uncredited` have the row's number
    as its place (`_at`)."""

    spilled: Spilled
    failures: pl.DataFrame
    uncredited: list[pl.DataFrame]
    originals: pl.DataFrame
    counts: dict[str, int]
    stores: tuple[str, ...]
    refused_stores: tuple[str, ...]
    unplaced: int
    losses: tuple[Loss, ...]
    percents: dict[str, tuple[int, ...]]
    problems: tuple[Problem, ...]


@dataclass(slots=True)
class _Left:
    """What is left of the blocks once rows were compared."""

    files: list[Path]
    filed: list[pl.DataFrame]
    kept: list[pl.DataFrame]
    uncredited: list[pl.DataFrame]
    told: list[Told]
    blanks: Blanks | None = None
    accepted: int = 0
    duplicate: int = 0
    rows: int = 0


class _Gone(NamedTuple):
    """The numbers of rows that others contradict, and the places (among all rows that were sound) of doubles."""

    rejected: pl.Series
    doubles: pl.Series


def read_in_blocks(text: LargeText, header: Header, source: Source, handed: Handed, plan: Plan) -> InBlocks:
    """All rows below the header; NotPlain where they can only be read whole."""
    parts = first_look(text, header, source, handed, plan)
    # 1. rows whose keys stand twice, in whichever blocks
    twice = _twice(parts)
    failures = Failures()
    if twice.height:
        reject_doubles(twice, source, failures, handed.time_zone)
    again = failures.all()["_at"].unique()
    standing = twice.filter(~pl.col("_at").is_in(again.implode()))
    first = first_of_identical(standing, told_apart_by(source)[0]) if standing.height else standing
    doubles = standing.join(first, on=_PLACE, how="anti")[_PLACE] if standing.height else pl.Series(dtype=pl.Int64)
    parts.hold(len(again))
    # 2. what is left of each block, and what it tells
    left = _Left([], [], [], [], [])
    base = 0
    for block in parts.blocks:
        base += _finish(parts, block, _Gone(again, doubles), base, left)
    parts.failures.frames += failures.frames
    return _told(parts, left, again)


def _finish(parts: Parts, block: Block, gone: _Gone, base: int, left: _Left) -> int:
    """One block without rejected rows and doubles; gives how many rows it had before."""
    source = parts.source
    frame = _rows(block.file, source)
    height = frame.height
    kept = frame
    if len(gone.rejected) or len(gone.doubles):
        place = pl.int_range(base, base + height, dtype=pl.Int64, eager=True)
        sound = ~frame["_at"].is_in(gone.rejected.implode())
        single = ~place.is_in(gone.doubles.implode())
        kept = frame.filter(sound)
        left.duplicate += kept["_row"].n_unique()
        frame = frame.filter(sound & single)
        left.duplicate -= frame["_row"].n_unique()
    left.kept.append(apart(kept.select("_at", "_store").unique("_at").group_by("_store").agg(kept=pl.len())))
    told: list[Told] = list(contrary_cells(frame, source, parts.handed_in))
    left.told = joined(left.told, told) if left.files else told
    blanks = blank_cells(frame, source, parts.handed_in)
    left.blanks = left.blanks.joined(blanks) if left.blanks else blanks
    left.accepted += frame["_row"].n_unique()
    left.rows += frame.height
    left.filed.append(apart(_filed(frame, source, parts.handed.time_zone)))
    if block.uncredited is not None:
        here = frame["_row"].unique().implode()
        left.uncredited.append(block.uncredited.filter(pl.col("_at").is_in(here)))
    file = block.file
    if frame.height < height:
        file, there = block.file.with_suffix(".left.ipc"), [*pl.read_ipc_schema(block.file)]
        frame.select(there).rechunk().write_ipc(file, compression="uncompressed")
        block.file.unlink()
    left.files.append(file)
    return height


def _filed(frame: pl.DataFrame, source: Source, time_zone: str) -> pl.DataFrame:
    """How many rows there are of each store and month; each quarter of an hour is asked once for its month."""
    filed = frame.select("store", pl.col(source.filed_by))
    if isinstance(filed.schema[source.filed_by], pl.Datetime):
        filed = filed.with_columns(pl.col(source.filed_by).dt.truncate("15m"))
    counts = filed.group_by("store", source.filed_by).agg(rows=pl.len())
    named = counts.select("store", "rows", month=filed_month(source, time_zone))
    return named.group_by("store", "month").agg(pl.col("rows").sum())


def _told(parts: Parts, left: _Left, again: pl.Series) -> InBlocks:
    source, handed = parts.source, parts.handed
    assert left.blanks is not None
    failures = parts.failures.all()
    counts = _tallied(parts, left)
    refused, losses, astray = lost(counts, placed=True) if failures.height else ((), (), 0)
    filed = pl.concat(left.filed).group_by("store", "month").agg(pl.col("rows").sum()).sort("store", "month")
    spilled = Spilled(tuple(left.files), left.rows, filed, dict(left.blanks.nulls))
    shared = [problem for person, thing in shared_things(source) for problem in _shares(left, source, person, thing)]
    told = [*parts.told, *_alike(left, source), left.blanks, *shared, *left.told]
    rows = parts.head.height + parts.height
    number = {"rows": rows, "accepted": left.accepted, "rejected": failures["_at"].n_unique()}
    return InBlocks(
        spilled=spilled,
        failures=failures,
        uncredited=left.uncredited,
        originals=_originals(parts, again),
        counts={**number, **parts.ignored, "ignored_duplicate": left.duplicate},
        stores=stores_of(filed["store"], handed),
        refused_stores=refused,
        unplaced=parts.unplaced + astray,
        losses=losses,
        percents=parts.percents,
        problems=tuple(said(told)),
    )


def _tallied(parts: Parts, left: _Left) -> pl.DataFrame:
    every = pl.concat(block.every for block in parts.blocks).group_by("_store").agg(pl.col("rows").sum())
    kept = pl.concat(left.kept).group_by("_store").agg(pl.col("kept").sum())
    both = every.join(kept, on="_store", how="left", nulls_equal=True)
    return both.with_columns(pl.col("rows").cast(pl.Int64), pl.col("kept").fill_null(0).cast(pl.Int64))


def _originals(parts: Parts, again: pl.Series) -> pl.DataFrame:
    """The rejected rows as uploaded; those that were rejected only beside others are read once more."""
    found = [_none(parts), *parts.originals]
    numbers = again.cast(pl.Int64)
    for block in parts.blocks:
        top = parts.head.height + block.first
        some = numbers.filter(numbers.is_between(top + 1, top + block.height))
        if len(some):
            grid = parts.text.grid(parts.text.block(block.begin, block.size))
            found.append(originals(parts, grid, block.first, some))
    rows = pl.concat(found).with_columns(pl.col("_row").cast(pl.Int64)).sort("_row")
    return rows.select("_row", pl.exclude("_row"))


def _none(parts: Parts) -> pl.DataFrame:
    return parts.head.clear().with_columns(_row=pl.lit(None, pl.Int64))


def _twice(parts: Parts) -> pl.DataFrame:
    """The rows whose keys, in any spelling, others have too; `_place` counts the rows of all blocks."""
    files, found, held = [block.file for block in parts.blocks], list[pl.DataFrame](), 0
    for hashes in _several(files, KEY, parts.height):
        rows = pl.concat(_with_hashes(files, parts.source, KEY, hashes))
        found.append(rows)
        held += rows.height
        # Rows with one key may stand anywhere, so all of them are looked at together.
        if held > MOST_HELD:
            raise NotPlain
    some = found or list(_with_hashes(files[:1], parts.source, KEY, pl.Series(dtype=pl.UInt64), empty=True))
    return pl.concat(some).sort(_PLACE)


def _rows(file: Path, source: Source) -> pl.DataFrame:
    return restored(pl.scan_ipc(file), source).collect()


def _several(files: list[Path], column: str, height: int) -> Iterator[pl.Series]:
    """The hashes that stand several times, of about `_LOOKED_AT` rows at once."""
    pieces = height // _AT_ONCE + 1
    for piece in range(pieces):
        mine = pl.col(column).is_not_null() & (pl.col(column) % pieces == piece)
        hashes = pl.concat([pl.read_ipc(file, columns=[column]).filter(mine).to_series() for file in files])
        if hashes.n_unique() == len(hashes):
            continue
        counts = hashes.filter(hashes.is_duplicated()).value_counts(name="rows").sort(column)
        if (counts["rows"] > MOST_HELD).any():
            raise NotPlain
        looks = counts.with_columns(look=pl.col("rows").cum_sum() // _LOOKED_AT)
        yield from (some[column] for some in looks.partition_by("look", maintain_order=True))


def _with_hashes(
    files: list[Path], source: Source, column: str, hashes: pl.Series, *, empty: bool = False
) -> Iterator[pl.DataFrame]:
    """The rows with some hashes."""
    base = 0
    for file in files:
        here = pl.read_ipc(file, columns=[column]).to_series().is_in(hashes.implode()).fill_null(False)
        at = here.arg_true()
        if len(at) or empty:
            yield _rows(file, source)[at].with_columns((at.cast(pl.Int64) + base).alias(_PLACE))
        base += len(here)


def _alike(left: _Left, source: Source) -> list[Problem]:
    if source.numbered_by is None or left.rows < 2:
        return []
    columns = [*row_types(source), "_row"]
    parts = []
    for hashes in _several(left.files, ALIKE, left.rows):
        rows = pl.concat(_with_hashes(left.files, source, ALIKE, hashes))
        parts.append(alike_groups(rows.select(columns), source))
    return alike_told(parts, source, of=left.accepted) if parts else []


def _shares(left: _Left, source: Source, person: str, thing: list[str]) -> list[Problem]:
    parts = [pl.Series(dtype=pl.Int64)]
    for hashes in _several(left.files, f"{THING}_{person}", left.rows):
        rows = pl.concat(_with_hashes(left.files, source, f"{THING}_{person}", hashes))
        parts.append(above_whole(rows, thing, person, source))
    return shares_told(parts, person, source)
