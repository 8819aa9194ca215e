"""Names, addresses and passwords compared, in the same time whether or not there is such an account."""

from __future__ import annotations

from typing import Any

from allauth.account.auth_backends import AuthenticationBackend
from django.http import HttpRequest

from fairwrench.web.access.models import User


class Passwords(AuthenticationBackend):
    """Looks an account up one way, so that a password is worked out once for every attempt.

    What was typed comes as name and as address where it may be either. Tried both ways, an address that belongs to
    somebody took half as long again as one that belongs to nobody, and so told who has an account.
    """

    def authenticate(self, request: HttpRequest | None, **credentials: Any) -> User | None:
        """The account of a name or an address with this password; None where there is none."""
        address = credentials.get("email")
        if address and credentials.get("username"):
            is_address = User.objects.filter(email__iexact=address).exists()
            credentials.pop("username" if is_address else "email")
        found: User | None = super().authenticate(request, **credentials)
        return found
