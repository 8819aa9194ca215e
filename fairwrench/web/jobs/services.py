"""Jobs begun, run, and taken up again after their worker died."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any

from django.db import IntegrityError, transaction
from django.utils import timezone
from django_tasks import task

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.work import KINDS, Progress
from fairwrench.web.people.models import User

logger = logging.getLogger(__name__)
#: a running job that was not heard of for so long has lost its worker
SILENCE = timedelta(minutes=10)
ATTEMPTS = 3


def job_start(*, kind: str, key: str, by: User | None, **arguments: Any) -> Job:
    """Begin a piece of work, or give the one with the same key that is under way."""
    if kind not in KINDS:
        raise ValueError(f"no kind of work is called {kind}")
    try:
        with transaction.atomic():
            job = Job.objects.create(kind=kind, key=key, by=by, arguments=arguments)
    except IntegrityError:
        return Job.objects.get(key=key, state__in=[Job.State.QUEUED, Job.State.RUNNING])
    transaction.on_commit(lambda: run_job.enqueue(str(job.id)))
    return job


def job_retry(*, job: Job) -> Job:
    """Begin failed work anew, under its own record."""
    if job.state == Job.State.FAILED:
        Job.objects.filter(pk=job.pk, state=Job.State.FAILED).update(state=Job.State.QUEUED, done=0, total=0)
        transaction.on_commit(lambda: run_job.enqueue(str(job.id)))
    return Job.objects.get(pk=job.pk)


def jobs_recover(*, everything: bool = False) -> int:
    """Put back the jobs whose worker died; `everything` when no worker can be alive. Returns how many."""
    lost = Job.objects.filter(state=Job.State.RUNNING)
    if not everything:
        lost = lost.filter(heard_at__lt=timezone.now() - SILENCE)
    found = list(lost)
    for job in found:
        Job.objects.filter(pk=job.pk).update(state=Job.State.QUEUED, done=0, total=0)
        run_job.enqueue(str(job.id))
    return len(found)


@task()
def run_job(job_id: str) -> None:
    """Run a job that waits; one that runs or ended is left alone."""
    now = timezone.now()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING, heard_at=now, problems=[], result={}
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    job.attempts += 1
    job.save(update_fields=["attempts"])
    try:
        job.result = KINDS[job.kind](Progress(job), **job.arguments)
        job.state = Job.State.DONE
    except Refused as refused:
        job.state, job.problems = Job.State.FAILED, [asdict(problem) for problem in refused.problems]
    except Exception:
        logger.exception("job %s failed", job.id)
        job.state, job.problems = Job.State.FAILED, [asdict(_fault(job))]
    job.finished_at = timezone.now()
    job.save(update_fields=["state", "result", "problems", "finished_at", "done", "total"])


def _fault(job: Job) -> Problem:
    zh = f"程序出错，已记入日志（编号 {job.id}）；没有留下做了一半的结果，可以重试"
    en = f"a fault of ours, written to the log (number {job.id}); nothing half-done was left, you may try again"
    return Problem("fault", zh, en)
