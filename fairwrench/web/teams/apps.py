"""Shares of teams, confirmed by whoever leads their members."""

from __future__ import annotations

from django.apps import AppConfig


class TeamsConfig(AppConfig):
    """The app of teams."""

    name = "fairwrench.web.teams"
    label = "teams"
    verbose_name = "班组分配"
