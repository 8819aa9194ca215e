"""The demo: a sample group to click through."""

from __future__ import annotations

from django.apps import AppConfig
from django.conf import settings


class DemoConfig(AppConfig):
    """The app of the demo."""

    name = "fairwrench.web.demo"
    label = "demo"
    verbose_name = "演示"

    def ready(self) -> None:
        """Show the logins, in the demo only."""
        from fairwrench.web.demo.logins import logins_show  # noqa: PLC0415  models may be imported only now

        if settings.DEMO:
            logins_show()
