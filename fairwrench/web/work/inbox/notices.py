"""Notices: what people are told of what others did; sent with the step itself, read, forgotten after a while.

They tell what came of something; that something waits is no notice but a to-do (`todos`), which goes once it is done.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.work.models import Notice

#: how long what was read is kept, and what was not
READ, UNREAD = timedelta(days=60), timedelta(days=400)
#: notices that are listed, the latest
LISTED = 200


@dataclass(frozen=True)
class Message:
    """What some people are told: `words` in both languages, the address where it leads, and what it is for."""

    to: Iterable[User | None]
    words: tuple[str, str]
    url: str
    kind: Notice.Kind = Notice.Kind.TOLD


def messages_send(messages: Iterable[Message], *, besides: User | None = None) -> None:
    """Tell people, each once a message; nobody of what they did themselves (`besides`), and nobody who has left."""
    notices: dict[tuple[int, str], Notice] = {}
    for message in messages:
        zh, en = message.words
        for user in message.to:
            if user is not None and user != besides and user.is_active and not user.has_left:
                notices[user.pk, zh] = Notice(to=user, zh=zh[:300], en=en[:300], url=message.url, kind=message.kind)
    Notice.objects.bulk_create(notices.values())


def notices_seen(*, user: User) -> QuerySet[Notice]:
    """What a user was told, the latest first."""
    return Notice.objects.filter(to=user)


def notice_seen(*, user: User, notice_id: int) -> Notice:
    """One of them; Http404 for another's."""
    return get_object_or_404(notices_seen(user=user), pk=notice_id)


def notices_read(*, user: User, notice: Notice | None = None) -> None:
    """Note that a user has read one notice, or all of them."""
    found = notices_seen(user=user).filter(read_at=None)
    (found.filter(pk=notice.pk) if notice else found).update(read_at=timezone.now())


def notices_tidy() -> int:
    """Remove what was read long ago, or sent very long ago; returns how many."""
    now = timezone.now()
    old = Notice.objects.filter(Q(read_at__lt=now - READ) | Q(at__lt=now - UNREAD))
    return old.delete()[0]
