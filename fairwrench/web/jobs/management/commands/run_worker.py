"""`run_worker`: the one worker of this machine; takes up again what a killed one left, and tidies up now and then."""

from __future__ import annotations

from typing import Any

from django.core.management import call_command
from django.core.management.base import BaseCommand

from fairwrench.web.jobs.services import jobs_recover
from fairwrench.web.jobs.upkeep import upkeep_begin


class Command(BaseCommand):
    """Recover, then work until told to stop."""

    help = "Run the background worker."

    def add_arguments(self, parser: Any) -> None:
        """`--shared` where several machines run workers; `--batch` to end once nothing waits any more."""
        parser.add_argument("--shared", action="store_true", help="other workers run too: only take up what is silent")
        parser.add_argument("--batch", action="store_true", help="end once nothing waits any more")

    def handle(self, *args: Any, shared: bool = False, batch: bool = False, **options: Any) -> None:
        """Recover, then work."""
        jobs_recover(everything=not shared)
        if not batch:
            upkeep_begin(shared=shared)
        call_command("db_worker", "--interval", "0.5", "--no-startup-delay", *(["--batch"] if batch else []))
