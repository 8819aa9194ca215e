"""Photos of tickets: known by their first bytes, kept as they came, and never drawn by the site.

A photo is a stranger's file. Nothing here decodes it; it is handed out as a file to save, of no type that a browser
would show as a page of ours.
"""

from __future__ import annotations

import os
from datetime import timedelta
from pathlib import Path

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.core.signing import BadSignature, TimestampSigner
from django.utils import timezone

from fairwrench.ledger.folder import keep, kept
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.tickets.models import Ticket

#: bytes of a photo, and what a browser is told to offer
MOST, ACCEPT = 8 << 20, "image/jpeg,image/png,image/webp"
#: how long a photo waits for the form that it was sent with, and after what time one that no ticket names is removed
WAITS, ABANDONED = timedelta(days=1), timedelta(days=2)
_HEAD = 12


def _shelf() -> Path:
    return Path(settings.UPLOADS) / "photos"


def photo_keep(photo: UploadedFile) -> str:
    """Keep a photo; returns its SHA-256. Refused when it is too large or no picture."""
    if (photo.size or 0) > MOST:
        raise Refused([_too_large()])
    content = photo.read()
    if not ending_of(content[:_HEAD]):
        raise Refused([_no_picture(str(photo.name or ""))])
    digest = keep(_shelf(), content)
    # sent anew it is young again: what lay there may have been about to be removed
    os.utime(kept(_shelf(), digest))
    return digest


def ending_of(head: bytes) -> str:
    """The ending of a picture's file by its first twelve bytes; empty for what is none."""
    if head.startswith(b"\xff\xd8\xff"):
        return "jpg"
    if head.startswith(b"\x89PNG\r\n\x1a\n"):
        return "png"
    return "webp" if head.startswith(b"RIFF") and head[8:] == b"WEBP" else ""


def photo_path(digest: str) -> Path:
    """Where a photo lies."""
    return kept(_shelf(), digest)


def photo_ticket(*, digest: str, user: User) -> str:
    """A photo that was taken, for its own sender's form to name: a word that nobody else can make."""
    return _signer(user).sign(digest)


def photo_named(*, word: str, user: User) -> str:
    """The photo that such a word names; empty for any other word, and once it is too old."""
    try:
        digest = _signer(user).unsign(word, max_age=WAITS)
    except BadSignature:
        return ""
    return digest if photo_path(digest).exists() else ""


def _signer(user: User) -> TimestampSigner:
    return TimestampSigner(salt=f"tickets.photo.{user.pk}")


def photos_tidy() -> int:
    """Remove photos that no ticket names, once no form can name them any more; returns how many."""
    before = (timezone.now() - ABANDONED).timestamp()
    old = [path for path in _shelf().glob("??/*") if path.stat().st_mtime < before]
    # after they were listed: a ticket that is written meanwhile names only what is younger
    named = set(Ticket.objects.exclude(photo="").values_list("photo", flat=True)) if old else set()
    gone = [path for path in old if path.parent.name + path.name not in named]
    for path in gone:
        path.unlink(missing_ok=True)
    return len(gone)


def _too_large() -> Problem:
    zh, en = f"照片超过 {MOST >> 20} MB，请压缩后再传", f"the photo is larger than {MOST >> 20} MB; make it smaller"
    return Problem("photo_too_large", zh, en)


def _no_picture(name: str) -> Problem:
    zh = f"“{name[:80]}”不是 JPG、PNG 或 WebP 图片，没有收下；其余内容都还在，请换一张照片"
    en = f"“{name[:80]}” is no JPG, PNG or WebP picture and was not taken; all else is kept, choose another photo"
    return Problem("no_picture", zh, en)
