"""The queue: jobs that wait, the one that was begun first comes first. Each worker takes one at a time."""

from __future__ import annotations

import logging
from collections.abc import Callable
from threading import Event
from uuid import UUID

from django.db import DatabaseError

from fairwrench.web.work.models import Job
from fairwrench.web.work.queue.services import job_run

logger = logging.getLogger(__name__)
#: seconds between looks into an empty queue
LOOK = 0.5
#: seconds before a database that did not answer is asked again
PAUSE = 5.0


def job_next() -> UUID | None:
    """The job that waits longest; None while none does."""
    return Job.objects.filter(state=Job.State.QUEUED).order_by("made_at", "pk").values_list("pk", flat=True).first()


def work_off(*, ended: Event, batch: bool = False, between: Callable[[], object] = lambda: None) -> None:
    """Run the jobs that wait, and those that come, until told to end; with `batch` until none waits any more.

    What was begun is finished first; which jobs there are is asked anew each time, as other workers take some.
    `between` is called before each look: a worker that lives for weeks lets go of connections that are no more.
    """
    while not ended.is_set():
        between()
        try:
            if (job := job_next()) is not None:
                job_run(job_id=job)
            elif batch:
                return
            else:
                ended.wait(LOOK)
        except DatabaseError:  # it is locked, or starts anew: the jobs are there when it answers again
            if batch:
                raise
            logger.exception("the queue could not be read")
            ended.wait(PAUSE)
