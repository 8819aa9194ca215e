"""Access: accounts, roles, whom one reaches, who looked at what."""

from __future__ import annotations

from django.apps import AppConfig


class AccessConfig(AppConfig):
    """The app of access."""

    name = "fairwrench.web.access"
    label = "access"
    verbose_name = "权限"
