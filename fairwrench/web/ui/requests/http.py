"""How an answer says that it is to be saved as a file, and under which name."""

from __future__ import annotations

from django.utils.http import content_disposition_header


def saved_as(name: str) -> str:
    """The header `Content-Disposition` of an answer that a browser saves under a name, whatever its letters."""
    return content_disposition_header(True, name) or "attachment"
