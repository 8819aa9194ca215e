"""Guesses at passwords count in all processes of an installation together, each by whoever sent it."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from django.core.cache import cache, caches
from django.db import connection
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from fairwrench.web.people.models import Tally, User
from fairwrench.web.people.throttling import address_of
from tests.web.jobs.installation import Installation
from tests.web.people.conftest import PASSWORD

BEGIN = f"""
from django.core.management import call_command
from fairwrench.web.people.models import User
call_command("migrate", verbosity=0)
User.objects.create_user("e102", password="{PASSWORD}")
"""
#: signs in from an address with a password, some times over, and prints what came of each
GUESS = """
import json
from django.test import Client
def guess(times, password, address):
    told = []
    for _ in range(times):
        client = Client(REMOTE_ADDR=address)
        page = client.post("/accounts/login/", {"login": "e102", "password": password})
        told.append("in" if page.status_code == 302 else "braked" if "登录失败次数过多" in page.text else "wrong")
    print(json.dumps({"told": told}))
"""


@pytest.mark.slow
def test_guesses_in_two_processes_count_together(tmp_path_factory: pytest.TempPathFactory) -> None:
    """Fails when each further process of the web server grants an attacker as many guesses again."""
    at = Installation.at(tmp_path_factory.mktemp("throttled") / "home")
    (first,) = at.told(BEGIN + GUESS + 'guess(3, "wrong", "10.0.0.1")')
    (second,) = at.told(GUESS + 'guess(3, "wrong", "10.0.0.2")')
    (owner,) = at.told(GUESS + f'guess(1, "{PASSWORD}", "10.0.0.3")')
    assert first["told"] == ["wrong"] * 3
    assert second["told"] == ["wrong", "wrong", "braked"]
    assert owner["told"] == ["braked"]


@pytest.mark.django_db
def test_what_is_counted_lies_in_the_database() -> None:
    """Fails when the shared cache is again one that each process has of its own."""
    cache.set("attempts", [1.5, 2.5], 60)
    assert Tally.objects.get().cache_key.endswith("attempts")
    assert cache.get("attempts") == [1.5, 2.5]


def test_what_saves_a_process_work_needs_no_database() -> None:
    """Fails when every page that is read asks the database once more for what the process knows itself."""
    caches["process"].set("seen", True, 60)
    assert caches["process"].get("seen") is True


@pytest.mark.django_db
def test_many_names_do_not_drive_out_what_was_counted(settings: Any) -> None:
    """Fails when guesses are forgotten as soon as somebody has tried a few hundred other names."""
    cache.clear()
    for at in range(400):
        cache.set(f"name-{at}", [1.0], 300)
    assert Tally.objects.count() == 400
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000


def guessed(address: str, forwarded: str = "", times: int = 1) -> str:
    """The page after guesses at as many accounts as guesses, sent from an address."""
    for _ in range(times):
        name = f"nobody-{address}-{forwarded}-{uuid4().hex}"
        client = Client(REMOTE_ADDR=address, headers={"X-Forwarded-For": forwarded} if forwarded else {})
        page = client.post("/accounts/login/", {"login": name, "password": "wrong"}).text
    return "braked" if "登录失败次数过多" in page else "wrong"


@pytest.mark.django_db
def test_behind_a_proxy_everybody_counts_for_themselves(settings: Any) -> None:
    """Fails when one attacker locks out the whole company, or goes free by making up where they come from."""
    settings.ALLAUTH_TRUSTED_PROXY_COUNT = 1
    proxy = "10.0.0.1"
    assert guessed(proxy, "203.0.113.5", times=11) == "braked"
    assert guessed(proxy, "198.51.100.1, 203.0.113.5") == "braked"
    assert guessed(proxy, "203.0.113.6") == "wrong"
    assert (
        address_of(RequestFactory().get("/", REMOTE_ADDR=proxy, headers={"X-Forwarded-For": "1.2.3.4, 5.6.7.8"}))
        == "5.6.7.8"
    )


@pytest.mark.django_db
def test_without_a_proxy_of_ours_nobody_is_believed_where_they_come_from() -> None:
    """Fails when a header that anybody may send opens a new count."""
    assert guessed("203.0.113.7", times=10) == "wrong"
    assert guessed("203.0.113.7", "198.51.100.9") == "braked"


@pytest.mark.django_db
@pytest.mark.parametrize("page", ["/accounts/login/", "/settings/"])
def test_a_page_that_is_read_asks_the_shared_cache_nothing(client: Client, page: str) -> None:
    """Fails when every page got slower for the sake of the login form."""
    user = User.objects.create_user("somebody")
    if page != "/accounts/login/":
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    assert [query for query in asked.captured_queries if Tally._meta.db_table in query["sql"]] == []
