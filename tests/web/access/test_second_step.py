"""Who lost phone and recovery codes is let in again by an administrator, and by nobody else."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from allauth.mfa.models import Authenticator
from django.test import Client

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.credentials.second_step import second_step_take_away
from fairwrench.web.access.models import User
from tests.web.access.test_sign_in import sign_in


@pytest.fixture
def locked_out(member: Callable[..., User]) -> User:
    """Somebody with a second step."""
    user = member("E102")
    Authenticator.objects.create(user=user, type=Authenticator.Type.TOTP, data={"secret": "x"})
    return user


def test_an_administrator_takes_it_away_and_every_session_ends(locked_out: User, member: Callable[..., User]) -> None:
    """Fails when somebody who lost the phone stays locked out, or whoever found it stays signed in."""
    phone, desk = Client(), Client()
    phone.force_login(locked_out)
    phone.get("/settings/")
    member("E104", ("administrator", None))
    sign_in(desk, "e104")
    answer = desk.post(f"/settings/users/{locked_out.pk}/take-step/")
    assert answer.status_code == 302
    assert not Authenticator.objects.exists()
    assert phone.get("/settings/").status_code == 302
    assert "取消两步验证" in desk.get("/settings/log/").text


def test_hr_does_not(locked_out: User, member: Callable[..., User]) -> None:
    """Fails when HR, who can also make a link that sets the password, could come in as somebody else."""
    desk = Client()
    member("E104", ("hr", None))
    sign_in(desk, "e104")
    assert desk.post(f"/settings/users/{locked_out.pk}/take-step/").status_code == 403
    assert Authenticator.objects.exists()


def test_nobody_takes_away_their_own(locked_out: User) -> None:
    """Fails when a session left open is enough to switch one's second step off without the password."""
    with pytest.raises(Refused):
        second_step_take_away(user=locked_out, by=locked_out)
    assert Authenticator.objects.exists()
