"""What the worker does now and then beside its jobs: takes up what other workers lost, and tidies up.

Chores run beside jobs, of this worker and of others, and may be killed at any moment: each asks what is needed before
it removes anything, and bears being done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable
from datetime import timedelta
from threading import Event, Thread
from time import monotonic

from django.db import close_old_connections
from django.utils import timezone
from django_tasks_db.models import DBTaskResult

from fairwrench.web.jobs.services import jobs_recover
from fairwrench.web.people.expiry import expired_forget
from fairwrench.web.people.roster_kept import rosters_tidy
from fairwrench.web.ui.scratch import scratch_tidy

logger = logging.getLogger(__name__)
#: a chore tells how much it removed
Chore = Callable[[], int]
CHORES: list[Chore] = [expired_forget, rosters_tidy, scratch_tidy]
#: seconds between looks for lost jobs, and between tidyings
LOOK, TIDY = 60.0, 3600.0
#: how long the queue keeps what ended, for an administrator who looks into a failure
KEEP_QUEUE = timedelta(days=14)


def chore(function: Chore) -> Chore:
    """Declare a chore (in an app's module `tasks`, so that the worker knows it)."""
    CHORES.append(function)
    return function


@chore
def queue_forget() -> int:
    """Remove what ended in the queue a while ago: how a job went stands in `Job`. Returns how many rows."""
    ended = DBTaskResult.objects.finished().filter(finished_at__lt=timezone.now() - KEEP_QUEUE)
    return int(ended.delete()[0])


def upkeep_begin(*, shared: bool) -> None:
    """Begin to look after things in a thread that ends with the process; lost jobs only where other workers run."""
    Thread(target=upkeep, args=(Event(), shared), name="upkeep", daemon=True).start()


def tidy() -> int:
    """Do every chore once; returns how much was removed. One that fails keeps no other from being done."""
    return sum(_done(each) for each in CHORES)


def upkeep(ended: Event, shared: bool) -> None:
    """Until told to end: look for lost jobs each minute, tidy up each hour, the first time at once."""
    due = monotonic()
    while True:
        close_old_connections()
        if shared:
            _done(jobs_recover)
        if monotonic() >= due:
            tidy()
            due = monotonic() + TIDY
        if ended.wait(LOOK):
            return


def _done(act: Chore) -> int:
    try:
        return act()
    except Exception:  # whatever it is, the next time it may work
        logger.exception("upkeep: %s failed", getattr(act, "__name__", act))
        return 0
