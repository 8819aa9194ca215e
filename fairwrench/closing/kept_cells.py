"""Cells of a sealed month, kept beside its seal: what was measured once is only scored again.

A kept file is one measure's cells. Its name tells the measure, what was excused, the seal (so every sealed file by its
SHA-256, the roster, the program's version), the source's definition and the engine; and the file's own SHA-256, so that
one cut short or changed is worked out anew. They are read only while all files of the source lie there as large as
sealed; `verify` never reads them.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl

from fairwrench.ledger.folder import canonical_json, sha256_of
from fairwrench.ledger.seal import Seal
from fairwrench.settlement.dialect import Dialect
from fairwrench.settlement.measure import Engine, Evidence, Pass, Planned

CELLS = "cells"
_SIGNS = 32


@dataclass(frozen=True)
class Remembering:
    """An engine that keeps the cells of one seal in the seal's folder of a ledger; all else goes to `engine`."""

    engine: Engine
    ledger: Path
    seal: Seal

    @property
    def name(self) -> str:
        """The engine's."""
        return self.engine.name

    @property
    def dialect(self) -> Dialect:
        """The engine's."""
        return self.engine.dialect

    def cells(self, query: Pass, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.cells`. Rows of several measures are not put together: each has a row of its own."""
        there = self._in_place(query.source)
        found = {planned.key: self._read(planned, evidence) if there else None for planned in query.measures}
        missing = tuple(planned for planned in query.measures if found[planned.key] is None)
        if missing:
            fresh = self.engine.cells(Pass(query.source, missing), evidence)
            found |= {planned.key: self._keep(planned, fresh, evidence) for planned in missing}
        parts = [_as_asked(planned, found[planned.key]) for planned in query.measures]
        asked = pl.concat(parts, how="diagonal")
        lacking = [pl.lit(None, pl.String).alias(name) for name in query.credits if name not in asked.columns]
        return asked.with_columns(lacking)

    def kept(self, planned: Planned, evidence: Evidence) -> pl.DataFrame | None:
        """The kept cells of a measure: store, person, value (Int128); None when there are none to be trusted."""
        return self._read(planned, evidence) if self._in_place(planned.measure.source) else None

    def _read(self, planned: Planned, evidence: Evidence) -> pl.DataFrame | None:
        for path in self._folder.glob(f"{self._identity(planned, evidence)}.*.parquet"):
            if sha256_of(path)[:_SIGNS] == path.name.split(".")[1]:
                return pl.read_parquet(path)
        return None

    def slices(self, query: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.slices`."""
        return self.engine.slices(query, credit, day, movers, evidence)

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.level`."""
        return self.engine.level(planned, members, evidence)

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`."""
        return self.engine.rows(planned, people, stores, evidence)

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`."""
        return self.engine.derive(source, columns, evidence, target)

    @property
    def _folder(self) -> Path:
        return self.ledger / self.seal.folder / CELLS

    def _identity(self, planned: Planned, evidence: Evidence) -> str:
        measure, source = planned.measure, evidence.sources[planned.measure.source].source
        parts = [
            self.seal.digest,
            self.engine.name,
            measure.model_dump(mode="json"),
            source.model_dump(mode="json"),
            sorted(evidence.exempted.get((measure.source, planned.metric), ())),
        ]
        return sha256_of(canonical_json(parts))[:_SIGNS]

    def _in_place(self, source: str) -> bool:
        """Whether every sealed file of the source lies there with the size it had."""
        files = self.seal.sources[source].files
        places = ((self.ledger / file.path, file.size) for file in files)
        return all(path.exists() and path.stat().st_size == size for path, size in places)

    def _keep(self, planned: Planned, fresh: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """Write one measure's cells; a file that is cut short by a kill does not match its name."""
        credit = planned.measure.credit
        person = pl.col(credit) if credit else pl.lit(None, pl.String)
        told = fresh.filter(pl.col(planned.key).is_not_null())
        cells = told.group_by("store", person=person).agg(value=pl.col(planned.key).sum()).sort("store", "person")
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, prefix=".unfinished-", delete=False) as file:
            cells.write_parquet(file.name)
        written = Path(file.name)
        name = f"{self._identity(planned, evidence)}.{sha256_of(written)[:_SIGNS]}.parquet"
        written.replace(self._folder / name)
        return cells


def _as_asked(planned: Planned, cells: pl.DataFrame | None) -> pl.DataFrame:
    """Kept cells as a pass gives them."""
    assert cells is not None
    credit = planned.measure.credit
    person = [pl.col("person").alias(credit)] if credit else []
    return cells.select("store", *person, pl.col("value").alias(planned.key))
