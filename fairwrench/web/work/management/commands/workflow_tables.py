"""Prints docs/workflows.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand

from fairwrench.web.ui.declarations import declared
from fairwrench.web.work.workflow.table import workflow_table
from fairwrench.web.work.workflow.workflow import Workflow

HEAD = """# Workflows · 流程

Made by `python -m django workflow_tables` from the tables that the application goes by; a test holds it to them. An act
locks its record, compares the version that was seen, asks for the permission about what the record concerns, then asks
what stands in the last column. Sealing and settling a month is work in the background; it passes
through `sealing`. Every step is written down: who, when, what they said, from which state to which.

"""


def page() -> str:
    """The whole page."""
    return HEAD + "\n".join(workflow_table(workflow) for workflow in declared(Workflow))


class Command(BaseCommand):
    """The workflows as tables, as Markdown."""

    help = "Print what may be done with a record in which state, as Markdown (docs/workflows.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        self.stdout.write(page(), ending="")
