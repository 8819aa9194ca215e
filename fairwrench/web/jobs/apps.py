"""Jobs: work that takes longer than a page may wait."""

from __future__ import annotations

from django.apps import AppConfig
from django.utils.module_loading import autodiscover_modules


class JobsConfig(AppConfig):
    """The app of jobs."""

    name = "fairwrench.web.jobs"
    label = "jobs"
    verbose_name = "后台任务"

    def ready(self) -> None:
        """Let every app say which kinds of work it has (its module `tasks`)."""
        autodiscover_modules("tasks")
