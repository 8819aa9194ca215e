"""Landings that are committed together: of each source one pending record, one commit, whatever number of batches.

What waits for its commit is on the disk under names that no table knows; only whoever lands sees it. The order is the
one of a single landing: the files and the pending record onto the disk, the commit, the final records, so a kill at any
moment leaves every batch wholly landed or not at all.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path

from deltalake.transaction import AddAction

from fairwrench.ledger.batches.records import Batch, Shelf
from fairwrench.ledger.batches.table import Table
from fairwrench.ledger.folder import Arriving
from fairwrench.settlement.source.source import Source

#: so many batches are committed before others are landed, so that nobody waits for a lane for long
MANY_BATCHES = 500


@dataclass
class Lot:
    """What of one source waits for its commit; the lane is held as long as it does."""

    table: Table
    records: Shelf[Batch]
    batches: list[Batch] = field(default_factory=list)
    adds: list[AddAction] = field(default_factory=list)

    @property
    def next_number(self) -> int:
        """The number of the batch to come."""
        return (self.batches[-1].number if self.batches else self.table.last(Batch.kind)) + 1

    def is_of(self, source: Source) -> bool:
        """Whether it is of the source as it is defined there."""
        return self.table.source is source or self.table.source == source

    def take(self, batch: Batch, adds: Iterable[AddAction]) -> None:
        """A batch whose files are written waits for its commit with the others."""
        self.batches.append(batch)
        self.adds += adds
        self.records.await_commit(batch)


@dataclass
class Lots:
    """What waits for its commit, by source; `lanes` are held meanwhile, `arriving` are uploads to be kept."""

    folder: Path
    lots: dict[str, Lot] = field(default_factory=dict)
    lanes: dict[str, ExitStack] = field(default_factory=dict)
    arriving: Arriving = field(default_factory=Arriving)

    @property
    def many(self) -> bool:
        """Whether it is time to commit."""
        return sum(len(lot.batches) for lot in self.lots.values()) >= MANY_BATCHES

    def commit(self, passed: Callable[[str], None]) -> None:
        """Make it all part of the tables, source by source; `passed` hears of each moment."""
        lots = [lot for lot in self.lots.values() if lot.batches]
        if not lots:
            return
        pending, final = self.arriving, Arriving()
        for lot in lots:
            pending.along(self.folder / file.path for batch in lot.batches for file in batch.files)
            pending.along(path for batch in lot.batches if (path := lot.records.rejected(batch.number)).exists())
            lot.records.prepare(lot.batches, pending)
        pending.settle()
        passed("prepared")
        for lot in lots:
            final.along([lot.table.commit(lot.batches[-1], lot.adds)])
            passed("committed")
        for lot in lots:
            lot.records.record(lot.batches, final)
        final.settle()
        for lot in lots:
            lot.records.close(lot.batches)
            passed("finished")

    def let_go(self) -> None:
        """Drop what was not committed from memory and let the lanes go."""
        self.arriving.drop()
        for lot in self.lots.values():
            lot.records.release()
        self.lots.clear()
        for held in self.lanes.values():
            held.close()
        self.lanes.clear()
