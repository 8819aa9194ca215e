"""What is written down about a batch and a fold: handed in by whom, for when and where, and what became of it.

A record is pending until the Delta log holds its commit. Three moments matter, each one atomic: the pending record is
written, the table is committed, the record becomes final. Whoever finds a pending record asks the table which side of
the commit it fell on. What is committed at once has one pending record, under its first number.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, fields
from functools import lru_cache
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from fairwrench.ledger.damage import record_damaged
from fairwrench.ledger.folder import Arriving, canonical_json, remove_unfinished, sha256_of, write_unsynced
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused


def in_time(period: str | None, upto: Month | None) -> bool:
    """Whether something of a period counts up to a month; what was there from the start (None) always does."""
    return period is None or (upto is not None and Month.parse(period) <= upto)


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as handed in: its name, its content, and the sheet that the rows come from (empty for csv)."""

    name: str
    content: Path | bytes
    sha256: str = ""
    sheet: str = ""


@dataclass(frozen=True, slots=True)
class DataFile:
    """One Parquet file of a table. `path` is relative to the ledger; `size` in bytes; bounds are inclusive.

    `period` is the month whose evidence it is part of, None from the start: a seal takes files up to its month. A batch
    may hold files of a later period than its own: rows that give way to what was handed in for that later period.
    """

    path: str
    sha256: str
    size: int
    rows: int
    month: str
    period: str | None
    store_min: str
    store_max: str
    batch_min: int
    batch_max: int


@dataclass(frozen=True, slots=True)
class Batch:
    """One landed file (or one landed sheet of it). Numbers start at 1 and have no gaps within a source.

    `sha256` is that of the upload, `read_as` that of the accepted rows: the same file is read otherwise once the roster
    knows more people, and then it is another landing. Both are empty for rows that came without an upload.

    `period` is the month it was handed in for (None: there from the start). `stores` are those it speaks for, `covers`
    says for which month by which column (see `coverage`), `months` are all of these months. `elsewhere` are stores
    whose rows are all of other months, `refused` those most of whose rows were rejected. `absent` are the
    columns that the file did not have, `strangers` some of the names in it that are on no roster. `counts` are rows:
    accepted, rejected, ignored and whatever intake counted, plus new, changed, moved, repeated. `landed_at` is UTC in
    ISO 8601; it is never part of a digest. `again` is set on the answer to a landing that had been done before; it is
    not recorded.
    """

    kind: ClassVar[str] = "batch"

    source: str
    number: int
    period: str | None
    stores: tuple[str, ...]
    months: tuple[str, ...]
    file: str
    sheet: str
    sha256: str
    read_as: str
    by: str
    landed_at: str
    counts: dict[str, int] = field(hash=False)
    files: tuple[DataFile, ...] = ()
    covers: dict[str, dict[str, tuple[str, ...]]] = field(default_factory=dict, hash=False)
    elsewhere: tuple[str, ...] = ()
    refused: tuple[str, ...] = ()
    absent: tuple[str, ...] = ()
    strangers: tuple[str, ...] = ()
    #: `app` for what was decided in the application, empty for what somebody handed in
    origin: str = ""
    #: of the absent columns those in which every row kept what files before it had said
    filled: tuple[str, ...] = ()
    again: bool = False

    @property
    def lacks(self) -> tuple[str, ...]:
        """The columns of which its rows say nothing."""
        return tuple(column for column in self.absent if column not in self.filled)

    @property
    def identity(self) -> str:
        """What makes a second landing the same one: content, sheet, rows read, period and the stores covered."""
        # Not the file's name and not who sent it: the same content under another name is the same landing.
        said = [self.sha256, self.sheet, self.read_as, self.period, sorted(self.stores), sorted(self.absent)]
        return sha256_of(canonical_json(said))

    @property
    def covered(self) -> list[tuple[str, str]]:
        """Every store and month that it says anything of, by whichever column."""
        pairs = {(s, month) for of in self.covers.values() for month, stores in of.items() for s in stores}
        return sorted(pairs)

    def within(self, period: Month | None) -> bool:
        """Whether it was handed in for that month or an earlier one."""
        return in_time(self.period, period)


@dataclass(frozen=True, slots=True)
class Fold:
    """Many small files rewritten as few: `files` hold the rows of `replaced` (paths relative to the ledger)."""

    kind: ClassVar[str] = "fold"

    number: int
    files: tuple[DataFile, ...]
    replaced: tuple[str, ...]


_FILE_FIELDS = tuple(each.name for each in fields(DataFile))
_LISTS = ("stores", "months", "elsewhere", "refused", "absent", "strangers", "filled")


def batch_from(document: Mapping[str, Any]) -> Batch:
    """A batch from its JSON record; what an older program did not write yet is empty."""
    lists = {name: tuple(document.get(name, ())) for name in _LISTS}
    covers = {column: {m: tuple(of) for m, of in by.items()} for column, by in document["covers"].items()}
    # Unknown names raise and become a damaged record: better than a record of which half is not understood.
    return Batch(**{**document, **lists, "covers": covers, "files": _files_from(document)})


def fold_from(document: Mapping[str, Any]) -> Fold:
    """A fold from its JSON record."""
    return Fold(document["number"], _files_from(document), tuple(document["replaced"]))


def _files_from(document: Mapping[str, Any]) -> tuple[DataFile, ...]:
    return tuple(DataFile(**file) for file in document["files"])


RecordT = TypeVar("RecordT", Batch, Fold)
#: what stands in a pending record before anything is written
_INTENT = canonical_json(None)


#: so many records are kept between two openings of a ledger, of which a server sees one a page
KEPT = 10_000


@lru_cache(maxsize=KEPT)
def _read_once(path: Path, _state: tuple[int, ...], read: Callable[[Mapping[str, Any]], Any]) -> Any:
    """A record of a file in some state: while nobody touches the file it is read once a process."""
    document = _document_in(path)
    try:
        return read(document)
    except (ValueError, KeyError, TypeError, AttributeError):
        raise Refused([record_damaged(_named(path))]) from None


def _document_in(path: Path) -> dict[str, Any]:
    try:
        return dict(json.loads(path.read_bytes()))
    except (ValueError, TypeError):
        raise Refused([record_damaged(_named(path))]) from None


def _document_of(record: Batch | Fold) -> dict[str, Any]:
    """What is written of a record."""
    said = {each.name: getattr(record, each.name) for each in fields(record) if each.name != "again"}
    return {**said, "files": [_file_document(file) for file in record.files]}


def _file_document(file: DataFile) -> dict[str, Any]:
    return {name: getattr(file, name) for name in _FILE_FIELDS}


def _named(path: Path) -> str:
    """A record's file as people find it: from `batches/` on."""
    parts = path.parts
    return "/".join(parts[len(parts) - 1 - parts[::-1].index("batches") :]) if "batches" in parts else path.name


class Shelf(Generic[RecordT]):
    """The records of one kind of one source. Final records never change, so each is read once.

    While somebody holds the lane of the source nobody else adds any: `hold` lists them once, and `await_commit` lets
    records that wait for their commit be seen here as if they were final.
    """

    def __init__(self, folder: Path, read: Callable[[Mapping[str, Any]], RecordT]) -> None:
        self.folder = folder
        self._from: Callable[[Mapping[str, Any]], RecordT] = read
        self._known: dict[int, RecordT] = {}
        self._digests: dict[int, str] = {}
        self._listed: list[int] | None = None
        self._waiting: dict[int, RecordT] = {}
        self._identities: dict[str, RecordT] = {}

    def all(self) -> list[RecordT]:
        """Every final record by number."""
        numbers = self._numbers() if self._listed is None else self._listed
        final = [self.one(number) for number in numbers]
        return final + list(self._waiting.values())

    def one(self, number: int) -> RecordT:
        """The record of that number; FileNotFoundError when there is none, Refused when it is damaged."""
        if number in self._waiting:
            return self._waiting[number]
        if number not in self._known:
            self._known[number] = self._read(self._final(number))
        return self._known[number]

    def last(self) -> int:
        """The number of the last record, 0 before the first; no record is read."""
        return max([*(self._numbers() if self._listed is None else self._listed), *self._waiting], default=0)

    def hold(self) -> None:
        """The lane is held from now on."""
        self._listed = self._numbers()

    def await_commit(self, record: RecordT) -> None:
        """A record is written and waits for its commit."""
        self._waiting[record.number] = record
        if isinstance(record, Batch):
            self._identities[record.identity] = record

    def release(self) -> None:
        """The lane is let go; what waited is final or taken back."""
        self._listed = None
        self._waiting.clear()
        self._identities.clear()

    def digest(self, number: int) -> str:
        """The SHA-256 of what a record says, but for when it landed: no clock decides anything.

        FileNotFoundError and Refused as for `one`.
        """
        if number not in self._digests:
            path = self._final(number)
            document = _document_in(path)
            # Equal evidence landed on another day has to give an equal seal (decision 14).
            document.pop("landed_at", None)
            self._digests[number] = sha256_of(canonical_json(document))
        return self._digests[number]

    def name_of(self, number: int) -> str:
        """The file of a record, relative to the ledger."""
        return _named(self._final(number))

    def has(self, number: int) -> bool:
        """Whether there is a final record of that number."""
        return self._final(number).exists()

    def open_intent(self, number: int) -> None:
        """Say that files of this number, or of later ones, are about to be written, so that they can be found if it
        ends here. Cut off by a power failure it still says so."""
        write_unsynced(self._pending(number), _INTENT)

    def prepare(self, records: Sequence[RecordT], arriving: Arriving) -> None:
        """The pending record of what is committed at once, under its first number, in place of the intent."""
        documents = [_document_of(record) for record in records]
        written = documents[0] if len(documents) == 1 else documents
        arriving.write(self._pending(records[0].number), canonical_json(written))

    def pending(self) -> list[tuple[int, list[RecordT]]]:
        """What was begun and not finished, by its first number, each with its records if it got that far."""
        begun = self.folder / "pending"
        # A half-written `.unfinished-…` beside them is no record yet: `tidy` removes it.
        found = sorted(begun.glob("[0-9]*.json")) if begun.is_dir() else []
        return [(int(path.stem), self._pending_records(path)) for path in found]

    def record(self, records: Sequence[RecordT], arriving: Arriving) -> None:
        """What was committed becomes final and findable by what was uploaded, but for `close`."""
        for record in records:
            if isinstance(record, Batch):
                arriving.write(self._note(record), canonical_json(record.number))
            if len(records) > 1:
                arriving.write(self._final(record.number), canonical_json(_document_of(record)))

    def close(self, records: Sequence[RecordT]) -> None:
        """The last step: one pending record becomes the final one; that of several goes, as theirs are there."""
        pending = self._pending(records[0].number)
        if len(records) == 1:
            pending.replace(self._final(records[0].number))
        else:
            pending.unlink()

    def forget(self, number: int) -> None:
        """Take back what never reached the table, of this number and of later ones."""
        for path in self.folder.glob("*.rejected.parquet"):
            if int(path.name[:9]) >= number:
                path.unlink()
        self._pending(number).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a killed process was still writing here; the lane is held, so nobody else is."""
        for place in ("", "pending", "uploads"):
            remove_unfinished(self.folder / place)

    def same(self, batch: Batch) -> RecordT | None:
        """The batch that an equal upload landed as, if one did."""
        if waiting := self._identities.get(batch.identity):
            return waiting
        note = self._note(batch)
        return self.one(int(note.read_text())) if note.exists() else None

    def rejected(self, number: int) -> Path:
        """Where the rejected rows of a batch lie, if it has any."""
        return self.folder / f"{number:09d}.rejected.parquet"

    def _read(self, path: Path) -> RecordT:
        told = path.stat()
        state = (told.st_mtime_ns, told.st_ctime_ns, told.st_size, told.st_ino)
        record: RecordT = _read_once(path, state, self._from)
        return record

    def _pending_records(self, path: Path) -> list[RecordT]:
        content = path.read_bytes()
        if not content.strip(b"\0") or content == _INTENT:
            return []
        try:
            written = json.loads(content)
            return [self._from(document) for document in (written if isinstance(written, list) else [written])]
        except (ValueError, KeyError, TypeError, AttributeError):
            raise Refused([record_damaged(_named(path))]) from None

    def _numbers(self) -> list[int]:
        names = (path.name[:-5] for path in self.folder.glob("*.json")) if self.folder.is_dir() else ()
        return sorted(int(name) for name in names if name.isdigit())

    def _final(self, number: int) -> Path:
        return self.folder / f"{number:09d}.json"

    def _pending(self, number: int) -> Path:
        return self.folder / "pending" / f"{number:09d}.json"

    def _note(self, batch: Batch) -> Path:
        return self.folder / "uploads" / batch.identity
