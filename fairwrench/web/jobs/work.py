"""The kinds of background work, and how one of them tells how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable
from typing import Any

from django.utils import timezone

from fairwrench.web.jobs.models import Job

#: what a kind of work is: called with its progress and the job's arguments, it returns what came of it
Work = Callable[..., dict[str, Any]]
KINDS: dict[str, Work] = {}
#: a moment's name ends the process there when the environment asks for it; how tests kill a worker
KILL_AT = "FAIRWRENCH_KILL_AT"


def work(kind: str) -> Callable[[Work], Work]:
    """Declare a kind of work. It may be killed at any moment and begun again, so every step must bear repeating."""

    def declare(function: Work) -> Work:
        if kind in KINDS:
            raise ValueError(f"two kinds of work are called {kind}")
        KINDS[kind] = function
        return function

    return declare


class Progress:
    """How a job tells how far it is; also the `Bars` that the core's long work reports to."""

    def __init__(self, job: Job) -> None:
        self.job = job

    def expect(self, kind: str, total: int) -> None:
        """There will be `total` more pieces of this kind of work."""
        self.job.total += total
        self._say(kind, "")

    def step(self, kind: str, what: str) -> None:
        """A piece of work begins; those before it are done."""
        self.job.done = min(self.job.done + 1, self.job.total) if self.job.total else 0
        self._say(kind, what)

    def _say(self, kind: str, what: str) -> None:
        zh, en = SAID.get(kind, (kind, kind))
        self.job.doing_zh, self.job.doing_en = f"{zh} {what}".strip(), f"{en} {what}".strip()
        self.job.heard_at = timezone.now()
        self.job.save(update_fields=["done", "total", "doing_zh", "doing_en", "heard_at"])
        passed(f"{kind}:{what}")


#: the core's kinds of work in words
SAID = {
    "read": ("读取", "Reading"),
    "land": ("导入", "Landing"),
    "settle": ("结算", "Settling"),
    "correct": ("更正", "Correcting"),
    "report": ("生成报表", "Writing"),
    "write": ("保存结果", "Keeping"),
    "verify": ("重新计算", "Recomputing"),
}


def passed(moment: str) -> None:
    """Pass a named moment; the process dies there when a test asks for it."""
    if os.environ.get(KILL_AT) == moment:
        os._exit(9)
