"""Signing in: passwords, second steps, throttling, sessions, and what happens when one is not signed in."""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.totp.internal.auth import format_hotp_value, hotp_value, yield_hotp_counters_from_time
from allauth.usersessions.models import UserSession
from django.core.cache import cache, caches
from django.test import Client
from django.urls import reverse

from fairwrench.web.access.accounts.demo_logins import DemoLogin
from fairwrench.web.access.models import User
from tests.web.declaring import redeclare
from tests.web.small_office import PASSWORD

pytestmark = pytest.mark.django_db
LOGIN = "/accounts/login/"


@pytest.fixture(autouse=True)
def no_memory(db: None) -> None:
    """Attempts and sessions of one test do not count in the next."""
    cache.clear()
    caches["process"].clear()


@pytest.fixture
def user(member: Callable[..., User]) -> User:
    """The technician E102."""
    found = member("E102")
    found.email = "lv@example.com"
    found.save()
    return found


def sign_in(client: Client, name: str, password: str = PASSWORD, **more: str) -> Any:
    return client.post(LOGIN, {"login": name, "password": password, **more})


def code(secret: str) -> str:
    """The six digits that an authenticator shows now."""
    return format_hotp_value(hotp_value(secret, next(yield_hotp_counters_from_time())))


@pytest.mark.parametrize("name", ["e102", "lv@example.com", "LV@example.com"])
def test_user_name_and_address_both_sign_in(client: Client, user: User, name: str) -> None:
    """Breaks if people cannot come in by the name or address they know."""
    assert sign_in(client, name).status_code == 302
    assert client.session["_auth_user_id"] == str(user.pk)


def test_a_wrong_password_is_told_without_saying_which_part_is_wrong(client: Client, user: User) -> None:
    """Breaks if the page tells strangers which accounts exist."""
    told = [sign_in(client, name, "no").content.decode() for name in ("e102", "nobody")]
    assert all("用户名或密码不正确" in page for page in told)


def test_next_leads_back_but_never_to_another_host(client: Client, user: User) -> None:
    """Breaks if a link in a mail lands on the start page, or on a forger's."""
    assert sign_in(client, "e102", next="/settings/?x=1").url == "/settings/?x=1"
    client.logout()
    assert sign_in(client, "e102", next="https://evil.example/").url == "/home/"


def test_nobody_signs_up_or_resets_by_mail(client: Client, db: None) -> None:
    """Breaks if an account can be made or taken over without HR."""
    assert client.get("/accounts/signup/").status_code == 404
    assert client.post("/accounts/signup/", {"username": "x", "password1": PASSWORD}).status_code == 404
    assert "邀请链接" in client.post("/accounts/password/reset/", {"email": "lv@example.com"}).content.decode()
    for path in ("/accounts/email/", "/accounts/confirm-email/", "/accounts/password/reset/key/1-set/"):
        assert client.get(path).status_code in (302, 404), path
    assert not User.objects.exists()


def test_too_many_wrong_passwords_close_the_account_for_a_while(client: Client, user: User, settings: Any) -> None:
    """Breaks if passwords can be guessed without end, or by changing between name and address."""
    settings.AXES_ENABLED = True
    for name in ("e102", "lv@example.com", "E102", "lv@example.com"):
        for _ in range(2):
            answer = sign_in(client, name, "wrong")
    assert answer.status_code == 429
    assert "15 分钟" in answer.content.decode()
    assert sign_in(client, "e102").status_code == 429


def test_a_closed_account_stays_out(client: Client, user: User) -> None:
    """Breaks if who left the company still comes in."""
    User.objects.update(is_active=False)
    sign_in(client, "e102")
    assert "_auth_user_id" not in client.session


def test_demo_logins_stand_on_the_page_only_in_the_demo(
    client: Client, db: None, settings: Any, monkeypatch: Any
) -> None:
    """Breaks if a real installation shows passwords, or the demo none."""
    redeclare(monkeypatch, DemoLogin, DemoLogin("tech", "Demo-only-1", "技师", "Technician"))
    assert "Demo-only-1" not in client.get(LOGIN).content.decode()
    settings.DEMO = True
    page = client.get(LOGIN, headers={"accept-language": "en"}).content.decode()
    assert "Technician" in page
    assert 'name="password" value="Demo-only-1"' in page


def test_a_page_asked_without_session_comes_back_after_signing_in(client: Client, db: None) -> None:
    """Breaks if a shared link is forgotten on the way through the login page."""
    answer = client.get("/settings/?a=1&b=2")
    assert answer.url == f"{LOGIN}?next=/settings/%3Fa%3D1%26b%3D2"


def test_a_form_sent_without_session_leads_back_to_its_page(client: Client, db: None) -> None:
    """Breaks if after signing in one stands on an address that only takes forms, and what was typed is lost."""
    answer = client.post("/settings/users/3/close/", headers={"referer": "http://testserver/settings/users/3/"})
    assert answer.url == f"{LOGIN}?next=/settings/users/3/"
    strange = client.post("/settings/users/3/close/", headers={"referer": "http://evil.example/x"})
    assert strange.url == f"{LOGIN}?next=/settings/users/3/close/"


def test_htmx_without_session_is_sent_to_the_login_page(client: Client, db: None) -> None:
    """Breaks if the login page is swapped into a part of another page."""
    headers = {"hx-request": "true", "hx-current-url": "http://testserver/settings/users/?q=a"}
    answer = client.get("/settings/users/?q=ab", headers=headers)
    assert answer.status_code == 401
    assert answer.headers["HX-Redirect"] == f"{LOGIN}?next=/settings/users/%3Fq%3Da"


def test_a_second_step_is_set_up_and_then_asked_for(client: Client, user: User) -> None:
    """Breaks if two-step sign-in cannot be turned on, or a password alone passes afterwards."""
    sign_in(client, "e102")
    asked = client.get("/accounts/2fa/totp/activate/").url
    assert asked.startswith("/accounts/reauthenticate/")
    page = client.post(asked, {"password": PASSWORD}, follow=True)
    text = page.content.decode()
    assert 'src="data:image/svg+xml;base64,' in text
    assert "data:" in page.headers["Content-Security-Policy"]
    secret = re.search(r"<code>(\w+)</code>", text)[1]
    assert client.post("/accounts/2fa/totp/activate/", {"code": "000000"}).status_code == 200
    assert client.post("/accounts/2fa/totp/activate/", {"code": code(secret)}).status_code == 302
    recovery = re.findall(r"<li><code>(\w+)</code>", client.get("/accounts/2fa/recovery-codes/").content.decode())
    assert len(recovery) == 10
    client.post("/accounts/logout/")
    cache.clear()
    other = Client()
    assert sign_in(other, "e102").url.startswith("/accounts/2fa/authenticate/")
    assert other.get("/settings/").status_code == 302
    assert "验证码不正确" in other.post("/accounts/2fa/authenticate/", {"code": "12"}).content.decode()
    other.post("/accounts/2fa/authenticate/", {"code": recovery[0]})
    assert other.get("/settings/").status_code == 200


def test_sessions_are_listed_and_ended_one_by_one(user: User) -> None:
    """Breaks if a lost phone stays signed in, or one may end somebody else's session."""
    here, there, stranger = Client(), Client(), Client()
    for each in (here, there):
        sign_in(each, "e102")
        each.get("/settings/")
    sessions = UserSession.objects.filter(user=user)
    assert sessions.count() == 2
    other = sessions.exclude(session_key=here.session.session_key).get()
    sign_in(stranger, User.objects.create_user("stranger", password=PASSWORD).username)
    assert stranger.post(reverse("settings:session_end", args=[other.pk])).status_code == 404
    assert here.get("/accounts/sessions/").content.decode().count("settings/sessions/") == 1
    here.post(reverse("settings:session_end", args=[other.pk]))
    assert there.get("/settings/").status_code == 302
    assert here.get("/settings/").status_code == 200


def test_a_changed_password_must_follow_the_rules_and_ends_other_sessions(user: User) -> None:
    """Breaks if weak passwords come in by the back door, or a stolen session survives the change."""
    here, there = Client(), Client()
    for each in (here, there):
        sign_in(each, "e102")
    weak = {"oldpassword": PASSWORD, "password1": "12345678901", "password2": "12345678901"}
    assert here.post("/accounts/password/change/", weak).status_code == 200
    good = {"oldpassword": PASSWORD, "password1": "Brake-Pads-22", "password2": "Brake-Pads-22"}
    assert here.post("/accounts/password/change/", good).status_code == 302
    assert here.get("/settings/").status_code == 200
    assert there.get("/settings/").status_code == 302


def test_reading_pages_writes_no_session_row_each_time(user: User, django_assert_max_num_queries: Any) -> None:
    """Breaks if every page that is read waits for a write."""
    client = Client()
    sign_in(client, "e102")
    client.get("/settings/")
    with django_assert_max_num_queries(12) as seen:
        client.get("/settings/")
    assert not [query for query in seen if query["sql"].startswith(("UPDATE", "INSERT"))]
