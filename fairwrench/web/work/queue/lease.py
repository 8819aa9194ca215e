"""A running job is its worker's as long as that one says that it lives, however long the work itself is silent."""

from __future__ import annotations

import logging
from datetime import timedelta
from threading import Event, Thread
from types import TracebackType

from django.db import DatabaseError, connection
from django.utils import timezone

from fairwrench.web.work.models import Job

logger = logging.getLogger(__name__)
#: a running job whose worker was not heard of for so long is taken away from it
SILENCE = timedelta(minutes=2)
#: how often a worker is heard of; some beats may fail before the job is lost
BEAT = timedelta(seconds=20)


class Heartbeat:
    """While it is entered, a thread with a connection of its own says now and then that the job's worker lives.

    It ends of itself where the job is another worker's by now; the work hears of that at its next step
    (`work.Progress`).
    """

    def __init__(self, job: Job) -> None:
        self._job = Job.objects.filter(pk=job.pk, claim=job.claim, state=Job.State.RUNNING)
        self._ended = Event()
        self._thread = Thread(target=self._beat, name=f"heartbeat {job.pk}", daemon=True)

    def __enter__(self) -> Heartbeat:
        """Begin."""
        self._thread.start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """End, and wait for a beat that is under way."""
        self._ended.set()
        self._thread.join()

    def _beat(self) -> None:
        try:
            while not self._ended.wait(BEAT.total_seconds()):
                if not self._heard():
                    return
        finally:
            # the thread has a connection of its own, which nobody else closes
            connection.close()

    def _heard(self) -> bool:
        """Whether the job is still this worker's; a database that does not answer now is asked again later."""
        try:
            return bool(self._job.all().update(heard_at=timezone.now()))
        except DatabaseError:
            logger.warning("a heartbeat could not be written", exc_info=True)
            connection.close()
            return True
