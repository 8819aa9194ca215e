"""What goes out to whom: notices at once, and one digest a day; each notice once by each channel.

Everything here may be killed and done again: a delivery has a key of its own, and a notice is carried once.
"""

from __future__ import annotations

import logging
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from typing import Any

from django.db import transaction
from django.utils import timezone, translation

from fairwrench.web.access.models import User
from fairwrench.web.org.assignments import current
from fairwrench.web.org.unit_tree import units_below
from fairwrench.web.work.channels import composing
from fairwrench.web.work.channels.choices import DUE, choice_of, reached, ways_of
from fairwrench.web.work.channels.composing import Text
from fairwrench.web.work.channels.quiet import next_allowed, stage, works
from fairwrench.web.work.inbox.todos import ToDo, todos_of
from fairwrench.web.work.models import Bot, Carried, Delivery, Notice, NoticeChoice
from fairwrench.web.work.queue.kinds import Progress
from fairwrench.web.work.queue.services import job_start

logger = logging.getLogger(__name__)
Channel, Kind, When = Delivery.Channel, Delivery.Kind, NoticeChoice.When
#: the kind of work that makes digests
DIGESTS = "digests"
#: between two messages at once to one person by one channel; what comes sooner waits and goes together
APART = timedelta(minutes=10)
#: what was told longer ago is not sent any more: it stands in the inbox
RECENT = timedelta(days=7)
REPLACED = ("已由更新的汇总代替，没有发送", "replaced by a newer digest and not sent")
#: the full hour at which bots of groups speak
GROUP_HOUR = 9


def notices_hand() -> int:
    """Make the deliveries of what goes out at once; returns how many were made. What is left is the digest's."""
    users = set(Notice.objects.filter(handed=False).values_list("to", flat=True))
    return sum(_handed(pk) for pk in sorted(users))


@transaction.atomic
def _handed(pk: int) -> int:
    """What one user is told at once, all of it in one message a channel."""
    user = _locked(pk)
    choice, now = choice_of(user=user), timezone.now()
    made, left = 0, set[int]()
    notices = list(Notice.objects.filter(to=user, handed=False))
    fresh = [each for each in notices if each.read_at is None and each.at > now - RECENT]
    for channel, bot in ways_of(user=user):
        chosen = [each for each in fresh if choice.when(each.kind, channel) == When.NOW]
        chosen = _uncarried(chosen, channel)
        if not chosen:
            continue
        if Delivery.objects.filter(to=user, channel=channel, kind=Kind.NOW, made_at__gt=now - APART).exists():
            left |= {each.pk for each in chosen}
            continue
        with translation.override(user.language):
            text = person_text(user, bot, [], chosen, others=0, now=timezone.localtime(now))
        key = f"now:{channel}:{user.pk}:{min(each.pk for each in chosen)}"
        made += _deliver(key=key, kind=Kind.NOW, channel=channel, text=text, choice=choice, bot=bot, notices=chosen)
    # what came too soon after the last is looked at again
    Notice.objects.filter(pk__in=[each.pk for each in notices if each.pk not in left]).update(handed=True)
    return made


def digests_begin() -> int:
    """Have the digests of the present hour made, in the background, as they ask what waits for everybody."""
    now = timezone.localtime()
    waiting = _due_now(now.date(), now.hour)
    groups = works(now.date()) and now.hour >= GROUP_HOUR and _bots_due(now.date())
    if waiting or groups:
        job_start(kind=DIGESTS, key=DIGESTS, by=None, day=f"{now:%Y-%m-%d}", hour=now.hour)
    return 0


def digests_make(progress: Progress, *, day: str, hour: int) -> dict[str, Any]:
    """Make the digests of everybody whose hour has come, and what groups are told; says how many were made."""
    today = date.fromisoformat(day)
    mine = set(_due_now(today, hour))
    bots = _bots_due(today) if works(today) and hour >= GROUP_HOUR else []
    members = {bot.pk: member_keys(bot=bot) for bot in bots}
    asked = sorted(mine.union(*members.values()))
    progress.expect("digest", len(asked))
    made, near = 0, dict[int, Sequence[ToDo]]()
    for pk in asked:
        progress.step("digest", "")
        found = User.objects.coming_in().filter(pk=pk).first()
        if found is None:
            continue
        with translation.override(found.language):
            near[pk], others = open_of(user=found, day=today)
            made += _digest(pk, today, near[pk], others) if pk in mine else 0
    made += sum(_group(bot, today, [near.get(pk, ()) for pk in members[bot.pk]]) for bot in bots)
    return {"made": made}


def _due_now(day: date, hour: int) -> list[int]:
    """The users whose digest of a day is to be made by that hour."""
    chosen = {each.user_id: each for each in NoticeChoice.objects.all()}
    off = not works(day)
    found = []
    for pk in reached().values_list("pk", flat=True):
        choice = chosen.get(pk) or NoticeChoice()
        if choice.hour <= hour and choice.digested_on != day and not (off and choice.quiet_days_off):
            found.append(pk)
    return found


def open_of(*, user: User, day: date) -> tuple[list[ToDo], int]:
    """What a user is reminded of on a day, as its deadline is near or over; and how much waits for them besides."""
    try:
        todos = todos_of(user=user)
    except Exception:  # whatever one app stumbles over, nobody else goes without their digest
        logger.exception("what waits for user %s could not be found", user.pk)
        return [], 0
    near = [todo for todo in todos if todo.due and stage(todo.due, day)]
    return near, len(todos) - len(near)


@transaction.atomic
def _digest(pk: int, day: date, near: Sequence[ToDo], others: int) -> int:
    """The digest of one user: a message a channel, none where there is nothing to say."""
    user = _locked(pk)
    choice, now, made = choice_of(user=user), timezone.localtime(), 0
    if choice.digested_on == day:
        return 0
    unread = list(Notice.objects.filter(to=user, read_at=None, at__gt=now - RECENT))
    for channel, bot in ways_of(user=user):
        chosen = [each for each in unread if choice.when(each.kind, channel) == When.DIGEST]
        notices = _uncarried(chosen, channel, still_waiting=True)
        due: Sequence[ToDo] = near if choice.when(DUE, channel) == When.DIGEST else []
        if not notices and not due:
            continue
        text = person_text(user, bot, due, notices, others=others, now=now)
        key = composing.digest_key(day=day, whom=f"user:{user.pk}", channel=channel)
        made += _deliver(key=key, kind=Kind.DIGEST, channel=channel, text=text, choice=choice, bot=bot, notices=notices)
    NoticeChoice.objects.update_or_create(user=user, defaults={"digested_on": day})
    return made


def person_text(
    user: User, bot: Bot | None, due: Sequence[ToDo], notices: Sequence[Notice], *, others: int, now: datetime
) -> Text:
    """What a person is told by mail, or by a bot of their own."""
    local = now.replace(tzinfo=None)
    if bot is not None:
        return composing.to_own_bot(due=due, notices=len(notices), now=local)
    return composing.to_person(user=user, due=due, notices=notices, others=others, now=local)


def _group(bot: Bot, day: date, waiting: Iterable[Sequence[ToDo]]) -> int:
    with translation.override(bot.language):
        text = composing.to_group(waiting=waiting, now=timezone.localtime().replace(tzinfo=None))
    if text is None:
        return 0
    key = composing.digest_key(day=day, whom=f"bot:{bot.pk}", channel=Channel.BOT)
    return _deliver(key=key, kind=Kind.DIGEST, channel=Channel.BOT, text=text, choice=NoticeChoice(), bot=bot)


def _bots_due(day: date) -> list[Bot]:
    """The bots of groups that have said nothing on a day."""
    said = Delivery.objects.filter(key__startswith=f"digest:{day}:bot:").values("bot")
    return list(Bot.objects.filter(owner=None, ended_at=None).exclude(pk__in=said).select_related("unit"))


def member_keys(*, bot: Bot) -> set[int]:
    """The users of those who work in the unit of a bot."""
    users = User.objects.coming_in().exclude(employee=None)
    if bot.unit is not None:
        units = units_below(units=[bot.unit.pk])
        here = current(day=timezone.localdate())
        inside = (here.filter(store__in=units) | here.filter(department__in=units)).order_by()
        users = users.filter(employee__in=inside.values("employee"))
    return set(users.values_list("pk", flat=True))


def _uncarried(notices: list[Notice], channel: str, *, still_waiting: bool = False) -> list[Notice]:
    """The notices that no message of a channel carries; what a digest carries that is `still_waiting` is free."""
    carried = Carried.objects.filter(channel=channel, notice__in=notices)
    if still_waiting:
        carried = carried.exclude(delivery__state=Delivery.State.WAITING, delivery__kind=Kind.DIGEST)
    gone = set(carried.values_list("notice", flat=True))
    return [each for each in notices if each.pk not in gone]


def _locked(pk: int) -> User:
    """A user, held so that no two workers decide at once what they are sent."""
    return User.objects.select_for_update(of=("self",)).get(pk=pk)


def _deliver(
    *,
    key: str,
    kind: str,
    channel: str,
    text: Text,
    choice: NoticeChoice,
    bot: Bot | None,
    notices: Sequence[Notice] = (),
) -> int:
    """Put a message on its way, once; how many were put."""
    now = timezone.now()
    due = next_allowed(now, nights=choice.quiet_nights, days_off=choice.quiet_days_off)
    told: dict[str, Any] = {
        "channel": channel,
        "kind": kind,
        "bot": bot,
        "subject": text.subject[:200],
        "text": text.text,
    }
    # of a group's bot there is nobody whose choice it were
    told |= {"to_id": choice.user_id, "due_at": due, "made_at": now, "composed_at": now}
    delivery, new = Delivery.objects.get_or_create(key=key, defaults=told)
    if new and kind == Kind.DIGEST:
        _replace(delivery)
    if new:
        Carried.objects.bulk_create(Carried(delivery=delivery, notice=each, channel=channel) for each in notices)
    return int(new)


def _replace(delivery: Delivery) -> None:
    """Let older digests of the same way go that still wait, as what they say of deadlines is over: of several days
    while a server was down one message goes off. What they carried the newer one tells."""
    older = Delivery.objects.filter(state=Delivery.State.WAITING, kind=Kind.DIGEST, channel=delivery.channel)
    older = older.filter(to=delivery.to, bot=delivery.bot).exclude(pk=delivery.pk)
    Carried.objects.filter(delivery__in=older.values("pk")).delete()
    older.update(state=Delivery.State.DROPPED, said_zh=REPLACED[0], said_en=REPLACED[1], down=False)
