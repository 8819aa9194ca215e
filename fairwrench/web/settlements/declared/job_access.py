"""Whom the background work of months concerns, and what of its outcome is told to whom."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any
from uuid import UUID

from django.urls import reverse

from fairwrench.closing.check.verification import WORDS
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may, opens
from fairwrench.web.access.targets import GROUP
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.words import pick
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, Problems
from fairwrench.web.work.queue.selectors import job_shown


def _sees_months(job: Job, user: User) -> bool:
    return opens(user, "settlements.view") or job.by_id == user.pk


def _settles(_job: Job, user: User) -> bool:
    return may(user, "settlements.settle", about=GROUP)


def _told_of_month(job: Job, user: User) -> Problems:
    """The reasons that concern nobody but people of the stores seen, by the month's latest run."""
    cycle = Cycle.objects.filter(month=job.arguments.get("month", "")).first()
    # its results say where the people work that a problem names; without one only the whole group is told
    run = cycle.runs.filter(whole=True).order_by("-id").first() if cycle else None
    return Extent.of(user).problems_of_job(job.problems, run)


def _verifies(_job: Job, user: User) -> bool:
    return opens(user, "settlements.verify")


def _told_of_check(job: Job, user: User) -> Problems:
    # a check names people of every store
    extent = Extent.of(user)
    return list(job.problems) if extent.whole and extent.pays else []


def _months_named(jobs: Sequence[Job], user: User) -> dict[UUID, About]:
    """The months that jobs are about."""
    return _of_months({job.pk: str(job.arguments.get("month", "")) for job in jobs}, user)


def _of_months(months: Mapping[UUID, str | None], user: User) -> dict[UUID, About]:
    """Job → its month, which leads there for who may open it."""
    there = opens(user, "settlements.view")
    urls = {month: reverse("settlements:month", args=[month]) if there else "" for month in months.values() if month}
    return {pk: About(month, urls[month]) for pk, month in months.items() if month}


def _checks_named(jobs: Sequence[Job], user: User) -> dict[UUID, About]:
    """The months whose runs jobs check."""
    runs = dict(Run.objects.filter(pk__in=[job.arguments.get("run") for job in jobs]).values_list("pk", "cycle__month"))
    return _of_months({job.pk: runs.get(job.arguments.get("run")) for job in jobs}, user)


OF_MONTH = Access(_sees_months, _settles, _told_of_month, ("锁定数据并核算", "Sealing and settling"), _months_named)
OF_ESTIMATE = replace(OF_MONTH, words=("本月预估", "Working out the month so far"))
OF_TRIAL = Access(words=("试算方案", "Trying a scheme"), named=_months_named)
CHECKED = ("核对锁定的数据", "Checking a seal")
OF_CHECK = Access(_verifies, _verifies, _told_of_check, CHECKED, _checks_named)


@dataclass(frozen=True)
class Check:
    """What came of working a run out again: its job, whether all is equal, what kind of difference there is (in one
    sentence), the differences that concern the reader, and how many there are besides."""

    job: Job
    equal: bool
    verdict: str
    differences: list[dict[str, Any]]
    others: int


def check_shown(*, run: Run, user: User) -> Check | None:
    """The last check of a run as somebody may see it; None where there was none."""
    job = Job.objects.filter(key=f"verify:{run.pk}").order_by("-made_at").first()
    if job is None:
        return None
    every: Problems = job.result.get("differences", [])
    extent = Extent.of(user)
    # a difference names amounts of pay
    seen = extent.problems_of_job(every, run) if extent.pays else []
    equal, others = bool(job.result.get("equal")), len(every) - len(seen)
    return Check(job_shown(job=job, user=user), equal, _verdict(job.result.get("cause")), seen, others)


def _verdict(cause: str | None) -> str:
    """What kind of difference there is, in one sentence of the page's language; empty where there is none."""
    return pick(*WORDS[cause]) if cause in WORDS else ""
