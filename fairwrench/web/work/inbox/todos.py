"""What waits for somebody to do: each app declares how to find it, and nothing of it is written down."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from django.core.cache import caches

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.requests.once import once
from fairwrench.web.ui.words import Words
from fairwrench.web.work.inbox.notices import notices_seen

#: seconds for which the number in the head of pages may be old
STALE = 60


@dataclass(frozen=True)
class ToDo:
    """Something that waits for somebody: in words, where it is done, and by when (local time) where that is known.

    `button` says what one does there; `decides`: it is to be approved or refused; `others`: who may do it as well.
    `open` says the same of how many people who are not named, behind “3 人” or “3 people”: a group is told no more.
    """

    words: Words
    url: str
    icon: str = "clipboard-check"
    due: datetime | None = None
    button: Words = ("去办理", "Do it")
    decides: bool = False
    others: Words = ""
    open: tuple[str, str] = ("有待办", "with something to do")

    def late(self, now: datetime) -> bool:
        """Whether it should have been done."""
        return self.due is not None and self.due < now

    def left(self, now: datetime) -> Words:
        """How long there is, or how late it is, in words; empty without a deadline."""
        return left_words(self.due, now) if self.due else ""


@dataclass(frozen=True)
class ToDos:
    """Finds what waits for a user in one app; only what they may do, narrowed by the same scope as its pages."""

    of: Callable[[User], Iterable[ToDo]]


def left_words(due: datetime, now: datetime) -> Words:
    """How far a deadline is away, both local: in days, in hours where it is less than one."""
    late = due < now
    span = now - due if late else due - now
    days, hours = span.days, span.seconds // 3600
    if days:
        count = (f"{days} 天", number_of(days, "day"))
    elif hours:
        count = (f"{hours} 小时", number_of(hours, "hour"))
    else:
        count = ("不到 1 小时", "less than an hour")
    return (f"已逾期 {count[0]}", f"{count[1]} overdue") if late else (f"还剩 {count[0]}", f"{count[1]} left")


def todos_of(*, user: User) -> list[ToDo]:
    """What waits for a user in all apps: what is due first, then the rest in the order of the apps."""
    found = [todo for todos in declared(ToDos) for todo in todos.of(user)]
    return sorted(found, key=lambda todo: (todo.due is None, todo.due or datetime.max))


def todos_once(*, user: User) -> list[ToDo]:
    """The same, asked a single time where several parts of a page are made of it."""
    return once(f"todos {user.pk}", lambda: todos_of(user=user))


def waiting_count(*, user: User) -> int:
    """How much waits for a user, unread notices with it; up to a minute old, as every page asks."""
    todos = caches["process"].get_or_set(_key(user), lambda: len(todos_of(user=user)), STALE)
    return int(todos or 0) + notices_seen(user=user).filter(read_at=None).count()


def waiting_anew(*, user: User, todos: int) -> None:
    """Note how much waits for a user, where a page has just found out."""
    caches["process"].set(_key(user), todos, STALE)


def _key(user: User) -> str:
    return f"todos:{user.pk}"
