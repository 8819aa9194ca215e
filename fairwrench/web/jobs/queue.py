"""The queue: jobs that wait, the one that was begun first comes first. Each worker takes one at a time."""

from __future__ import annotations

from threading import Event
from uuid import UUID

from django.db import close_old_connections

from fairwrench.web.jobs.models import Job
from fairwrench.web.jobs.services import job_run

#: seconds between looks into an empty queue
LOOK = 0.5


def job_next() -> UUID | None:
    """The job that waits longest; None while none does."""
    return Job.objects.filter(state=Job.State.QUEUED).order_by("made_at", "pk").values_list("pk", flat=True).first()


def work_off(*, ended: Event, batch: bool = False) -> None:
    """Run the jobs that wait, and those that come, until told to end; with `batch` until none waits any more.

    What was begun is finished first; which jobs there are is asked anew each time, as other workers take some.
    """
    while not ended.is_set():
        close_old_connections()
        if (job := job_next()) is not None:
            job_run(job_id=job)
        elif batch:
            return
        else:
            ended.wait(LOOK)
