"""The layout, the components and the words of every page."""

from __future__ import annotations

from django.apps import AppConfig


class UiConfig(AppConfig):
    """Has no tables of its own."""

    name = "fairwrench.web.ui"
    label = "ui"
    verbose_name = "Layout and components"
