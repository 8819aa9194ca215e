"""Appraisal forms: interviewed, signed, filed."""

from __future__ import annotations

from django.apps import AppConfig


class AppraisalsConfig(AppConfig):
    """The app of appraisal forms."""

    name = "fairwrench.web.appraisals"
    label = "appraisals"
    verbose_name = "绩效评估表"
