"""`run_worker`: a worker; takes up again what a killed one left, works off the queue, and tidies up now and then."""

from __future__ import annotations

import signal
from threading import Event
from typing import Any

from django.core.management.base import BaseCommand
from django.db import close_old_connections

from fairwrench.web.work.queue.chores import upkeep_begin
from fairwrench.web.work.queue.queue import work_off
from fairwrench.web.work.queue.services import jobs_recover


class Command(BaseCommand):
    """Recover, then work until told to stop."""

    help = "Run the background worker."

    def add_arguments(self, parser: Any) -> None:
        """`--shared` where several machines run workers; `--batch` to end once nothing waits any more."""
        parser.add_argument("--shared", action="store_true", help="other workers run too: only take up what is silent")
        parser.add_argument("--batch", action="store_true", help="end once nothing waits any more")

    def handle(self, *args: Any, shared: bool = False, batch: bool = False, **options: Any) -> None:
        """Recover, then work. Told to stop, it finishes its job; told twice, it ends at once, and the job is done again
        by the next worker."""
        # alone, nobody else can be alive: whatever runs was left by a killed worker
        jobs_recover(everything=not shared)
        if not batch:
            upkeep_begin(shared=shared)
        ended = Event()

        def stop(number: int, _frame: object) -> None:
            if ended.is_set():
                raise SystemExit(128 + number)
            ended.set()

        for each in (signal.SIGINT, signal.SIGTERM):
            signal.signal(each, stop)
        work_off(ended=ended, batch=batch, between=close_old_connections)
