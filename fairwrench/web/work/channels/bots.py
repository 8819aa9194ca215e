"""Bots of group chats set up, tried and ended; their keys sealed where they are kept, and shown to nobody."""

from __future__ import annotations

import re
from typing import Any
from urllib.parse import parse_qs, urlsplit

from django.conf import settings
from django.db import transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone, translation

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.credentials.encryption import Unreadable, opened, resealed, sealed
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens, require
from fairwrench.web.access.predicates import KEEPERS, units_held
from fairwrench.web.access.targets import GROUP, ONESELF, OfUnit
from fairwrench.web.org.models import Unit
from fairwrench.web.work.channels import composing
from fairwrench.web.work.channels.senders import Address, Down, NotSent, NotTaken, bot_send
from fairwrench.web.work.models import Bot, Delivery

#: what a bot's keys are sealed for
_USE = b"fairwrench: keys of bots at rest"
_KEY = re.compile(r"[A-Za-z0-9_-]{8,128}", re.ASCII)
#: by which argument of its address a service knows a bot; Feishu by the end of the path
_ARGUMENTS = {"wecom": "key", "dingtalk": "access_token"}


def key_of(*, service: str, url: str) -> str:
    """The key in a bot's address, as its service shows it; Refused for any other address.

    Only the key is kept: nothing is ever sent to another host than the service's own.
    """
    base, told = urlsplit(settings.BOT_SERVICES[service]), urlsplit(url.strip())
    same = (told.scheme, told.netloc.lower()) == (base.scheme, base.netloc)
    if service in _ARGUMENTS:
        key = parse_qs(told.query).get(_ARGUMENTS[service], [""])[0] if told.path == base.path else ""
    else:
        key = told.path.removeprefix(base.path) if told.path.startswith(base.path) else ""
    if not same or not _KEY.fullmatch(key):
        name = str(Bot.Service(service).label)
        zh = f"这不是{name}群机器人的 Webhook 地址，应以 {settings.BOT_SERVICES[service]} 开头"
        en = f"this is no address of a {name} bot: it begins with {settings.BOT_SERVICES[service]}"
        raise Refused([Problem("no_bot_address", zh, en)])
    return key


def bot_make(
    *, service: str, url: str, secret: str, by: User, name: str, unit: Unit | None = None, language: str = "zh-hans"
) -> Bot:
    """Set up the bot of a unit's chat, or of the whole group's; Refused for an address of something else."""
    if unit is None:
        require(by, "notices.keep_group_bot", about=GROUP)
    else:
        require(by, "notices.keep_bot", about=OfUnit(unit.pk))
    return _made(service, url, secret, by, name=name, unit=unit, language=language)


def own_bot_make(*, service: str, url: str, secret: str, by: User) -> Bot:
    """Set up a bot of one's own, in the place of the one before."""
    require(by, "notices.choose", about=ONESELF)
    with transaction.atomic():
        for before in Bot.objects.filter(owner=by, ended_at=None):
            bot_end(bot=before)
        name = by.called[:40]
        return _made(service, url, secret, by, name=name, owner=by, language=by.language)


def _made(service: str, url: str, secret: str, by: User, **told: Any) -> Bot:
    key = key_of(service=service, url=url)
    hidden = sealed(secret, _USE) if secret else ""
    return Bot.objects.create(service=service, sealed_key=sealed(key, _USE), sealed_secret=hidden, made_by=by, **told)


def bots_kept(*, user: User) -> QuerySet[Bot]:
    """The bots of chats that a user looks after: of the units where they keep the roster, and of the group."""
    found = Bot.objects.filter(owner=None, ended_at=None).select_related("unit", "made_by__employee")
    if not opens(user, "notices.keep_bot"):
        return found.none()
    units = units_held(user, *KEEPERS)
    return found if units is None else found.filter(unit__in=units)


def bot_kept(*, user: User, bot_id: int) -> Bot:
    """One of these, or one's own; Http404 for any other."""
    own = Q(pk__in=Bot.objects.filter(owner=user, ended_at=None).values("pk"))
    kept = Q(pk__in=bots_kept(user=user).values("pk"))
    return get_object_or_404(Bot.objects.filter(own | kept), pk=bot_id)


def bot_end(*, bot: Bot) -> None:
    """Send nothing to a bot any more, and forget its keys."""
    bot.ended_at, bot.sealed_key, bot.sealed_secret = timezone.now(), "", ""
    bot.save(update_fields=["ended_at", "sealed_key", "sealed_secret"])


def bot_try(*, bot: Bot, by: User) -> Delivery:
    """Have a bot say something now, and write down what its service answered."""
    with translation.override(bot.language):
        text = composing.of_trial()
    told: dict[str, Any] = {"subject": text.subject, "text": text.text, "to": bot.owner, "bot": bot, "by": by}
    now, state = timezone.now(), Delivery.State.SENT
    try:
        said = bot_send(bot_address(bot), text.text)
    except NotSent as reason:
        said, state = reason.said, Delivery.State.FAILED
    return Delivery.objects.create(
        key=f"trial:{bot.pk}:{now.isoformat()}",
        channel=Delivery.Channel.BOT,
        kind=Delivery.Kind.TRIAL,
        state=state,
        said_zh=said[0],
        said_en=said[1],
        sent_at=now if state == Delivery.State.SENT else None,
        attempts=1,
        **told,
    )


def bot_address(bot: Bot) -> Address:
    """Where a bot is spoken to; NotTaken for one that has ended, Down where its key cannot be read."""
    if bot.ended_at is not None:
        raise NotTaken("机器人已停用", "the bot has ended")
    try:
        secret = opened(bot.sealed_secret, _USE) if bot.sealed_secret else ""
        return Address(bot.service, opened(bot.sealed_key, _USE), secret)
    except Unreadable:
        zh = "机器人的密钥是用以前的 FAIRWRENCH_SECRET_KEY 加密的，现在读不出来"
        raise Down(zh, "the bot's key was sealed with a former FAIRWRENCH_SECRET_KEY") from None


def bots_seal() -> int:
    """Seal with the present key what was sealed with an old one; returns how many bots changed."""
    changed = 0
    for bot in Bot.objects.filter(ended_at=None):
        try:
            key = resealed(bot.sealed_key, _USE)
            secret = resealed(bot.sealed_secret, _USE) if bot.sealed_secret else ""
        except Unreadable:
            continue
        if (key, secret) != (bot.sealed_key, bot.sealed_secret):
            changed += Bot.objects.filter(pk=bot.pk).update(sealed_key=key, sealed_secret=secret)
    return changed
