"""Addresses of users, roles, sessions and one's own settings."""

from __future__ import annotations

app_name = "settings"
urlpatterns: list[object] = []
