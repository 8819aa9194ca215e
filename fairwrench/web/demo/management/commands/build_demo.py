"""`build_demo FOLDER`: the demo group in this installation's database and ledger."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from fairwrench.web.demo.group import MONTHS, demo_build, is_built


class Command(BaseCommand):
    """Build the demo unless it stands."""

    help = "Build the demo group; only where FAIRWRENCH_DEMO=1, since its passwords are known to everybody."

    def add_arguments(self, parser: Any) -> None:
        """FOLDER, and smaller groups for tests."""
        parser.add_argument("folder", type=Path)
        parser.add_argument("--stores", type=int, default=3)
        parser.add_argument("--months", type=int, default=MONTHS)

    def handle(self, *args: Any, folder: Path, stores: int, months: int, **options: Any) -> None:
        """Build, telling each month that is published."""
        if not settings.DEMO:
            raise CommandError("the demo's passwords are known to everybody; set FAIRWRENCH_DEMO=1 to build it here")
        if not is_built():
            demo_build(folder=folder, bars=self, stores=stores, months=months)

    def expect(self, kind: str, total: int) -> None:
        """Nothing is shown ahead."""

    def step(self, kind: str, what: str) -> None:
        """A month is done."""
        if kind == "settle":
            self.stdout.write(f"  {what}")
            self.stdout.flush()
