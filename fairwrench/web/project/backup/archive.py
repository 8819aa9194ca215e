"""An archive of everything that an installation keeps: files in one tar, each with its digest, a manifest at the end.

The manifest comes last, so an archive that was cut off has none.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
import tarfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import IO, Any

from fairwrench.settlement.problem import Problem, Refused

FORMAT = 1
MANIFEST = "manifest.json"
#: where the parts lie in the archive
DATABASE, HOME, LEDGER = "database", "home", "ledger"
_BLOCK = 1 << 20


@dataclass(frozen=True, slots=True)
class Kept:
    """One file of an archive by its path in it, size in bytes."""

    path: str
    size: int
    sha256: str


@dataclass(frozen=True, slots=True)
class Manifest:
    """What an archive says of itself. `database` is sqlite or postgresql, `batches` the last batch of each source."""

    program: str
    made_at: str
    database: str
    batches: dict[str, int]
    files: tuple[Kept, ...]
    format: int = FORMAT


class _Hashed(io.RawIOBase):
    """A stream read through, its bytes counted and hashed."""

    def __init__(self, stream: IO[bytes]) -> None:
        super().__init__()
        self.stream, self.sha256, self.size = stream, hashlib.sha256(), 0

    def readable(self) -> bool:
        return True

    def read(self, size: int = -1) -> bytes:
        block = self.stream.read(size)
        self.sha256.update(block)
        self.size += len(block)
        return block


@dataclass
class Writer:
    """An archive being written."""

    tar: tarfile.TarFile
    files: list[Kept] = field(default_factory=list)

    def add(self, source: Path, path: str) -> None:
        """One file; one that grows meanwhile is taken as long as it was, one that is gone is left out."""
        try:
            stream = source.open("rb")
        except FileNotFoundError:
            return
        with stream:
            entry = tarfile.TarInfo(path)
            facts = os.fstat(stream.fileno())
            # the size at the moment of opening: tar says it ahead, and a file may grow while it is read
            entry.size, entry.mtime, entry.mode = facts.st_size, int(facts.st_mtime), 0o600
            hashed = _Hashed(stream)
            self.tar.addfile(entry, hashed)
            self.files.append(Kept(path, entry.size, hashed.sha256.hexdigest()))

    def add_folder(self, folder: Path, under: str, leave_out: frozenset[Path] = frozenset()) -> None:
        """All files of a folder but for some files and folders in it."""
        for place, folders, names in os.walk(folder):
            # sorted in place, so that `os.walk` goes that way and equal folders make equal archives
            folders[:] = sorted(name for name in folders if Path(place, name) not in leave_out)
            for name in sorted(names):
                path = Path(place, name)
                # a lock says who writes at this moment, which is nobody in what is restored
                if path not in leave_out and not name.endswith(".lock"):
                    self.add(path, f"{under}/{path.relative_to(folder).as_posix()}")


@contextmanager
def written(target: Path) -> Iterator[Writer]:
    """Write an archive beside its place; it stands there once it is whole. Only its owner may read it."""
    part = target.with_name(f"{target.name}.part")
    part.unlink(missing_ok=True)
    # 0600 from the first byte on: it holds everybody's pay and the secret key
    opened = os.open(part, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600)
    try:
        with os.fdopen(opened, "wb") as stream:
            with tarfile.open(fileobj=stream, mode="w", format=tarfile.PAX_FORMAT) as tar:
                yield Writer(tar)
            stream.flush()
            # before it takes its name: a name with nothing behind it would pass for a backup after a power failure
            os.fsync(stream.fileno())
        part.replace(target)
    except BaseException:
        part.unlink(missing_ok=True)
        raise


def finish(writer: Writer, manifest: Manifest) -> None:
    """Write the manifest, the last file of an archive."""
    document = {name: getattr(manifest, name) for name in ("format", "program", "made_at", "database", "batches")}
    document["files"] = [[kept.path, kept.size, kept.sha256] for kept in manifest.files]
    content = json.dumps(document, ensure_ascii=False).encode()
    entry = tarfile.TarInfo(MANIFEST)
    entry.size, entry.mode = len(content), 0o600
    writer.tar.addfile(entry, io.BytesIO(content))


def unpacked(archive: Path, into: Path | None) -> Manifest:
    """Read an archive through and compare every file with the manifest, writing them to a folder when there is one.

    Refused, with the file named, when it was cut off or altered, or holds what no backup of ours holds.
    """
    unpacked_files: list[Kept] = []
    manifest: Manifest | None = None
    try:
        # uncompressed alone: nothing in it can swell while it is read
        with tarfile.open(archive, mode="r:") as tar:
            for member in tar:
                # no links, no devices, nothing outside the folders of a backup, nothing behind the manifest
                if manifest is not None or not member.isfile() or not _inside(member.name):
                    raise Refused([_strange(archive, member.name)])
                stream = tar.extractfile(member)
                assert stream is not None
                if member.name == MANIFEST:
                    manifest = _manifest(archive, json.loads(stream.read()))
                else:
                    unpacked_files.append(_copied(stream, member.name, into))
    except (tarfile.TarError, EOFError, OSError, ValueError) as error:
        raise Refused([_cut(archive, str(error))]) from error
    # tar fills its end up to whole records: a shorter end was cut off though every file is there
    if manifest is None or archive.stat().st_size % tarfile.RECORDSIZE:
        raise Refused([_cut(archive, "its end is missing")])
    listed = {kept.path: kept for kept in manifest.files}
    # both ways: files that differ or are not listed, and listed ones that are not there
    differ = [kept.path for kept in unpacked_files if listed.pop(kept.path, None) != kept] + list(listed)
    if differ:
        raise Refused([_altered(archive, sorted(differ)[0], len(differ))])
    return manifest


def _inside(name: str) -> bool:
    path = PurePosixPath(name)
    top = path.parts[0] if path.parts else ""
    safe = not path.is_absolute() and ".." not in path.parts and "\\" not in name
    return safe and (name == MANIFEST or (top in {DATABASE, HOME, LEDGER} and len(path.parts) > 1))


def _copied(stream: IO[bytes], name: str, into: Path | None) -> Kept:
    hashed = _Hashed(stream)
    if into is None:
        while hashed.read(_BLOCK):
            pass
        return Kept(name, hashed.size, hashed.sha256.hexdigest())
    target = into / name
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    # 0600, and never over something: an archive may name a file twice
    with os.fdopen(os.open(target, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "wb") as out:
        while block := hashed.read(_BLOCK):
            out.write(block)
    return Kept(name, hashed.size, hashed.sha256.hexdigest())


def _manifest(archive: Path, document: dict[str, Any]) -> Manifest:
    if document.get("format") != FORMAT:
        raise Refused([_other_format(archive, document.get("format"))])
    files = tuple(Kept(*kept) for kept in document["files"])
    return Manifest(document["program"], document["made_at"], document["database"], document["batches"], files)


def _cut(archive: Path, why: str) -> Problem:
    zh = f"{archive.name} 不完整或已损坏（{why}），没有恢复任何内容；请用另一份备份"
    en = f"{archive.name} is cut off or damaged ({why}), and nothing was restored; use another backup"
    return Problem("backup_cut", zh, en, file=archive.name)


def _altered(archive: Path, path: str, count: int) -> Problem:
    zh = f"{archive.name} 中有 {count} 个文件与备份时不同，如 {path}，没有恢复任何内容；请用另一份备份"
    en = f"{archive.name}: files are not as they were backed up ({count}), such as {path}; nothing was restored: use "
    return Problem("backup_altered", zh, f"{en}another backup", file=archive.name)


def _strange(archive: Path, name: str) -> Problem:
    zh = f"{archive.name} 里的“{name}”不是备份的内容；没有恢复任何内容"
    en = f"{archive.name} holds {name!r}, which no backup holds; nothing was restored"
    return Problem("backup_strange", zh, en, file=archive.name)


def _other_format(archive: Path, found: object) -> Problem:
    zh = f"{archive.name} 的格式是 {found}，本程序只认识 {FORMAT}；请用做这份备份的程序版本恢复，再升级"
    en = f"{archive.name} has format {found}, this program knows {FORMAT}; restore it with the version that made it, "
    return Problem("backup_format", zh, f"{en}and upgrade then", file=archive.name)
