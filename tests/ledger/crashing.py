"""Two landings and a fold, or landings that are committed together, in a process that is killed on the way. `python -m
tests.ledger.crashing` begins one for each line of its input ([ledger, moment to end at or "", file operation to end at
or 0, whether together]) and answers how it ended: what takes longest, loading the modules, is done once.
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
from tests.ledger.landing import ATTENDANCE, ORDERS, land, order, table

#: what touches files, by the name that the interpreter gives it
OPERATIONS = ("open", "os.rename", "os.remove", "os.mkdir", "os.chmod")


def work(folder: str, moment: str, operation: int, together: bool) -> None:
    """Land, land again, fold; end at a moment of the second landing or of the fold, or at a file operation.

    With `together` the second landing is several, of two sources; `committed 2` is the second time of a moment.
    """
    second, operations, times = False, 0, 0

    def passed(name: str) -> None:
        nonlocal times
        wanted, _, nth = moment.partition(" #")
        if second and name == wanted:
            times += 1
            if times == int(nth or 1):
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
    if together:
        land_together(ledger)
        return
    land(ledger, table(ORDERS, *late), file="second")
    fold(ledger, "orders", ORDERS, many=2)


def land_together(ledger: Ledger) -> None:
    """Five files of two sources; the third changes what the second says, and the fifth is the second once more."""
    moved = [order(f"R{n}", f"2026-{9 + n % 3 % 2:02d}-05T01:00", f"{n}.00", store=f"S{n % 2}") for n in range(8)]
    hours = [[("E1", "2026-10", n, "S1"), ("E2", "2026-10", n, "S2")] for n in range(2)]
    with ledger.together():
        land(ledger, table(ORDERS, *moved), file="second")
        land(ledger, table(ATTENDANCE, *hours[0]), "attendance", ATTENDANCE, file="hours")
        land(ledger, table(ORDERS, order("R1", "2026-10-06T01:00", "7.00", store="S1")), file="third")
        land(ledger, table(ATTENDANCE, *hours[1]), "attendance", ATTENDANCE, file="hours mended")
        land(ledger, table(ORDERS, *moved), file="second")


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
