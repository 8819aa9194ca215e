"""What the worker does now and then beside its jobs: takes up what other workers lost, and tidies up.

Chores run beside jobs, of this worker and of others, and may be killed at any moment: each asks what is needed before
it removes anything, and bears being done again.
"""

from __future__ import annotations

import logging
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from threading import Event, Thread

from cronsim import CronSim
from django.db import close_old_connections
from django.utils import timezone

from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.queue.services import jobs_recover

logger = logging.getLogger(__name__)
#: seconds between looks for lost jobs and for chores that are due
LOOK = 60.0
EACH_HOUR, EACH_NIGHT = "7 * * * *", "30 2 * * *"


@dataclass(frozen=True)
class Chore:
    """What an app has done when a line of cron says, in the installation's time; it tells how much it removed."""

    act: Callable[[], int]
    cron: str = EACH_HOUR

    def due_after(self, moment: datetime) -> datetime:
        """When it is due next."""
        return next(CronSim(self.cron, moment))


def upkeep_begin(*, shared: bool) -> None:
    """Begin to look after things in a thread that ends with the process; lost jobs only where other workers run."""
    Thread(target=upkeep, args=(Event(), shared), name="upkeep", daemon=True).start()


def tidy(chores: Iterable[Chore]) -> int:
    """Do some chores; returns how much was removed. One that fails keeps no other from being done."""
    return sum(_done(each.act) for each in chores)


def upkeep(ended: Event, shared: bool) -> None:
    """Until told to end: look for lost jobs each minute, and do what is due; everything once at the beginning, as a
    machine may be off at night."""
    chores = declared(Chore)
    due = dict.fromkeys(chores, timezone.localtime())
    while True:
        # the thread lives for weeks and would keep a connection that the database has closed
        close_old_connections()
        if shared:
            _done(jobs_recover)
        now = timezone.localtime()
        ready = [each for each in chores if due.get(each, now) <= now]
        tidy(ready)
        due |= {each: each.due_after(now) for each in ready}
        if ended.wait(LOOK):
            return


def _done(act: Callable[[], int]) -> int:
    try:
        return act()
    except Exception:  # whatever it is, the next time it may work
        logger.exception("upkeep: %s failed", getattr(act, "__name__", act))
        return 0
