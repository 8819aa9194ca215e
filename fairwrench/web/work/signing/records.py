"""What is kept of a signature: the exact bytes that were shown, by their SHA-256, and who signed them when.

The tables are those of the apps whose records are signed; each says what is signed and as what.
"""

from __future__ import annotations

import zlib
from hashlib import sha256

from django.conf import settings
from django.db import models

from fairwrench.web.org.models import Employee


class DocumentKept(models.Model):
    """The exact bytes that somebody was shown and signed, by their SHA-256."""

    digest = models.CharField(max_length=64, unique=True)
    packed = models.BinaryField()
    language = models.CharField(max_length=8)
    #: what it says, in whatever language, as a digest (`documents.told_digest`)
    facts = models.CharField(max_length=64)

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.digest[:16]

    @property
    def content(self) -> bytes:
        """The bytes as they were shown."""
        return zlib.decompress(self.packed)

    @property
    def whole(self) -> bool:
        """Whether the bytes kept are those that were signed."""
        try:
            return sha256(self.content).hexdigest() == self.digest
        except zlib.error:
            return False


class SignatureKept(models.Model):
    """One person's signature under a document of an app; void once what it stands under changed, and kept all the same.

    An app adds what is signed, as what (`capacity`), and the `document`.
    """

    signer = models.ForeignKey(Employee, null=True, on_delete=models.PROTECT, related_name="+")
    by = models.ForeignKey(settings.AUTH_USER_MODEL, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(auto_now_add=True)
    void_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
