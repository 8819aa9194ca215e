"""Where things lie in a ledger's folder, and how a file gets there whole or not at all.

ledger.json                          what the ledger is: format, time zone
SOURCE/                              one Delta table a source: _delta_log/, _month=2026-10/*.parquet
batches/SOURCE/000000012.json        the record of a batch, ….rejected.parquet beside it, pending/… before
uploads/ab/cdef…                     uploaded files, named by their SHA-256
seals/2026-10-1a2b3c4d5e6f/          roster, scheme, calendar and definitions of sources as sealed; objects/ab/cdef…
                                     holds them once more
lanes/SOURCE.lock                    held by whoever writes the source
scratch/blocks-…                     rows of a large file while it is read in blocks, gone afterwards
"""

from __future__ import annotations

import ctypes
import hashlib
import json
import os
import shutil
import stat
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from secrets import token_hex
from time import time
from typing import IO

#: folders of the ledger itself; a source cannot be called so
RESERVED = frozenset({"batches", "uploads", "seals", "objects", "lanes", "derived", "scratch"})
_BLOCK = 1 << 20
_UNFINISHED = ".unfinished-"
#: where on a shelf content lies before it has its place; seconds after which nobody is still about to move it there
ARRIVING = "arriving"
_LEFT_BEHIND = 3600
#: so many files are brought onto the disk one by one; of more the whole file system is, where that can be asked for
_FEW = 16


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


class Arriving:
    """Files on their way to their places: written beside them, brought onto the disk all at once, then moved there.

    So many files cost the disk hardly more than one, and each is there wholly or not at all as with `write_whole`.
    """

    def __init__(self) -> None:
        self._beside: dict[Path, Path] = {}
        self._there: list[Path] = []

    def write(self, path: Path, content: Path | bytes) -> None:
        """Write a file that `settle` moves to its place, the content of another one or bytes."""
        self._write(path, content, path.parent)

    def _write(self, path: Path, content: Path | bytes, folder: Path) -> None:
        for needed in (path.parent, folder):
            needed.mkdir(parents=True, exist_ok=True)
        self._beside[path] = beside = folder / f"{_UNFINISHED}{token_hex(8)}"
        if isinstance(content, bytes):
            beside.write_bytes(content)
        else:
            shutil.copyfile(content, beside)

    def keep(self, shelf: Path, content: Path | bytes, digest: str) -> None:
        """Keep content on a shelf under its SHA-256, as `keep` does, once all is settled."""
        place = kept(shelf, digest)
        if place not in self._beside and not place.exists():
            # All in one folder, in which what a killed process leaves is found without a look at the whole shelf.
            self._write(place, content, shelf / ARRIVING)
            make_read_only(self._beside[place])

    def along(self, paths: Iterable[Path]) -> None:
        """Files that lie in their places already and are to be on the disk as well."""
        self._there += paths

    def settle(self) -> None:
        """All of it onto the disk, then each to its place, in the order in which they were written."""
        bring_to_disk([*self._beside.values(), *self._there])
        for path in list(self._beside):
            self._beside.pop(path).replace(path)
        self._there.clear()

    def drop(self) -> None:
        """Take back what was not settled."""
        for beside in self._beside.values():
            beside.unlink(missing_ok=True)
        self._beside.clear()
        self._there.clear()


def bring_to_disk(paths: Iterable[Path]) -> None:
    """Return once the content of these files is on the disk."""
    files = list(paths)
    whole = {path.parent.stat().st_dev: path.parent for path in files} if len(files) > _FEW else {}
    if whole and all(map(_whole_to_disk, whole.values())):
        return
    for path in files:
        with path.open("rb") as file:
            os.fsync(file.fileno())


def _whole_to_disk(folder: Path) -> bool:
    """Bring all of the file system of a folder onto the disk; False where the system has no such call."""
    syncfs = getattr(ctypes.CDLL(None, use_errno=True), "syncfs", None)
    if syncfs is None:
        return False
    opened = os.open(folder, os.O_RDONLY)
    try:
        if syncfs(opened):
            raise OSError(ctypes.get_errno(), "syncfs", str(folder))
    finally:
        os.close(opened)
    return True


def remove_left_behind(shelf: Path) -> None:
    """Remove copies on their way to a shelf whose process is gone; what is younger may be somebody's work just now."""
    for path in (shelf / ARRIVING).glob(f"{_UNFINISHED}*"):
        if time() - path.stat().st_mtime > _LEFT_BEHIND:
            path.unlink(missing_ok=True)


def remove_unfinished(folder: Path) -> None:
    """Remove what a killed process left half-written in a folder that nobody writes now."""
    for path in folder.glob(f"{_UNFINISHED}*"):
        path.unlink()


def write_json(path: Path, document: object) -> None:
    """Write a document as one line of JSON with sorted names, so that equal documents are equal bytes."""
    write_whole(path, canonical_json(document))


def write_unsynced(path: Path, content: bytes) -> None:
    """Write a file that is there wholly or not at all when the process ends; a power failure may cut it off."""
    with beside(path) as place:
        place.write_bytes(content)


def canonical_json(document: object) -> bytes:
    """A document as UTF-8 JSON: names sorted, no blanks, one line feed at the end."""
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode() + b"\n"


def make_read_only(path: Path) -> None:
    """Take away every permission to write: what is sealed is not written again."""
    mode = path.stat().st_mode
    bare = mode & ~(stat.S_IWUSR | stat.S_IWGRP | stat.S_IWOTH)
    if mode != bare:
        path.chmod(bare)


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
    with beside(path) as place, place.open("xb") as file:
        yield file
        file.flush()
        os.fsync(file.fileno())


@contextmanager
def beside(path: Path) -> Iterator[Path]:
    """A name beside a file's place; what is written there takes the place at the end, and goes if that fails."""
    path.parent.mkdir(parents=True, exist_ok=True)
    # In the same folder, as only there the renaming is atomic; of a name that two writers never share.
    place = path.parent / f"{_UNFINISHED}{token_hex(8)}"
    try:
        yield place
        place.replace(path)
    except Exception:
        place.unlink(missing_ok=True)
        raise
