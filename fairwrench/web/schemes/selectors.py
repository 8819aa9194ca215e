"""Which scheme holds in which month."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

from django.conf import settings

from fairwrench.catalog.loader import OpenScheme, open_scheme
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import Scheme
from fairwrench.web.schemes.models import SchemeVersion

State = SchemeVersion.State


def documents() -> Path:
    """The folder in which the documents of versions lie."""
    return Path(settings.HOME) / "schemes"


def version_path(*, version: SchemeVersion) -> Path:
    """Where a version's document lies."""
    return documents() / version.sha256[:16] / version.file


def version_at(*, month: Month) -> SchemeVersion | None:
    """The adopted version that holds in a month; None where the installation's own scheme does."""
    adopted = SchemeVersion.objects.filter(state=State.ADOPTED, begins__lte=str(month))
    return adopted.order_by("-begins", "-id").first()


def scheme_at(*, month: Month) -> Scheme:
    """The scheme of a month."""
    version = version_at(month=month)
    return opened(str(version_path(version=version)) if version else settings.SCHEME).scheme


@lru_cache(maxsize=16)
def opened(name: str) -> OpenScheme:
    """A scheme by name or path; documents never change, so each is read once."""
    return open_scheme(name)
