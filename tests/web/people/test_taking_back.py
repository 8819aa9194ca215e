"""A hire entered by mistake taken back; and why that is refused once anything stands on the person."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.test import Client
from django.urls import reverse

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.models import Delegation, Grant, User
from fairwrench.web.org.days import today
from fairwrench.web.org.duties import duty_give
from fairwrench.web.org.models import Assignment, Duty, Employee, Unit
from fairwrench.web.org.records_kept import RecordsKept
from tests.web.access.test_sign_in import sign_in
from tests.web.declaring import months_published, redeclare

pytestmark = pytest.mark.django_db
WRONG = "E105"
ADDRESS = f"/people/of/{WRONG}/take-back/"


@pytest.fixture
def hr(signed_in: Callable[..., Client]) -> Client:
    """HR of the store, who hired E105 by mistake."""
    client = signed_in("E104", ("hr", "东店"))
    held = Assignment.objects.get(employee__employee_id="E102")
    terms = {"begin": today().isoformat(), "store": held.store_id, "position": held.position_id, "manager": "E101"}
    client.post(reverse("people:hire"), terms | {"status": "probation", "employee_id": WRONG, "name": "秦技师"})
    return client


def wrong() -> Employee | None:
    return Employee.objects.filter(employee_id=WRONG).first()


def test_a_wrong_hire_is_asked_for_once_and_gone(hr: Client, member: Callable[..., User]) -> None:
    """Fails when a slip of the pen stays on the roster for ever, or goes without being asked or noted."""
    assert "撤销入职" in hr.get(reverse("people:person", args=[WRONG])).text
    assert "不能恢复" in hr.get(ADDRESS).text
    assert wrong() is not None
    member(WRONG)
    duty_give(kind="provide", subject="surveys", unit=Unit.objects.get(name="东店"), employee=wrong() or Employee())
    assert hr.post(ADDRESS).url == reverse("people:list")
    assert wrong() is None
    assert not Assignment.objects.filter(employee__employee_id=WRONG).exists()
    assert (Duty.ever.exists(), User.objects.filter(username="e105").exists()) == (False, False)
    entry = LogEntry.objects.filter(
        object_repr="秦技师 E105", content_type__model="employee", action=LogEntry.Action.DELETE
    ).get()
    assert entry.actor == User.objects.get(username="e104")


def test_an_account_that_was_signed_in_to_is_closed_and_keeps_its_name(hr: Client, member: Callable[..., User]) -> None:
    """Fails when a session goes on, or the log no longer says who somebody was."""
    user, guest = member(WRONG), Client()
    sign_in(guest, user.username)
    assert hr.post(ADDRESS).status_code == 302
    user = User.objects.get(pk=user.pk)
    assert (user.is_active, user.employee, str(user)) == (False, None, "秦技师")
    assert guest.get("/settings/").status_code == 302


def _leads(_: Any) -> None:
    Assignment.objects.filter(employee__employee_id="E102").update(manager=wrong())


def _stands_in(_: Any) -> None:
    away = Employee.objects.get(employee_id="E101")
    Delegation.objects.create(away=away, stand_in=wrong(), begin=today(), end=today())


def _did_something(member: Callable[..., User]) -> None:
    LogEntry.objects.filter(object_repr__contains="E102").update(actor=member(WRONG))


def _holds_a_role(member: Callable[..., User]) -> None:
    Grant.objects.create(user=member(WRONG), role="auditor")


def _was_published(_monkeypatch: pytest.MonkeyPatch) -> None:
    months_published(Month.of(today()))


def _was_settled(monkeypatch: pytest.MonkeyPatch) -> None:
    redeclare(monkeypatch, RecordsKept, RecordsKept(lambda _: [("评分", "ratings")]))


@pytest.mark.parametrize(
    ("make", "told"),
    [
        (_leads, "仍是别人的直接上级"),
        (_stands_in, "代理记录"),
        (_did_something, "用账号办理过事项"),
        (_holds_a_role, "账号另有角色"),
    ],
)
def test_who_has_a_history_is_not_taken_back_and_may_leave(
    hr: Client, member: Callable[..., User], make: Callable[[Any], None], told: str
) -> None:
    """Fails when a record goes on which something stands, or nobody says why it does not."""
    make(member)
    _refused(hr, told)


@pytest.mark.parametrize(("make", "told"), [(_was_published, "已发布的月份"), (_was_settled, "评分")])
def test_nor_whose_months_count_elsewhere(
    hr: Client, monkeypatch: pytest.MonkeyPatch, make: Callable[[Any], None], told: str
) -> None:
    """Fails when a result, a rating or a row of evidence is left about nobody."""
    make(monkeypatch)
    _refused(hr, told)


def _refused(hr: Client, told: str) -> None:
    page = hr.get(ADDRESS).text
    assert told in page
    assert reverse("people:leave", args=[WRONG]) in page
    answer = hr.post(ADDRESS, follow=True)
    assert told in answer.text
    assert wrong() is not None


def test_nobody_takes_themselves_back(hr: Client) -> None:
    """Fails when HR removes the own record by a slip."""
    page = hr.post("/people/of/E104/take-back/", follow=True)
    assert "这是您本人" in page.text
    assert Employee.objects.filter(employee_id="E104").exists()
