"""Rewards and penalties on the spot."""

from __future__ import annotations

from django.apps import AppConfig


class TicketsConfig(AppConfig):
    """The app of tickets."""

    name = "fairwrench.web.tickets"
    label = "tickets"
    verbose_name = "奖惩单"
