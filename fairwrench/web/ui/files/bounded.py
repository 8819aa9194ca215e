"""What people hand in is read in a process that may neither last nor grow: whatever it does, the site goes on.

A reading is a function `reading(order, out)` of a module that knows neither Django nor the database. It may write
files into the folder `out`, and returns plain data, which comes back as JSON: nothing that a stranger's file could have
made up is ever run here. All three who read uploads use this: evidence, people (the roster), schemes.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import shutil
import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from multiprocessing.connection import wait
from pathlib import Path
from threading import BoundedSemaphore
from time import monotonic
from typing import Any, Literal

from fairwrench.settlement.problem import Problem, Refused

Reading = Callable[[Any, Path], dict[str, Any]]
#: why a reading came to nothing: it took too long, too much memory or disk, broke, or too many others were under way
Why = Literal["too_slow", "too_costly", "fault", "busy"]
#: the files in `out` that say how the reading ended: with a result, or with a fault of ours
RESULT, FAULT = "result.json", "fault"
#: readings at once in one process, so that the pages of the others go on; and seconds that one waits for its turn
AT_ONCE, PATIENCE = 2, 10.0
#: what is mapped besides private memory: programs and libraries
_MAPPED = 16 << 30
_NICE = 10
#: what files may hold and PostgreSQL does not keep, nor UTF-8 write: NUL, halves of characters
_UNKEPT = {0: "\ufffd", **dict.fromkeys(range(0xD800, 0xE000), "\ufffd")}

# forkserver: a fork of the serving process would have its threads' locks and its database connections
_processes = multiprocessing.get_context("forkserver")
_preloaded: list[str] = []
_turns = BoundedSemaphore(AT_ONCE)


@dataclass(frozen=True)
class Bounds:
    """What one reading may take: seconds by the clock, bytes of memory, of all files written, and of its result."""

    seconds: float
    memory: int
    written: int = 1 << 30
    result: int = 8 << 20


class GivenUp(Exception):
    """A reading came to nothing; nothing of it is left in its folder."""

    def __init__(self, why: Why) -> None:
        super().__init__(why)
        self.why = why


def preload(module: str) -> None:
    """Load a module of readings once, before the first reading, and not anew in each."""
    _preloaded.append(module)


def read_bounded(reading: Reading, order: Any, out: Path, bounds: Bounds) -> dict[str, Any]:
    """What a reading gives, done in a process of its own; `out` is made for it. GivenUp when it comes to nothing."""
    shutil.rmtree(out, ignore_errors=True)
    out.mkdir(parents=True, mode=0o700)
    try:
        with _turn():
            _run(reading, order, out, bounds)
        return _result(out, bounds)
    except BaseException:
        shutil.rmtree(out, ignore_errors=True)
        raise


def result_of(out: Path) -> dict[str, Any]:
    """The result that a folder holds, with the texts that no database keeps made harmless."""
    return dict(_keepable(json.loads((out / RESULT).read_bytes())))


@contextmanager
def _turn() -> Iterator[None]:
    if not _turns.acquire(timeout=PATIENCE):
        raise GivenUp("busy")
    try:
        yield
    finally:
        _turns.release()


def _run(reading: Reading, order: Any, out: Path, bounds: Bounds) -> None:
    """Begin the process and wait for its end, at most as long as it may take.

    How it ended is told by what it wrote: its exit code is lost where two threads look after their processes at once.
    """
    _processes.set_forkserver_preload(_preloaded)
    process = _processes.Process(target=child, args=(reading, order, out, bounds), daemon=True)
    process.start()
    begun = monotonic()
    ended = wait([process.sentinel], bounds.seconds)
    process.kill()
    process.join()
    if (out / RESULT).exists():
        return
    # its own alarm may end it before the wait is over: that, too, is too slow
    late = not ended or monotonic() - begun >= bounds.seconds
    raise GivenUp("too_slow" if late else "fault" if (out / FAULT).exists() else "too_costly")


def _result(out: Path, bounds: Bounds) -> dict[str, Any]:
    written = sum(path.stat().st_size for path in out.rglob("*") if path.is_file())
    if written > bounds.written or (out / RESULT).stat().st_size > bounds.result:
        raise GivenUp("too_costly")
    return result_of(out)


def _keepable(value: Any) -> Any:
    if isinstance(value, str):
        return value.translate(_UNKEPT)
    if isinstance(value, dict):
        return {_keepable(name): _keepable(part) for name, part in value.items()}
    return [_keepable(part) for part in value] if isinstance(value, list) else value


def child(reading: Reading, order: Any, out: Path, bounds: Bounds) -> None:
    """What the process does: it bounds itself, reads, writes down the result, and ends."""
    _bind(bounds)
    try:
        told = json.dumps(reading(order, out))
    except MemoryError:
        sys.exit(1)
    except BaseException:  # a panic of a library is no Exception
        (out / FAULT).touch()
        sys.excepthook(*sys.exc_info())
        sys.exit(1)
    # renamed in one step: a result that is there is whole, also when the process is killed here
    unfinished = out / f"{RESULT}.unfinished"
    unfinished.write_text(told, encoding="ascii")
    unfinished.replace(out / RESULT)


def _bind(bounds: Bounds) -> None:
    """Take from this process what it is not to have; what it writes is the owner's alone."""
    seconds = int(bounds.seconds) + 1
    limits = {
        resource.RLIMIT_DATA: bounds.memory,
        resource.RLIMIT_AS: bounds.memory + _MAPPED,
        resource.RLIMIT_CPU: seconds * 4,  # of several threads
        resource.RLIMIT_FSIZE: bounds.written,
        resource.RLIMIT_CORE: 0,
    }
    for limit, most in limits.items():
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    # Python ignores SIGXFSZ by itself: writing would fail with an error that the reading may catch
    signal.signal(signal.SIGXFSZ, signal.SIG_DFL)
    signal.signal(signal.SIGALRM, signal.SIG_DFL)
    signal.alarm(seconds + 1)  # also when nobody waits for it any more
    os.umask(0o077)
    os.nice(_NICE)


def refusal(given_up: GivenUp, *, name: str, seconds: float, mend: tuple[str, str]) -> Refused:
    """Why a file was not read, in words; `mend` says in both languages what may help."""
    zh, en = _WORDS[given_up.why]
    mend_zh, mend_en = mend
    told_zh, told_en = zh.format(seconds=seconds, mend=mend_zh), en.format(seconds=seconds, mend=mend_en)
    return Refused([Problem(given_up.why, told_zh, told_en, file=name)])


_WORDS: dict[Why, tuple[str, str]] = {
    "too_slow": (
        "文件 {seconds:.0f} 秒内没有读完，已停止，没有收下任何数据；{mend}",
        "the file was not read within {seconds:.0f} seconds and was given up; {mend}",
    ),
    "too_costly": (
        "读取文件所需的内存或空间超出限制，已停止，没有收下任何数据；{mend}",
        "reading the file takes more memory or room than is allowed and was given up; {mend}",
    ),
    "fault": (
        "读取文件时程序出错，已记入日志，没有收下任何数据；{mend}",
        "a fault of ours while reading the file, written to the log; {mend}",
    ),
    "busy": (
        "正在读取其他人上传的文件，请一分钟后再试",
        "files of others are being read just now; try again in a minute",
    ),
}
