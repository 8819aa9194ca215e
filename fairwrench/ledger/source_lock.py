"""One lane a source: whoever writes a source holds its lock; everybody else waits.

Delta lets several writers race and repeats the losers, but a landing reads the current keys first: between its reading
and its writing nobody else may write. The lock ends with the process that holds it, however it ends.
"""

from __future__ import annotations

import fcntl
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path


@contextmanager
def lane(lock: Path) -> Iterator[None]:
    """Hold the lane; waits for it. Works between threads and between processes of one machine."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    # Appending leaves the file as it is and makes it where it is missing;
    # the lock is on the open file, not its content.
    with lock.open("ab") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def free_lane(lock: Path) -> Iterator[bool]:
    """Hold the lane if nobody else does; yields whether it is held."""
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("ab") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield False
        else:
            yield True
