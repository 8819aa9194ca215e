"""Guesses at passwords: braked wherever they come from, without keeping out who they are about, or their office."""

from __future__ import annotations

from typing import Any
from uuid import uuid4

import pytest
from allauth.core.internal import ratelimit
from django.core.cache import cache, caches
from django.db import connection
from django.http import HttpResponse
from django.test import Client, RequestFactory
from django.test.utils import CaptureQueriesContext

from fairwrench.web.access.credentials.devices import COOKIE, device_of
from fairwrench.web.access.credentials.proxies import BehindProxies, counted_address
from fairwrench.web.access.credentials.throttling import RATES
from fairwrench.web.access.models import Tally, User
from fairwrench.web.access.users.invitations import invitation_make
from fairwrench.web.project.environment import Environment
from tests.web.small_office import PASSWORD
from tests.web.work.installation import Installation

LOGIN = "/accounts/login/"
OFFICE, ELSEWHERE = "203.0.113.5", "198.51.100.7"
BEGIN = f"""
from fairwrench.web.access.models import User
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


@pytest.fixture
def guarded(settings: Any, db: None) -> None:
    """As on a real site: by name and address together, too; nothing counts from the test before."""
    settings.AXES_ENABLED = True
    cache.clear()
    caches["process"].clear()


@pytest.fixture
def victim(guarded: None) -> User:
    """Somebody with a password."""
    return User.objects.create_user("e102", password=PASSWORD)


def tried(name: str, password: str, address: str, browser: Client | None = None, **headers: str) -> str:
    """What comes of signing in from an address: in, wrong, braked (the form says so), paused (the account is there)."""
    client = browser or Client()
    page = client.post(LOGIN, {"login": name, "password": password}, REMOTE_ADDR=address, headers=headers)
    if page.status_code == 302:
        return "in"
    return "paused" if page.status_code == 429 else "braked" if "登录失败次数过多" in page.text else "wrong"


def browser_of(name: str, address: str = OFFICE) -> Client:
    """A browser in which somebody signed in before, and out again."""
    browser = Client()
    assert tried(name, PASSWORD, address, browser) == "in"
    browser.post("/accounts/logout/")
    return browser


def test_an_office_of_thirty_signs_in_at_eight_with_slips_of_the_finger(guarded: None) -> None:
    """Breaks if one address is counted as one person: thirty come in at once, each after two wrong passwords."""
    names = [f"e{at}" for at in range(30)]
    for name in names:
        User.objects.create_user(name, password=PASSWORD)
    told = [tried(name, password, OFFICE) for name in names for password in ("wrong", "wrong-too", PASSWORD)]
    assert told == ["wrong", "wrong", "in"] * 30


def test_who_guesses_at_a_colleagues_account_from_the_same_office_is_stopped_alone(victim: User) -> None:
    """Breaks if one person of the office guesses without end, or keeps the colleague or the others out by that."""
    own = browser_of("e102")
    User.objects.create_user("e103", password=PASSWORD)
    told = [tried("e102", f"guess{at}", OFFICE) for at in range(12)]
    assert told == ["wrong"] * 7 + ["paused"] * 5
    assert tried("e102", PASSWORD, OFFICE) == "paused"
    assert tried("e103", PASSWORD, OFFICE) == "in"
    assert tried("e102", PASSWORD, OFFICE, own) == "in"


def test_guesses_from_many_addresses_at_one_account_are_slowed_and_the_owner_comes_in(victim: User) -> None:
    """Breaks if a botnet guesses without end, or locks somebody out of their account for good."""
    own, times = browser_of("e102"), int(RATES["name"].partition("/")[0])
    told = [tried("e102", f"guess{at}", f"198.51.100.{at}") for at in range(times + 5)]
    assert told == ["wrong"] * times + ["braked"] * 5
    assert tried("e102", PASSWORD, "198.51.100.200") == "braked"
    assert tried("e102", PASSWORD, "192.0.2.1", own) == "in"


def test_what_is_slowed_goes_on_after_an_hour_of_itself(victim: User, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if an account stays locked until somebody opens it again."""
    for at in range(25):
        tried("e102", "guess", f"198.51.100.{at}")
    now = ratelimit.time.time()
    monkeypatch.setattr(ratelimit.time, "time", lambda: now + 3601)
    assert tried("e102", PASSWORD, "192.0.2.1") == "in"


def test_a_new_link_lets_the_owner_in_whatever_others_guess(victim: User) -> None:
    """Breaks if who has no known browser, such as after a new phone, waits as long as somebody keeps guessing."""
    for at in range(25):
        tried("e102", "guess", f"198.51.100.{at}")
    fresh = Client()
    secret = invitation_make(user=victim, by=None)
    fresh.post(f"/settings/invitation/{secret}/", {"first": "Oil-Change-99", "second": "Oil-Change-99"})
    assert tried("e102", "Oil-Change-99", "198.51.100.3", fresh) == "in"


def test_a_known_browser_is_no_way_to_guess(victim: User) -> None:
    """Breaks if who takes a browser away, or shares it, may guess without end."""
    own = browser_of("e102")
    told = [tried("e102", f"guess{at}", OFFICE, own) for at in range(12)]
    assert told == ["wrong"] * 10 + ["braked"] * 2


def test_a_browser_is_known_for_those_alone_who_signed_in_there(victim: User) -> None:
    """Breaks if one's own account opens the way to guess at everybody else's."""
    User.objects.create_user("e103", password=PASSWORD)
    shared = browser_of("e103")
    told = [tried("e102", f"guess{at}", OFFICE, shared) for at in range(9)]
    assert told[-1] == "paused"
    assert tried("e103", PASSWORD, OFFICE, shared) == "in"


@pytest.mark.parametrize("made_up", ["", "x", "eyJ3b3JkIjoiYSIsInVzZXJzIjpbMV19", "²:²:²"])
def test_a_browser_that_makes_itself_known_is_not(victim: User, made_up: str) -> None:
    """Breaks if the word of a browser can be forged."""
    request = RequestFactory().get("/")
    request.COOKIES[COOKIE] = made_up
    assert device_of(request, victim) == ""


def test_many_names_from_one_address_are_braked(guarded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if one machine tries one password with every name."""
    monkeypatch.setitem(RATES, "address", "5/10m/key")
    told = [tried(f"nobody-{uuid4().hex}", "Spring-2026", OFFICE) for _ in range(6)]
    assert told == ["wrong"] * 5 + ["braked"]
    assert tried(f"nobody-{uuid4().hex}", "Spring-2026", ELSEWHERE) == "wrong"


def test_an_address_of_the_new_kind_counts_as_its_network(guarded: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Breaks if who has a network of 2⁶⁴ addresses takes another one for each guess."""
    monkeypatch.setitem(RATES, "address", "2/10m/key")
    told = [tried(f"nobody-{at}", "x", f"2001:db8::{at}") for at in range(1, 4)]
    assert told == ["wrong", "wrong", "braked"]
    assert counted_address("::ffff:203.0.113.5") == "203.0.113.5"


def test_a_header_that_anybody_may_send_opens_no_new_count(victim: User) -> None:
    """Breaks if a guesser goes free by making up where they come from."""
    told = [tried("e102", "guess", OFFICE, **{"X-Forwarded-For": f"192.0.2.{at}"}) for at in range(9)]
    assert told[-1] == "paused"


def seen_as(peer: str, **headers: str) -> tuple[str, dict[str, str]]:
    """The address that a request counts for, and what of such headers is left on it."""
    kept: dict[str, Any] = {}

    def view(request: Any) -> HttpResponse:
        kept.update(request.META)
        return HttpResponse()

    BehindProxies(view)(RequestFactory().get("/", REMOTE_ADDR=peer, headers=headers))
    return kept["REMOTE_ADDR"], {name: kept[name] for name in kept if "FORWARDED" in name or "REAL_IP" in name}


FORGED = {
    "X-Forwarded-For": "1.2.3.4",
    "X-Forwarded-Proto": "https",
    "X-Real-IP": "1.2.3.4",
    "Forwarded": "for=1.2.3.4",
}


@pytest.mark.parametrize(
    ("peer", "forwarded", "address"),
    [
        (OFFICE, "1.2.3.4", OFFICE),
        ("127.0.0.1", "1.2.3.4, 203.0.113.5", OFFICE),
        ("::1", "203.0.113.5:4711", OFFICE),
        ("", "203.0.113.5", OFFICE),
        ("127.0.0.1", "", "127.0.0.1"),
        ("127.0.0.1", "unknown", "127.0.0.1"),
        ("127.0.0.1", "203.0.113.5, 127.0.0.1", OFFICE),
        ("10.0.0.1", "203.0.113.5", "10.0.0.1"),
        ("127.0.0.1", "1.2.3.4, 203.0.113.5, 10.0.0.1", "10.0.0.1"),
    ],
)
def test_a_proxy_on_this_machine_is_believed_and_nobody_else(peer: str, forwarded: str, address: str) -> None:
    """Breaks if everybody behind the usual proxy counts as one, or anybody says themselves where they come from."""
    assert seen_as(peer, **({"X-Forwarded-For": forwarded} if forwarded else {}))[0] == address


def test_proxies_elsewhere_are_believed_where_the_settings_name_them(settings: Any) -> None:
    """Breaks if a company's proxy on a machine of its own makes one person of all, or a stranger passes for it."""
    settings.PROXIES = Environment({"FAIRWRENCH_PROXY": "10.0.0.1, 10.1.0.0/16"}).proxies
    assert seen_as("10.0.0.1", **{"X-Forwarded-For": "1.2.3.4, 203.0.113.5, 10.1.2.3"})[0] == OFFICE
    assert seen_as("10.2.0.1", **FORGED) == ("10.2.0.1", {})
    assert seen_as("10.1.9.9", **FORGED)[1]["HTTP_X_FORWARDED_PROTO"] == "https"
    assert Environment({"FAIRWRENCH_PROXY": "1"}).proxies == ()
    with pytest.raises(ValueError, match="proxy"):
        _ = Environment({"FAIRWRENCH_PROXY": "proxy.example"}).proxies


def test_strangers_leave_no_header_that_says_where_they_are(guarded: None) -> None:
    """Breaks if what a stranger says of address or protocol is found by whoever looks at the headers later."""
    assert seen_as(OFFICE, **FORGED) == (OFFICE, {})


@pytest.mark.slow
def test_guesses_in_two_processes_count_together(
    migrated: Installation, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """Breaks if each further process of the web server grants an attacker as many guesses again."""
    at = Installation.at(tmp_path_factory.mktemp("throttled") / "home", like=migrated)
    (first,) = at.told(BEGIN + GUESS + 'guess(15, "wrong", "10.0.0.1")')
    (second,) = at.told(GUESS + 'guess(7, "wrong", "10.0.0.2")')
    (owner,) = at.told(GUESS + f'guess(1, "{PASSWORD}", "10.0.0.3")')
    assert first["told"] == ["wrong"] * 15
    assert second["told"] == ["wrong"] * 5 + ["braked"] * 2
    assert owner["told"] == ["braked"]


@pytest.mark.django_db
def test_what_is_counted_lies_in_the_database() -> None:
    """Breaks if the shared cache is again one that each process has of its own."""
    cache.set("attempts", [1.5, 2.5], 60)
    assert Tally.objects.get().cache_key.endswith("attempts")
    assert cache.get("attempts") == [1.5, 2.5]


def test_what_saves_a_process_work_needs_no_database() -> None:
    """Breaks if every page that is read asks the database once more for what the process knows itself."""
    caches["process"].set("seen", True, 60)
    assert caches["process"].get("seen") is True


@pytest.mark.django_db
def test_many_names_do_not_drive_out_what_was_counted(settings: Any) -> None:
    """Breaks if guesses are forgotten as soon as somebody has tried a few hundred other names."""
    cache.clear()
    for at in range(400):
        cache.set(f"name-{at}", [1.0], 300)
    assert Tally.objects.count() == 400
    assert settings.CACHES["default"]["OPTIONS"]["MAX_ENTRIES"] >= 100_000


@pytest.mark.django_db
@pytest.mark.parametrize("page", [LOGIN, "/settings/"])
def test_a_page_that_is_read_asks_the_shared_cache_nothing(client: Client, page: str) -> None:
    """Breaks if every page got slower for the sake of the login form."""
    user = User.objects.create_user("somebody")
    if page != LOGIN:
        client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    with CaptureQueriesContext(connection) as asked:
        assert client.get(page).status_code == 200
    assert [query for query in asked.captured_queries if Tally._meta.db_table in query["sql"]] == []
