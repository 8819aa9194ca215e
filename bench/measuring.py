"""One piece of work, alone in a process of its own: how long it took and how much memory the process had at most."""

from __future__ import annotations

import json
import resource
import subprocess
import sys
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from pkgutil import resolve_name
from typing import Any

ANSWER = "bench answers: "


@dataclass(frozen=True)
class Measured:
    """`seconds` of the work itself, without starting Python, and `cpu` seconds of all its threads; `memory` in MB is
    the whole process's at its peak; `said` is what else the work had to tell."""

    seconds: float
    cpu: float
    memory: float
    said: dict[str, Any] = field(default_factory=dict)


def clocked(work: Callable[[], Any]) -> tuple[dict[str, Any], Any]:
    """What a piece of work takes (`seconds` by the clock, `cpu` of all threads), and what it gives."""
    began, busy = time.perf_counter(), time.process_time()
    given = work()
    return {"seconds": time.perf_counter() - began, "cpu": time.process_time() - busy}, given


def apart(task: str, *words: str) -> Measured:
    """Run `module:function` of this package in a process of its own; it gets words and gives a dict with `seconds`."""
    command = [sys.executable, "-m", "bench.measuring", task, *words]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    answers = [line for line in done.stdout.splitlines() if line.startswith(ANSWER)]
    if done.returncode or not answers:
        raise RuntimeError(f"{task} {' '.join(words)} failed:\n{done.stderr[-4000:]}")
    said = json.loads(answers[-1].removeprefix(ANSWER))
    return Measured(said.pop("seconds"), said.pop("cpu"), said.pop("memory"), said)


def median(runs: Sequence[Measured]) -> Measured:
    """The run with the median of seconds (the lower of two), with the most memory of all."""
    middle = sorted(runs, key=lambda run: run.seconds)[(len(runs) - 1) // 2]
    return replace(middle, memory=max(run.memory for run in runs))


def peak() -> float:
    """The most memory that this process had, in MB."""
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


def main() -> None:
    """Run one task and print its answer as the last line."""
    said = resolve_name(f"bench.{sys.argv[1]}")(*sys.argv[2:])
    print(ANSWER + json.dumps({**said, "memory": peak()}))


if __name__ == "__main__":
    main()
