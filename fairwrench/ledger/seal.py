"""The seal: a manifest of everything that a month is settled from, so that it can be settled again, byte for byte.

A seal names the data files (each with its SHA-256), the batches, what was handed in for where, the roster, the scheme,
the calendar and the version of the program. It holds no clock and no absolute path: equal evidence gives equal bytes.
Batches of a later period are left out; they are evidence of a later month.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.ledger.batches import Ledger
from fairwrench.ledger.folder import canonical_json, keep, make_read_only, sha256_of, write_whole
from fairwrench.ledger.records import Batch, DataFile, in_time
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.source import Source

_NAMES = {"roster": "roster.csv", "scheme": "scheme.json", "calendar": "calendar.csv"}


@dataclass(frozen=True, slots=True)
class Document:
    """A sealed file beside the tables; its path is relative to the ledger."""

    path: str
    sha256: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class SealedSource:
    """One source as sealed: the rows of `files` count, no others. `months` are the partitions looked at, in order.

    `upto_batch` is the highest number in `batches`; every row of the files has such a batch. `coverage` gives for each
    month the stores that evidence was handed in for, be it without rows. `version` is Delta's, -1 without a table.
    """

    version: int
    months: tuple[str, ...]
    upto_batch: int
    batches: tuple[int, ...]
    files: tuple[DataFile, ...]
    coverage: dict[str, tuple[str, ...]] = field(hash=False)

    def paths(self, ledger: Path) -> list[str]:
        """The data files as absolute paths; their folder `_month=YYYY-MM` says the month."""
        return [str(ledger / file.path) for file in self.files]


@dataclass(frozen=True)
class Seal:
    """The manifest of a month; nothing in it changes once it is made.

    `documents` are `roster`, `scheme`, `calendar` (the ledger's `objects` hold each once more). `derived` are files of
    derived columns by source, worked out from all the rest.
    """

    month: str
    period_limit: str
    time_zone: str
    program: str
    documents: dict[str, Document] = field(hash=False)
    sources: dict[str, SealedSource] = field(hash=False)
    derived: dict[str, Document] = field(default_factory=dict, hash=False)

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what is sealed; derived columns follow from it, and paths say nothing."""
        documents = {name: document.sha256 for name, document in self.documents.items()}
        return sha256_of(canonical_json({**asdict(self), "documents": documents, "derived": {}}))

    @property
    def folder(self) -> str:
        """Where what belongs to this seal alone lies, relative to the ledger; derived columns are written there."""
        return f"seals/{self.month}-{self.digest[:12]}"


def seal(
    ledger: Ledger,
    month: Month,
    sources: Mapping[str, tuple[Source, int]],
    *,
    roster: pl.DataFrame,
    scheme: str,
    calendar: pl.DataFrame,
    program: str,
    period_limit: Month | None = None,
) -> Seal:
    """Seal a month: each source with the number of months before it that are looked at.

    `scheme` is the document as JSON text. `period_limit` is the month itself unless said otherwise. What is sealed
    becomes read-only on disk. A source that nothing was handed in for is sealed empty.
    """
    limit = period_limit or month
    texts = {"roster": roster_csv(roster), "scheme": scheme.encode(), "calendar": calendar.write_csv().encode()}
    rows = {"roster": roster.height, "calendar": calendar.height}
    kept = {name: keep(ledger.folder / "objects", text) for name, text in texts.items()}
    documents = {name: Document("", digest, rows.get(name, 0)) for name, digest in kept.items()}
    sealed = {
        name: _source(ledger, name, source, [*Month.range(month.plus(-look_back), month)], limit)
        for name, (source, look_back) in sorted(sources.items())
    }
    bare = Seal(str(month), str(limit), ledger.time_zone, program, documents, sealed)
    placed = {name: replace(documents[name], path=f"{bare.folder}/{_NAMES[name]}") for name in texts}
    for name, text in texts.items():
        _write_once(ledger.folder / placed[name].path, text)
    return replace(bare, documents=placed)


def add_derived(ledger: Ledger, sealed: Seal, source: str, path: Path) -> Seal:
    """The seal with a Parquet file of derived columns, which lies inside the ledger (best in the seal's folder)."""
    inside = path.resolve().relative_to(ledger.folder)
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    derived = Document(inside.as_posix(), sha256_of(path), rows)
    make_read_only(path)
    return replace(sealed, derived={**sealed.derived, source: derived})


def seal_json(sealed: Seal) -> bytes:
    """The seal as it is written to `seal.json`."""
    return canonical_json(asdict(sealed))


def read_seal(path: Path) -> Seal:
    """The seal in a file."""
    document = json.loads(path.read_bytes())
    documents = {name: Document(**each) for name, each in document["documents"].items()}
    sources = {name: _sealed_source(each) for name, each in document["sources"].items()}
    derived = {name: Document(**each) for name, each in document["derived"].items()}
    return Seal(**{**document, "documents": documents, "sources": sources, "derived": derived})


def roster_csv(roster: pl.DataFrame) -> bytes:
    """A roster as canonical csv: without columns of ours (`_row`), sorted, so that the order of its rows is nothing."""
    columns = [column for column in roster.columns if not column.startswith("_")]
    first = [column for column in ("employee_id", "from") if column in columns]
    return roster.select(columns).sort([*first, *columns]).write_csv().encode()


def _source(ledger: Ledger, name: str, source: Source, span: list[Month], limit: Month) -> SealedSource:
    """One source, with nobody writing it meanwhile."""
    months = [str(month) for month in span]
    with ledger.writing(name):
        table = ledger.table(name, source) if ledger.has(name) else None
        written = ledger.data_files(name)
        there: Iterable[str] = table.files.filter(pl.col("_month").is_in(months)).get_column("path") if table else ()
        files = sorted((written[f"{name}/{path}"] for path in there), key=lambda file: (file.month, file.path))
        batches = [batch for batch in ledger.records(name).all() if batch.within(limit)]
    files = [file for file in files if in_time(file.period, limit)]
    for file in files:
        make_read_only(ledger.folder / file.path)
    numbers = [batch.number for batch in batches if _touches(batch, months)]
    return SealedSource(
        version=table.version if table else -1,
        months=tuple(months),
        upto_batch=max(numbers, default=0),
        batches=tuple(numbers),
        files=tuple(files),
        coverage={each: _covered(batches, each) for each in months},
    )


def _touches(batch: Batch, months: list[str]) -> bool:
    return not {*batch.months, *(file.month for file in batch.files)}.isdisjoint(months)


def _covered(batches: list[Batch], month: str) -> tuple[str, ...]:
    return tuple(sorted({store for batch in batches if month in batch.months for store in batch.stores}))


def _write_once(path: Path, content: bytes) -> None:
    """Write a sealed document; one that somebody changed since stays as it is, for verification to find."""
    if not path.exists():
        write_whole(path, content)
        make_read_only(path)


def _sealed_source(document: Mapping[str, Any]) -> SealedSource:
    files = tuple(DataFile(**file) for file in document["files"])
    coverage = {month: tuple(stores) for month, stores in document["coverage"].items()}
    lists = {name: tuple(document[name]) for name in ("months", "batches")}
    return SealedSource(**{**document, **lists, "files": files, "coverage": coverage})
