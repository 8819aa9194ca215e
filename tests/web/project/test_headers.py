"""Whatever goes wrong, the page is ours, in the reader's language, under the same policy; and pay stays in no cache."""

from __future__ import annotations

from typing import Any

import pytest
from django.db import OperationalError, connection
from django.test import Client

from fairwrench.web.access.models import Grant, User
from fairwrench.web.project.serving import operation

pytestmark = pytest.mark.django_db
PAGES = {
    400: ("请求有误", "Bad request"),
    403: ("没有权限", "Not allowed"),
    404: ("找不到页面", "Page not found"),
    500: ("系统出错了", "Something went wrong"),
}


@pytest.fixture
def client() -> Client:
    """Somebody signed in who holds no role."""
    made = Client(raise_request_exception=False)
    made.force_login(User.objects.create_user("somebody"), backend="django.contrib.auth.backends.ModelBackend")
    return made


def asked(client: Client, status: int, monkeypatch: pytest.MonkeyPatch, **headers: str) -> Any:
    """A request that ends in an error."""
    if status == 500:

        def fail(*_given: object) -> None:
            raise ZeroDivisionError("a secret of the code")

        monkeypatch.setattr(operation, "may", fail)
    if status == 400:
        headers["Host"] = "evil.example"
    return client.get("/metrics" if status in (403, 500) else "/nothing/here/", headers=headers)


def hold(answer: Any) -> None:
    """The headers that every page of ours has."""
    policy = answer.headers["Content-Security-Policy"]
    assert "default-src 'self'" in policy
    assert "frame-ancestors 'none'" in policy
    assert "unsafe" not in policy
    assert answer.headers["X-Frame-Options"] == "DENY"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert answer.headers["Referrer-Policy"] == "same-origin"


@pytest.mark.parametrize("status", list(PAGES))
def test_pages_of_errors_are_ours_under_the_same_policy(
    client: Client, status: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when an error leads to a bare page, shows the program's innards, or may be framed or scripted."""
    answer = asked(client, status, monkeypatch)
    assert answer.status_code == status
    assert PAGES[status][0] in answer.text
    assert "secret" not in answer.text
    hold(answer)


@pytest.mark.parametrize("status", [403, 404, 500])
def test_they_speak_the_reader_s_language(client: Client, status: int, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when somebody who reads English is told in Chinese alone what went wrong."""
    User.objects.update(language="en")
    assert PAGES[status][1] in asked(client, status, monkeypatch).text


@pytest.mark.parametrize(("language", "at"), [("en-GB", 1), ("zh-CN", 0)])
def test_without_a_database_the_page_still_says_so(
    client: Client, monkeypatch: pytest.MonkeyPatch, language: str, at: int
) -> None:
    """Fails when an outage of the database shows a blank page, or one in another language than asked for."""

    def fail(*_given: object) -> None:
        raise OperationalError("the password is 1234")

    monkeypatch.setattr(connection, "cursor", fail)
    answer = client.get("/settings/", headers={"Accept-Language": language})
    assert answer.status_code == 500
    assert PAGES[500][at] in answer.text
    assert "1234" not in answer.text
    hold(answer)


def test_pages_of_somebody_signed_in_are_kept_nowhere(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when Back, or a proxy, shows pay to the next person at the computer."""
    Grant.objects.create(user=User.objects.get(), role="hr")
    for page in ("/", "/people/", "/settings/", "/evidence/", "/settings/users/?_export=xlsx", "/nothing/here/"):
        answer = client.get(page)
        assert "no-store" in answer.headers["Cache-Control"], page
        assert "public" not in answer.headers["Cache-Control"], page


def test_cookies_stay_with_the_browser(settings: Any) -> None:
    """Fails when a script, another site or a plain connection comes by the session."""
    from fairwrench.web.project.environment import Environment

    assert settings.SESSION_COOKIE_HTTPONLY
    assert settings.SESSION_COOKIE_SAMESITE == "Lax"
    assert Environment({"FAIRWRENCH_URL": "https://pay.example.com"}).encrypted
    user = User.objects.create_user("e102", password="Wrench-and-Oil-7")
    client = Client()
    settings.SESSION_COOKIE_SECURE = True
    client.post("/accounts/login/", {"login": user.username, "password": "Wrench-and-Oil-7"})
    cookie = client.cookies["sessionid"]
    assert (cookie["httponly"], cookie["samesite"], cookie["secure"]) == (True, "Lax", True)
