"""Reminders by hand: once an hour a person and matter, by whom the page offered it to, written in the log."""

from __future__ import annotations

import time
from collections.abc import Callable

import pytest
from django.test import Client

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.work.channels.urging import Urging, offered_urge, offers, urge
from fairwrench.web.work.models import Delivery, Notice
from tests.web.work.channels.conftest import At

pytestmark = pytest.mark.django_db
RATINGS = Urging("ratings:2026-10", ("2026-10 还有评分", "2026-10: ratings"), "/months/2026-10/ratings/")
SCHEME = Urging("scheme:1", ("制度待签收", "to acknowledge"), "/schemes/1/read/")


def codes(refused: pytest.ExceptionInfo[Refused]) -> list[str]:
    """The codes of what was refused."""
    return [problem.code for problem in refused.value.problems]


def test_a_person_is_reminded_once_an_hour_of_a_matter_and_it_is_written_down(
    mailed: Callable[..., User], at: At
) -> None:
    """Fails when impatience floods somebody, when a second matter has to wait, or when nobody can say who reminded."""
    hr, late = mailed("E104", ("hr", None)), mailed("E101")
    at("2026-11-04 09:00")
    assert urge(to=[late], urging=RATINGS, by=hr) == 1
    at("2026-11-04 09:59")
    assert urge(to=[late], urging=RATINGS, by=hr) == 0
    assert urge(to=[late], urging=SCHEME, by=hr) == 1
    at("2026-11-04 10:01")
    assert urge(to=[late], urging=RATINGS, by=hr) == 1
    told = Notice.objects.filter(to=late).order_by("id").values_list("zh", "kind", "url")
    assert list(told) == [
        ("催办：2026-10 还有评分", "urged", RATINGS.url),
        ("催办：制度待签收", "urged", SCHEME.url),
        ("催办：2026-10 还有评分", "urged", RATINGS.url),
    ]
    written = Delivery.objects.filter(channel="app").order_by("id").values_list("to", "by", "matter", "state")
    assert list(written) == [
        (late.pk, hr.pk, matter, "sent") for matter in ("ratings:2026-10", "scheme:1", "ratings:2026-10")
    ]


def test_buttons_are_for_others_with_an_account_and_say_when_somebody_was_reminded(
    mailed: Callable[..., User], at: At
) -> None:
    """Fails when a button does nothing, or does not say that a colleague has pressed it."""
    hr, other, late = mailed("E104", ("hr", None)), mailed("E001"), mailed("E101")
    now = at("2026-11-04 09:00")
    urge(to=[late], urging=RATINGS, by=other)
    # E202 has no account
    found = offers(by=hr, people=["E101", "E104", "E202", "E001", ""], urging=RATINGS)
    assert {who: offer.urged_at for who, offer in found.items()} == {"E101": now, "E001": None}


def test_a_button_works_for_its_reader_alone_and_for_what_it_was_made_for(
    mailed: Callable[..., User], signed_in: Callable[..., Client], at: At
) -> None:
    """Fails when somebody sends another's button, or one of their own making, with words of their own."""
    hr, late = mailed("E104", ("hr", None)), mailed("E101")
    at("2026-11-04 09:00")
    token = offers(by=hr, people=["E101"], urging=RATINGS)["E101"].token
    stranger = signed_in("E102")
    for forged in (token, token[:-2], "", "²"):
        stranger.post("/settings/notices/urge/", {"offer": forged, "next": "/"})
    assert not Notice.objects.exists()
    client = Client()
    client.force_login(hr, backend="django.contrib.auth.backends.ModelBackend")
    answer = client.post("/settings/notices/urge/", {"offer": token, "next": "/inbox/"}, follow=True)
    assert "已催办 何主管" in answer.text
    assert answer.redirect_chain[0][0] == "/inbox/"
    again = client.post("/settings/notices/urge/", {"offer": token, "next": "https://evil.example/"}, follow=True)
    assert "何主管 一小时内已被催办过" in again.text
    assert again.redirect_chain[0][0] == "/"
    assert Notice.objects.get().to == late


def test_a_button_of_yesterday_is_refused(mailed: Callable[..., User], monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when a page left open for days still reminds people of what they have done since."""
    hr = mailed("E104", ("hr", None))
    mailed("E101")
    token = offers(by=hr, people=["E101"], urging=RATINGS)["E101"].token
    moment = time.time() + 86_401
    monkeypatch.setattr("django.core.signing.time.time", lambda: moment)
    with pytest.raises(Refused) as refused:
        offered_urge(token=token, by=hr)
    assert codes(refused) == ["urge_expired"]


def test_who_has_left_is_not_reminded(mailed: Callable[..., User], at: At) -> None:
    """Fails when an account that lets nobody in is reminded."""
    hr, late = mailed("E104", ("hr", None)), mailed("E101")
    at("2026-11-04 09:00")
    User.objects.filter(pk=late.pk).update(is_active=False)
    assert urge(to=[late, hr], urging=RATINGS, by=hr) == 0
    assert not Delivery.objects.exists()
