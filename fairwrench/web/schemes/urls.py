"""Addresses of schemes."""

from __future__ import annotations

app_name = "schemes"
urlpatterns: list[object] = []
