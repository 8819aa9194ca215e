"""HR's analysis of a settled month."""

from __future__ import annotations

from django.apps import AppConfig


class AnalysisConfig(AppConfig):
    """The app of analyses."""

    name = "fairwrench.web.analysis"
    label = "analysis"
    verbose_name = "绩效分析"
