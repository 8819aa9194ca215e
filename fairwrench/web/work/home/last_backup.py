"""When a backup was last written and read back, noted in HOME by the command and shown to administrators."""

from __future__ import annotations

from contextlib import suppress
from datetime import datetime
from pathlib import Path

#: the file in HOME; it is of this installation and no part of a backup
LAST_BACKUP = "last-backup"


def backup_note(*, home: Path, made_at: str) -> None:
    """Note a backup that is good; where HOME takes no note it is good all the same."""
    fresh = home / f".{LAST_BACKUP}"
    with suppress(OSError):
        fresh.write_text(made_at, encoding="utf-8")
        fresh.replace(home / LAST_BACKUP)


def last_backup(*, home: Path) -> datetime | None:
    """When the last one was made; None where none was, or the note cannot be read."""
    try:
        return datetime.fromisoformat((home / LAST_BACKUP).read_text(encoding="utf-8").strip())
    except (OSError, ValueError):
        return None
