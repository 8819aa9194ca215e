"""The layout, the components and the words of every page."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks

from fairwrench.web.ui.pdf.needs import checked


class UiConfig(AppConfig):
    """Has no tables of its own."""

    name = "fairwrench.web.ui"
    label = "ui"
    verbose_name = "Layout and components"

    def ready(self) -> None:
        """Have what a PDF needs of the system looked at when the program starts."""
        checks.register(checked)
