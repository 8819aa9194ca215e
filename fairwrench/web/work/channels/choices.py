"""What somebody chose of how notices reach them, and by which ways they can be reached at all."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from django.conf import settings
from django.db.models import Exists, OuterRef, Q, QuerySet

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.work.models import Bot, Delivery, NoticeChoice

Channel = Delivery.Channel
#: deadlines are no notices, and chosen for like them
DUE = "due"


def choice_of(*, user: User) -> NoticeChoice:
    """What a user chose; the defaults, unsaved, of who chose nothing."""
    return NoticeChoice.objects.filter(pk=user.pk).first() or NoticeChoice(user=user)


def choice_save(*, user: User, chosen: Mapping[str, Any]) -> NoticeChoice:
    """Keep what a user chose, whatever day their last digest was of."""
    require(user, "notices.choose", about=ONESELF)
    return NoticeChoice.objects.update_or_create(user=user, defaults=dict(chosen))[0]


def bot_of(*, user: User) -> Bot | None:
    """The bot of a user's own."""
    return Bot.objects.filter(owner=user, ended_at=None).first()


def ways_of(*, user: User) -> list[tuple[str, Bot | None]]:
    """The channels by which a user is reached outside of the application, with the bot for that one."""
    ways: list[tuple[str, Bot | None]] = [(Channel.MAIL, None)] if settings.MAIL and user.email else []
    own = bot_of(user=user)
    return [*ways, (Channel.BOT, own)] if own else ways


def reached() -> QuerySet[User]:
    """Everybody who comes in and is reached by some channel."""
    bots = Exists(Bot.objects.filter(owner=OuterRef("pk"), ended_at=None))
    return User.objects.coming_in().filter(~Q(email="") | bots if settings.MAIL else bots)
