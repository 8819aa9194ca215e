"""Prints docs/workflows.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fairwrench.web.evidence.excuses.workflow import EXCUSES
from fairwrench.web.settlements.corrections.workflow import CORRECTIONS
from fairwrench.web.settlements.months.workflow import MONTHS
from fairwrench.web.work.workflow.table import workflow_table

WORKFLOWS = (MONTHS, CORRECTIONS, EXCUSES)
HEAD = """# Workflows · 流程

Made by `python -m django workflow_tables` from the tables that the application goes by; a test holds it to them. An act
locks its record, compares the version that was seen, asks for the permission about what the record concerns, then asks
what stands in the last column. Sealing and settling a month is work in the background and no line here: it leads from
any state but published over `sealing` to `settled`.

"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(workflow_table(workflow) for workflow in WORKFLOWS)


class Command(BaseCommand):
    """The workflows as tables, as Markdown."""

    help = "Print what may be done with a record in which state, as Markdown (docs/workflows.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        self.stdout.write(page(), ending="")
