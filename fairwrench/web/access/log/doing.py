"""Who does something, and what it is called, while records change: the audit log tells both beside what changed.

A worker has no request that the log could take the person from, and a changed field does not say which button it was.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from dataclasses import dataclass
from typing import Any

from auditlog.models import LogEntry
from django.contrib.contenttypes.models import ContentType
from django.db.models import Model
from django.db.models.signals import pre_save
from django.dispatch import receiver

from fairwrench.web.access.models import User
from fairwrench.web.ui.words import Words


@dataclass(frozen=True)
class _Doing:
    by: User | None
    words: Words | None


_DOING: ContextVar[_Doing | None] = ContextVar("doing", default=None)


@contextmanager
def done_as(*, by: User | None = None, words: Words | None = None) -> Iterator[None]:
    """What changes inside is told as done by somebody, and as an act of that name; what is not said stands as it is."""
    before = _DOING.get()
    token = _DOING.set(_Doing(by or (before.by if before else None), words or (before.words if before else None)))
    try:
        yield
    finally:
        _DOING.reset(token)


def deed_record(*, about: Model, words: Words, by: User | None = None) -> LogEntry:
    """Write down that something was done with a record which no change of its fields tells."""
    return LogEntry.objects.create(
        content_type=ContentType.objects.get_for_model(about),
        object_pk=str(about.pk),
        object_id=about.pk if isinstance(about.pk, int) else None,
        object_repr=str(about),
        action=LogEntry.Action.ACCESS,
        actor=by,
        additional_data={"act": _pair(words)},
    )


def _pair(words: Words) -> list[str]:
    """Words in both languages, as the log keeps them."""
    if isinstance(words, str):
        return [words, words]
    return [*words] if isinstance(words, tuple) else [words.zh, words.en]


@receiver(pre_save, sender=LogEntry, dispatch_uid="fairwrench.doing")
def _told(instance: LogEntry, **_given: Any) -> None:
    doing = _DOING.get()
    if doing is None or instance.pk:
        return
    if instance.actor is None:
        instance.actor = doing.by
    if doing.words:
        instance.additional_data = {"act": _pair(doing.words), **(instance.additional_data or {})}
