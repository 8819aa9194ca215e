"""What an installation keeps only its owner may read; the ledger also a group, where the settings name one.

Whatever runs with our settings makes files for the owner alone (`os.umask` there), and what was made otherwise, by an
earlier edition or by a copy of a backup, is tightened at each start.
"""

from __future__ import annotations

import grp
import logging
import os
import stat
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings
from django.core.exceptions import ImproperlyConfigured

logger = logging.getLogger(__name__)
#: what of HOME is ours; whatever else lies there is none of our business
OURS = ("secret-key", "uploads", "settlements", "schemes", "scratch", "static")
#: bits that may stand: the owner's, and those of a group that reads
OWNER, READERS, OF_FOLDER = 0o700, 0o050, stat.S_ISGID
#: the umask while the ledger is written for a group that reads it, and at all other times
SHARED_UMASK, OWN_UMASK = 0o027, 0o077


@contextmanager
def ledger_shared() -> Iterator[None]:
    """While it is entered, what is made may be read by the group of the folder; nothing changes where none is named.

    The umask is the whole process's: the worker, which writes the ledger, does one thing at a time.
    """
    if not settings.LEDGER_GROUP:
        yield
        return
    before = os.umask(SHARED_UMASK)
    try:
        yield
    finally:
        os.umask(before)


def folders_tighten() -> int:
    """Take from everybody else what an installation keeps; returns how many files and folders were open to them."""
    home, ledger, group = Path(settings.HOME), Path(settings.LEDGER), _group()
    ledger.mkdir(parents=True, exist_ok=True)
    passed_through = group is not None and ledger.is_relative_to(home)
    # the ledger's group passes through HOME to it, and reads nothing on the way
    changed = int(_set(home, OWNER | (0o010 if passed_through else 0), group if passed_through else None))
    for path in (*_databases(), *(home / name for name in OURS), Path(settings.UPLOADS), Path(settings.SETTLEMENTS)):
        changed += sum(_set(each, OWNER, None) for each in _below(path))
    allowed = OWNER if group is None else OWNER | READERS
    return changed + sum(_set(each, allowed, group) for each in _below(ledger))


def _group() -> int | None:
    """The group that reads the ledger; ImproperlyConfigured where the machine knows none of that name."""
    if not settings.LEDGER_GROUP:
        return None
    try:
        return grp.getgrnam(settings.LEDGER_GROUP).gr_gid
    except KeyError:
        raise ImproperlyConfigured(f"FAIRWRENCH_LEDGER_GROUP: no group {settings.LEDGER_GROUP!r}") from None


def _databases() -> Iterator[Path]:
    database = settings.DATABASES["default"]
    if database["ENGINE"] == "django.db.backends.sqlite3":
        path = Path(str(database["NAME"]))
        yield from (path.with_name(path.name + ending) for ending in ("", "-wal", "-shm", "-journal"))


def _below(path: Path) -> Iterator[Path]:
    """A file or folder and everything in it; links are nobody's."""
    if path.is_symlink() or not path.exists():
        return
    yield path
    for folder, names, files in os.walk(path):
        yield from (each for name in (*names, *files) if not (each := Path(folder, name)).is_symlink())


def _set(path: Path, allowed: int, group: int | None) -> bool:
    """Whether a file or folder had to change: bits beyond `allowed` go; a group reads what the owner does."""
    try:
        now = path.stat()
    except FileNotFoundError:
        return False
    mode = stat.S_IMODE(now.st_mode)
    # bits are only taken from the owner, never given
    wanted = mode & allowed & OWNER
    if group is not None:
        wanted |= (mode >> 3) & allowed & 0o070
        wanted |= OF_FOLDER if stat.S_ISDIR(now.st_mode) and allowed & READERS == READERS else 0
    if wanted == mode and group in (None, now.st_gid):
        return False
    try:
        if group is not None:
            # the group first: with the bits first, the former group could read for a moment
            os.chown(path, -1, group)
        path.chmod(wanted)
    except PermissionError:
        logger.warning("%s belongs to another user of the machine; who may read it stays as it is", path)
        return False
    return True
