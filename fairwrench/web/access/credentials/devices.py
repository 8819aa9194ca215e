"""Browsers in which somebody signed in before: guesses made elsewhere do not keep their owner out of them.

A browser keeps a signed word of its own, and whose accounts were signed in to there. It opens nothing: it only says
that wrong passwords from there are counted by themselves.
"""

from __future__ import annotations

from hashlib import sha256
from secrets import token_urlsafe
from typing import Any

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from fairwrench.web.access.models import User

COOKIE = "fairwrench_device"
_SALT = "fairwrench: devices"
#: seconds for which a browser is known that is not used, and how many people may share one
KNOWN_FOR, SHARED = 180 * 24 * 60 * 60, 40


def device_of(request: HttpRequest, user: User | None) -> str:
    """The word of the browser where that user signed in to it before; empty for any other."""
    if user is None:
        return ""
    kept = _kept(request)
    return str(kept["word"]) if user.pk in kept["users"] else ""


def device_remember(request: HttpRequest, response: HttpResponse, user: User) -> None:
    """From now on the browser is one of that user's."""
    kept = _kept(request)
    # the latest first, so that on a browser of many those fall off who came longest ago
    users = [user.pk, *(each for each in kept["users"] if each != user.pk)][:SHARED]
    response.set_cookie(
        COOKIE,
        signing.dumps({"word": kept["word"], "users": users}, salt=_SALT),
        max_age=KNOWN_FOR,
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def browser_mark(request: HttpRequest) -> str:
    """What tells one browser from another and nobody anything besides; empty for one that is not known."""
    kept = _kept(request)
    return sha256(kept["word"].encode()).hexdigest() if kept["users"] else ""


def _kept(request: HttpRequest) -> dict[str, Any]:
    """What the browser says of itself; as of one never seen where it says nothing, or somebody made it up."""
    try:
        kept = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=KNOWN_FOR)
        return {"word": str(kept["word"]), "users": [int(each) for each in kept["users"]]}
    except (signing.BadSignature, KeyError, TypeError, ValueError):
        return {"word": token_urlsafe(12), "users": []}
