"""What takes long to build is built once: for all cores of a run, and for later runs until sources or day change.

It lies in pytest's cache (`.pytest_cache/d/built`), so `pytest --cache-clear` and `make clean` remove it. Tests copy it
and never write into it.
"""

from __future__ import annotations

import fcntl
import platform
import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import date
from functools import cache
from hashlib import sha256
from pathlib import Path

ROOT = Path(__file__).parents[1]
#: of what was built under one name that many stay: another run may still be copying the last but one
KEPT = 2


def built_once(root: Path, name: str, build: Callable[[Path], None]) -> Path:
    """The folder that `build` fills, to be read and copied; built where it is not there yet, by one process alone."""
    folder = root / f"{name}-{_sources()}-{date.today():%Y%m%d}"
    with _alone(root / f"{name}.lock"):
        if not folder.exists():
            unfinished = root / f"{name}.building"
            shutil.rmtree(unfinished, ignore_errors=True)
            unfinished.mkdir()
            build(unfinished)
            unfinished.rename(folder)
            _remove_older(root, name)
    return folder


@cache
def _sources() -> str:
    """A digest of everything that may change what is built: the program, what builds, the packages, the Python."""
    told = sha256(platform.python_version().encode())
    for path in (*_program(), *_builders(), ROOT / "requirements.lock"):
        told.update(f"{path.relative_to(ROOT)}\0".encode())
        told.update(path.read_bytes())
    return told.hexdigest()[:20]


def _program() -> list[Path]:
    found = (ROOT / "fairwrench").rglob("*")
    return sorted(path for path in found if path.is_file() and "__pycache__" not in path.parts)


def _builders() -> list[Path]:
    """Whatever in the tests is no test."""
    return sorted(path for path in (ROOT / "tests").rglob("*.py") if not path.name.startswith("test_"))


@contextmanager
def _alone(lock: Path) -> Iterator[None]:
    """Wait until no other process builds what LOCK stands for."""
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        yield


def _remove_older(root: Path, name: str) -> None:
    made = sorted(root.glob(f"{name}-*"), key=lambda path: path.stat().st_mtime, reverse=True)
    for path in made[KEPT:]:
        shutil.rmtree(path, ignore_errors=True)
