"""One settlement at a time into one folder: a second one is refused instead of mixing its files with the first's."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from fairwrench.settlement.problem import Problem, Refused


@contextmanager
def sole_use(out: Path) -> Iterator[None]:
    """Hold a folder, which is made if need be; Refused while somebody else on this machine holds it.

    The hold ends with the process, however it ends. A folder made here and left empty is taken away again.
    """
    made = not out.exists()
    out.mkdir(parents=True, exist_ok=True)
    # The folder itself is held, so that a killed run leaves no lock file that somebody has to find and remove.
    held = os.open(out, os.O_RDONLY)
    try:
        fcntl.flock(held, fcntl.LOCK_EX | fcntl.LOCK_NB)
        yield
    except BlockingIOError:
        raise Refused([_in_use(out)]) from None
    finally:
        os.close(held)
        if made:
            # Only an empty folder goes; what a settlement wrote stays.
            with suppress(OSError):
                out.rmdir()


def _in_use(out: Path) -> Problem:
    zh = f"另一次核算正在写入 {out.name}；请等它结束，或换一个文件夹"
    en = f"another settlement is writing into {out.name}; wait for it, or give another folder"
    return Problem("in_use", zh, en, file=str(out))
