"""The organisation: who works where since when."""

from __future__ import annotations

from django.apps import AppConfig
from django.core import checks


class OrgConfig(AppConfig):
    """The app of the organisation."""

    name = "fairwrench.web.org"
    label = "org"
    verbose_name = "组织"

    def ready(self) -> None:
        """Have a database of 0.1 refused."""
        from fairwrench.web.org.older import older_tables  # noqa: PLC0415  Django asks for it once apps are there

        checks.register(older_tables, checks.Tags.database)
