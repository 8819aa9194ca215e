"""Cells of a sealed month, kept beside its seal: what was measured once is only scored again.

A kept file holds the cells of the measures that one pass worked out together, a row a measure, store and person; a
row without a value says that the measure was worked out. Each measure is named by what it counts, what was exempted,
the seal (so every sealed file by its SHA-256, the roster, the program's version), the source's definition and the
engine. A file's name holds its own SHA-256, so that one cut short or changed is worked out anew. They are read only
while all files of the source lie there as large as sealed; `verify` never reads them.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from os.path import getsize
from pathlib import Path
from tempfile import NamedTemporaryFile

import polars as pl

from fairwrench.closing.by_identity import by_identity
from fairwrench.ledger.folder import canonical_json, sha256_of
from fairwrench.ledger.seal.seal import Seal
from fairwrench.settlement.measure.measure import Engine, Evidence, Pass, Planned, RowsAsked
from fairwrench.settlement.source.dialect import Dialect
from fairwrench.settlement.source.source import Model

KEPT = {"measure": pl.String, "store": pl.String, "person": pl.String, "value": pl.Int128}
CELLS = "cells"
#: 128 bits of a digest: no two measures or files meet by chance
_SIGNS = 32


@dataclass(frozen=True)
class CachingEngine:
    """An engine that keeps the cells of one seal in the seal's folder of a ledger; all else goes to `engine`."""

    engine: Engine
    ledger: Path
    seal: Seal
    #: what was read or worked out already, by source
    _known: dict[str, pl.DataFrame] = field(default_factory=dict, init=False, repr=False, compare=False)
    #: whole sources that were read, by the measure asked and the rows exempted from it
    _rows: dict[tuple[Planned, tuple[tuple[str, str], ...]], pl.DataFrame] = field(
        default_factory=dict, init=False, repr=False, compare=False
    )

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
        # Keys (m0, m1 …) are numbered by the scheme; under another scheme the same measure has another one.
        names = {planned.key: self._identity(planned, evidence) for planned in query.measures}
        there = set(self._kept(query.source)["measure"].unique())
        missing = tuple(planned for planned in query.measures if names[planned.key] not in there)
        if missing:
            fresh = self.engine.cells(Pass(query.source, missing), evidence)
            self._keep(query.source, [_cells(planned, names[planned.key], fresh) for planned in missing])
        asked = pl.DataFrame([(name, key) for key, name in names.items()], schema=["measure", "key"], orient="row")
        kept = self._kept(query.source).filter(pl.col("value").is_not_null())
        return _as_asked(query, kept.join(asked, on="measure", how="inner"))

    def kept(self, planned: Planned, evidence: Evidence) -> pl.DataFrame | None:
        """The kept cells of a measure: store, person, value (Int128); None when there are none to be trusted."""
        found = self._kept(planned.measure.source)
        found = found.filter(pl.col("measure") == self._identity(planned, evidence))
        return found.filter(pl.col("value").is_not_null()).drop("measure") if found.height else None

    def _kept(self, source: str) -> pl.DataFrame:
        """Every kept cell of a source that can be trusted (columns KEPT)."""
        if source not in self._known:
            paths = sorted(self._folder.glob(f"{source}.*.parquet")) if self._in_place(source) else []
            # A name that does not fit its bytes is a file cut short or changed by hand: its cells are worked out anew.
            whole = [path for path in paths if sha256_of(path)[:_SIGNS] == path.name.split(".")[1]]
            frames = [pl.read_parquet(path) for path in whole]
            self._known[source] = pl.concat([pl.DataFrame(schema=KEPT), *frames])
        return self._known[source]

    def slices(self, query: Pass, credit: str, day: str, movers: pl.DataFrame, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.slices`."""
        return self.engine.slices(query, credit, day, movers, evidence)

    def level(self, planned: Planned, members: pl.DataFrame | None, evidence: Evidence) -> pl.DataFrame:
        """See `Engine.level`."""
        return self.engine.level(planned, members, evidence)

    def rows(
        self, planned: Planned, people: Iterable[str] | None, stores: Iterable[str] | None, evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.rows`. All rows of a source are read once, whoever asks: they are few, of what people decide."""
        if people is not None or stores is not None:
            return self.engine.rows(planned, people, stores, evidence)
        # Of the evidence the exemptions alone may differ from one scheme to another.
        asked = planned, evidence.exempted.get((planned.measure.source, planned.metric), ())
        if asked not in self._rows:
            self._rows[asked] = self.engine.rows(planned, None, None, evidence)
        return self._rows[asked]

    def rows_of_each(self, asked: Sequence[RowsAsked], evidence: Evidence) -> list[pl.DataFrame]:
        """See `Engine.rows_of_each`."""
        return self.engine.rows_of_each(asked, evidence)

    def unmatched(
        self, source: str, by: Mapping[str, str], other: str, batches: Iterable[int], evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.unmatched`."""
        return self.engine.unmatched(source, by, other, batches, evidence)

    def above_whole(
        self, source: str, thing: Sequence[str], share: str, stores: Iterable[str], evidence: Evidence
    ) -> pl.DataFrame:
        """See `Engine.above_whole`."""
        return self.engine.above_whole(source, thing, share, stores, evidence)

    def derive(self, source: str, columns: Iterable[str], evidence: Evidence, target: str) -> int:
        """See `Engine.derive`."""
        return self.engine.derive(source, columns, evidence, target)

    @property
    def _folder(self) -> Path:
        return self.ledger / self.seal.folder / CELLS

    def _identity(self, planned: Planned, evidence: Evidence) -> str:
        measure = planned.measure
        parts = [
            self.seal.digest,
            self.engine.name,
            _document(measure),
            _document(evidence.sources[measure.source].source),
            sorted(evidence.exempted.get((measure.source, planned.metric), ())),
            list(planned.batches),
        ]
        return sha256_of(canonical_json(parts))[:_SIGNS]

    def _in_place(self, source: str) -> bool:
        """Whether every sealed file of the source lies there with the size it had."""
        part = self.seal.sources[source]
        try:
            return all(
                getsize(path) == file.size for path, file in zip(part.paths(self.ledger), part.files, strict=True)
            )
        except OSError:
            return False

    def _keep(self, source: str, cells: list[pl.DataFrame]) -> None:
        """Write the cells of some measures; a file that is cut short by a kill does not match its name."""
        fresh = pl.concat(cells)
        self._folder.mkdir(parents=True, exist_ok=True)
        with NamedTemporaryFile(dir=self._folder, prefix=".unfinished-", delete=False) as file:
            fresh.write_parquet(file.name)
        written = Path(file.name)
        # Written under another name first: two runs that keep the same cells end with the same file.
        written.replace(self._folder / f"{source}.{sha256_of(written)[:_SIGNS]}.parquet")
        # `cells` has read the folder before it comes here; read only now, the file just written would count twice.
        self._known[source] = pl.concat([self._kept(source), fresh])


@by_identity
def _document(part: Model) -> str:
    """A part of a scheme or source as text, the same for the same definition."""
    return canonical_json(part.model_dump(mode="json")).decode()


def _cells(planned: Planned, name: str, fresh: pl.DataFrame) -> pl.DataFrame:
    """One measure's cells (columns KEPT) out of a pass, led by the row that says it was worked out."""
    credit = planned.measure.credit
    person = pl.col(credit) if credit else pl.lit(None, pl.String)
    told = fresh.lazy().filter(pl.col(planned.key).is_not_null())
    cells = told.group_by("store", person=person).agg(value=pl.col(planned.key).sum()).sort("store", "person")
    done = pl.LazyFrame([{"measure": name}], schema=KEPT)
    return pl.concat(
        [done, cells.select(measure=pl.lit(name), store="store", person="person", value="value")]
    ).collect()


def _as_asked(query: Pass, cells: pl.DataFrame) -> pl.DataFrame:
    """Kept cells (with the `key` that each was asked by) as a pass gives them: a column a measure, and one a credit."""
    values = [pl.when(pl.col("key") == planned.key).then("value").alias(planned.key) for planned in query.measures]
    keys = {credit: [p.key for p in query.measures if p.measure.credit == credit] for credit in query.credits}
    people = [pl.when(pl.col("key").is_in(named)).then("person").alias(credit) for credit, named in keys.items()]
    return cells.select("store", *values, *people)
