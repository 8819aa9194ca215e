"""Surveys, 360° reviews and opinions."""

from __future__ import annotations

from django.apps import AppConfig


class SurveysConfig(AppConfig):
    """The app of what people are asked about each other and about the place."""

    name = "fairwrench.web.surveys"
    label = "surveys"
    verbose_name = "问卷与评价"
