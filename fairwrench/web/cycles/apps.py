"""Cycles: the months, and how far each is."""

from __future__ import annotations

from django.apps import AppConfig


class CyclesConfig(AppConfig):
    """The app of cycles."""

    name = "fairwrench.web.cycles"
    label = "cycles"
    verbose_name = "考核月份"
