"""A large file landed in a process that is killed at a moment of the landing: `python -m … FOLDER MOMENT`."""

from __future__ import annotations

import os
import signal
import sys
from pathlib import Path

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.blocks.spill import SCRATCH, spilling
from fairwrench.ledger.blocks.text import Plan
from fairwrench.ledger.intake.intake import intake
from tests.ledger.blocks.dirty import BLOCK, GIVEN, ORDER, file_of, orders
from tests.ledger.handed import OCTOBER, SOURCES


def main(folder: Path, moment: str) -> None:
    """Read in blocks, land, and end on the way."""

    def passed(name: str) -> None:
        if name == moment:
            os.kill(os.getpid(), signal.SIGKILL)

    path = folder / "orders.csv"
    path.write_bytes(file_of(ORDER, orders()))
    ledger = Ledger(folder / "ledger", failpoint=passed)
    with spilling(ledger.folder / SCRATCH) as scratch:
        (part,) = intake(path, plan=Plan(scratch, 0, BLOCK), **GIVEN).sheets
        assert part.spilled
        upload = Upload(path.name, path)
        ledger.land(part.source, SOURCES[part.source], part.spilled, upload, period=OCTOBER, stores=part.stores)


if __name__ == "__main__":
    main(Path(sys.argv[1]), sys.argv[2])
