"""What is written down about a batch and a fold: handed in by whom, for when and where, and what became of it.

A record is pending until the Delta log holds its commit. Three moments matter, each one atomic: the pending record is
written, the table is committed, the record becomes final. Whoever finds a pending record asks the table which side of
the commit it fell on.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, ClassVar, Generic, TypeVar

from fairwrench.ledger.folder import canonical_json, remove_unfinished, sha256_of, write_json
from fairwrench.settlement.deadlines import Month


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

    `period` is the month it was handed in for (None: there from the start). `stores` × `months` is what it covers.
    `counts` are rows: accepted, rejected, ignored and whatever intake counted, plus new, changed, moved, repeated.
    `landed_at` is UTC in ISO 8601; it is never part of a digest. `again` is set on the answer to a landing that had
    been done before; it is not recorded.
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
    again: bool = False

    @property
    def identity(self) -> str:
        """What makes a second landing the same one: content, sheet, rows read, period and the stores covered."""
        return sha256_of(canonical_json([self.sha256, self.sheet, self.read_as, self.period, sorted(self.stores)]))

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


def batch_from(document: Mapping[str, Any]) -> Batch:
    """A batch from its JSON record."""
    lists = {name: tuple(document[name]) for name in ("stores", "months")}
    return Batch(**{**document, **lists, "files": _files_from(document)})


def fold_from(document: Mapping[str, Any]) -> Fold:
    """A fold from its JSON record."""
    return Fold(document["number"], _files_from(document), tuple(document["replaced"]))


def _files_from(document: Mapping[str, Any]) -> tuple[DataFile, ...]:
    return tuple(DataFile(**file) for file in document["files"])


RecordT = TypeVar("RecordT", Batch, Fold)


class Shelf(Generic[RecordT]):
    """The records of one kind of one source. Final records never change, so each is read once."""

    def __init__(self, folder: Path, read: Callable[[Mapping[str, Any]], RecordT]) -> None:
        self.folder = folder
        self._from: Callable[[Mapping[str, Any]], RecordT] = read
        self._known: dict[int, RecordT] = {}

    def all(self) -> list[RecordT]:
        """Every final record by number."""
        names = (path.name[:-5] for path in self.folder.glob("*.json")) if self.folder.is_dir() else ()
        return [self.one(int(name)) for name in sorted(names) if name.isdigit()]

    def one(self, number: int) -> RecordT:
        """The record of that number; FileNotFoundError when there is none."""
        if number not in self._known:
            self._known[number] = self._from(json.loads(self._final(number).read_bytes()))
        return self._known[number]

    def has(self, number: int) -> bool:
        """Whether there is a final record of that number."""
        return self._final(number).exists()

    def open_intent(self, number: int) -> None:
        """Say that files are about to be written, so that they can be found if it ends here."""
        write_json(self._pending(number), None)

    def prepare(self, record: RecordT) -> None:
        """Write the pending record: all is written, and the commit is what remains."""
        document = asdict(record)
        document.pop("again", None)
        write_json(self._pending(record.number), document)

    def pending(self) -> list[tuple[int, RecordT | None]]:
        """What was begun and not finished, each with its record if it got that far."""
        begun = self.folder / "pending"
        found = sorted(begun.glob("[0-9]*.json")) if begun.is_dir() else []
        documents = [(int(path.stem), json.loads(path.read_bytes())) for path in found]
        return [(number, self._from(document) if document else None) for number, document in documents]

    def finish(self, record: RecordT) -> None:
        """Make the pending record final, and findable by what was uploaded."""
        if isinstance(record, Batch):
            write_json(self._note(record), record.number)
        self._pending(record.number).replace(self._final(record.number))

    def forget(self, number: int) -> None:
        """Take back what never reached the table."""
        self.rejected(number).unlink(missing_ok=True)
        self._pending(number).unlink(missing_ok=True)

    def tidy(self) -> None:
        """Remove what a killed process was still writing here; the lane is held, so nobody else is."""
        for place in ("pending", "uploads"):
            remove_unfinished(self.folder / place)

    def same(self, batch: Batch) -> RecordT | None:
        """The batch that an equal upload landed as, if one did."""
        note = self._note(batch)
        return self.one(int(note.read_text())) if note.exists() else None

    def rejected(self, number: int) -> Path:
        """Where the rejected rows of a batch lie, if it has any."""
        return self.folder / f"{number:09d}.rejected.parquet"

    def _final(self, number: int) -> Path:
        return self.folder / f"{number:09d}.json"

    def _pending(self, number: int) -> Path:
        return self.folder / "pending" / f"{number:09d}.json"

    def _note(self, batch: Batch) -> Path:
        return self.folder / "uploads" / batch.identity
