"""The organisation: who works where since when."""

from __future__ import annotations

from django.apps import AppConfig


class OrgConfig(AppConfig):
    """The app of org."""

    name = "fairwrench.web.org"
    label = "org"
    verbose_name = "组织"
