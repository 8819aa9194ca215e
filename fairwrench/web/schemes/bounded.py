"""Documents of people are checked in a process that may neither last nor grow: whatever it does, the site goes on."""

from __future__ import annotations

import multiprocessing
import resource
import sys
from collections.abc import Mapping
from multiprocessing.connection import Connection
from pathlib import Path

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source import Source
from fairwrench.web.schemes.checking import Checked, check_document

SECONDS = 40
#: private memory of one check
BYTES = 2 << 30

_processes = multiprocessing.get_context("forkserver")


def check_bounded(
    path: Path, name: str, sources: Mapping[str, Source], *, seconds: float = SECONDS, memory: int = BYTES
) -> Checked:
    """Check a document in a process of its own. Refused when it takes too long, too much memory, or ends of itself."""
    receiver, sender = _processes.Pipe(duplex=False)
    process = _processes.Process(target=_run, args=(sender, path, name, dict(sources), memory), daemon=True)
    process.start()
    sender.close()
    try:
        answer = receiver.recv() if receiver.poll(seconds) else None
    except EOFError:
        answer = None
    finally:
        receiver.close()
        process.kill()
        process.join()
    if not isinstance(answer, Checked):
        raise Refused([_given_up(name)])
    return answer


def _run(sender: Connection, path: Path, name: str, sources: dict[str, Source], memory: int) -> None:
    for limit, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        sender.send(check_document(path, name, sources))
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.exit(1)


def _given_up(name: str) -> Problem:
    zh = "文件太复杂，检查没有完成，已停止，没有保留；请检查是否有异常的数字、公式或嵌套"
    en = "the file is too complex to be checked and was given up; look for odd numbers, formulas or nesting"
    return Problem("too_costly", zh, en, file=name)
