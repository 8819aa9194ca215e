"""A closed account is out at once, wherever it was signed in; and signing in tells nobody which accounts there are."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.contrib.auth.hashers import MD5PasswordHasher
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.test import Client

from fairwrench.web.access.models import User
from fairwrench.web.access.users.granting import user_close, user_open
from tests.web.access.test_sign_in import sign_in


@pytest.fixture(autouse=True)
def no_memory(db: None) -> None:
    """Attempts of one test do not count in the next."""
    cache.clear()


@pytest.fixture
def user(member: Callable[..., User]) -> User:
    """The technician E102, with an address."""
    found = member("E102")
    found.email = "lv@example.com"
    found.save()
    return found


def test_closing_an_account_ends_every_session_at_once(user: User, member: Callable[..., User]) -> None:
    """Fails when who was dismissed goes on reading until the session runs out, or is in again once it is opened."""
    phone, desk = Client(), Client()
    for each in (phone, desk):
        sign_in(each, "e102")
        assert each.get("/settings/").status_code == 200
    user_close(user=user, by=member("E104", ("administrator", None)))
    assert [each.get("/settings/").status_code for each in (phone, desk)] == [302, 302]
    assert not Session.objects.exists()
    user_open(user=user)
    assert [each.get("/settings/").status_code for each in (phone, desk)] == [302, 302]


def test_an_account_closed_by_other_means_is_out_as_well(user: User) -> None:
    """Fails when a session outlives its account where only the record says that it is closed."""
    client = Client()
    sign_in(client, "e102")
    User.objects.update(is_active=False)
    assert client.get("/settings/").status_code == 302
    assert client.get("/settings/", headers={"HX-Request": "true"}).status_code == 401


@pytest.mark.parametrize("by_address", [False, True])
def test_signing_in_takes_as_long_whether_or_not_there_is_an_account(
    user: User, member: Callable[..., User], monkeypatch: pytest.MonkeyPatch, by_address: bool
) -> None:
    """Fails when the time of the answer tells which names exist: working out a password's hash is what takes time."""
    closed, invited = member("E103"), member("E201")
    closed.email, closed.is_active = "closed@example.com", False
    invited.email = "invited@example.com"
    invited.set_unusable_password()
    closed.save(), invited.save()
    worked: list[str] = []
    plain = MD5PasswordHasher.encode

    def encode(self: Any, password: str, salt: str) -> str:
        worked.append(password)
        return plain(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", encode)
    names = {
        "e102": "lv@example.com",
        "e103": "closed@example.com",
        "e201": "invited@example.com",
        "x": "x@example.com",
    }
    told = {}
    for name, address in names.items():
        worked.clear()
        page = sign_in(Client(), address if by_address else name, "not the password")
        told[name] = (len(worked), page.status_code, "用户名或密码不正确" in page.text)
    assert set(told.values()) == {told["x"]}
    assert told["x"][0] > 0


def test_who_forgot_the_password_is_told_what_to_do(client: Client) -> None:
    """Fails when the page asks for an address to which nothing is ever sent."""
    page = client.get("/accounts/password/reset/").text
    assert "人力资源部" in page
    assert "邀请链接" in page
    assert '<input type="email"' not in page
