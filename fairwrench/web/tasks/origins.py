"""Where tasks come from: each app declares the kinds of record that it opens tasks from."""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from fairwrench.web.access.models import User
from fairwrench.web.tasks.models import Task
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words, of


@dataclass(frozen=True)
class Origin:
    """One record that a task comes from, in words and with its address."""

    words: Words
    url: str


@dataclass(frozen=True)
class TaskOrigin:
    """A kind of record that tasks come from. `of` gives those of some references that a user may look at; whoever may
    not is told no more than the kind's own `words`."""

    name: str
    words: Words
    of: Callable[[User, Collection[str]], Mapping[str, Origin]]


@dataclass(frozen=True)
class Shown:
    """Where a task comes from, as its reader may know it: the address is empty where they may not look."""

    words: str
    url: str = ""


def task_origins() -> Mapping[str, TaskOrigin]:
    """Every kind, by its name."""
    return {kind.name: kind for kind in declared(TaskOrigin)}


def origin_shown(*, task: Task, user: User) -> Shown | None:
    """Where a task comes from, for its reader; None where it comes from nothing."""
    return origin_named(kind=task.origin, ref=task.origin_ref, user=user)


def origin_named(*, kind: str, ref: str, user: User) -> Shown | None:
    """The same of a record that no task comes from yet."""
    declared_kind = task_origins().get(kind)
    if declared_kind is None:
        return None
    found = declared_kind.of(user, [ref]).get(ref)
    return Shown(of(found.words), found.url) if found else Shown(of(declared_kind.words))


def origin_of(*, kind: str, ref: str, user: User) -> tuple[str, str]:
    """What a new task keeps of where it comes from: nothing where the user may not look there."""
    declared_kind = task_origins().get(kind)
    seen = declared_kind is not None and ref in declared_kind.of(user, [ref])
    return (kind, ref) if seen else ("", "")
