"""Rows that wait on the disk: a folder of the scratch place for each file read in blocks, gone when its reader is."""

from __future__ import annotations

import io
import shutil
from collections.abc import Collection, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from tempfile import mkdtemp

import polars as pl

from fairwrench.ledger.columns import row_types
from fairwrench.ledger.source_lock import free_lane, lane
from fairwrench.settlement.source.source import Source

#: where in a ledger's folder
SCRATCH = "scratch"
_PREFIX, _LOCK = "blocks-", ".lock"


@contextmanager
def spilling(scratch: Path) -> Iterator[Path]:
    """A folder of one's own to spill into; it goes at the end, and what others left behind goes at the beginning."""
    scratch.mkdir(parents=True, exist_ok=True)
    sweep_spilled(scratch)
    folder = Path(mkdtemp(prefix=_PREFIX, dir=scratch))
    try:
        # Held as long as the folder is used: a folder whose lock is free belongs to a process that is gone.
        with lane(folder.with_suffix(_LOCK)):
            yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)
        folder.with_suffix(_LOCK).unlink(missing_ok=True)
        # Somebody else may spill there, too.
        with suppress(OSError):
            scratch.rmdir()


def sweep_spilled(scratch: Path) -> None:
    """Remove what a killed process spilled."""
    for lock in scratch.glob(f"{_PREFIX}*{_LOCK}"):
        with free_lane(lock) as free:
            if free:
                shutil.rmtree(lock.with_suffix(""), ignore_errors=True)
                lock.unlink(missing_ok=True)


@dataclass(frozen=True, slots=True)
class Spilled:
    """Accepted rows on the disk, in the order of their file: `files` of one block each, `rows` in all.

    `filed` are the rows (`rows`) of each `store` and `month`, `nulls` the empty cells of each column.
    """

    files: tuple[Path, ...]
    rows: int
    filed: pl.DataFrame
    nulls: dict[str, int]

    def frames(self, source: Source) -> Iterator[pl.DataFrame]:
        """The rows (canonical columns, `_row`), block by block."""
        for file in self.files:
            yield restored(pl.scan_ipc(file), source).select(*row_types(source), "_row").collect()


def apart(frame: pl.DataFrame) -> pl.DataFrame:
    """A few rows that are kept, copied: picked out of a block they would keep all of its texts in memory."""
    content = io.BytesIO()
    frame.write_ipc(content, compression="uncompressed")
    content.seek(0)
    return pl.read_ipc(content)


def restored(rows: pl.LazyFrame, source: Source) -> pl.LazyFrame:
    """Spilled rows with the columns that their file did not have, which are not spilled."""
    there = rows.collect_schema().names()
    lacking = [pl.lit(None, kind).alias(name) for name, kind in row_types(source).items() if name not in there]
    return rows.with_columns(lacking) if lacking else rows


def spilled_columns(source: Source, had: Collection[str]) -> list[str]:
    """The columns that are spilled: those that the file has, and those that the program fills."""
    filled = {*source.key, source.filed_by, "store", *(column.split_into for column in source.columns.values())}
    return [name for name in source.columns if name in had or name in filled]
