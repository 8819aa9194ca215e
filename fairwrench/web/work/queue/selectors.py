"""What of jobs somebody may see: those that concern them, with the reasons of a failure that are theirs to know."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from uuid import UUID

from django.core.exceptions import PermissionDenied
from django.db.models import Exists, OuterRef, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.ui.words import of
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import About, Access, kinds_of_work

#: problems of the program itself, which name nobody and nothing that was handed in
OF_THE_PROGRAM = ("fault", "worker_died", "ledger_ahead")
#: for how long whoever began it is reminded of what failed
RECENT = timedelta(days=14)


def job_seen(*, job_id: UUID, user: User) -> Job:
    """A job as `job_shown` gives it, for whom it concerns; PermissionDenied for everybody else."""
    job = get_object_or_404(Job, pk=job_id)
    if not (_access(job).seen_by(job, user) or _operates(user)):
        raise PermissionDenied("job")
    return job_shown(job=job, user=user)


def job_to_retry(*, job_id: UUID, user: User) -> Job:
    """A job for somebody who may begin it anew; PermissionDenied for everybody else."""
    job = get_object_or_404(Job, pk=job_id)
    if not _retries(job, user):
        raise PermissionDenied("job")
    return job


def job_shown(*, job: Job, user: User) -> Job:
    """The job as a page shows it to somebody, never to be saved: with the problems that are told to them alone, and
    `retried` where it failed and they may begin it anew."""
    jobs_named([job], user=user)
    told = _access(job).told(job, user) if job.problems else []
    job.problems = [each for each in job.problems if each["code"] in OF_THE_PROGRAM or each in told]
    job.retried = job.state == Job.State.FAILED and _retries(job, user)
    return job


def jobs_named(jobs: Iterable[Job], *, user: User) -> list[Job]:
    """Some jobs, each with what it is called and what it is about; a few queries for all of them."""
    every, kinds = list(jobs), dict[str, list[Job]]()
    for job in every:
        kinds.setdefault(job.kind, []).append(job)
    for of_kind in kinds.values():
        access = _access(of_kind[0])
        named = access.named(of_kind, user)
        for job in of_kind:
            about = named.get(job.pk, About(""))
            job.called, job.about, job.about_url = of(access.words), about.text, about.url
    return every


def jobs_seen(*, user: User) -> QuerySet[Job]:
    """The jobs that a user began; administrators see everybody's."""
    found = Job.objects.select_related("by__employee").defer("result")
    return found if _operates(user) else found.filter(by=user)


def jobs_failed(*, user: User) -> QuerySet[Job]:
    """Of these, those that failed lately and that nobody has begun anew since."""
    again = Job.objects.filter(key=OuterRef("key"), made_at__gt=OuterRef("made_at"))
    since = timezone.now() - RECENT
    return jobs_seen(user=user).filter(~Exists(again), state=Job.State.FAILED, made_at__gt=since)


def _access(job: Job) -> Access:
    kind = kinds_of_work().get(job.kind)
    return kind.access if kind else Access()


def _retries(job: Job, user: User) -> bool:
    return _access(job).retried_by(job, user) or _operates(user)


def _operates(user: User) -> bool:
    return may(user, "operation.view", about=GROUP)
