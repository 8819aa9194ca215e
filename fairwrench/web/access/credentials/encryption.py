"""Second factors encrypted where they are kept: who reads the database, or a copy of it, can make no codes of them.

Keys are derived from the installation's secret key, and from those that were in its place before (`SECRET_KEY` and
`SECRET_KEY_FALLBACKS`): what an old key sealed is read, and sealed anew at the next start (`factors_seal`).
"""

from __future__ import annotations

import base64
import logging
from collections.abc import Callable
from functools import lru_cache
from typing import Any

from allauth.mfa.models import Authenticator
from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from django.conf import settings
from django.db import transaction

logger = logging.getLogger(__name__)
#: what a sealed text begins with; secrets (base32) and seeds (hexadecimal) hold no colon
MARK = "fernet:"
#: keys are derived for this use alone, so that no signature made with the secret key tells anything of them
_USE = b"fairwrench: second factors at rest"
#: what an authenticator's data holds that codes are made of: single texts, and lists of them
_TEXTS, _LISTS = ("secret", "seed"), ("migrated_codes",)


class Unreadable(Exception):
    """A text was sealed with a key that this installation was not told."""


def sealed(text: str, use: bytes = _USE) -> str:
    """A text encrypted with the present key, for one use: what is sealed for one is not read for another."""
    return MARK + _boxes(use, settings.SECRET_KEY)[0].encrypt(text.encode()).decode("ascii")


def opened(text: str, use: bytes = _USE) -> str:
    """What was sealed for a use, with the present key or an old one; Unreadable where none fits.

    A text without the mark was kept before texts were sealed, and is given as it is.
    """
    if not text.startswith(MARK):
        return text
    boxes = _boxes(use, settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS)
    try:
        return MultiFernet(boxes).decrypt(text.removeprefix(MARK)).decode()
    except InvalidToken:
        raise Unreadable from None


def factors_seal() -> int:
    """Seal with the present key whatever is kept in the clear or under an old key; returns how many factors changed."""
    changed = unread = 0
    # each in a transaction of its own: one that cannot be read keeps no other from being sealed
    for pk in Authenticator.objects.values_list("pk", flat=True):
        try:
            changed += _seal(pk)
        except Unreadable:
            unread += 1
    if unread:
        logger.error("%d second factors cannot be decrypted: a former FAIRWRENCH_SECRET_KEY is missing", unread)
    return changed


@transaction.atomic
def _seal(pk: int) -> bool:
    """Whether the data of one authenticator had to change; a code used meanwhile is not forgotten."""
    kept = Authenticator.objects.select_for_update().get(pk=pk)
    data = {name: _renewed(name, value) for name, value in kept.data.items()}
    if data == kept.data:
        return False
    kept.data = data
    kept.save(update_fields=["data"])
    return True


def _renewed(name: str, value: Any) -> Any:
    if name in _TEXTS:
        return resealed(value)
    return [resealed(each) for each in value] if name in _LISTS else value


def resealed(text: str, use: bytes = _USE) -> str:
    """A text under the present key; one that is so already stays byte for byte."""
    if text.startswith(MARK) and _fits(_boxes(use, settings.SECRET_KEY)[0].decrypt, text.removeprefix(MARK)):
        return text
    return sealed(opened(text, use), use)


def _fits(decrypt: Callable[[str], bytes], token: str) -> bool:
    try:
        decrypt(token)
    except InvalidToken:
        return False
    return True


@lru_cache(maxsize=8)
def _boxes(use: bytes, *keys: str) -> tuple[Fernet, ...]:
    return tuple(Fernet(base64.urlsafe_b64encode(_derived(use, key))) for key in keys)


def _derived(use: bytes, key: str) -> bytes:
    # without a salt, as every process has to come by the same key from the secret alone
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=use).derive(key.encode())
