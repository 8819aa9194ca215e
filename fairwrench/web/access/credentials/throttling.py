"""How often passwords may be guessed: by name, by address, by both, and by the browser of who signed in there before.

docs/decisions/0011-guesses-at-passwords.md says why it is counted so. django-axes counts by name and address together
(`AXES_…`), what else is counted here, both in the database that all processes share.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from allauth.core.internal import ratelimit
from allauth.core.internal.ratelimit import RateLimitUsage
from django.http import HttpRequest

from fairwrench.web.access.credentials.devices import device_of
from fairwrench.web.access.credentials.proxies import counted_address
from fairwrench.web.access.models import User

#: wrong passwords allowed: in a browser that the account was signed in from before; and in all others, for one name
#: from wherever they come, and from one address for whatever names: an office of hundreds has one
RATES = {"device": "10/15m/key", "name": "20/h/key", "address": "300/10m/key"}


def attempted(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> str:
    """The user name meant, whether it or the e-mail address was typed; in lower case, as far as was typed at all."""
    told = credentials or {}
    typed = str(told.get("username") or told.get("email") or request.POST.get("login", "")).strip().lower()
    # name and address are one account, so guesses by either count together
    if "@" in typed and (user := User.objects.filter(email__iexact=typed).first()):
        return user.get_username().lower()
    return typed[:150]  # no user name is longer


def address_of(request: HttpRequest) -> str:
    """The address that a request came from (`proxies`)."""
    return str(request.META.get("REMOTE_ADDR", ""))


def address_counted(request: HttpRequest) -> str:
    """The same as it counts against guessing."""
    return counted_address(address_of(request))


def is_known(request: HttpRequest, credentials: Mapping[str, Any] | None = None) -> bool:
    """Whether an attempt comes from a browser in which its account was signed in before: such count by themselves."""
    return bool(_device(request, attempted(request, credentials)))


def attempt_count(request: HttpRequest, credentials: Mapping[str, Any]) -> RateLimitUsage | None:
    """Count an attempt before its password is looked at, so that guesses sent at once all count; None for too many.

    What is given takes the count back (`rollback`) once the password was right.
    """
    name = attempted(request, credentials)
    device = _device(request, name)
    # a browser known for the account has a count of its own, which guesses from elsewhere do not use up
    keys = {"device": f"{device} {name}"} if device else {"name": name, "address": address_counted(request)}
    counted = RateLimitUsage(usage=[])
    for action, key in keys.items():
        usage = ratelimit.consume(request, app="fairwrench", action=action, config=RATES, key=key, limit_get=True)
        if usage is None:
            # nobody is let try, so the counts before this one get back what was taken
            counted.rollback()
            return None
        counted.usage += usage.usage
    return counted


def _device(request: HttpRequest, name: str) -> str:
    return device_of(request, User.objects.filter(username__iexact=name).first() if name else None)
