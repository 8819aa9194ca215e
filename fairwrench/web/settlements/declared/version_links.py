"""From a version of the scheme to its trial on the latest month that was settled."""

from __future__ import annotations

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import GROUP
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.settlements.trials.services import month_to_try


def trial_url(version: SchemeVersion, user: User) -> str:
    """Where a version is tried; empty for who may not, and while no month was settled."""
    if not may(user, "settlements.try_scheme", about=GROUP):
        return ""
    month = month_to_try()
    return reverse("settlements:trial", args=[month, version.pk]) if month else ""
