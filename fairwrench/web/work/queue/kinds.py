"""The kinds of background work, and how one of them tells how far it is."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words
from fairwrench.web.work.models import Job

#: what a kind of work is: called with its progress and the job's arguments, it returns what came of it
Work = Callable[..., dict[str, Any]]
#: a moment's name ends the process there when the environment asks for it; how tests kill a worker
KILL_AT = "FAIRWRENCH_KILL_AT"


#: problems of a job, as `asdict(Problem)`
Problems = list[dict[str, Any]]


def _own(job: Job, user: User) -> bool:
    return job.by_id is not None and job.by_id == user.pk


def _own_problems(job: Job, user: User) -> Problems:
    return list(job.problems) if _own(job, user) else []


@dataclass(frozen=True)
class About:
    """What a piece of work is about, in words, and where that is shown."""

    text: str
    url: str = ""


def _unnamed(_jobs: Sequence[Job], _user: User) -> Mapping[UUID, About]:
    return {}


@dataclass(frozen=True)
class Access:
    """Whom a kind of work concerns, as the application that declares it says: who sees how far a job is, who may begin
    a failed one anew, and which of the reasons for which it failed are told to somebody.

    Administrators see and begin anew every job, and nobody is told more reasons for that.
    """

    seen_by: Callable[[Job, User], bool] = _own
    retried_by: Callable[[Job, User], bool] = _own
    told: Callable[[Job, User], Problems] = _own_problems
    #: what the kind of work is called, and what jobs of it are about, with addresses that the user may open alone
    words: Words = ("后台任务", "Background work")
    named: Callable[[Sequence[Job], User], Mapping[UUID, About]] = _unnamed


@dataclass(frozen=True)
class KindOfWork:
    """A kind of work by its name, with whom its jobs concern: without `access` whoever began them.

    It may be killed at any moment and begun again, so every step must bear repeating. A worker may also be taken for
    dead while it lives; before its result is written it asks `Progress.hold`.
    """

    name: str
    run: Work
    access: Access = field(default_factory=Access)


def kinds_of_work() -> Mapping[str, KindOfWork]:
    """Every kind of work that an app declares, by name; ValueError for two of one name."""
    kinds = declared(KindOfWork)
    if len(found := {kind.name: kind for kind in kinds}) < len(kinds):
        raise ValueError(f"two kinds of work are called the same: {sorted(kind.name for kind in kinds)}")
    return found


class Lost(Exception):
    """The job is another worker's by now: whatever this one found out does not count."""


class Progress:
    """How a job tells how far it is; also the `Progress` that the core's long work reports to.

    Each step raises Lost once the job was taken away from the worker, so that it stops there.
    """

    def __init__(self, job: Job) -> None:
        self.job = job

    def hold(self) -> None:
        """Make sure that the job is still this worker's, else Lost; asked before what the work comes to is written.

        In a transaction nobody else can take the job before it ends, so that what is written in it is the one result.
        """
        with transaction.atomic():
            if not Job.objects.select_for_update().filter(pk=self.job.pk, claim=self.job.claim).values_list("pk"):
                raise Lost(self.job.pk)

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
        told = {name: getattr(self.job, name) for name in ("done", "total", "doing_zh", "doing_en", "heard_at")}
        # by the claim: another worker that took the job over made a new one
        if not Job.objects.filter(pk=self.job.pk, claim=self.job.claim).update(**told):
            raise Lost(self.job.pk)
        passed(f"{kind}:{what}")


#: the core's kinds of work in words
SAID = {
    "read": ("读取", "Reading"),
    "land": ("导入", "Landing"),
    "settle": ("核算", "Settling"),
    "correct": ("更正", "Correcting"),
    "report": ("生成报表", "Writing"),
    "write": ("保存结果", "Keeping"),
    "verify": ("重新计算", "Recomputing"),
    "digest": ("生成每日汇总", "Making digests"),
    "paper": ("生成 PDF", "Making the PDF"),
}


def passed(moment: str) -> None:
    """Pass a named moment; the process dies there when a test asks for it."""
    if os.environ.get(KILL_AT) == moment:
        # at once, without any cleaning up: that is how a killed process ends
        os._exit(9)
