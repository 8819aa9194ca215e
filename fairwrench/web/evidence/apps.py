"""Evidence: files handed in, checked, landed; who is late; rows exempted."""

from __future__ import annotations

from django.apps import AppConfig


class EvidenceConfig(AppConfig):
    """The app of evidence."""

    name = "fairwrench.web.evidence"
    label = "evidence"
    verbose_name = "数据"
