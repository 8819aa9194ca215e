"""Jobs begun, run, and taken up again after their worker died."""

from __future__ import annotations

import logging
from dataclasses import asdict
from datetime import timedelta
from typing import Any
from uuid import uuid4

from django.db import IntegrityError, transaction
from django.db.models import F, Q, QuerySet
from django.utils import timezone
from django_tasks import task

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.jobs.lease import SILENCE, Heartbeat
from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.work import KINDS, Lost, Progress
from fairwrench.web.people.models import User

logger = logging.getLogger(__name__)
ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)
#: a job that waited for so long is put in the queue once more, as it may be in none; it runs once all the same
WAITED = timedelta(minutes=10)
#: how often work is begun at most; what ends its worker each time is not begun for ever
ATTEMPTS = 3


def job_start(*, kind: str, key: str, by: User | None, anew: bool = False, **arguments: Any) -> Job:
    """Begin a piece of work, or give the one with the same key that is under way.

    With `anew`, work that is running already is done once more after it ends: it may have read before what came now.
    """
    if kind not in KINDS:
        raise ValueError(f"no kind of work is called {kind}")
    while (found := _under_way(key, anew)) is None:
        try:
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, by=by, arguments=arguments)
        except IntegrityError:  # somebody else began it since we looked
            continue
        _enqueue(job)
        return job
    return found


def _under_way(key: str, anew: bool) -> Job | None:
    """The job with a key that is under way, noted to be done anew where asked for; None when it ended meanwhile."""
    if anew:
        Job.objects.filter(key=key, state=Job.State.RUNNING).update(anew=True)
    found = Job.objects.filter(key=key, state__in=ACTIVE).first()
    return None if found is None or (anew and found.state == Job.State.RUNNING and not found.anew) else found


def _enqueue(job: Job) -> None:
    transaction.on_commit(lambda: run_job.enqueue(str(job.id)))


def job_retry(*, job: Job) -> Job:
    """Begin failed work anew, under its own record; where the same work is under way already, that one is given."""
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    try:
        with transaction.atomic():
            begun = failed.update(state=Job.State.QUEUED, done=0, total=0, attempts=0, heard_at=timezone.now())
    except IntegrityError:
        return Job.objects.filter(key=job.key, state__in=ACTIVE).first() or Job.objects.get(pk=job.pk)
    if begun:
        _enqueue(job)
    return Job.objects.get(pk=job.pk)


def jobs_recover(*, everything: bool = False) -> int:
    """Put back the jobs whose worker died, or died before it took them; `everything` when no worker can be alive.

    Returns how many. Work that ended its worker `ATTEMPTS` times has failed.
    """
    return sum(_recovered(job) for job in (Job.objects.filter(state__in=ACTIVE) if everything else _silent()))


def _silent() -> QuerySet[Job]:
    """The running jobs whose worker does not say any more that it lives, and those that wait in no queue perhaps."""
    now = timezone.now()
    queued = Q(state=Job.State.QUEUED)
    waited = Q(heard_at__lt=now - WAITED) | Q(heard_at=None, made_at__lt=now - WAITED)
    return Job.objects.filter(Q(state=Job.State.RUNNING, heard_at__lt=now - SILENCE) | (queued & waited))


def _recovered(job: Job) -> bool:
    """Put one job back, unless it moved on since it was looked at."""
    if job.attempts >= ATTEMPTS and job.state == Job.State.RUNNING:
        return _end(job, Job.State.FAILED, problems=[asdict(_deadly(job))])
    now = timezone.now()
    as_seen = Job.objects.filter(pk=job.pk, state=job.state, claim=job.claim, heard_at=job.heard_at)
    back = as_seen.update(state=Job.State.QUEUED, claim=None, heard_at=now, done=0, total=0)
    if back:
        _enqueue(job)
    return bool(back)


@task()
def run_job(job_id: str) -> None:
    """Run a job that waits; one that runs or ended is left alone, so that it may be enqueued more often than needed."""
    claim = uuid4()
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        claim=claim,
        heard_at=timezone.now(),
        attempts=F("attempts") + 1,
        anew=False,
        problems=[],
        result={},
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    job.claim = claim
    try:
        with Heartbeat(job):
            result = KINDS[job.kind](Progress(job), **job.arguments)
    except Lost:
        logger.warning("job %s was taken for dead and is another worker's; what this one did does not count", job.pk)
    except Refused as refused:
        _end(job, Job.State.FAILED, problems=[asdict(problem) for problem in refused.problems])
    except Exception:
        logger.exception("job %s failed", job.id)
        _end(job, Job.State.FAILED, problems=[asdict(_fault(job))])
    else:
        _end(job, Job.State.DONE, result=result)


def _end(job: Job, state: str, **told: Any) -> bool:
    """Write down how a job ended, and begin it again where somebody asked for that while it ran.

    False, with nothing written, where the job is another worker's by now.
    """
    mine = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
    if not mine.update(state=state, claim=None, finished_at=timezone.now(), **told):
        logger.warning("job %s is another worker's; how it ended here does not count", job.pk)
        return False
    if Job.objects.filter(pk=job.pk, anew=True).exists():
        job_start(kind=job.kind, key=job.key, by=job.by, **job.arguments)
    return True


def _fault(job: Job) -> Problem:
    zh = f"程序出错，已记入日志（编号 {job.id}）；没有留下做了一半的结果，可以重试"
    en = f"a fault of ours, written to the log (number {job.id}); nothing half-done was left, you may try again"
    return Problem("fault", zh, en)


def _deadly(job: Job) -> Problem:
    zh = f"后台进程在此任务中意外终止了 {job.attempts} 次，可能内存不足；没有留下做了一半的结果，可以重试"
    en = f"the worker died in this work {job.attempts} times, perhaps of memory; nothing half-done was left, try again"
    return Problem("worker_died", zh, en)
