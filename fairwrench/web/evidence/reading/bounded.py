"""How much one file handed in at the desk may take to be read, and what is said where it takes more."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from fairwrench.ledger.files.sheet import Limits
from fairwrench.web.evidence.reading.reading import Order, read_file
from fairwrench.web.ui.files.bounded import Bounds, GivenUp, preload, read_bounded, refusal

# seconds and bytes: a workbook of a megabyte may take gigabytes and half a minute (decision 10)
BOUNDS = Bounds(seconds=180, memory=6 << 30, written=4 << 30)
#: less than the core allows: what people hand in at a desk, not a migration
LIMITS = Limits(file_bytes=200 << 20, unpacked_bytes=1 << 30, rows=2_000_000, cells=60_000_000)
MEND = ("请拆分，或另存为 csv 后重新上传", "split it, or save it as csv, and hand it in again")

# else each reading would load the module and its libraries anew
preload(read_file.__module__)


def read_file_bounded(order: Order, out: Path, *, bounds: Bounds = BOUNDS) -> dict[str, Any]:
    """What a file holds (`reading.read_file`), read in a process of its own; its frames lie in `out`. Refused when it
    is given up."""
    try:
        return read_bounded(read_file, order, out, bounds)
    except GivenUp as given_up:
        raise refusal(given_up, name=order.name, seconds=bounds.seconds, mend=MEND) from None
