"""What waits for somebody to do: each app declares how to find it, and nothing of it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import caches

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import notices_seen

#: seconds for which the number in the head of pages may be old
STALE = 60


@dataclass(frozen=True)
class ToDo:
    """Something that waits for somebody: in words, where it is done, and by when (local time) where that is known.

    `open` says the same of how many people who are not named, behind “3 人” or “3 people”: a group is told no more.
    """

    words: Words
    url: str
    icon: str = "clipboard-check"
    due: datetime | None = None
    open: tuple[str, str] = ("有待办", "with something to do")


@dataclass(frozen=True)
class ToDos:
    """Finds what waits for a user in one app; only what they may do, narrowed by the same scope as its pages."""

    of: Callable[[User], Iterable[ToDo]]


def todos_of(*, user: User) -> list[ToDo]:
    """What waits for a user in all apps: what is due first, then the rest in the order of the apps."""
    found = [todo for todos in declared(ToDos) for todo in todos.of(user)]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due or datetime.max))


def waiting_count(*, user: User) -> int:
    """How much waits for a user, unread notices with it; up to a minute old, as every page asks."""
    todos = caches["process"].get_or_set(_key(user), lambda: len(todos_of(user=user)), STALE)
    return int(todos or 0) + notices_seen(user=user).filter(read_at=None).count()


def waiting_anew(*, user: User, todos: int) -> None:
    """Note how much waits for a user, where a page has just found out."""
    caches["process"].set(_key(user), todos, STALE)


def _key(user: User) -> str:
    return f"todos:{user.pk}"
