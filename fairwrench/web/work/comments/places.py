"""What people may comment on: each app declares kinds of place, and who sees one of them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class Commented:
    """One place as somebody sees it: in words, for those who are told of a comment, and its address."""

    words: tuple[str, str]
    url: str


@dataclass(frozen=True)
class CommentPlace:
    """A kind of place. `of` gives the one of a reference to who may look at it, and None to everybody else: the same
    decides who reads comments, who writes them, and who may be named in one."""

    name: str
    words: Words
    of: Callable[[User, str], Commented | None]


def comment_places() -> Mapping[str, CommentPlace]:
    """Every kind of place, by its name."""
    return {place.name: place for place in declared(CommentPlace)}


def commented(*, place: str, ref: str, user: User) -> Commented | None:
    """The place of a reference as a user sees it; None where they do not, or where there is no such place."""
    kind = comment_places().get(place)
    return kind.of(user, ref) if kind else None
