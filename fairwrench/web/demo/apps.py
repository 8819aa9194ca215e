"""The demo: a sample group to click through."""

from __future__ import annotations

from django.apps import AppConfig


class DemoConfig(AppConfig):
    """The app of the demo."""

    name = "fairwrench.web.demo"
    label = "demo"
    verbose_name = "演示"
    optional = True
