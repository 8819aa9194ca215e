"""Invitation links and the first administrator."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import timedelta
from io import StringIO
from typing import Any

import pytest
from allauth.mfa.models import Authenticator
from auditlog.models import LogEntry
from django.core.management import CommandError, call_command
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.credentials.second_step import second_step_take_away
from fairwrench.web.access.models import Grant, Invitation, User
from fairwrench.web.access.users.invitations import invitation_make, invitation_use, user_of_employee
from fairwrench.web.org.models import Employee, Position, Unit
from fairwrench.web.project.environment import Environment
from tests.web.small_office import PASSWORD

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


@pytest.fixture
def in_use(office: Any) -> User:
    """The account of the technician E102, who signed in before."""
    user = User.objects.create_user("e102", password=PASSWORD, employee=Employee.objects.get(employee_id="E102"))
    assert Client().post("/accounts/login/", {"login": "e102", "password": PASSWORD}).status_code == 302
    return User.objects.get(pk=user.pk)


@pytest.fixture
def hr(member: Callable[..., User]) -> Client:
    """The browser of HR of the eastern store, signed in as people do."""
    member("E104", ("hr", "东店"))
    client = Client()
    assert client.post("/accounts/login/", {"login": "e104", "password": PASSWORD}).status_code == 302
    return client


def link_by(client: Client, user: User) -> str:
    """The address of a link as the page shows it to who made it."""
    text = client.post(reverse("settings:invite_again", args=[user.pk])).text
    return page(re.search(r"/settings/invitation/([\w-]+)/", text)[1])


def test_a_link_does_not_open_for_who_made_it(in_use: User, hr: Client) -> None:
    """Breaks if HR sets the password of somebody, and acts as them, in the browser where they made the link."""
    link = link_by(hr, in_use)
    for _ in range(2):  # signed in, and out again
        assert hr.get(link).status_code == 403
        assert hr.post(link, {"first": FRESH, "second": FRESH}).status_code == 403
        hr.post("/accounts/logout/")
    assert User.objects.get(pk=in_use.pk).check_password(PASSWORD)
    assert Client().get(link).status_code == 200


def test_a_link_does_not_open_while_somebody_else_is_signed_in(
    in_use: User, hr: Client, signed_in: Callable[..., Client]
) -> None:
    """Breaks if a link sent to the wrong person is used by them without a thought."""
    link = link_by(hr, in_use)
    assert signed_in("E103").get(link).status_code == 403
    own = Client()
    own.force_login(in_use, backend="django.contrib.auth.backends.ModelBackend")
    assert own.get(link).status_code == 200


def test_one_may_make_a_link_for_oneself(member: Callable[..., User]) -> None:
    """Breaks if an administrator who is still signed in cannot replace a forgotten password."""
    user, client = member("E001", ("administrator", None)), Client()
    client.post("/accounts/login/", {"login": "e001", "password": PASSWORD})
    assert client.get(link_by(client, user)).status_code == 200


def used(link: str, address: str = "203.0.113.9") -> Client:
    """The person's browser, in which they set the password by a link."""
    own = Client(REMOTE_ADDR=address)
    assert own.post(link, {"first": FRESH, "second": FRESH}).status_code == 302
    return own


def test_who_comes_in_by_another_password_is_told_whose_link_it_was(in_use: User, hr: Client) -> None:
    """Breaks if somebody's password was replaced without their knowing, or they cannot say later by whom."""
    own = used(link_by(hr, in_use))
    for browser in (own, Client()):  # at each sign-in, not only for whoever comes in first
        first = browser.post("/accounts/login/", {"login": "e102", "password": FRESH}, follow=True)
        assert "通过 孙人事 E104 发出的链接重新设置（来自 203.0.113.9）" in first.text
        assert "发出的链接" not in browser.get("/schemes/").text
        assert "通过 孙人事 E104 发出的链接" in browser.get("/settings/").text
    Invitation.objects.update(used_at=timezone.now() - timedelta(days=31))
    later = Client().post("/accounts/login/", {"login": "e102", "password": FRESH}, follow=True)
    assert "发出的链接" not in later.text


def test_a_first_password_is_nothing_to_warn_of(client: Client, invited: tuple[User, str]) -> None:
    """Breaks if everybody's first day begins with a warning."""
    used(page(invited[1]))
    told = client.post("/accounts/login/", {"login": "e102", "password": FRESH}, follow=True).text
    assert "发出的链接" not in told


def test_the_log_names_who_made_the_link_and_where_it_was_used(in_use: User, hr: Client) -> None:
    """Breaks if the log says that people replaced their password themselves, and nothing of the link."""
    used(link_by(hr, in_use))
    made, use = LogEntry.objects.filter(additional_data__what__in=["link_made", "password_set"]).order_by("id")
    assert (made.actor.username, made.object_repr) == ("e104", "吕技师 E102 (e102)")
    assert (use.actor.username, use.additional_data["detail"]) == ("e102", "孙人事 E104（e104） → 203.0.113.9")


def test_a_link_takes_away_no_second_step_and_no_session_goes_on(in_use: User, hr: Client) -> None:
    """Breaks if a link is a way round the second step, or who stole a session keeps it."""
    Authenticator.objects.create(user=in_use, type=Authenticator.Type.TOTP, data={"secret": "x"})
    stolen = Client()
    stolen.force_login(in_use, backend="django.contrib.auth.backends.ModelBackend")
    own = used(link_by(hr, in_use))
    assert Authenticator.objects.filter(user=in_use).count() == 1
    asked = own.post("/accounts/login/", {"login": "e102", "password": FRESH}).url
    assert asked.startswith("/accounts/2fa/authenticate/")
    assert own.get("/settings/").status_code == 302
    assert stolen.get("/settings/").status_code == 302


def test_nobody_alone_takes_both_keys(in_use: User, admin: Client, member: Callable[..., User]) -> None:
    """Breaks if one administrator comes in as somebody else: taking the second step away and making a link."""
    boss, other = User.objects.get(username="e001"), member("E201", ("administrator", None))
    step = {"user": in_use, "type": Authenticator.Type.TOTP, "data": {"secret": "x"}}
    Authenticator.objects.create(**step)
    second_step_take_away(user=in_use, by=boss)
    with pytest.raises(Refused, match="another administrator"):
        invitation_make(user=in_use, by=boss)
    invitation_make(user=in_use, by=other)
    Authenticator.objects.create(**step)
    with pytest.raises(Refused, match="another administrator"):
        second_step_take_away(user=in_use, by=other)
    assert Authenticator.objects.filter(user=in_use).exists()


def test_a_second_step_taken_away_is_told_too(in_use: User, member: Callable[..., User]) -> None:
    """Breaks if somebody's second step is gone without their knowing."""
    second_step_take_away(user=in_use, by=member("E001", ("administrator", None)))
    told = Client().post("/accounts/login/", {"login": "e102", "password": PASSWORD}, follow=True).text
    assert "取消了您的两步验证" in told


def test_the_server_lets_somebody_in_whom_nobody_else_may(in_use: User) -> None:
    """Breaks if the only administrator of a small company can help nobody who lost both."""
    out = StringIO()
    call_command("make_invitation", "e102", stdout=out)
    assert Client().get(re.search(r"(/settings/invitation/\S+)", out.getvalue())[1]).status_code == 200
    with pytest.raises(CommandError):
        call_command("make_invitation", "nobody", stdout=out)


@pytest.fixture
def mailed(settings: Any, in_use: User) -> User:
    """The same, where there is a mail server and they have an address."""
    settings.MAIL = True
    User.objects.filter(pk=in_use.pk).update(email="lv@example.com")
    return User.objects.get(pk=in_use.pk)


def test_with_mail_the_link_goes_to_the_person_alone(
    mailed: User, hr: Client, mailoutbox: list[Any], django_capture_on_commit_callbacks: Any
) -> None:
    """Breaks if who manages accounts sees a link that could reach the person without them."""
    text = hr.post(reverse("settings:invite_again", args=[mailed.pk])).text
    assert "/settings/invitation/" not in text
    assert "lv@example.com" in text
    (sent,) = mailoutbox
    assert sent.to == ["lv@example.com"]
    link = re.search(r"(/settings/invitation/[\w-]+/)", sent.body)[1]
    with django_capture_on_commit_callbacks(execute=True):
        used(link)
    assert [each.subject for each in mailoutbox] == ["设置密码的链接", "您的密码已重新设置"]
    assert "孙人事" in mailoutbox[1].body


def test_a_mail_that_does_not_go_off_shows_the_link(
    mailed: User, hr: Client, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Breaks if a mail server that is down keeps everybody out."""
    settings.EMAIL_BACKEND = "tests.web.access.no_mail.Broken"
    assert "/settings/invitation/" in hr.post(reverse("settings:invite_again", args=[mailed.pk])).text
    assert Invitation.objects.latest("id").mailed_to == ""
    assert "was not sent" in caplog.text


@pytest.mark.parametrize(
    ("url", "told"),
    [
        ("", {}),
        ("smtp://u%40a.cn:p%2F1@mail.a.cn", ("mail.a.cn", 587, "u@a.cn", "p/1", False, True)),
        ("smtps://mail.a.cn:466", ("mail.a.cn", 466, "", "", True, False)),
        ("smtp://localhost:25", ("localhost", 25, "", "", False, False)),
    ],
)
def test_the_mail_server_is_one_address(url: str, told: Any) -> None:
    """Breaks if a password with a slash, or a server without encryption elsewhere, is understood otherwise."""
    found = Environment({"FAIRWRENCH_MAIL": url}).mail
    names = ("HOST", "PORT", "HOST_USER", "HOST_PASSWORD", "USE_SSL", "USE_TLS")
    assert (tuple(found[f"EMAIL_{name}"] for name in names) if found else found) == told
    with pytest.raises(ValueError, match="FAIRWRENCH_MAIL"):
        _ = Environment({"FAIRWRENCH_MAIL": "mail.a.cn"}).mail or Environment({"FAIRWRENCH_MAIL": "http://a.cn"}).mail


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
    assert (user.employee.employee_id, str(user)) == ("E102", "吕技师 E102")
    assert 'value="E102 吕技师"' in admin.get(edit).content.decode()
    assert admin.post(edit, {**told, "employee": "E001"}).status_code == 200
    assert admin.post(edit, {**told, "employee": ""}).status_code == 302
    user.refresh_from_db()
    assert (user.employee, str(user)) == (None, "周大审计")
    assert signed_in("E104", ("hr", None)).post(edit, told).status_code == 403
