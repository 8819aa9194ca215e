"""What has run out and is nobody's any more: sessions, and counts of failed attempts."""

from __future__ import annotations

from django.contrib.sessions.models import Session
from django.utils import timezone

from fairwrench.web.access.models import Tally


def expired_forget() -> int:
    """Remove what has run out; returns how many rows."""
    now = timezone.now()
    return sum(
        found.delete()[0]
        for found in (Tally.objects.filter(expires__lt=now), Session.objects.filter(expire_date__lt=now))
    )
