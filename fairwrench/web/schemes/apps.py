"""Schemes: the regulation to read, its versions, and which one is in force."""

from __future__ import annotations

from django.apps import AppConfig


class SchemesConfig(AppConfig):
    """The app of schemes."""

    name = "fairwrench.web.schemes"
    label = "schemes"
    verbose_name = "制度"
