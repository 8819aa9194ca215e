"""Prints docs/roles.md."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand
from django.utils import translation

from fairwrench.web.access.roles import table


class Command(BaseCommand):
    """The roles, their permissions and the pages these open, as Markdown."""

    help = "Print which role may open which page, as Markdown (docs/roles.md)."

    def handle(self, *args: Any, **options: Any) -> None:
        """Print."""
        with translation.override("en"):
            self.stdout.write(table(), ending="")
