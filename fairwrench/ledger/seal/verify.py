"""Verification: whether what was sealed is still there, byte for byte; if not, what differs and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from pathlib import Path

from fairwrench.ledger import damage
from fairwrench.ledger.batches.records import Batch, DataFile, Shelf, batch_from
from fairwrench.ledger.folder import kept, sha256_of
from fairwrench.ledger.seal.delta_log import read_log
from fairwrench.ledger.seal.differences import compare_csv_bytes, compare_json_bytes
from fairwrench.ledger.seal.seal import Document, Seal, SealedSource, whole_copy
from fairwrench.settlement.problem import Problem, Refused

#: the columns by which rows of a sealed table are told apart
_KEYS = {"roster": ("employee_id", "from"), "calendar": ("day",)}
_SHOWN = 3


def verify_evidence(sealed: Seal, ledger: Path) -> list[Problem]:
    """Everything in a ledger's folder that is no longer as sealed; empty when all is.

    Reads every sealed byte and writes nothing: data files, the records of their batches, the uploads they came from,
    the logs of the tables, roster, scheme, calendar, definitions of sources, derived columns. What changed in a
    document is named by cell or value while one of its two copies is whole.
    """
    problems = [] if _matches_its_folder(sealed) else [damage.seal_changed(sealed.month, "seal.json")]
    for name, source in sealed.sources.items():
        problems += _source(ledger, name, source)
    for name, document in sealed.documents.items():
        problems += _document(ledger, name, document)
    for name, document in sealed.derived.items():
        problems += _file(ledger, document.path, document.sha256, f"derived columns of {name}")
    return problems


def _source(ledger: Path, name: str, source: SealedSource) -> Iterator[Problem]:
    # A shelf of its own, not an opened ledger: opening one finishes what was left, and verification writes nothing.
    shelf = Shelf(ledger / "batches" / name, batch_from)
    problems, batches = _records(shelf, source)
    yield from problems
    for file in source.files:
        # A folded file holds rows of many batches: all of them are where a changed file may have come from.
        origin = _origin(batches[n] for n in range(file.batch_min, file.batch_max + 1) if n in batches)
        yield from _file(ledger, file.path, file.sha256, origin)
    # Only of records that are as sealed: a changed record could point to any other file.
    yield from _originals(ledger, batches.values())
    if source.version >= 0:
        yield from _log(ledger / name, source)


def _records(shelf: Shelf[Batch], source: SealedSource) -> tuple[list[Problem], dict[int, Batch]]:
    """What is wrong with the records of the sealed batches, and those that are as sealed by number."""
    problems: list[Problem] = []
    whole: dict[int, Batch] = {}
    for number, digest in zip(source.batches, source.records, strict=True):
        try:
            batch, now = shelf.one(number), shelf.digest(number)
        except FileNotFoundError:
            problems.append(damage.record_missing(shelf.name_of(number)))
        except Refused as refused:
            problems += refused.problems
        else:
            if now == digest:
                whole[number] = batch
            else:
                problems.append(damage.record_changed(shelf.name_of(number), _origin([batch])))
    return problems, whole


def _originals(ledger: Path, batches: Iterable[Batch]) -> Iterator[Problem]:
    """The uploaded files of some batches that are gone or no longer as handed in."""
    by_upload = sorted((batch for batch in batches if batch.sha256), key=lambda batch: batch.sha256)
    for digest, some in groupby(by_upload, key=lambda batch: batch.sha256):
        place = kept(ledger / "uploads", digest)
        path = place.relative_to(ledger).as_posix()
        if not place.exists():
            yield damage.original_missing(path, _origin(some))
        elif sha256_of(place) != digest:
            yield damage.original_changed(path, _origin(some))


def _log(table: Path, source: SealedSource) -> Iterator[Problem]:
    """What is wrong with the log of a table as far as the month was sealed from it."""
    log = read_log(table, source.version)
    yield from log.problems
    # A log that cannot be read knows no file: naming each of them would bury the one fault.
    if not log.problems:
        yield from (damage.log_differs(table.name, file.path) for file in source.files if not _logged(file, log.sizes))


def _logged(file: DataFile, sizes: Mapping[str, int]) -> bool:
    return sizes.get(file.path.partition("/")[2]) == file.size


def _file(ledger: Path, path: str, digest: str, origin: str) -> list[Problem]:
    if not (ledger / path).exists():
        return [damage.missing(path, origin)]
    return [] if sha256_of(ledger / path) == digest else [damage.changed(path, origin)]


def _document(ledger: Path, name: str, document: Document) -> list[Problem]:
    """Roster, scheme, calendar or definitions, both copies; what changed in one is read off the other."""
    copy = kept(ledger / "objects", document.sha256).relative_to(ledger).as_posix()
    whole = whole_copy(ledger, document)
    problems: list[Problem] = []
    for path in (document.path, copy):
        found = _file(ledger, path, document.sha256, name)
        problems += found
        # With neither copy whole there is nothing to compare with; that both changed is said all the same.
        if found and whole is not None and (ledger / path).exists():
            problems += _content(name, whole, (ledger / path).read_bytes(), path)
    return problems


def _content(name: str, whole: bytes, actual: bytes, file: str) -> list[Problem]:
    if name not in _KEYS:
        return compare_json_bytes(whole, actual, file=file)
    return compare_csv_bytes(whole, actual, _KEYS[name], file=file)


def _matches_its_folder(sealed: Seal) -> bool:
    """The folder of a seal is named by its digest, so a manifest edited afterwards shows."""
    return all(document.path.startswith(f"{sealed.folder}/") for document in sealed.documents.values())


def _origin(batches: Iterable[Batch]) -> str:
    """Where a file came from, as people know it: batch, uploaded file, sheet, person."""
    every = list(batches)
    told = [" ".join(filter(None, (f"#{b.number}", b.file, b.sheet, b.by and f"({b.by})"))) for b in every[:_SHOWN]]
    return "; ".join([*told, f"+{len(every) - _SHOWN}"] if len(every) > _SHOWN else told)
