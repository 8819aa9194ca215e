"""Derived columns of a sealed month: worked out once, and taken over by every later seal that they are the same for.

A side file lies in the folder of its seal. Its name says what it was worked out from (the columns asked for, the data
files of every source read with their SHA-256, the definitions of these sources, month, time zone, program, engine) and
the SHA-256 of its own bytes. A seal of the same month whose side file would have the same name has it linked: a rating
that lands, or a new roster, makes a new seal, but no visit has come back by it. `verify` works all of it out anew.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from secrets import token_hex

from fairwrench.engines.derivation import sources_read
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.folder import canonical_json, sha256_of
from fairwrench.ledger.seal.seal import Seal, add_derived
from fairwrench.settlement.measure.measure import Engine, Evidence

#: 128 bits of a digest: no two files meet by chance
_SIGNS = 32


@dataclass(frozen=True)
class SideFiles:
    """The side files of a ledger, worked out by an engine from `bare`: evidence without derived columns."""

    ledger: Ledger
    engine: Engine
    bare: Evidence

    def added(self, sealed: Seal, name: str, columns: Sequence[str]) -> Seal:
        """The seal with the side file of a source's derived columns."""
        folder = self.ledger.folder / sealed.folder
        stem = f"{name}.{self._identity(sealed, name, columns)}"
        there = self._kept(sealed, stem)
        if there is None:
            there = self._worked_out(folder, stem, columns)
        elif there.parent != folder:
            there = _taken_over(there, folder / there.name)
        return add_derived(self.ledger, sealed, name, there)

    def _identity(self, sealed: Seal, name: str, columns: Sequence[str]) -> str:
        """What a side file hangs on, as a digest."""
        parts = []
        for read in sources_read(name, columns, self.bare):
            part = sealed.sources[read]
            files = [(file.path, file.sha256) for file in part.files]
            definition = self.bare.sources[read].source.model_dump(mode="json", by_alias=True)
            parts.append([read, definition, part.upto_batch, part.reversals, files])
        told = [sealed.program, sealed.rules, self.engine.name, sealed.month, sealed.time_zone, list(columns), parts]
        return sha256_of(canonical_json(told))[:_SIGNS]

    def _kept(self, sealed: Seal, stem: str) -> Path | None:
        """A whole side file in a seal of the month, its own first; one that somebody changed is passed over."""
        own = self.ledger.folder / sealed.folder
        found = sorted((self.ledger.folder / "seals").glob(f"{sealed.month}-*/{stem}.*.parquet"))
        for path in sorted(found, key=lambda path: path.parent != own):
            if sha256_of(path)[:_SIGNS] == path.name.split(".")[2]:
                return path
        return None

    def _worked_out(self, folder: Path, stem: str, columns: Sequence[str]) -> Path:
        folder.mkdir(parents=True, exist_ok=True)
        # A kill leaves this behind, never half a file under the name that the next run trusts.
        unfinished = folder / f"{stem}.{token_hex(8)}.unfinished"
        self.engine.derive(stem.partition(".")[0], columns, self.bare, str(unfinished))
        return unfinished.replace(folder / f"{stem}.{sha256_of(unfinished)[:_SIGNS]}.parquet")


def _taken_over(there: Path, here: Path) -> Path:
    """The file under the name of this seal: the same bytes once more, in the same place on the disk where it can be."""
    here.parent.mkdir(parents=True, exist_ok=True)
    beside = here.with_name(f"{here.stem}.{token_hex(8)}.unfinished")
    try:
        os.link(there, beside)
    except OSError:
        # Not every file system has links.
        shutil.copyfile(there, beside)
    return beside.replace(here)
