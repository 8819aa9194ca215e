"""Tasks that somebody does by a day."""

from __future__ import annotations

from django.apps import AppConfig


class TasksConfig(AppConfig):
    """The app of tasks."""

    name = "fairwrench.web.tasks"
    label = "tasks"
    verbose_name = "任务"
