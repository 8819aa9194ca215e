"""People: who works where, who leads whom, who may do what, and how they come in."""

from __future__ import annotations

from django.apps import AppConfig


class PeopleConfig(AppConfig):
    """The app of people."""

    name = "fairwrench.web.people"
    label = "people"
    verbose_name = "人员"
