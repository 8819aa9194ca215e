"""Addresses of settlements: one's own month, the team's, the stores', and the months on their way to being published."""

from __future__ import annotations

app_name = "settlements"
urlpatterns: list[object] = []
