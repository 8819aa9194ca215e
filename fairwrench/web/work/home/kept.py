"""A home as it stands, put together anew once something was changed, else looked at again.

Putting one together asks every app. What changes it is written in the audit log or done by a job, so the last of
both tells one state from another; what neither tells of shows within a minute, as in the number on the bell.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from auditlog.models import LogEntry
from django.core.cache import caches
from django.db.models import Max

from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.days import now_local
from fairwrench.web.ui.requests.once import asking_once
from fairwrench.web.ui.words import lang
from fairwrench.web.work.home.coming import Coming, next_coming
from fairwrench.web.work.home.figures import Section, sections_of
from fairwrench.web.work.inbox.todos import STALE, ToDo, todos_once, waiting_anew
from fairwrench.web.work.models import Job


@dataclass(frozen=True)
class Home:
    """What a home shows: figures, what waits, and the deadline that comes next."""

    sections: Sequence[Section]
    todos: Sequence[ToDo]
    coming: Coming | None


def home_of(*, user: User) -> Home:
    """Somebody's home."""
    # the state is asked for before anything is read, so that nothing is kept for longer than it holds
    scope, cache = Scope.of(user), caches["process"]
    key = "|".join(map(str, ("home", user.pk, lang(), scope.day, *_state())))
    found: Home | None = cache.get(key)
    if found is None:
        with asking_once():
            todos = todos_once(user=user)
            found = Home(sections_of(user=user), todos, next_coming(user=user, now=now_local()))
        cache.set(key, found, STALE)
        waiting_anew(user=user, todos=len(todos))
    return found


def _state() -> tuple[object, ...]:
    """What the last change was, and the last work in the background."""
    work = Job.objects.aggregate(made=Max("made_at"), finished=Max("finished_at"))
    moments = (moment and moment.timestamp() for moment in (work["made"], work["finished"]))
    return LogEntry.objects.aggregate(last=Max("id"))["last"], *moments
