"""Whose account an attempt to sign in was about, and where it came from, so that guesses count together."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core.internal.httpkit import get_client_ip
from django.http import HttpRequest

from fairwrench.web.people.models import User


def attempted(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The user name meant, whether it or the e-mail address was typed; in lower case, as far as was typed at all."""
    told = credentials or {}
    typed = str(told.get("username") or told.get("email") or request.POST.get("login", "")).strip().lower()
    if "@" in typed and (user := User.objects.filter(email__iexact=typed).first()):
        return user.get_username().lower()
    return typed[:150]


def address_of(request: HttpRequest) -> str:
    """The address that an attempt came from: behind a proxy of ours the one that the proxy saw, never its own."""
    return get_client_ip(request) or ""
