"""Makes the sealed month of one format that is kept with the tests: `python -m tests.closing.make_sealed FORMAT`.

It is made once a format, by the program that first writes it, and never again: later programs have to read what an
earlier one sealed, so making it anew would prove nothing. Two stores, October 2026, a handful of rows of each source.
"""

from __future__ import annotations

import sys
import tarfile
import tempfile
from pathlib import Path

from fairwrench.closing.book import Book
from fairwrench.closing.run_files import LEDGER, write_closed
from fairwrench.ledger.formats import FORMAT
from tests.closing.small import OCTOBER, Group, evidence, scheme

SEALED = Path(__file__).parent / "sealed"
#: of each source so many rows, so that there is little to keep
ROWS = 16
#: what other processes hold meanwhile, and what is worked out again where it is missing
PASSING = ("lanes", "cells")


def make(archive: Path) -> None:
    """Land a little of October, settle it, and pack the folder that `settle --out` would leave."""
    with tempfile.TemporaryDirectory() as scratch:
        out = Path(scratch) / archive.name.partition(".")[0]
        _settle(out)
        with tarfile.open(archive, "x:xz") as packed:
            packed.add(out, out.name, filter=_kept)


def _settle(out: Path) -> None:
    group = Group(out / LEDGER)
    for source, rows in evidence(OCTOBER).items():
        group.land(source, rows[:ROWS], OCTOBER)
    write_closed(Book(group.office, scheme()).close(OCTOBER), out, "zh")


def _kept(member: tarfile.TarInfo) -> tarfile.TarInfo | None:
    """What is packed of a folder: no locks, no cache, nobody's name."""
    member.uid = member.gid = member.mtime = 0
    member.uname = member.gname = ""
    return None if {*Path(member.name).parts} & {*PASSING} else member


if __name__ == "__main__":
    if sys.argv[1:] != [str(FORMAT)]:
        sys.exit(f"this program writes format {FORMAT}")
    make(SEALED / f"format-{FORMAT}.tar.xz")
