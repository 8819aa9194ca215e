"""What is noted of people while the month runs, and their summaries of it."""

from __future__ import annotations

from django.apps import AppConfig


class CoachingConfig(AppConfig):
    """The app of coaching."""

    name = "fairwrench.web.coaching"
    label = "coaching"
    verbose_name = "过程辅导"
