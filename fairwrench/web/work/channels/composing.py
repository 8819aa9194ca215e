"""What a message says outside of the application: words and where they lead, never an amount, a score or a grade.

A person is told what waits and what came of something. A group chat is told how many people, and nobody's name.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta

from django.conf import settings
from django.urls import reverse

from fairwrench.settlement.counts import number_of
from fairwrench.web.access.models import User
from fairwrench.web.ui.words import Words, of, pick
from fairwrench.web.work.inbox.todos import ToDo
from fairwrench.web.work.models import Notice

#: what tells pay, points, shares or a grade; words that do are not sent, whoever wrote them
FIGURES = re.compile(
    r"[¥￥$€]|\d\s*(?:元|块|万|角|分(?!钟)|[%％‰])|\b(?:yuan|cny|rmb|fen)\b|\d\s*(?:points?|per ?cent)\b"
    r"|(?:等级|评级|总分|得分|评分|绩效|系数|grade|score|coefficient)\s*(?:为|是|[:：]|is|of)?\s*(?:[A-E](?![A-Za-z])|\d)",
    re.IGNORECASE,
)
#: what stands before the first colon, a reminder's or a month's own one left out: behind it a message quotes what
#: somebody typed, which no rule can read, so that it stays inside; the colon of an hour quotes nothing
_BARE = re.compile(r"(?:(?:催办：|Reminder: )?(?:\d{4}-\d{2}: )?)(?:(?!：|:\s|:$).)*", re.DOTALL)
UNSAID = ("有一条通知，请登录查看", "a notice; sign in to read it")
#: things of a kind that are listed in one message; the rest is counted
LISTED = 20


@dataclass(frozen=True)
class Text:
    """What is sent: the head of a mail, and the text."""

    subject: str
    text: str


def sayable(words: Words) -> str:
    """Words in the reader's language without what somebody typed, or that there is something to read where either
    language tells a figure."""
    both = words if isinstance(words, tuple | list) else (of(words),)
    told = any(FIGURES.search(_unquoted(said)) for said in both)
    return of(UNSAID) if told else _unquoted(of(words))


def _unquoted(said: str) -> str:
    """A message without what it quotes."""
    found = _BARE.match(said)
    return found[0] if found else ""


def address(path: str) -> str:
    """A path as an address that opens from outside."""
    return f"{settings.ADDRESS}{path}"


def due_said(due: datetime, now: datetime) -> str:
    """A deadline as somebody says it at `now`, both in local time."""
    if due < now:
        return pick(f"已过期（截止 {due:%m-%d %H:%M}）", f"overdue since {due:%m-%d %H:%M}")
    if due.date() == now.date():
        return pick(f"截止今天 {due:%H:%M}", f"due today {due:%H:%M}")
    if due.date() == now.date() + timedelta(days=1):
        return pick(f"截止明天 {due:%H:%M}", f"due tomorrow {due:%H:%M}")
    return pick(f"截止 {due:%m-%d %H:%M}", f"due {due:%m-%d %H:%M}")


def to_person(*, user: User, due: Sequence[ToDo], notices: Sequence[Notice], others: int, now: datetime) -> Text:
    """The mail to one person: what is due, what they were told, and how much waits besides."""
    parts = [pick(f"{user.called}，您好：", f"Dear {user.called},")]
    if due:
        lines = [_line(f"{sayable(todo.words)} —— {due_said(todo.due, now)}", todo.url) for todo in due if todo.due]
        parts.append("\n".join([pick("有截止时间的待办", "Due soon, or overdue"), *_bounded(lines)]))
    if notices:
        lines = [_line(sayable(notice.words), notice.url) for notice in notices]
        parts.append("\n".join([pick("通知", "Notices"), *_bounded(lines)]))
    if others:
        more = pick(f"另有 {others} 件待办：", f"{number_of(others, 'more thing')} to do: ")
        parts.append(f"{more}{address(reverse('inbox:list'))}")
    chosen = address(reverse("notices:choose"))
    parts.append(pick(f"接收哪些通知、何时接收：{chosen}", f"Which notices you get, and when: {chosen}"))
    return Text(_subject(len(due), len(notices)), "\n\n".join(parts))


def to_own_bot(*, due: Sequence[ToDo], notices: int, now: datetime) -> Text:
    """The message to a person's own bot: who else reads that chat is not known, so it is counts alone."""
    subject = _subject(len(due), notices)
    first = min((todo.due for todo in due if todo.due), default=None)
    when = f"{pick('，最早的', '; the first is ')}{due_said(first, now)}" if first else ""
    return Text(subject, f"{subject}{when}\n{address(reverse('inbox:list'))}")


def to_group(*, waiting: Iterable[Sequence[ToDo]], now: datetime) -> Text | None:
    """The message to a group: of how many people what is still open, and by when; `waiting` is that of each person.

    None where nobody's is.
    """
    counted: Counter[tuple[tuple[str, str], datetime]] = Counter()
    for todos in waiting:
        # a person with two things of a kind is one person
        counted.update({(todo.open, todo.due) for todo in todos if todo.due})
    if not counted:
        return None
    lines = []
    for (still, due), people in sorted(counted.items(), key=lambda pair: pair[0][1]):
        said, when = pick(*still), due_said(due, now)
        lines.append(pick(f"· {people} 人{said}，{when}", f"· {number_of(people, 'person', 'people')} {said}, {when}"))
    head = pick("公绩 Fairwrench：还有事项未完成", "Fairwrench: some things are still open")
    return Text(head, "\n".join([head, *_bounded(lines), address(reverse("inbox:list"))]))


def of_trial() -> Text:
    """What the test button sends."""
    said = pick("公绩 Fairwrench：这是一条测试消息", "Fairwrench: this is a test")
    return Text(said, f"{said}\n{settings.ADDRESS}/")


def digest_key(*, day: date, whom: str, channel: str) -> str:
    """What a digest is known by: one a day, person or bot, and channel."""
    return f"digest:{day}:{whom}:{channel}"


def _subject(due: int, notices: int) -> str:
    parts = []
    if due:
        parts.append(pick(f"{due} 件待办", f"{number_of(due, 'thing')} to do"))
    if notices:
        parts.append(pick(f"{notices} 条通知", number_of(notices, "notice")))
    return pick("公绩 Fairwrench：", "Fairwrench: ") + pick("、", ", ").join(parts)


def _line(said: str, url: str) -> str:
    return f"· {said}\n  {address(url)}"


def _bounded(lines: list[str]) -> list[str]:
    more = len(lines) - LISTED
    return [*lines[:LISTED], pick(f"· 还有 {more} 项", f"· {more} more")] if more > 0 else lines
