"""Where other apps lead from a version of the scheme, as they declare it."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from fairwrench.web.access.models import User
from fairwrench.web.schemes.models import SchemeVersion
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class VersionLink:
    """A link on the page of a version: its words and icon, and the address; an empty one leaves it out."""

    words: Words
    icon: str
    url: Callable[[SchemeVersion, User], str]


def links_of(*, version: SchemeVersion, user: User) -> list[tuple[VersionLink, str]]:
    """The links that a version has for somebody, with their addresses."""
    found = [(link, link.url(version, user)) for link in declared(VersionLink)]
    return [(link, url) for link, url in found if url]
