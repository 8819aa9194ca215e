"""Deliveries sent: each is claimed by one worker, tried, and tried again at growing distances while its server is down.

A worker that is killed leaves at most the one that it was sending; that one is sent again, perhaps for the second time,
and the log says so.
"""

from __future__ import annotations

import logging
import time
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail.backends.base import BaseEmailBackend
from django.db.models import F, Q, QuerySet
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.work.channels import senders
from fairwrench.web.work.channels.bots import bot_address
from fairwrench.web.work.channels.choices import choice_of
from fairwrench.web.work.channels.composing import Text
from fairwrench.web.work.channels.planning import notices_hand
from fairwrench.web.work.channels.quiet import next_allowed
from fairwrench.web.work.channels.refreshing import digest_goes
from fairwrench.web.work.channels.senders import Down, NotSent, NotTaken
from fairwrench.web.work.models import Delivery, NoticeChoice
from fairwrench.web.work.queue.kinds import passed

logger = logging.getLogger(__name__)
Channel, Kind, State = Delivery.Channel, Delivery.Kind, Delivery.State
#: minutes until the next attempt, by how many there were; the last one from then on
DISTANCES = (1, 5, 15, 60, 240)
#: attempts at most: some three days at the distances above
ATTEMPTS = 20
#: what is written of a message that waits for its next attempt
Wait = dict[str, Any]
#: after so long a claim is that of a dead worker; longer than any attempt may take
CLAIMED = timedelta(minutes=5)
#: messages, and seconds, of one pass: the worker has other things to look after
MANY, LONG = 200, 45.0
#: what went off, or cannot, is kept so long
KEPT = timedelta(days=400)
CLOSED = ("账号已停用", "the account is closed")
UNREACHED = ("没有可用的地址", "there is no address any more")
TWICE = ("发送时后台进程中断；已重新发送，可能收到两次", "the worker ended while sending; sent again, perhaps twice")


def deliveries_send() -> int:
    """Send what is due: at once what is to go out at once, then all that waits. How many went off."""
    notices_hand()
    _recover()
    with Outgoing() as outgoing:
        begun, sent = time.monotonic(), 0
        # those tried most often first: of a server that is down one is asked, at its growing distance
        for pk in list(_due().order_by("-attempts", "pk").values_list("pk", flat=True)[:MANY]):
            if time.monotonic() - begun > LONG:
                break
            sent += _tried(pk, outgoing)
    return sent


class Outgoing:
    """The servers of one pass: a mail server that is asked once for all mails, and those known to be down."""

    def __init__(self) -> None:
        self._mail: BaseEmailBackend | None = None
        #: server → how what waits for it waits: until when, and what was said
        self.down: dict[str, Wait] = {}
        for each in _waiting().filter(down=True, due_at__gt=timezone.now()).select_related("bot"):
            self.down[server_of(each)] = {
                name: getattr(each, name) for name in ("due_at", "said_zh", "said_en", "down")
            }

    def __enter__(self) -> Outgoing:
        """Begin; nothing is opened before it is needed."""
        return self

    def __exit__(self, *_: object) -> None:
        """Close what was opened."""
        if self._mail is not None:
            self._mail.close()

    def send(self, delivery: Delivery) -> senders.Said:
        """Send one; NotSent tells why it did not go off."""
        if delivery.channel == Channel.MAIL:
            assert delivery.to is not None  # mails go to people
            self._mail = self._mail or senders.mail_server()
            text = Text(delivery.subject, delivery.text)
            try:
                return senders.mail_send(self._mail, to=delivery.to.email, message=text, number=_number(delivery))
            except Down:
                self._mail = None
                raise
        assert delivery.bot is not None  # asked by `_hindered`
        return senders.bot_send(bot_address(delivery.bot), delivery.text)


def _number(delivery: Delivery) -> str:
    return f"delivery.{delivery.pk}.{delivery.made_at:%Y%m%d%H%M%S}"


def server_of(delivery: Delivery) -> str:
    """Which server a delivery goes to: all that go there wait together."""
    return delivery.bot.service if delivery.bot else delivery.channel


def _waiting() -> QuerySet[Delivery]:
    return Delivery.objects.filter(state=State.WAITING)


def _due() -> QuerySet[Delivery]:
    return _waiting().filter(due_at__lte=timezone.now())


def _of_server(server: str) -> QuerySet[Delivery]:
    """What waits for a server."""
    waiting = _waiting()
    return waiting.filter(channel=server) if server == Channel.MAIL else waiting.filter(bot__service=server)


def _recover() -> None:
    """Take up again what dead workers were sending."""
    old = Delivery.objects.filter(state=State.SENDING, claimed_at__lt=timezone.now() - CLAIMED)
    old.update(state=State.WAITING, claimed_at=None, said_zh=TWICE[0], said_en=TWICE[1])


def _tried(pk: int, outgoing: Outgoing) -> int:
    """Try one delivery, unless somebody else does, it is quiet, or its server is known to be down."""
    found = Delivery.objects.select_related("to__employee", "bot").get(pk=pk)
    if wait := outgoing.down.get(server_of(found)):
        # one alone asks whether it is back
        _due().filter(pk=pk).update(**wait)
        return 0
    if not _goes(found):
        return 0
    claim = timezone.now()
    claimed = _due().filter(pk=pk).update(state=State.SENDING, claimed_at=claim, attempts=F("attempts") + 1)
    if not claimed:
        return 0
    mine = Delivery.objects.filter(pk=pk, state=State.SENDING, claimed_at=claim)
    passed("deliver:claimed")
    try:
        if hindered := _hindered(found):
            raise NotTaken(*hindered)
        said = outgoing.send(found)
    except NotSent as reason:
        _failed(mine, found, reason, outgoing)
        return 0
    except Exception as fault:  # a message that breaks the program must not be tried for ever, nor keep others waiting
        # by its kind alone: its text may hold the address of a bot
        logger.error("delivery %s was not sent: %s", pk, type(fault).__name__)
        _failed(mine, found, NotTaken("程序出错，没有发送", "a fault of ours; it was not sent"), outgoing)
        return 0
    passed("deliver:sent")
    _sent(mine, found, said)
    return 1


def _goes(found: Delivery) -> bool:
    """Whether it may go off now; put off where it is quiet."""
    if (allowed := _allowed(found)) > timezone.now():
        _due().filter(pk=found.pk).update(due_at=allowed)
        return False
    # before it is claimed: to ask what waits for all of a group may take longer than a claim lives
    return found.kind != Kind.DIGEST or digest_goes(delivery=found)


def _sent(mine: QuerySet[Delivery], found: Delivery, said: senders.Said) -> None:
    # that it may have come twice stays said
    again = (found.said_zh, found.said_en) == TWICE
    zh, en = (f"{said[0]}（{TWICE[0]}）", f"{said[1]} ({TWICE[1]})") if again else said
    mine.update(state=State.SENT, sent_at=timezone.now(), said_zh=zh[:300], said_en=en[:300], down=False)
    # its server answers: what waited for it alone waits no longer
    _of_server(server_of(found)).filter(down=True).update(down=False, due_at=timezone.now())


def _failed(mine: QuerySet[Delivery], found: Delivery, reason: NotSent, outgoing: Outgoing) -> None:
    """Write down why one did not go off, and when it is tried again."""
    attempts, server = found.attempts + 1, server_of(found)
    logger.warning("delivery %s was not sent (attempt %d): %s", found.pk, attempts, reason)
    zh, en = reason.said
    due, down = timezone.now() + distance(attempts), isinstance(reason, Down)
    wait: Wait = {"due_at": due, "said_zh": zh, "said_en": en, "down": down}
    if down:
        outgoing.down[server] = wait
    if isinstance(reason, NotTaken) or attempts >= ATTEMPTS:
        mine.update(state=State.FAILED, said_zh=zh, said_en=en, down=False)
    else:
        mine.update(state=State.WAITING, claimed_at=None, **wait)


def distance(attempts: int) -> timedelta:
    """How long until the next attempt, after so many."""
    return timedelta(minutes=DISTANCES[min(max(attempts, 1), len(DISTANCES)) - 1])


def _allowed(delivery: Delivery) -> datetime:
    """When it may go off: it may have been put off into the night, or on a day off."""
    now = timezone.now()
    if delivery.kind == Kind.TRIAL:
        return now
    choice = choice_of(user=delivery.to) if delivery.to else NoticeChoice()
    return next_allowed(now, nights=choice.quiet_nights, days_off=choice.quiet_days_off)


def _hindered(delivery: Delivery) -> senders.Said | None:
    """Why a message has nobody to go to any more."""
    to: User | None = delivery.to
    if to is not None and (not to.is_active or to.has_left):
        return CLOSED
    if delivery.channel == Channel.MAIL:
        return None if settings.MAIL and to is not None and to.email else UNREACHED
    return None if delivery.bot is not None and delivery.bot.ended_at is None else UNREACHED


def deliveries_tidy() -> int:
    """Remove what was sent, or failed, very long ago; returns how many."""
    over = Q(state__in=(State.SENT, State.FAILED, State.DROPPED), made_at__lt=timezone.now() - KEPT)
    return Delivery.objects.filter(over).delete()[1].get(Delivery._meta.label, 0)
