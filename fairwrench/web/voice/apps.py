"""The suggestion box."""

from __future__ import annotations

from django.apps import AppConfig


class VoiceConfig(AppConfig):
    """The app of the suggestion box."""

    name = "fairwrench.web.voice"
    label = "voice"
    verbose_name = "意见箱"
