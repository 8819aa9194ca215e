"""The keys of a folder's files of one kind, in memory or on the disk, held against each other for their spelling."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import polars as pl

from fairwrench.ledger.blocks.spill import Spilled
from fairwrench.ledger.rows.spellings import keys_in_several, spelled_in_two_ways
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source


@dataclass(frozen=True, slots=True)
class Keys:
    """The keys of one file: a frame of the key's columns, or rows on the disk."""

    rows: pl.DataFrame | Spilled

    @property
    def height(self) -> int:
        """How many there are."""
        return self.rows.rows if isinstance(self.rows, Spilled) else self.rows.height

    def frames(self, source: Source) -> Iterator[pl.DataFrame]:
        """All of them, some at a time."""
        if isinstance(self.rows, Spilled):
            yield from (frame.select(source.key) for frame in self.rows.frames(source))
        else:
            yield self.rows


def spelled_otherwise(source: Source, files: Sequence[Keys]) -> list[Problem]:
    """What to tell of keys that several files write in two ways."""
    if not any(isinstance(file.rows, Spilled) for file in files):
        return spelled_in_two_ways(source, [file.rows for file in files if isinstance(file.rows, pl.DataFrame)])
    every = [lambda file=file: file.frames(source) for file in files]
    return spelled_in_two_ways(source, keys_in_several(source, every, sum(file.height for file in files)))
