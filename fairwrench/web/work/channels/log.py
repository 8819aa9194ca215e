"""The log of what was sent: everybody sees their own, HR that of the people of their stores, administrators all."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Count, Max, Min, Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.predicates import KEEPERS, Role
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.assignments import latest
from fairwrench.web.org.models import Assignment
from fairwrench.web.ui.words import of
from fairwrench.web.work.channels.bots import bots_kept
from fairwrench.web.work.models import Bot, Delivery

State = Delivery.State


@dataclass(frozen=True)
class Silent:
    """A server that does not answer: how many messages wait for it, since when, what it said, when it is asked next."""

    called: str
    waiting: int
    since: datetime
    following: datetime
    words: tuple[str, str]

    @property
    def said(self) -> str:
        """What was said of it, in the reader's language."""
        return of(self.words)


def oversees_log(*, user: User) -> bool:
    """Whether a user sees more of the log than their own."""
    return Scope.of(user).has(*KEEPERS)


def deliveries_seen(*, user: User) -> QuerySet[Delivery]:
    """The log as far as a user may see it, the latest first; what was said to a person is theirs to read alone."""
    found = Delivery.objects.select_related("to__employee", "bot", "by__employee").defer("text")
    # said here, as what is counted by groups forgets the order of its model
    found = found.annotate(carries=Count("carried")).order_by("-id")
    stores = Scope.of(user).stores(*KEEPERS)
    if stores is None:
        return found
    mine = Q(to=user) | Q(by=user)
    if Scope.of(user).has(Role.HR):
        here = Assignment.objects.filter(latest(day=Scope.of(user).day), store__name__in=stores)
        mine |= Q(to__employee__in=here.order_by().values("employee")) | Q(bot__in=bots_kept(user=user).order_by())
    return found.filter(mine)


def delivery_again(*, user: User, delivery_id: int) -> Delivery:
    """Put a failed message on its way again, for who oversees it; Http404 for another's, Refused for one that did not
    fail."""
    found = get_object_or_404(deliveries_seen(user=user), pk=delivery_id)
    again = Delivery.objects.filter(pk=found.pk, state=State.FAILED).exclude(kind=Delivery.Kind.TRIAL)
    if not again.update(state=State.WAITING, attempts=0, due_at=timezone.now(), claimed_at=None):
        raise Refused([Problem("not_failed", "这条消息没有失败，不用重发", "it did not fail, so it is not sent again")])
    return found


def silent_servers() -> Sequence[Silent]:
    """The servers that messages wait for because they do not answer; one query."""
    waiting = Delivery.objects.filter(state=State.WAITING, down=True).values("channel", "bot__service")
    rows = waiting.order_by("channel", "bot__service").annotate(
        n=Count("pk"), since=Min("made_at"), following=Min("due_at"), zh=Max("said_zh"), en=Max("said_en")
    )
    return [
        Silent(
            str(Bot.Service(row["bot__service"]).label if row["bot__service"] else Delivery.Channel.MAIL.label),
            row["n"],
            row["since"],
            row["following"],
            (row["zh"], row["en"]),
        )
        for row in rows
    ]
