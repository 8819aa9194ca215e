"""Verification: whether what was sealed is still there, byte for byte; if not, what differs and where it came from."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import groupby
from pathlib import Path

import polars as pl

from fairwrench.ledger.differences import compare_csv_bytes, compare_json_bytes, file_missing
from fairwrench.ledger.folder import kept, sha256_of
from fairwrench.ledger.records import Batch, Shelf, batch_from
from fairwrench.ledger.seal import Document, Seal, SealedSource, roster_csv
from fairwrench.settlement.problem import Problem

#: the columns by which rows of a sealed table are told apart
_KEYS = {"roster": ("employee_id", "from"), "calendar": ("day",)}
_SHOWN = 3


def verify_evidence(sealed: Seal, ledger: Path) -> list[Problem]:
    """Everything in a ledger's folder that is no longer as sealed; empty when all is.

    Reads every sealed byte and writes nothing: data files, the uploads they came from, roster, scheme, calendar,
    derived columns. What changed in roster, scheme or calendar is named by cell or value while one of their two copies
    is whole.
    """
    problems = [] if _matches_its_folder(sealed) else [_seal_changed(sealed)]
    for name, source in sealed.sources.items():
        problems += _source(ledger, name, source)
    for name, document in sealed.documents.items():
        problems += _document(ledger, name, document)
    for name, document in sealed.derived.items():
        problems += _file(ledger, document.path, document.sha256, f"derived columns of {name}")
    return problems


def verify_roster(sealed: Seal, ledger: Path, roster: pl.DataFrame) -> list[Problem]:
    """How another roster differs from the sealed one: person, column, both values."""
    document = sealed.documents["roster"]
    content = roster_csv(roster)
    if sha256_of(content) == document.sha256:
        return []
    whole = _whole_copy(ledger, document)
    return [_changed("roster", "")] if whole is None else _content("roster", whole, content, "roster")


def _source(ledger: Path, name: str, source: SealedSource) -> Iterator[Problem]:
    shelf = Shelf(ledger / "batches" / name, batch_from)
    yield from (_no_record(name, number) for number in source.batches if not shelf.has(number))
    batches = {number: shelf.one(number) for number in source.batches if shelf.has(number)}
    for file in source.files:
        origin = _origin(batches[n] for n in range(file.batch_min, file.batch_max + 1) if n in batches)
        yield from _file(ledger, file.path, file.sha256, origin)
    by_upload = sorted((batch for batch in batches.values() if batch.sha256), key=lambda batch: batch.sha256)
    for digest, some in groupby(by_upload, key=lambda batch: batch.sha256):
        place = kept(ledger / "uploads", digest).relative_to(ledger).as_posix()
        yield from _file(ledger, place, digest, _origin(some))


def _file(ledger: Path, path: str, digest: str, origin: str) -> list[Problem]:
    if not (ledger / path).exists():
        return [file_missing(path, origin)]
    return [] if sha256_of(ledger / path) == digest else [_changed(path, origin)]


def _document(ledger: Path, name: str, document: Document) -> list[Problem]:
    """Roster, scheme or calendar, both copies of it; what changed in one is read off the other."""
    copy = kept(ledger / "objects", document.sha256).relative_to(ledger).as_posix()
    whole = _whole_copy(ledger, document)
    problems: list[Problem] = []
    for path in (document.path, copy):
        found = _file(ledger, path, document.sha256, name)
        problems += found
        if found and whole is not None and (ledger / path).exists():
            problems += _content(name, whole, (ledger / path).read_bytes(), path)
    return problems


def _whole_copy(ledger: Path, document: Document) -> bytes | None:
    for place in (ledger / document.path, kept(ledger / "objects", document.sha256)):
        if place.exists() and sha256_of(content := place.read_bytes()) == document.sha256:
            return content
    return None


def _content(name: str, whole: bytes, actual: bytes, file: str) -> list[Problem]:
    if name == "scheme":
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


def _changed(path: str, origin: str) -> Problem:
    zh = f"{path} 已被改动（来源：{origin}）" if origin else f"{path} 已被改动"
    en = f"{path} was changed (it came from {origin})" if origin else f"{path} was changed"
    return Problem("file_changed", zh, en, file=path, subject=origin)


def _no_record(name: str, number: int) -> Problem:
    zh, en = f"{name} 第 {number} 批的记录缺失", f"the record of batch {number} of {name} is missing"
    return Problem("record_missing", zh, en, subject=f"{name} #{number}")


def _seal_changed(sealed: Seal) -> Problem:
    zh = f"{sealed.month} 的封存清单本身被改动"
    return Problem("seal_changed", zh, f"the seal of {sealed.month} was itself changed", subject=sealed.month)
