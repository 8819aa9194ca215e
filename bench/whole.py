"""The command as people run it: a process from its start to its end, at size S; and the web application at rest."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from socket import socket
from urllib.request import urlopen

from bench.measuring import Measured
from bench.sizes import MONTH

#: seconds within which the web application answers, and which it then has to come to rest
READY, REST = 900, 20


@dataclass(frozen=True)
class Group:
    """A sample that looks real, and what else `settle` is told."""

    name: str
    sample: tuple[str, ...]
    options: tuple[str, ...] = ()


STORE = Group("one store, three months, all reports", ("--stores", "1", "--months", "3", "--people", "65"))
GROUP = Group(
    "15 stores, one month, no reports",
    ("--stores", "15", "--months", "1", "--people", "67", "--orders", "2000"),
    ("--no-reports",),
)


def sample(folder: Path, group: Group) -> None:
    """The group's files."""
    folder.parent.mkdir(parents=True, exist_ok=True)
    subprocess.run([*_command("sample", str(folder)), *group.sample], check=True, capture_output=True)


def files(folder: Path) -> int:
    """How many files there are to be read."""
    return sum(1 for path in folder.rglob("*") if path.suffix in (".xlsx", ".csv"))


def settle(folder: Path, out: Path, group: Group) -> Measured:
    """`fairwrench settle` of that month: started, read, checked, landed, settled, written, ended."""
    words = ("settle", str(MONTH), "--data", str(folder), "--out", str(out), *group.options)
    return _process(_command(*words))


def serve(folder: Path) -> Measured:
    """`fairwrench serve --demo`, built, asked for a page and left alone: its memory is that of all its processes, each
    page of memory that several of them share counted once (PSS)."""
    with socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    began, before = time.perf_counter(), os.times()
    command = _command("serve", "--demo", str(folder / "demo"), "--port", str(port))
    server = subprocess.Popen(command, start_new_session=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    try:
        _until_answered(f"http://127.0.0.1:{port}/", server)
        time.sleep(REST)
        held = {f"{_name(pid)} {pid}": _pss(pid) for pid in _session(server.pid)}
    finally:
        server.terminate()
        server.wait()
    after = os.times()
    busy = after.children_user + after.children_system - before.children_user - before.children_system
    return Measured(time.perf_counter() - began, busy, sum(held.values()), {"processes": held})


def _until_answered(url: str, server: subprocess.Popen[bytes]) -> None:
    until = time.monotonic() + READY
    while time.monotonic() < until and server.poll() is None:
        try:
            with urlopen(url, timeout=30):
                return
        except OSError:
            time.sleep(0.5)
    raise RuntimeError("the web application did not answer")


def _session(leader: int) -> list[int]:
    """The processes of a session."""
    there = [int(path.name) for path in Path("/proc").iterdir() if path.name.isdigit()]
    return [pid for pid in there if _stat(pid)[3:4] == [str(leader)]]


def _stat(pid: int) -> list[str]:
    """What `/proc/PID/stat` says after the name in brackets: state, parent, group, session, …"""
    try:
        return Path(f"/proc/{pid}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()
    except OSError:
        return []


def _pss(pid: int) -> float:
    told = Path(f"/proc/{pid}/smaps_rollup").read_text(encoding="utf-8")
    return next(int(line.split()[1]) / 1024 for line in told.splitlines() if line.startswith("Pss:"))


def _name(pid: int) -> str:
    words = Path(f"/proc/{pid}/cmdline").read_text(encoding="utf-8").split("\0")
    known = ("gunicorn", "run_worker", "forkserver", "resource_tracker", "serve")
    return next((name for name in known if any(name in word for word in words)), words[0])


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
