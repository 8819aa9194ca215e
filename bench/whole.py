"""The command as people run it: a process from its start to its end, at size S."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

from bench.measuring import Measured
from bench.sizes import MONTH

#: a store that looks real; the sample group makes at least so many people for 2 000 orders
STORE = ("--stores", "1", "--months", "1", "--people", "65", "--orders", "2000")


def sample(folder: Path) -> None:
    """One store's files of one month."""
    subprocess.run([*_command("sample", str(folder)), *STORE], check=True, capture_output=True)


def settle(folder: Path, out: Path) -> Measured:
    """`fairwrench settle` of that month: started, read, checked, landed, settled, written, ended."""
    return _process(_command("settle", str(MONTH), "--data", str(folder), "--out", str(out), "--no-reports"))


def started(*words: str) -> Measured:
    """A command that does little: what is measured is mostly its start."""
    return _process(_command(*words))


def importing(*packages: str) -> Measured:
    """Python itself, from its start to its end, importing so much and doing nothing."""
    return _process([sys.executable, "-c", "; ".join(["pass", *(f"import {package}" for package in packages)])])


def _process(command: list[str]) -> Measured:
    began, before = time.perf_counter(), os.times()
    subprocess.run(command, check=True, capture_output=True)
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.perf_counter() - began, busy, 0.0)


def _command(*words: str) -> list[str]:
    return [sys.executable, "-c", "from fairwrench.cli.main import main; main()", *words]
