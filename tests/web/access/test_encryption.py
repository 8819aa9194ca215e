"""Second factors at rest: unreadable without the installation's key, and carried over when that key is replaced."""

from __future__ import annotations

import json
import logging
from collections.abc import Callable
from typing import Any

import pytest
from allauth.mfa.adapter import get_adapter
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from allauth.mfa.totp.internal.auth import TOTP
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import Client

from fairwrench.web.access.credentials.encryption import Unreadable, factors_seal, opened, sealed
from fairwrench.web.access.models import User
from tests.web.access.test_sign_in import code, sign_in
from tests.web.small_office import PASSWORD

#: the secret of the examples of RFC 4226
SECRET = "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ"
SEED = "0f" * 40
CODE = "/accounts/2fa/authenticate/"


@pytest.fixture(autouse=True)
def no_memory(db: None) -> None:
    """A code used in one test is not used up in the next."""
    cache.clear()


@pytest.fixture
def user(member: Callable[..., User]) -> User:
    """The technician E102."""
    return member("E102")


def kept() -> str:
    """All that the database holds of second factors."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT data FROM mfa_authenticator")
        return json.dumps(cursor.fetchall())


def plain(user: User) -> None:
    """Second factors as they were kept before they were encrypted."""
    Authenticator.objects.create(user=user, type="totp", data={"secret": SECRET})
    Authenticator.objects.create(user=user, type="recovery_codes", data={"seed": SEED, "used_mask": 1})


def comes_in(with_code: str) -> bool:
    client = Client()
    sign_in(client, "e102")
    client.post(CODE, {"code": with_code})
    return client.get("/settings/").status_code == 200


def test_what_codes_are_made_of_is_not_in_the_database(user: User) -> None:
    """Fails when a copy of the database is enough to pass the second step of everybody."""
    TOTP.activate(user, SECRET)
    recovery = RecoveryCodes.activate(user)
    codes = recovery.get_unused_codes()
    assert len(set(codes)) == 10
    assert SECRET not in kept()
    assert opened(recovery.instance.data["seed"]) not in kept()
    assert not any(each in kept() for each in codes)
    assert comes_in(code(SECRET))
    assert comes_in(codes[0])
    assert not comes_in(codes[0])


def test_two_people_with_one_secret_are_kept_differently() -> None:
    """Fails when the database tells that two seals hold the same."""
    assert sealed(SECRET) != sealed(SECRET)
    assert opened(sealed(SECRET)) == SECRET


def test_what_was_kept_in_the_clear_still_lets_in_and_is_sealed_at_the_next_start(user: User) -> None:
    """Fails when an upgrade locks out whoever had a second step, or leaves their secret readable."""
    plain(user)
    assert comes_in(code(SECRET))
    before = [auth.wrap().get_unused_codes() for auth in Authenticator.objects.filter(type="recovery_codes")]
    call_command("prepare_office", verbosity=0)
    assert SECRET not in kept()
    assert SEED not in kept()
    assert before == [auth.wrap().get_unused_codes() for auth in Authenticator.objects.filter(type="recovery_codes")]
    assert factors_seal() == 0, "a second start changes nothing"


def test_a_replaced_key_still_reads_and_can_then_be_forgotten(user: User, settings: Any) -> None:
    """Fails when a key that became known cannot be replaced without locking people out."""
    TOTP.activate(user, SECRET)
    RecoveryCodes.activate(user)
    old = settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key of this installation", [old]
    assert get_adapter().decrypt(Authenticator.objects.get(type="totp").data["secret"]) == SECRET
    assert factors_seal() == 2
    settings.SECRET_KEY_FALLBACKS = []
    assert comes_in(code(SECRET))


def test_without_its_key_a_second_step_lets_nobody_in_and_says_why(
    user: User, settings: Any, caplog: pytest.LogCaptureFixture
) -> None:
    """Fails when a lost key opens the second step, or ends in an error page."""
    TOTP.activate(user, SECRET)
    settings.SECRET_KEY = "a key that has nothing to do with the former"
    client = Client()
    sign_in(client, "e102", PASSWORD)
    assert "无法解密" in client.post(CODE, {"code": code(SECRET)}).content.decode()
    assert client.get("/settings/").status_code == 302
    with caplog.at_level(logging.ERROR):
        assert factors_seal() == 0
    assert "1 second factors cannot be decrypted" in caplog.text


def test_a_changed_seal_is_refused() -> None:
    """Fails when somebody who writes to the database may put what they like in the place of a seal."""
    text = sealed(SECRET)
    with pytest.raises(Unreadable):
        opened(text[:-4] + ("AAAA" if text[-4:] != "AAAA" else "BBBB"))


def test_old_keys_come_from_the_environment() -> None:
    """Fails when the documented way of replacing the key does nothing."""
    from fairwrench.web.project.environment import Environment

    assert Environment({"FAIRWRENCH_SECRET_KEY_FALLBACKS": "one, two,"}).old_secret_keys == ["one", "two"]
    assert Environment({}).old_secret_keys == []
