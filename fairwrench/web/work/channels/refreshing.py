"""Digests that read as they go off: put together anew where that was a while ago, and not sent any more where a newer
one is there or nothing is left to say."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime, timedelta

from django.db.models import QuerySet
from django.utils import timezone, translation

from fairwrench.web.access.models import User
from fairwrench.web.work.channels import composing
from fairwrench.web.work.channels.choices import DUE, choice_of
from fairwrench.web.work.channels.composing import Text
from fairwrench.web.work.channels.planning import REPLACED, member_keys, open_of, person_text
from fairwrench.web.work.inbox.todos import ToDo
from fairwrench.web.work.models import Bot, Carried, Delivery, Notice, NoticeChoice

Kind, State = Delivery.Kind, Delivery.State
#: what was put together so long ago is put together anew: deadlines are told by the day, what is open is not
FRESH = timedelta(hours=1)
OVER = ("发送前都已办完，没有发送", "all of it was done before it went off, so it was not sent")


def digest_goes(*, delivery: Delivery) -> bool:
    """Whether a digest is still to be sent; it says what holds now. Written down where it is not."""
    now, waiting = timezone.localtime(), Delivery.objects.filter(pk=delivery.pk, state=State.WAITING)
    same = Delivery.objects.filter(kind=Kind.DIGEST, channel=delivery.channel, to=delivery.to, bot=delivery.bot)
    # made while this one was tried, else it had been replaced when the newer one was made
    if same.filter(pk__gt=delivery.pk).exists():
        return _dropped(waiting, REPLACED)
    composed = timezone.localtime(delivery.composed_at)
    if composed.date() == now.date() and now - composed < FRESH:
        return True
    text = _text(delivery, now)
    if text is None:
        return _dropped(waiting, OVER)
    delivery.subject, delivery.text, delivery.composed_at = text.subject[:200], text.text, now
    # taken by another worker meanwhile, it is that one's to send
    return bool(waiting.update(subject=delivery.subject, text=delivery.text, composed_at=now))


def _dropped(waiting: QuerySet[Delivery], said: tuple[str, str]) -> bool:
    # what it carried the next digest tells
    Carried.objects.filter(delivery__in=waiting.values("pk")).delete()
    waiting.update(state=State.DROPPED, said_zh=said[0], said_en=said[1], down=False)
    return False


def _text(delivery: Delivery, now: datetime) -> Text | None:
    if delivery.to is not None:
        return _to_person(delivery, delivery.to, now)
    # a bot that is gone is told of by who sends
    return _to_group(delivery.bot, now) if delivery.bot is not None else Text(delivery.subject, delivery.text)


def _to_person(delivery: Delivery, user: User, now: datetime) -> Text | None:
    notices = list(Notice.objects.filter(carried__delivery=delivery, read_at=None))
    with translation.override(user.language):
        near, others = open_of(user=user, day=now.date())
        due = near if choice_of(user=user).when(DUE, delivery.channel) == NoticeChoice.When.DIGEST else []
        if not due and not notices:
            return None
        return person_text(user, delivery.bot, due, notices, others=others, now=now)


def _to_group(bot: Bot, now: datetime) -> Text | None:
    waiting = [_open(pk, now.date()) for pk in sorted(member_keys(bot=bot))]
    with translation.override(bot.language):
        return composing.to_group(waiting=waiting, now=now.replace(tzinfo=None))


def _open(pk: int, day: date) -> Sequence[ToDo]:
    user = User.objects.coming_in().filter(pk=pk).first()
    return open_of(user=user, day=day)[0] if user else []
