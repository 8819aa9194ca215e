"""Goals of a month: drafted, agreed, reviewed, filed."""

from __future__ import annotations

from django.apps import AppConfig


class GoalsConfig(AppConfig):
    """The app of goals."""

    name = "fairwrench.web.goals"
    label = "goals"
    verbose_name = "目标"
