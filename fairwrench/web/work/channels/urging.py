"""Reminders by hand: somebody who sees on a page who is late reminds them, once an hour a person and matter.

The page gives out a button (`offers`), signed for its reader, person and words; what is sent is what the page offered.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import uuid4

from django.core import signing
from django.db import transaction
from django.utils import timezone, translation

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.ui.words import of
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.models import Delivery, Notice

#: between two reminders of one person of one matter
APART = timedelta(hours=1)
#: how long a page's button works
WORKS = timedelta(days=1)
_SALT = "fairwrench.urge"
Channel, Kind, State = Delivery.Channel, Delivery.Kind, Delivery.State


@dataclass(frozen=True)
class Urging:
    """What somebody is reminded of: the matter by its key, in words, and where it is seen to."""

    matter: str
    words: tuple[str, str]
    url: str


@dataclass(frozen=True)
class Offer:
    """A button for one person: what it sends, and when they were last reminded within the hour."""

    token: str
    urged_at: datetime | None = None


def offers(*, by: User, people: Iterable[str], urging: Urging) -> Mapping[str, Offer]:
    """The buttons for late people, by employee id; none for who has no account, and none for oneself."""
    users = User.objects.coming_in().filter(employee__employee_id__in=set(people)).exclude(pk=by.pk)
    found = {user.employee.employee_id: user.pk for user in users if user.employee}
    since = timezone.now() - APART
    lately = Delivery.objects.filter(to__in=found.values(), matter=urging.matter, made_at__gt=since)
    urged = dict(lately.order_by("made_at").values_list("to", "made_at"))
    return {employee_id: Offer(_token(by, user, urging), urged.get(user)) for employee_id, user in found.items()}


def offered_urge(*, token: str, by: User) -> User:
    """Remind whom a button is for; who was reminded. Refused for one that is not the reader's or too old, and within
    the hour."""
    try:
        told = signing.loads(token, salt=_SALT, max_age=WORKS)
    except signing.BadSignature:
        told = {}
    if told.get("by") != by.pk:
        zh, en = "催办按钮已失效，请刷新页面再试", "this button works no longer; load the page anew"
        raise Refused([Problem("urge_expired", zh, en)])
    to = User.objects.get(pk=told["to"])
    if not urge(to=[to], urging=Urging(told["matter"], (told["zh"], told["en"]), told["url"]), by=by):
        zh, en = f"{to.called} 一小时内已被催办过", f"{to.called} was reminded within the hour"
        raise Refused([Problem("urged_lately", zh, en)])
    return to


@transaction.atomic
def urge(*, to: Iterable[User], urging: Urging, by: User) -> int:
    """Remind some people, and write it down; those who were within the hour are left out. How many were reminded."""
    # held, so that of two who press at once one reminds
    users = User.objects.select_for_update(of=("self",)).filter(pk__in={each.pk for each in to}).exclude(pk=by.pk)
    asked = [user for user in users.order_by("pk") if user.is_active and not user.has_left]
    now = timezone.now()
    since = Delivery.objects.filter(matter=urging.matter, made_at__gt=now - APART, to__in=asked)
    lately = set(since.values_list("to", flat=True))
    late = [user for user in asked if user.pk not in lately]
    zh, en = (f"{word}{said}" for word, said in zip(("催办：", "Reminder: "), urging.words, strict=True))
    messages_send([Message(late, (zh, en), urging.url, Notice.Kind.URGED)], besides=by)
    Delivery.objects.bulk_create(_written(user, urging, by, now) for user in late)
    return len(late)


def _written(user: User, urging: Urging, by: User, now: datetime) -> Delivery:
    with translation.override(user.language):
        said = of(urging.words)
    told = {"subject": said[:200], "text": said, "matter": urging.matter, "to": user, "by": by}
    told |= {
        "attempts": 1,
        "state": State.SENT,
        "sent_at": now,
        "made_at": now,
        "said_zh": "已放入待办与通知",
        "said_en": "in the inbox",
    }
    return Delivery(key=f"urge:{uuid4()}", channel=Channel.APP, kind=Kind.URGED, **told)


def _token(by: User, to: int, urging: Urging) -> str:
    zh, en = urging.words
    told = {"by": by.pk, "to": to, "matter": urging.matter, "zh": zh, "en": en, "url": urging.url}
    return signing.dumps(told, salt=_SALT)
