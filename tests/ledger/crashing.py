"""Two landings and a fold in a process that is killed on the way. `python -m tests.ledger.crashing` begins one for each
line of its input ([ledger, moment to end at or "", file operation to end at or 0]) and answers how it ended: what takes
longest, loading the modules, is done once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import traceback
from pathlib import Path
from typing import Any

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from tests.ledger.landing import ORDERS, land, order, table

#: what touches files, by the name that the interpreter gives it
OPERATIONS = ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod")


def work(folder: str, moment: str, operation: int) -> None:
    """Land, land again, fold; end at a moment of the second landing or of the fold, or at a file operation."""
    second, operations = False, 0

    def passed(name: str) -> None:
        if second and name == moment:
            _end()

    def watch(event: str, args: tuple[Any, ...]) -> None:
        nonlocal operations
        if event in OPERATIONS and folder in str(args[0]):
            operations += 1
            if operations == operation:
                _end()

    if operation:
        sys.addaudithook(watch)
    ledger = Ledger(Path(folder), failpoint=passed)
    early = [order(f"R{n}", f"2026-{9 + n % 2:02d}-05T01:00", store=f"S{n % 2}") for n in range(6)]
    late = [order(f"R{n}", f"2026-{9 + n % 3 % 2:02d}-05T01:00", f"{n}.00", store=f"S{n % 2}") for n in range(8)]
    land(ledger, table(ORDERS, *early), file="first")
    second = True
    land(ledger, table(ORDERS, *late), file="second")
    fold(ledger, "orders", ORDERS, many=2)


def _end() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def _apart(told: list[Any]) -> int:
    """The exit code of a process that does the work; -9 where it was killed."""
    child = os.fork()
    if child == 0:
        code = 1
        try:
            work(*told)
            code = 0
        except BaseException:
            traceback.print_exc()
        finally:
            os._exit(code)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


if __name__ == "__main__":
    for line in sys.stdin:
        print(_apart(json.loads(line)), flush=True)
