"""Invitation links and the first administrator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from django.core.management import call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.people.invitations import invitation_make, invitation_use, user_of_employee
from fairwrench.web.people.models import Employee, Grant, Invitation, Position, Unit, User
from tests.web.people.conftest import PASSWORD

pytestmark = pytest.mark.django_db
FRESH = "Oil-Change-99"


def page(secret: str) -> str:
    return reverse("settings:invitation", args=[secret])


@pytest.fixture
def invited(office: Any) -> tuple[User, str]:
    """The technician E102 with a link that nobody used yet."""
    user = user_of_employee(employee=Employee.objects.get(employee_id="E102"), by=None)
    return user, invitation_make(user=user, by=None)


def test_a_link_sets_a_password_once(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if people cannot come in, or a link found later lets somebody else in."""
    user, secret = invited
    assert not user.has_usable_password()
    assert "e102" in client.get(page(secret)).content.decode()
    assert client.post(page(secret), {"first": FRESH, "second": FRESH}).url == "/accounts/login/"
    assert client.login(username="e102", password=FRESH)
    again = client.post(page(secret), {"first": PASSWORD, "second": PASSWORD})
    assert again.status_code == 410
    assert client.get(page(secret)).status_code == 410
    assert client.login(username="e102", password=FRESH)


@pytest.mark.parametrize("weak", ["short", "1234567890123", "password123456", "E102吕技师"])
def test_a_weak_password_is_refused_and_the_link_still_works(
    client: Client, invited: tuple[User, str], weak: str
) -> None:
    """Breaks if the password rules can be passed by at the first password."""
    answer = client.post(page(invited[1]), {"first": weak, "second": weak})
    assert answer.status_code == 200
    assert not User.objects.get(pk=invited[0].pk).has_usable_password()
    assert client.get(page(invited[1])).status_code == 200


def test_two_different_entries_are_refused(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if a slip of the finger locks somebody out."""
    assert "不一致" in client.post(page(invited[1]), {"first": FRESH, "second": FRESH + "x"}).content.decode()


def test_a_link_ends_after_seven_days(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if an old mail still opens an account."""
    made = Invitation.objects.get()
    assert timedelta(days=6, hours=23) < made.expires_at - timezone.now() <= timedelta(days=7)
    Invitation.objects.update(expires_at=timezone.now())
    assert client.get(page(invited[1])).status_code == 410
    assert invitation_use(secret=invited[1], password=FRESH) is None


def test_the_database_does_not_hold_the_secret(invited: tuple[User, str]) -> None:
    """Breaks if who reads a backup can come in as anybody."""
    made = Invitation.objects.get()
    assert invited[1] not in str(vars(made))
    assert len(made.digest) == 64


def test_a_newer_link_ends_the_older_one(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if a link that went to the wrong address cannot be called back."""
    newer = invitation_make(user=invited[0], by=None)
    assert client.get(page(invited[1])).status_code == 410
    assert client.get(page(newer)).status_code == 200


def test_a_closed_account_cannot_be_invited_and_its_link_ends(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if closing an account leaves a way in."""
    User.objects.update(is_active=False)
    assert client.get(page(invited[1])).status_code == 410
    with pytest.raises(Refused):
        invitation_make(user=User.objects.get(), by=None)


def test_the_first_start_prints_a_way_in_and_prepares_units_and_positions(client: Client, db: None) -> None:
    """Breaks if a new installation cannot be entered, or has a default password."""
    out = StringIO()
    call_command("prepare_office", stdout=out)
    assert Unit.objects.get().kind == "group"
    assert Position.objects.get(code="technician").name_zh == "维修技师"
    admin = User.objects.get()
    assert not admin.has_usable_password()
    assert Grant.objects.get().role == "administrator"
    link = re.search(r"http://127\.0\.0\.1:8000(/settings/invitation/\S+)", out.getvalue())[1]
    client.post(link, {"first": FRESH, "second": FRESH})
    assert client.login(username="admin", password=FRESH)
    again = StringIO()
    call_command("prepare_office", stdout=again)
    assert again.getvalue() == ""
    assert Unit.objects.count() == 1


def test_an_administrator_who_is_locked_out_gets_a_new_link(db: None) -> None:
    """Breaks if a forgotten password of the only administrator ends the installation."""
    out = StringIO()
    call_command("create_administrator", "root", stdout=out)
    assert "/settings/invitation/" in out.getvalue()
    assert User.objects.get(username="root").grants.get().unit is None


def test_hr_invites_an_employee_and_sees_the_link_once(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR cannot let people in, or the link can be read again later."""
    hr = signed_in("E104", ("hr", "东店"))
    answer = hr.post(reverse("settings:invite"), {"employee": "E102", "email": "lv@example.com"})
    text = answer.content.decode()
    secret = re.search(r"/settings/invitation/([\w-]+)/", text)[1]
    assert "no-store" in answer.headers["Cache-Control"]
    user = User.objects.get(employee__employee_id="E102")
    assert user.email == "lv@example.com"
    assert secret not in hr.get(reverse("settings:user", args=[user.pk])).content.decode()
    assert Client().get(page(secret)).status_code == 200


def test_hr_of_one_store_invites_nobody_of_another(signed_in: Callable[..., Client]) -> None:
    """Breaks if store HR makes accounts for, and so acts as, people of other stores."""
    hr = signed_in("E104", ("hr", "东店"))
    assert hr.post(reverse("settings:invite"), {"employee": "E202"}).status_code == 200
    assert not User.objects.filter(employee__employee_id="E202").exists()


@pytest.fixture
def admin(signed_in: Callable[..., Client]) -> Client:
    """Signed in as an administrator."""
    return signed_in("E001", ("administrator", None))


OUTSIDER = {
    "outsider": "1",
    "outsider-name": "周审计",
    "outsider-email": "zhou@audit.example",
    "outsider-role": "auditor",
    "outsider-unit": "",
}


def test_an_administrator_invites_somebody_off_the_roster(admin: Client) -> None:
    """Breaks if an outside auditor cannot be let in, gets another role or reach, or shows by user name only."""
    east = Unit.objects.get(name="东店")
    text = admin.post(reverse("settings:invite"), {**OUTSIDER, "outsider-unit": east.pk}).content.decode()
    user = User.objects.get(email="zhou@audit.example")
    assert (str(user), user.username, user.employee) == ("周审计", "zhou", None)
    assert [(grant.role, grant.unit) for grant in user.grants.all()] == [("auditor", east)]
    secret = re.search(r"/settings/invitation/([\w-]+)/", text)[1]
    outside = Client()
    outside.post(page(secret), {"first": FRESH, "second": FRESH})
    assert outside.post("/accounts/login/", {"login": "zhou@audit.example", "password": FRESH}).status_code == 302
    assert "周审计" in outside.get("/settings/", follow=True).content.decode()
    assert "周审计" in admin.get(reverse("settings:users"), {"q": "周审"}).content.decode()


def test_two_outsiders_whose_addresses_begin_alike_get_two_names(admin: Client) -> None:
    """Breaks if the second of two is refused, or takes the account of the first."""
    admin.post(reverse("settings:invite"), OUTSIDER)
    admin.post(reverse("settings:invite"), {**OUTSIDER, "outsider-email": "zhou@other.example"})
    again = admin.post(reverse("settings:invite"), OUTSIDER).content.decode()
    assert "已有账号使用这个邮箱" in again
    assert set(User.objects.exclude(name="").values_list("username", flat=True)) == {"zhou", "zhou_2"}


def test_only_administrators_invite_people_off_the_roster(signed_in: Callable[..., Client]) -> None:
    """Breaks if HR makes itself an administrator by way of an invented person."""
    hr = signed_in("E104", ("hr", None))
    assert "outsider" not in hr.get(reverse("settings:invite")).content.decode()
    hr.post(reverse("settings:invite"), {**OUTSIDER, "outsider-role": "administrator"})
    assert not User.objects.filter(name="周审计").exists()


def test_an_account_is_named_and_given_to_an_employee(admin: Client, signed_in: Callable[..., Client]) -> None:
    """Breaks if who was invited from outside and then hired has to begin anew with another account."""
    admin.post(reverse("settings:invite"), OUTSIDER)
    user = User.objects.get(name="周审计")
    edit = reverse("settings:account", args=[user.pk])
    told = {"name": "周大审计", "email": "zhou@audit.example", "employee": "E102"}
    assert admin.post(edit, told).status_code == 302
    user.refresh_from_db()
    assert (user.employee.employee_id, str(user)) == ("E102", "吕技师")
    assert 'value="E102 吕技师"' in admin.get(edit).content.decode()
    assert admin.post(edit, {**told, "employee": "E001"}).status_code == 200
    assert admin.post(edit, {**told, "employee": ""}).status_code == 302
    user.refresh_from_db()
    assert (user.employee, str(user)) == (None, "周大审计")
    assert signed_in("E104", ("hr", None)).post(edit, told).status_code == 403
