"""Work: what takes longer than a page may wait, and how far what is submitted and decided has come."""

from __future__ import annotations

from django.apps import AppConfig


class WorkConfig(AppConfig):
    """The app of work."""

    name = "fairwrench.web.work"
    label = "work"
    verbose_name = "后台任务"
