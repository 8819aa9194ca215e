"""The folder for what is on its way: files of forms while they come and while they are read. Nothing stays there."""

from __future__ import annotations

import shutil
from pathlib import Path
from time import time

from django.conf import settings

#: seconds after which what lies there was left behind by a process that was killed
LEFT_BEHIND = 24 * 60 * 60


def scratch() -> Path:
    """The folder, made where it is missing."""
    folder = Path(settings.SCRATCH)
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def scratch_tidy() -> int:
    """Remove what killed processes left behind; returns how many files and folders."""
    return sum(_removed(path) for path in scratch().iterdir() if time() - _touched(path) > LEFT_BEHIND)


def _touched(path: Path) -> float:
    try:
        # of a link itself, not of what it leads to
        return path.lstat().st_mtime
    except FileNotFoundError:  # gone meanwhile: nothing to remove
        return time()


def _removed(path: Path) -> bool:
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        path.unlink(missing_ok=True)
    return not path.exists()
