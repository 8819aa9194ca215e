"""One piece of work, alone in a process of its own: how long it took and how much memory the process had at most."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from importlib import import_module
from typing import Any

ANSWER = "bench answers: "


@dataclass(frozen=True)
class Measured:
    """`seconds` of the work itself, without starting Python; `memory` in MB is the whole process's at its peak;
    `said` is what else the work had to tell."""

    seconds: float
    memory: float
    said: dict[str, Any] = field(default_factory=dict)


def clocked(work: Callable[[], Any]) -> tuple[float, Any]:
    """Seconds that a piece of work takes, and what it gives."""
    began = time.perf_counter()
    given = work()
    return time.perf_counter() - began, given


def apart(task: str, *words: str) -> Measured:
    """Run `module:function` of this package in a process of its own; it gets words and gives a dict with `seconds`."""
    command = [sys.executable, "-m", "bench.measuring", task, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith(ANSWER)]
    if done.returncode or not answers:
        raise RuntimeError(f"{task} {' '.join(words)} failed:\n{done.stderr[-4000:]}")
    said = json.loads(answers[-1].removeprefix(ANSWER))
    return Measured(said.pop("seconds"), said.pop("memory"), said)


def peak() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run one task and print its answer as the last line."""
    module, _, function = sys.argv[1].partition(":")
    said = getattr(import_module(f"bench.{module}"), function)(*sys.argv[2:])
    print(ANSWER + json.dumps({**said, "memory": peak()}))


if __name__ == "__main__":
    main()
