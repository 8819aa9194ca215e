"""The seal: a manifest of everything that a month is settled from, so that it can be settled again, byte for byte.

A seal names the data files (each with its SHA-256), the batches, what was handed in for where, the roster, the scheme,
the calendar, the definitions of every source (columns, derived columns, keys, look-back), the version of the program
and that of its rules. It holds no clock and no absolute path: equal evidence gives equal bytes. Batches of a later
period are left out; they are evidence of a later month.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cached_property, lru_cache
from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.coverage import FILED
from fairwrench.ledger.batches.records import Batch, DataFile, in_time
from fairwrench.ledger.damage import changed
from fairwrench.ledger.folder import canonical_json, keep, kept, make_read_only, sha256_of, write_whole
from fairwrench.ledger.formats import FORMAT, require_format
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.rules import RULES
from fairwrench.settlement.source.source import Source

_NAMES = {"roster": "roster.csv", "scheme": "scheme.json", "calendar": "calendar.csv", "sources": "sources.json"}


@dataclass(frozen=True, slots=True)
class Document:
    """A sealed file beside the tables; its path is relative to the ledger."""

    path: str
    sha256: str
    rows: int = 0


@dataclass(frozen=True, slots=True)
class SealedSource:
    """One source as sealed: the rows of `files` count, no others. `months` are the partitions looked at, in order.

    `upto_batch` is the highest number in `batches`; every row of the files has such a batch. `records` are the SHA-256
    of their records in the same order, without when they landed. `coverage` gives for each month the stores that
    evidence was handed in for, be it without rows; `dated` the same by a column that dates rows otherwise than they are
    filed. `uncovered` says of stores that a file came for without covering the month why it did
    not: `all_rejected` or `other_month`. `absent` names the columns that files did not have, with their batches.
    `version` is Delta's, -1 without a table. `kept_in_app` gives for each month the stores that keep these records in
    the application: they need hand in nothing, and where there is no row there was nothing.
    """

    version: int
    months: tuple[str, ...]
    upto_batch: int
    batches: tuple[int, ...]
    files: tuple[DataFile, ...]
    coverage: dict[str, tuple[str, ...]] = field(hash=False)
    dated: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict, hash=False)
    uncovered: dict[str, dict[str, str]] = field(default_factory=dict, hash=False)
    absent: dict[str, tuple[int, ...]] = field(default_factory=dict, hash=False)
    #: whether any of the batches holds reversals
    reversals: bool = False
    records: tuple[str, ...] = ()
    kept_in_app: dict[str, tuple[str, ...]] = field(default_factory=dict, hash=False)

    def paths(self, ledger: Path) -> list[str]:
        """The data files as absolute paths; their folder `_month=YYYY-MM` says the month."""
        # Joined as texts: with thousands of files, putting paths together costs more than reading what seals them.
        return [f"{ledger}/{file.path}" for file in self.files]


#: the stores that keep a source in the application in a month, and hand in no files of it
KeptInApp = Callable[[str, Month], Sequence[str]]


def nowhere(_source: str, _month: Month) -> Sequence[str]:
    """No store keeps anything in the application: everything comes by file."""
    return ()


@dataclass(frozen=True)
class Seal:
    """The manifest of a month; nothing in it changes once it is made.

    `documents` are `roster`, `scheme`, `calendar`, `sources` (the ledger's `objects` hold each once more). `derived`
    are files of derived columns by source, worked out from all the rest. `format` says how the manifest is written,
    `rules` by which rules of the program the month was settled.
    """

    month: str
    period_limit: str
    time_zone: str
    program: str
    documents: dict[str, Document] = field(hash=False)
    sources: dict[str, SealedSource] = field(hash=False)
    derived: dict[str, Document] = field(default_factory=dict, hash=False)
    format: int = FORMAT
    rules: int = RULES
    #: what stands in the file that it was read from, so that a program with further fields has the same digest
    _written: Mapping[str, Any] | None = field(default=None, init=False, repr=False, compare=False)

    @property
    def document(self) -> Mapping[str, Any]:
        """The seal as it stands in `seal.json`."""
        if self._written is not None:
            # What was read stays as it was written, field by field: its digest is the one it was sealed with.
            return self._written
        # Field by field: a month of many files is copied over and over otherwise, longer than it takes to seal it.
        document = {name: value for name, value in _fields(self).items() if name != "_written"}
        documents, derived = (
            {name: _fields(each) for name, each in some.items()} for some in (self.documents, self.derived)
        )
        sources = {
            name: {**_fields(each), "files": tuple(map(_fields, each.files))} for name, each in self.sources.items()
        }
        return {**document, "documents": documents, "derived": derived, "sources": sources}

    @cached_property
    def digest(self) -> str:
        """The SHA-256 of what is sealed; derived columns follow from it, and paths say nothing."""
        document = self.document
        # Paths are left out because they hold the digest; derived columns because they are worked out from the rest.
        documents = {name: each["sha256"] for name, each in document["documents"].items()}
        return sha256_of(canonical_json({**document, "documents": documents, "derived": {}}))

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
    rules: int = RULES,
    kept_in_app: KeptInApp = nowhere,
) -> Seal:
    """Seal a month: each source with the number of months before it that are looked at.

    `scheme` is the document as JSON text. `period_limit` is the month itself unless said otherwise. What is sealed
    becomes read-only on disk. A source that nothing was handed in for is sealed empty.
    """
    # A later limit seals the month as it is known then: so late evidence is settled (decision 2).
    limit = period_limit or month
    texts = {
        "roster": roster_csv(roster),
        "scheme": scheme.encode(),
        "calendar": calendar.write_csv().encode(),
        "sources": definitions_json({name: source for name, (source, _) in sources.items()}),
    }
    rows = {"roster": roster.height, "calendar": calendar.height}
    # A second copy by its SHA-256: while one is whole, verification can name what changed in the other.
    digests = {name: keep(ledger.folder / "objects", text) for name, text in texts.items()}
    documents = {name: Document("", digest, rows.get(name, 0)) for name, digest in digests.items()}
    sealed = {
        name: _source(
            ledger, name, source, [*Month.range(month.plus(-look_back), month)], limit, kept_in_app=kept_in_app
        )
        for name, (source, look_back) in sorted(sources.items())
    }
    # Sealed twice over: the folder is named by the digest, which says nothing of paths, so they are filled in after it.
    bare = Seal(str(month), str(limit), ledger.time_zone, program, documents, sealed, rules=rules)
    placed = {name: replace(documents[name], path=f"{bare.folder}/{_NAMES[name]}") for name in texts}
    for name, text in texts.items():
        _write_once(ledger.folder / placed[name].path, text)
    return _of_digest(replace(bare, documents=placed), bare.digest)


def add_derived(ledger: Ledger, sealed: Seal, source: str, path: Path) -> Seal:
    """The seal with a Parquet file of derived columns, which lies inside the ledger (best in the seal's folder)."""
    inside = path.resolve().relative_to(ledger.folder)
    rows = pl.scan_parquet(path, glob=False).select(pl.len()).collect().item()
    derived = Document(inside.as_posix(), sha256_of(path), rows)
    make_read_only(path)
    return _of_digest(replace(sealed, derived={**sealed.derived, source: derived}), sealed.digest)


def _of_digest(sealed: Seal, digest: str) -> Seal:
    """A seal whose digest is known: neither paths nor derived columns are part of what it says."""
    # Working it out anew takes as long as reading a seal.
    sealed.__dict__["digest"] = digest
    return sealed


def _fields(part: Seal | SealedSource | DataFile | Document) -> dict[str, Any]:
    """The fields of a part by name, as they are."""
    return {name: getattr(part, name) for name in part.__dataclass_fields__}


def seal_json(sealed: Seal) -> bytes:
    """The seal as it is written to `seal.json`."""
    return canonical_json(sealed.document)


def read_seal(path: Path) -> Seal:
    """The seal in a file; Refused when it is of another format than this program reads."""
    written = json.loads(path.read_bytes())
    require_format(written, path.name)
    document = dict(written)
    documents = {name: Document(**each) for name, each in document["documents"].items()}
    sources = {name: _sealed_source(each) for name, each in document["sources"].items()}
    derived = {name: Document(**each) for name, each in document["derived"].items()}
    sealed = Seal(**{**document, "documents": documents, "sources": sources, "derived": derived})
    # The class is frozen for everybody else; this is the moment in which it is made.
    object.__setattr__(sealed, "_written", written)
    return sealed


def definitions_json(sources: Mapping[str, Source]) -> bytes:
    """The definitions of sources as they are sealed: by name, columns and derived columns in their own order."""
    documents = {name: source.model_dump(mode="json", by_alias=True) for name, source in sorted(sources.items())}
    # Not `canonical_json`: the order of columns means something here, so names are not sorted.
    return json.dumps(documents, ensure_ascii=False, separators=(",", ":")).encode() + b"\n"


def sealed_sources(sealed: Seal, ledger: Path) -> dict[str, Source]:
    """The sources as they were defined when a month was sealed: what it was settled by, whatever is in force today.

    Refused when no copy of them is as sealed.
    """
    document = sealed.documents["sources"]
    content = whole_copy(ledger, document)
    if content is None:
        raise Refused([changed(document.path)])
    return dict(_definitions(content))


# By content, so it cannot go stale: a month's page asks for the same definitions again and again.
@lru_cache(maxsize=8)
def _definitions(content: bytes) -> dict[str, Source]:
    return {name: Source.model_validate(document) for name, document in json.loads(content).items()}


def whole_copy(ledger: Path, document: Document) -> bytes | None:
    """The content of a sealed document from whichever of its two copies is as sealed; None when neither is."""
    for place in (ledger / document.path, kept(ledger / "objects", document.sha256)):
        if place.exists() and sha256_of(content := place.read_bytes()) == document.sha256:
            return content
    return None


def roster_csv(roster: pl.DataFrame) -> bytes:
    """A roster as canonical csv: without columns of ours (`_row`), sorted, so that the order of its rows is nothing."""
    columns = [column for column in roster.columns if not column.startswith("_")]
    first = [column for column in ("employee_id", "from") if column in columns]
    # Sorted by all columns in the end, as namesakes of one day would otherwise stand in the order of the file.
    return roster.select(columns).sort([*first, *columns]).write_csv().encode()


def _source(
    ledger: Ledger, name: str, source: Source, span: list[Month], limit: Month, *, kept_in_app: KeptInApp
) -> SealedSource:
    """One source, with nobody writing it meanwhile."""
    months = [str(month) for month in span]
    in_app = {str(month): tuple(sorted(stores)) for month in span if (stores := kept_in_app(name, month))}
    # Table, files and records have to be of one moment; with the lane held no batch can be half of them.
    with ledger.writing(name):
        table = ledger.table(name, source) if ledger.has(name) else None
        written = ledger.data_files(name)
        there: Iterable[str] = table.files.filter(pl.col("_month").is_in(months)).get_column("path") if table else ()
        files = sorted((written[f"{name}/{path}"] for path in there), key=lambda file: (file.month, file.path))
        shelf = ledger.records(name)
        batches = [batch for batch in shelf.all() if batch.within(limit)]
    files = [file for file in files if in_time(file.period, limit)]
    for file in files:
        make_read_only(ledger.folder / file.path)
    # By covered months and by files: a batch may cover a month without a row, or put rows where it covers nothing.
    numbers = [batch.number for batch in batches if _touches(batch, months)]
    return SealedSource(
        version=table.version if table else -1,
        months=tuple(months),
        upto_batch=max(numbers, default=0),
        batches=tuple(numbers),
        records=tuple(shelf.digest(number) for number in numbers),
        files=tuple(files),
        coverage={month: _union(_covered(batches, FILED, month), in_app.get(month, ())) for month in months},
        dated=_dated(batches, months),
        uncovered={month: why for month in months if (why := _uncovered(batches, month, in_app.get(month, ())))},
        absent=_absent([batch for batch in batches if batch.number in {*numbers}]),
        reversals=any(batch.counts.get("reversals") for batch in batches if batch.number in {*numbers}),
        kept_in_app=in_app,
    )


def _union(*stores: Iterable[str]) -> tuple[str, ...]:
    return tuple(sorted({store for some in stores for store in some}))


def _touches(batch: Batch, months: list[str]) -> bool:
    # Of a file without a row that counts the records say who waits for it, and whose rows were rejected.
    rejected = batch.period in months and bool(batch.counts.get("rejected"))
    return rejected or not {*batch.months, *(file.month for file in batch.files)}.isdisjoint(months)


def _covered(batches: list[Batch], column: str, month: str) -> tuple[str, ...]:
    return tuple(sorted({store for batch in batches for store in batch.covers.get(column, {}).get(month, ())}))


def _dated(batches: list[Batch], months: list[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    """Column → month → stores, of the columns beside the one by which rows are filed."""
    columns = sorted({column for batch in batches for column in batch.covers} - {FILED})
    by_column = {
        column: {month: stores for month in months if (stores := _covered(batches, column, month))}
        for column in columns
    }
    return {column: by_month for column, by_month in by_column.items() if by_month}


def _uncovered(batches: list[Batch], month: str, in_app: Iterable[str]) -> dict[str, str]:
    """Store → why a file that came for the month does not cover it; the last file tells."""
    told: dict[str, str] = {}
    for batch in batches:
        if batch.period == month:
            # In order of landing, so that the last file tells; of one file rejection is the nearer reason.
            told |= dict.fromkeys(batch.elsewhere, "other_month") | dict.fromkeys(batch.refused, "all_rejected")
    covered = {*_covered(batches, FILED, month), *in_app}
    # Another file may have covered the store since, or its records are kept in the application.
    return {store: why for store, why in sorted(told.items()) if store not in covered}


def _absent(batches: list[Batch]) -> dict[str, tuple[int, ...]]:
    """Column → the batches whose files did not have it."""
    columns = sorted({column for batch in batches for column in batch.lacks})
    return {column: tuple(batch.number for batch in batches if column in batch.lacks) for column in columns}


def _write_once(path: Path, content: bytes) -> None:
    """Write a sealed document; one that somebody changed since stays as it is, for verification to find."""
    if not path.exists():
        write_whole(path, content)
        make_read_only(path)


def _sealed_source(document: Mapping[str, Any]) -> SealedSource:
    files = tuple(DataFile(**file) for file in document["files"])
    coverage = {month: tuple(stores) for month, stores in document["coverage"].items()}
    lists = {name: tuple(document[name]) for name in ("months", "batches", "records")}
    dated = {column: {m: tuple(of) for m, of in by.items()} for column, by in document["dated"].items()}
    absent = {column: tuple(numbers) for column, numbers in document["absent"].items()}
    # Seals of older programs do not have it: there everything came by file.
    kept_in_app = {month: tuple(stores) for month, stores in document.get("kept_in_app", {}).items()}
    made = {"files": files, "coverage": coverage, "dated": dated, "absent": absent, "kept_in_app": kept_in_app}
    return SealedSource(**{**document, **lists, **made})
