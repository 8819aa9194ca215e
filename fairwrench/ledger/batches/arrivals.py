"""What lands: the rows of a file in memory, or on the disk where they were read in blocks, compared in the same way."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import NamedTuple, Protocol

import polars as pl

from fairwrench.ledger.batches.compare import Comparison
from fairwrench.ledger.batches.contradictions import Contradicting
from fairwrench.ledger.batches.coverage import Dated, dated
from fairwrench.ledger.batches.incoming import (
    Part,
    RowsDigest,
    later_parts,
    numbered_voids,
    parts_of,
    placed,
    prepared,
    rows_sha256,
    stamped,
)
from fairwrench.ledger.batches.lookup import Known, rows_asked, still_standing
from fairwrench.ledger.blocks.spill import Spilled, apart, restored
from fairwrench.ledger.columns import PARTITION, row_types
from fairwrench.ledger.rows.reversals import reversed_rows
from fairwrench.settlement.source.source import Source

#: rows on the disk that are compared at once
AT_ONCE = 200_000

Look = Callable[[pl.DataFrame], Known]
Compare = Callable[[pl.DataFrame, Known, pl.DataFrame | None], Comparison]
Contradict = Callable[[Comparison, Known], Contradicting]


@dataclass(frozen=True, slots=True)
class Told:
    """What a landing tells of its rows beside their parts: as a `Comparison` has it, and what contradicts files beside
    it."""

    counts: Mapping[str, int]
    filled: tuple[str, ...]
    changes: bool
    contradicting: Contradicting
    #: the parts to write, by the number of the batch and its period
    parts: Callable[[int, str | None], Iterator[Part]]


@dataclass(frozen=True, slots=True)
class Questions:
    """How the ledger is asked: what it knows of some keys, what of rows is new, and what files handed in together say
    otherwise. Without `asks` it holds nothing yet."""

    look: Look
    compare: Compare
    contradict: Contradict
    asks: bool


class Arrivals(Protocol):
    """Rows about to land."""

    height: int
    read_as: str
    dated: Dated
    taken_back: int

    def told(self, ledger: Questions) -> Told:
        """What they say that the ledger does not."""


def arrivals(source: Source, rows: pl.DataFrame | Spilled, time_zone: str, ended: pl.DataFrame | None) -> Arrivals:
    """Rows about to land, checked by themselves; `ended` are rows that end with them.

    Refused when a key occurs twice, or a row has no store or no month to be filed under.
    """
    if isinstance(rows, pl.DataFrame):
        return Whole(source, prepared(source, rows, time_zone), time_zone, ended)
    # Who withdraws rows has them on a screen; nobody does so with a file of millions.
    assert ended is None
    return Large(source, rows, time_zone)


class Whole:
    """Rows in memory."""

    def __init__(self, source: Source, rows: pl.DataFrame, time_zone: str, ended: pl.DataFrame | None) -> None:
        self.height = rows.height
        self.read_as = rows_sha256(source, rows)
        self.dated = dated(source, rows, time_zone)
        self.taken_back = int(reversed_rows(rows, source).sum()) if source.reversible else 0
        self._source, self._rows, self._ended = source, rows, ended

    def told(self, ledger: Questions) -> Told:
        """What they say that the ledger does not."""
        before = ledger.look(rows_asked(self._source, self._rows, self._ended))
        found = ledger.compare(self._rows, before, still_standing(before, self._ended))
        return Told(
            found.counts,
            found.filled,
            found.changes,
            ledger.contradict(found, before),
            lambda number, period: parts_of(self._source, found, number, period),
        )


class _Run(NamedTuple):
    """Rows of one month and store that lie together in a file, in their order; the ordinal of the first one, None where
    the file has ordinals of its own."""

    file: Path
    offset: int
    rows: int
    first: int | None


class Large:
    """Rows on the disk; never more than some of them are in memory."""

    def __init__(self, source: Source, spilled: Spilled, time_zone: str) -> None:
        self._source, self._zone = source, time_zone
        self._runs: dict[tuple[str, str], list[_Run]] = {}
        self._keyless: list[pl.DataFrame] = []
        self.height, self.taken_back = 0, 0
        digest, found = RowsDigest(source), list[Dated]()
        for file, rows in zip(spilled.files, spilled.frames(source), strict=True):
            block = placed(source, rows, time_zone, after=self.height)
            digest.add(block)
            found.append(_small(dated(source, block, time_zone)))
            self.taken_back += int(reversed_rows(block, source).sum()) if source.reversible else 0
            self._keep(file, block)
            self.height += block.height
        self.read_as = digest.hexdigest()
        self.dated = _joined(found)
        self._scratch = spilled.files[0].parent

    def _keep(self, file: Path, block: pl.DataFrame) -> None:
        """Note where the rows of each month and store lie; where they lie apart they are put in order."""
        by = [PARTITION, "store"]
        empty = pl.any_horizontal(pl.col(name).is_null() for name in self._source.key)
        self._keyless.append(apart(block.filter(empty)))
        first: int | None = self.height + 1
        runs = block.select(pl.struct(by).rle().alias("_")).unnest("_")
        if runs["value"].n_unique() < runs.height:
            file, first = file.with_suffix(".sorted.ipc"), None
            block = block.sort(by, maintain_order=True)
            block.write_ipc(file, compression="uncompressed")
            runs = block.select(pl.struct(by).rle().alias("_")).unnest("_")
        offset = 0
        for length, place in runs.iter_rows():
            run = _Run(file, offset, length, None if first is None else first + offset)
            self._runs.setdefault((place[PARTITION], place["store"]), []).append(run)
            offset += length

    def told(self, ledger: Questions) -> Told:
        """What they say that the ledger does not."""
        if not ledger.asks:
            counts = {"new": self.height, "changed": 0, "moved": 0, "repeated": 0}
            nothing = Contradicting()
            return Told(counts, (), changes=self.height > 0, contradicting=nothing, parts=self._all_new)
        return _Compared(self._source, self._scratch, ledger, pl.concat(self._keyless)).told(self._chunks())

    def _all_new(self, number: int, period: str | None) -> Iterator[Part]:
        for (month, _), runs in sorted(self._runs.items()):
            rows = pl.concat([_scanned(self._source, run, month) for run in runs])
            fresh = rows.with_columns(_supersedes=pl.lit(None, pl.Int64()), _void=pl.lit(False))
            yield Part(month, period, stamped(fresh, number))

    def _chunks(self) -> Iterator[tuple[tuple[str, str], pl.DataFrame]]:
        """All rows by month and store, in their order."""
        for place, runs in sorted(self._runs.items()):
            some: list[_Run] = []
            for run in runs:
                some.append(run)
                if sum(each.rows for each in some) >= AT_ONCE:
                    yield place, self._read(some, place[0])
                    some = []
            if some:
                yield place, self._read(some, place[0])

    def _read(self, runs: list[_Run], month: str) -> pl.DataFrame:
        return pl.concat([_scanned(self._source, run, month) for run in runs]).collect()


def _scanned(source: Source, run: _Run, month: str) -> pl.LazyFrame:
    rows = restored(pl.scan_ipc(run.file).slice(run.offset, run.rows), source)
    if run.first is not None:
        rows = rows.with_columns(_ordinal=pl.int_range(run.first, run.first + run.rows, dtype=pl.Int64))
    return rows.select(*row_types(source), "_row", "_ordinal", pl.lit(month).alias(PARTITION))


def _small(found: Dated) -> Dated:
    return Dated({name: apart(counts) for name, counts in found.counts.items()})


def _joined(found: list[Dated]) -> Dated:
    first, *others = found
    for each in others:
        first = first.joined(each)
    return first


class _Compared:
    """Rows on the disk compared with the ledger some at a time; what has to be written lies on the disk again."""

    def __init__(self, source: Source, scratch: Path, ledger: Questions, keyless: pl.DataFrame) -> None:
        self._source, self._scratch, self._ledger = source, scratch, ledger
        self._counts: dict[str, int] = {}
        self._filled: list[tuple[str, ...]] = []
        self._voids: list[pl.DataFrame] = []
        self._contradicting = Contradicting()
        self._files: dict[tuple[str, str], list[Path]] = {}
        self._rows = 0
        # Of rows whose key is empty in part several are told apart by their content: they are compared all at once.
        self._apart = self._compared(keyless).rows

    def told(self, chunks: Iterator[tuple[tuple[str, str], pl.DataFrame]]) -> Told:
        """The answer for all rows."""
        empty = pl.any_horizontal(pl.col(name).is_null() for name in self._source.key)
        for place, chunk in chunks:
            rows = self._compared(chunk.filter(~empty)).rows
            apart = self._apart.filter(
                pl.col("_ordinal").is_between(chunk["_ordinal"].min(), chunk["_ordinal"].max()),
                pl.col(PARTITION) == place[0],
                pl.col("store") == place[1],
            )
            self._keep(place, pl.concat([rows, apart]).sort("_ordinal") if apart.height else rows)
        changes = self._rows > 0 or any(voids.height for voids in self._voids)
        first = self._filled[0] if self._filled else ()
        filled = tuple(name for name in first if all(name in each for each in self._filled))
        return Told(self._counts, filled, changes, self._contradicting, self._parts)

    def _compared(self, rows: pl.DataFrame) -> Comparison:
        before = self._ledger.look(rows_asked(self._source, rows, None))
        found = self._ledger.compare(rows, before, None)
        self._contradicting = self._contradicting.joined(self._ledger.contradict(found, before))
        for name, count in found.counts.items():
            self._counts[name] = self._counts.get(name, 0) + count
        self._filled += [found.filled] if found.rows.height else []
        self._voids.append(found.voids)
        self._rows += found.rows.height
        return found

    def _keep(self, place: tuple[str, str], rows: pl.DataFrame) -> None:
        if rows.height:
            files = self._files.setdefault(place, [])
            files.append(self._scratch / f"landing-{place[0]}-{len(self._files):05d}-{len(files):05d}.ipc")
            rows.write_ipc(files[-1], compression="uncompressed")

    def _parts(self, number: int, period: str | None) -> Iterator[Part]:
        every = pl.concat(self._voids)
        # In the order in which they come where all rows are compared at once.
        voids = pl.concat(
            [
                every.filter(pl.col("_later").is_null()).sort("_ordinal"),
                every.filter(pl.col("_later").is_not_null()).sort("_ordinal"),
            ]
        )
        voids = numbered_voids(voids, self._counts["repeated"] + self._rows, number)
        own = voids.filter(pl.col("_later").is_null()).drop("_later", "_gives_way")
        taken = own.partition_by([PARTITION, "store"], maintain_order=True, as_dict=True)
        for month, store in sorted({*self._files, *taken}):
            rows = [pl.scan_ipc(file) for file in self._files.get((month, store), ())]
            rows += [taken[month, store].lazy()] if (month, store) in taken else []
            yield Part(month, period, stamped(pl.concat(rows), number))
        yield from later_parts(voids, number)
