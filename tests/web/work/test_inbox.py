"""The inbox: what waits for whom, what people are told of what others did, and the bell that says so."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.people.delegation import delegation_ask, delegation_decide, delegation_end
from fairwrench.web.work.inbox.notices import Message, messages_send, notices_tidy
from fairwrench.web.work.inbox.todos import ToDo, ToDos, todos_of
from fairwrench.web.work.models import Notice
from tests.web.declaring import redeclare
from tests.web.small_office import member, office, on_day, roster, signed_in

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
pytestmark = pytest.mark.django_db
LIST = "/inbox/"


def asked(manager: User) -> Any:
    """何主管 is away from tomorrow on, and 冯主管 is to stand in; their manager has to say yes."""
    begin = timezone.localdate() + timedelta(days=1)
    away, other = (Employee.objects.get(employee_id=each) for each in ("E101", "E201"))
    return delegation_ask(away=away, stand_in=other, begin=begin, end=begin, reason="", by=manager)


def test_what_waits_is_shown_to_whoever_may_do_it_and_then_told_to_whom_it_concerns(
    member: Callable[..., User], signed_in: Callable[..., Client]
) -> None:
    """Fails when a request lies unseen, waits for everybody, or its end is told to nobody or to who decided it."""
    manager, other = member("E101"), member("E201")
    delegation = asked(manager)
    boss = signed_in("E001")
    assert "何主管 由 冯主管 代理，待您批准" in boss.get(LIST).text
    # the manager has goals to set, and neither anything to decide
    assert [todo for user in (manager, other) for todo in todos_of(user=user) if todo.decides] == []
    delegation_decide(delegation=delegation, by=User.objects.get(username="e001"), approve=True)
    assert "何主管 由 冯主管 代理，待您批准" not in boss.get(LIST).text
    told = {notice.to: (notice.zh, notice.en) for notice in Notice.objects.all()}
    assert set(told) == {manager, other}
    assert told[other][0].startswith("何主管 由 冯主管 代理（")
    assert told[other][0].endswith("已批准")
    assert told[other][1].endswith("approved")


def test_who_is_concerned_hears_of_a_stand_in_that_counts_at_once_and_of_one_taken_back(
    member: Callable[..., User],
) -> None:
    """Fails when somebody finds out by chance that they stand in, or is told that what never began has ended."""
    manager, other, boss = member("E101"), member("E201"), member("E001")
    waiting = asked(manager)
    delegation_end(delegation=waiting, by=manager)
    assert Notice.objects.get(to=other).zh.endswith("已撤回")
    Notice.objects.all().delete()
    begin = timezone.localdate() + timedelta(days=3)
    away, stand_in = (Employee.objects.get(employee_id=each) for each in ("E101", "E201"))
    delegation_ask(away=away, stand_in=stand_in, begin=begin, end=begin, reason="", by=boss)
    assert {notice.to for notice in Notice.objects.all()} == {manager, other}
    assert Notice.objects.get(to=other).zh.endswith("已设置")


def test_a_refusal_is_told_with_its_reason(member: Callable[..., User]) -> None:
    """Fails when somebody has to ask why."""
    manager = member("E101")
    delegation_decide(delegation=asked(manager), by=member("E001"), approve=False, note="月底太忙")
    assert Notice.objects.get(to=manager).zh.endswith("未批准：月底太忙")


def test_a_notice_is_its_reader_s_alone(member: Callable[..., User], signed_in: Callable[..., Client]) -> None:
    """Fails when somebody could read, or mark as read, what another was told."""
    mine, theirs = signed_in("E102"), signed_in("E202")
    reader = User.objects.get(username="e102")
    messages_send([Message([reader], ("您的申请已同意", "your request was approved"), "/mine/")])
    notice = Notice.objects.get()
    assert "您的申请已同意" not in theirs.get(LIST).text
    assert theirs.post(reverse("inbox:open", args=[notice.pk])).status_code == 404
    theirs.post(reverse("inbox:read"))
    assert Notice.objects.get().read_at is None
    assert "1 条未读" in mine.get(LIST).text
    assert mine.get(reverse("inbox:open", args=[notice.pk])).status_code == 405, "looking changes nothing"
    assert mine.post(reverse("inbox:open", args=[notice.pk])).url == "/mine/"
    page = mine.get(LIST).text
    assert "您的申请已同意" in page
    assert "未读" not in page


def test_nobody_is_told_of_what_they_did_nor_after_they_left(member: Callable[..., User]) -> None:
    """Fails when an inbox fills with one's own doings, or is kept for an account that lets nobody in."""
    hr, left, closed = member("E104"), member("E202"), member("E102")
    Employee.objects.filter(user=left).update(left_on=timezone.localdate() - timedelta(days=1))
    User.objects.filter(pk=closed.pk).update(is_active=False)
    message = Message([hr, User.objects.get(pk=left.pk), User.objects.get(pk=closed.pk), None], ("x", "x"), "/")
    messages_send([message], besides=hr)
    assert not Notice.objects.exists()
    messages_send([message, message])
    assert [notice.to for notice in Notice.objects.all()] == [hr], "once a message"


def test_the_bell_counts_what_waits_and_what_is_unread(
    signed_in: Callable[..., Client], monkeypatch: pytest.MonkeyPatch, django_assert_max_num_queries: Any
) -> None:
    """Fails when the bell says another number than the page behind it, or each page pays for it."""
    due = timezone.localtime().replace(tzinfo=None) - timedelta(hours=1)
    later = ToDo(("第二件", "second"), "/b/")
    redeclare(monkeypatch, ToDos, ToDos(lambda _user: [later, ToDo(("第一件", "first"), "/a/", due=due)]))
    client = signed_in("E102")
    messages_send([Message([User.objects.get(username="e102")], ("通知", "notice"), "/")])
    page = client.get(LIST).text
    assert page.index("第一件") < page.index("第二件"), "what is due comes first"
    assert "已逾期 1 小时" in page, "and by how much"
    assert ">3</span>" in client.get(reverse("inbox:bell")).text
    with django_assert_max_num_queries(8):
        client.get(reverse("inbox:bell"))
    assert f'hx-get="{reverse("inbox:bell")}"' in page


def test_what_was_read_long_ago_is_forgotten(member: Callable[..., User]) -> None:
    """Fails when notices pile up for ever, or one goes before it was read."""
    user, now = member("E102"), timezone.now()
    for days, read in ((100, 61), (100, None), (401, None), (3, 1)):
        read_at = now - timedelta(days=read) if read else None
        Notice.objects.create(to=user, zh="x", en="x", url="/", at=now - timedelta(days=days), read_at=read_at)
    assert notices_tidy() == 2
