"""Where things lie in a ledger's folder, and how a file gets there whole or not at all.

ledger.json                          what the ledger is: format, time zone
SOURCE/                              one Delta table a source: _delta_log/, _month=2026-10/*.parquet
batches/SOURCE/000000012.json        the record of a batch, ….rejected.parquet beside it, pending/… before
uploads/ab/cdef…                     uploaded files, named by their SHA-256
seals/2026-10-1a2b3c4d5e6f/          roster, scheme, calendar and definitions of sources as sealed; objects/ab/cdef…
                                     holds them once more
lanes/SOURCE.lock                    held by whoever writes the source
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from typing import IO

#: folders of the ledger itself; a source cannot be called so
RESERVED = frozenset({"batches", "uploads", "seals", "objects", "lanes", "derived"})
_BLOCK = 1 << 20
_UNFINISHED = ".unfinished-"


def sha256_of(content: Path | bytes) -> str:
    """The SHA-256 of a file or of bytes, in hexadecimal."""
    if isinstance(content, bytes):
        return hashlib.sha256(content).hexdigest()
    with content.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def write_whole(path: Path, content: bytes) -> None:
    """Write a file that is there wholly or not at all, whatever happens meanwhile; an older one is replaced."""
    with _unfinished(path) as file:
        file.write(content)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left half-written in a folder that nobody writes now."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink()


def write_json(path: Path, document: object) -> None:
    """Write a document as one line of JSON with sorted names, so that equal documents are equal bytes."""
    write_whole(path, canonical_json(document))


def canonical_json(document: object) -> bytes:
    """A document as UTF-8 JSON: names sorted, no blanks, one line feed at the end."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def make_read_only(path: Path) -> None:
    """Take away every permission to write: what is sealed is not written again."""
    path.chmod(path.stat().st_mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH))


def keep(shelf: Path, content: Path | bytes) -> str:
    """Keep content on a shelf (`uploads` or `objects`) under its SHA-256, once; returns the SHA-256."""
    digest = sha256_of(content)
    place = kept(shelf, digest)
    # The name is the content's digest: what lies there is what would be written.
    if not place.exists():
        _copy_whole(content, place)
        make_read_only(place)
    return digest


def kept(shelf: Path, digest: str) -> Path:
    """Where content with that SHA-256 lies on a shelf."""
    return shelf / digest[:2] / digest[2:]


def _copy_whole(content: Path | bytes, place: Path) -> None:
    if isinstance(content, bytes):
        write_whole(place, content)
        return
    with content.open("rb") as source, _unfinished(place) as target:
        shutil.copyfileobj(source, target, _BLOCK)


@contextmanager
def _unfinished(path: Path) -> Iterator[IO[bytes]]:
    """A file beside its place, under a name of its own; it takes its place once all is on the disk.

    Who may read it is as for any file that the process makes: its umask says so.
    """
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, as only there the renaming is atomic; of a name that two writers never share.
    beside = path.parent / f"{_UNFINISHED}{token_hex(8)}"
    with beside.open("xb") as file:
        try:
            yield file
            file.flush()
            # On the disk before it takes its name: after a power cut the new name must not stand for an empty file.
            os.fsync(file.fileno())
            beside.replace(path)
        except Exception:
            beside.unlink(missing_ok=True)
            raise
