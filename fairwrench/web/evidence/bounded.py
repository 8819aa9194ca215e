"""Files of strangers are read in a process that may neither last nor grow: whatever it does, the desk goes on."""

from __future__ import annotations

import multiprocessing
import resource
import shutil
import sys
from typing import Any

from fairwrench.ledger.sheet import Limits
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.evidence.reading import Order, read_file, result_of

SECONDS = 180
#: private memory of one reading
BYTES = 6 << 30
#: less than the core allows: what people hand in at a desk, not a migration
LIMITS = Limits(file_bytes=200 << 20, unpacked_bytes=1 << 30, rows=2_000_000, cells=60_000_000)
_ANSWERED = 0
_FAULT = 3

_processes = multiprocessing.get_context("forkserver")
_processes.set_forkserver_preload(["fairwrench.web.evidence.reading"])


def read_bounded(order: Order, *, seconds: float = SECONDS, memory: int = BYTES) -> dict[str, Any]:
    """Read a file in a process of its own. Refused when it takes too long, too much memory, or ends of itself."""
    shutil.rmtree(order.out, ignore_errors=True)
    process = _processes.Process(target=run_bounded, args=(order, memory, int(seconds) + 1), daemon=True)
    process.start()
    process.join(seconds)
    if process.is_alive():
        process.kill()
        process.join()
        raise Refused([_too_slow(order.name, seconds)])
    if process.exitcode != _ANSWERED:
        raise Refused([_fault(order.name) if process.exitcode == _FAULT else _too_costly(order.name)])
    return result_of(order.out)


def run_bounded(order: Order, memory: int, seconds: int) -> None:
    """What the process does: it bounds itself, reads, and ends."""
    for limit, most in ((resource.RLIMIT_DATA, memory), (resource.RLIMIT_CPU, seconds * 4), (resource.RLIMIT_CORE, 0)):
        _, hard = resource.getrlimit(limit)
        resource.setrlimit(limit, (most if hard == resource.RLIM_INFINITY else min(most, hard), hard))
    try:
        read_file(order)
    except MemoryError:
        sys.exit(1)
    except Exception:
        sys.excepthook(*sys.exc_info())
        sys.exit(_FAULT)


def _too_slow(name: str, seconds: float) -> Problem:
    zh = f"文件 {seconds:.0f} 秒内没有读完，已停止，没有收下任何数据；请拆分，或另存为 csv 后重新上传"
    en = f"the file was not read within {seconds:.0f} seconds and was given up; split it, or save it as csv"
    return Problem("too_slow", zh, en, file=name)


def _too_costly(name: str) -> Problem:
    zh = "读取文件所需的内存超出限制，已停止，没有收下任何数据；请拆分，或另存为 csv 后重新上传"
    en = "reading the file takes more memory than is allowed and was given up; split it, or save it as csv"
    return Problem("too_costly", zh, en, file=name)


def _fault(name: str) -> Problem:
    zh = "读取文件时程序出错，已记入日志，没有收下任何数据；请另存为新的 xlsx 或 csv 后重新上传"
    en = "a fault of ours while reading the file, written to the log; save it anew as xlsx or csv and hand it in again"
    return Problem("fault", zh, en, file=name)
