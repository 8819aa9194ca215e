"""Settlements: months sealed, settled, approved, published, and everybody's own page of them."""

from __future__ import annotations

from django.apps import AppConfig


class SettlementsConfig(AppConfig):
    """The app of settlements."""

    name = "fairwrench.web.settlements"
    label = "settlements"
    verbose_name = "核算"
