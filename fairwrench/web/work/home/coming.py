"""What comes next for somebody of whom nothing is asked now: deadlines that apps declare."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime

from fairwrench.web.access.models import User
from fairwrench.web.ui.declarations import declared
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class Coming:
    """A deadline that is still ahead (local time), in words."""

    due: datetime
    words: Words


@dataclass(frozen=True)
class ComingDeadlines:
    """Gives the deadlines after a moment (local time) that concern a user."""

    of: Callable[[User, datetime], Iterable[Coming]]


def next_coming(*, user: User, now: datetime) -> Coming | None:
    """The first of them in all apps; None where there is none."""
    found = [coming for part in declared(ComingDeadlines) for coming in part.of(user, now)]
    return min(found, key=lambda coming: coming.due, default=None)
