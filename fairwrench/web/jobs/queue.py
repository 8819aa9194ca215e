"""The queue: jobs that wait, the one that was begun first comes first. Each worker takes one at a time."""

from __future__ import annotations

from collections.abc import Callable
from threading import Event
from uuid import UUID

from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.services import job_run

#: seconds between looks into an empty queue
LOOK = 0.5


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
        if (job := job_next()) is not None:
            job_run(job_id=job)
        elif batch:
            return
        else:
            ended.wait(LOOK)
