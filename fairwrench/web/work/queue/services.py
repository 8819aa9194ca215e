"""Jobs begun, run, and taken up again after their worker died. The rows of `Job` that wait are the queue (`queue`)."""

from __future__ import annotations

import logging
from dataclasses import asdict
from typing import Any
from uuid import UUID, uuid4

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import F, QuerySet
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.log.doing import done_as
from fairwrench.web.access.models import User
from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.kinds import Lost, Progress, kinds_of_work
from fairwrench.web.work.queue.lease import SILENCE, Heartbeat

logger = logging.getLogger(__name__)
ACTIVE = (Job.State.QUEUED, Job.State.RUNNING)
#: how often work is begun at most; what ends its worker each time is not begun for ever
ATTEMPTS = 3


def job_start(*, kind: str, key: str, by: User | None, rerun: bool = False, **arguments: Any) -> Job:
    """Begin a piece of work, or give the one with the same key that is under way.

    With `rerun`, work that is running already is done once more after it ends: it may have read before what came now.
    """
    if kind not in kinds_of_work():
        raise ValueError(f"no kind of work is called {kind}")
    while (found := _under_way(key, rerun)) is None:
        try:
            # a savepoint: in PostgreSQL the failed insert would else spoil the caller's transaction
            with transaction.atomic():
                job = Job.objects.create(kind=kind, key=key, by=by, arguments=arguments)
        except IntegrityError:  # somebody else began it since we looked
            continue
        _at_once(job)
        return job
    return found


def _under_way(key: str, rerun: bool) -> Job | None:
    """The job with a key that is under way, noted to be done anew where asked for; None when it ended meanwhile."""
    # marked before it is looked for: what is found running without the mark began in between, and is marked next
    if rerun:
        Job.objects.filter(key=key, state=Job.State.RUNNING).update(rerun_requested=True)
    found = Job.objects.filter(key=key, state__in=ACTIVE).first()
    return (
        None if found is None or (rerun and found.state == Job.State.RUNNING and not found.rerun_requested) else found
    )


def _at_once(job: Job) -> None:
    """Run a job where it was begun, in an installation that has no worker, as tests are."""
    if settings.JOBS_AT_ONCE:
        transaction.on_commit(lambda: job_run(job_id=job.pk))


def job_retry(*, job: Job) -> Job:
    """Begin failed work anew, under its own record; where the same work is under way already, that one is given."""
    failed = Job.objects.filter(pk=job.pk, state=Job.State.FAILED)
    try:
        with transaction.atomic():
            begun = failed.update(state=Job.State.QUEUED, done=0, total=0, attempts=0, heard_at=timezone.now())
    except IntegrityError:
        return Job.objects.filter(key=job.key, state__in=ACTIVE).first() or Job.objects.get(pk=job.pk)
    if begun:
        _at_once(job)
    return Job.objects.get(pk=job.pk)


def jobs_recover(*, everything: bool = False) -> int:
    """Put back the jobs whose worker died; `everything` that runs when no worker can be alive.

    Returns how many. Work that ended its worker `ATTEMPTS` times has failed.
    """
    return sum(_recovered(job) for job in (_running() if everything else _silent()))


def _running() -> QuerySet[Job]:
    return Job.objects.filter(state=Job.State.RUNNING)


def _silent() -> QuerySet[Job]:
    """The running jobs whose worker does not say any more that it lives."""
    return _running().filter(heard_at__lt=timezone.now() - SILENCE)


def _recovered(job: Job) -> bool:
    """Put one job back, unless it moved on since it was looked at."""
    if job.attempts >= ATTEMPTS:
        return _end(job, Job.State.FAILED, problems=[asdict(_deadly(job))])
    # with the beat that was seen: a worker that was heard of since keeps its job
    as_seen = _running().filter(pk=job.pk, claim=job.claim, heard_at=job.heard_at)
    back = as_seen.update(state=Job.State.QUEUED, claim=None, heard_at=timezone.now(), done=0, total=0)
    if back:
        _at_once(job)
    return bool(back)


def job_run(*, job_id: UUID) -> None:
    """Run a job that waits; one that runs or ended is left alone: of two who ask for it, one runs it."""
    claim = uuid4()
    # asked and written at once: of two workers the database gives it to one
    claimed = Job.objects.filter(pk=job_id, state=Job.State.QUEUED).update(
        state=Job.State.RUNNING,
        claim=claim,
        heard_at=timezone.now(),
        # counted as it begins: what kills its worker never comes to an end
        attempts=F("attempts") + 1,
        rerun_requested=False,
        problems=[],
        result={},
    )
    if not claimed:
        return
    job = Job.objects.get(pk=job_id)
    job.claim = claim
    try:
        # the log tells who asked for the work: the worker has no request of anybody
        with Heartbeat(job), done_as(by=job.by):
            result = kinds_of_work()[job.kind].run(Progress(job), **job.arguments)
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
    # asked once the end is written: a mark made before is seen, one that comes too late begins a job itself
    if Job.objects.filter(pk=job.pk, rerun_requested=True).exists():
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
