"""Comments written; who is named in one with @ is told, and must be able to see the place."""

from __future__ import annotations

import re
from collections.abc import Iterable
from datetime import timedelta

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.choosing.finding import people_findable
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.comments.places import commented
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.models import Comment

#: letters of a comment, letters of a name, and people named in one
LETTERS, NAME, NAMED = 1000, 40, 10
#: the same words again within this time are the same press
AGAIN = timedelta(minutes=1)
_NAMED = re.compile(r"[@＠]([^\s@＠，。、；：！？,;:!?()（）]{1,40})")


def comments_of(*, place: str, ref: str) -> QuerySet[Comment]:
    """The comments on a place, the first first; for who may see it (`places.commented`)."""
    return Comment.objects.filter(place=place, ref=ref).select_related("by__employee")


def comment_add(*, place: str, ref: str, words: str, by: User) -> Comment:
    """Comment on a place, and tell those named in it. PermissionDenied for who does not see the place; Refused where
    nothing is said, where @ names nobody or several, and where somebody named may not see the place."""
    seen = commented(place=place, ref=ref, user=by)
    if seen is None:
        raise PermissionDenied("comment")
    said = bare_text(words)
    if not said or len(said) > LETTERS:
        raise Refused([_no_words() if not said else _too_long()])
    told = users_named(words=said, place=place, ref=ref, by=by)
    with transaction.atomic():
        # held until it is written: of two presses one writes
        User.objects.select_for_update(of=("self",)).get(pk=by.pk)
        same = Comment.objects.filter(place=place, ref=ref, words=said, by=by, at__gt=timezone.now() - AGAIN).first()
        if same is not None:
            return same
        made = Comment.objects.create(place=place, ref=ref, words=said, by=by)
        short = said if len(said) <= 60 else f"{said[:60]}…"
        # behind the colon, as the name of a place may be typed, too
        zh = f"{by} 在评论里提到您：{seen.words[0]} · {short}"
        en = f"{by} named you in a comment: {seen.words[1]} · {short}"
        messages_send([Message(told, (zh, en), f"{seen.url}#comments")], besides=by)
    return made


def users_named(*, words: str, place: str, ref: str, by: User) -> list[User]:
    """Those whom a text names with @; Refused with everything that is wrong about them."""
    names = list(dict.fromkeys(_NAMED.findall(words)))
    if len(names) > NAMED:
        raise Refused([_too_many()])
    found, wrong = list[User](), list[Problem]()
    for name in names:
        people = _meant(name, by)
        problem = _of_people(name, people)
        users = list(User.objects.coming_in().filter(employee=people[0])) if people else []
        if problem is None and not users:
            problem = _no_account(people[0])
        elif problem is None and commented(place=place, ref=ref, user=users[0]) is None:
            problem = _not_seen(people[0])
        if problem:
            wrong.append(problem)
        else:
            found += users
    if wrong:
        raise Refused(wrong)
    return found


def _meant(name: str, by: User) -> list[Employee]:
    """Whom a name means that text may follow at once, as Chinese has no blanks: the longest beginning that is one."""
    beginnings = [name[:end] for end in range(len(name), 0, -1)]
    people = people_findable(user=by)
    known = [*people.filter(employee_id__in=beginnings), *people.filter(name__in=beginnings)]
    for beginning in beginnings:
        if found := [each for each in known if beginning in (each.employee_id, each.name)]:
            return list({each.pk: each for each in found}.values())
    return []


def _of_people(name: str, people: Iterable[Employee]) -> Problem | None:
    found = list(people)
    if not found:
        zh, en = (
            f"没有找到“@{name}”，@ 后请写姓名或工号",
            f"nobody found for “@{name}”; write a name or employee id after @",
        )
        return Problem("named_nobody", zh, en)
    if len(found) > 1:
        ids = "、".join(each.employee_id for each in found)
        zh, en = (
            f"“@{found[0].name}”有几位同名，请写工号：{ids}",
            f"several are called “@{found[0].name}”; write the id: {ids}",
        )
        return Problem("named_several", zh, en)
    return None


def _no_account(who: Employee) -> Problem:
    return Problem("named_no_account", f"{who.name} 还没有账号，收不到提醒", f"{who.name} has no account to be told by")


def _not_seen(who: Employee) -> Problem:
    zh = f"{who.name} 看不到这里的内容，不能 @；请当面沟通或找能看到的人"
    en = f"{who.name} may not see this page, so they cannot be named here"
    return Problem("named_not_seeing", zh, en)


def _no_words() -> Problem:
    return Problem("no_words", "请写内容", "say something")


def _too_long() -> Problem:
    return Problem("too_long", f"最多 {LETTERS} 字", f"at most {LETTERS} letters")


def _too_many() -> Problem:
    return Problem("too_many_named", f"一条最多 @ {NAMED} 人", f"at most {NAMED} people are named in one")
