"""Deliveries that cannot go off now: kept, tried again at growing distances, said; and never lost or doubled."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from django.utils import timezone

from fairwrench.web.access.models import User
from fairwrench.web.work.channels import sending
from fairwrench.web.work.channels.bots import bot_make
from fairwrench.web.work.channels.log import silent_servers
from fairwrench.web.work.channels.sending import ATTEMPTS, KEPT, deliveries_send, deliveries_tidy
from fairwrench.web.work.models import Bot, Delivery
from tests.web.work.channels.conftest import At
from tests.web.work.channels.stand_ins import Chats, Mailbox, free_port, mail_server

pytestmark = pytest.mark.django_db
State = Delivery.State


def letter(user: User, key: str, **told: Any) -> Delivery:
    """A mail that waits."""
    told = {"due_at": timezone.now(), "made_at": timezone.now(), **told}
    return Delivery.objects.create(
        key=key, channel="mail", kind="now", to=user, subject="公绩", text=f"信 {key}", **told
    )


def saying(bot: Bot, key: str) -> Delivery:
    """What a bot is to say."""
    now = timezone.now()
    return Delivery.objects.create(
        key=key, channel="bot", kind="digest", bot=bot, subject="公绩", text=key, due_at=now, made_at=now
    )


def states() -> dict[str, tuple[str, int]]:
    """Key → state and attempts."""
    return {each.key: (each.state, each.attempts) for each in Delivery.objects.all()}


def test_a_mail_server_that_is_down_is_asked_now_and_then_and_all_goes_off_once_it_is_back(
    mailed: Callable[..., User], at: At, settings: Any
) -> None:
    """Fails when a mail is lost while the server is down, when each of a thousand mails waits for the same time-out, or
    when what waits is sent hours after the server is back."""
    user, begun = mailed("E102"), at("2026-11-04 09:00")
    for key in "abc":
        letter(user, key)
    box = Mailbox(free_port())
    settings.EMAIL_PORT = box.port
    tried = []
    for minute in range(0, 100):
        moment = begun + timedelta(minutes=minute)
        at(f"{moment:%Y-%m-%d %H:%M}")
        before = sum(Delivery.objects.values_list("attempts", flat=True))
        deliveries_send()
        if sum(Delivery.objects.values_list("attempts", flat=True)) > before:
            tried.append(minute)
    # after 1, 5, 15 and 60 minutes: worked out by hand from the distances
    assert tried == [0, 1, 6, 21, 81]
    assert states() == {"a": ("waiting", 5), "b": ("waiting", 0), "c": ("waiting", 0)}
    silent = silent_servers()
    assert [(each.called, each.waiting, each.since, each.said) for each in silent] == [
        ("邮件", 3, begun, "连不上邮件服务器")
    ]
    assert silent[0].following == begun + timedelta(minutes=81 + 240)
    with mail_server(box):
        at("2026-11-04 14:21")
        deliveries_send()
        deliveries_send()
        assert sorted(box.text(place).strip() for place in range(len(box.came))) == ["信 a", "信 b", "信 c"]
    assert set(Delivery.objects.values_list("state", flat=True)) == {State.SENT}
    assert silent_servers() == []


def test_one_that_is_refused_for_good_has_failed_and_keeps_no_other_waiting(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when one wrong address stops everybody's mail, or is tried for days."""
    wrong, full, well = mailed("E101"), mailed("E102"), mailed("E103")
    at("2026-11-04 09:00")
    mailbox.unknown = {wrong.email: "550 no such user", full.email: "452 mailbox full"}
    for user in (wrong, full, well):
        letter(user, user.username)
    deliveries_send()
    assert states() == {"e101": ("failed", 1), "e102": ("waiting", 1), "e103": ("sent", 1)}
    assert Delivery.objects.get(key="e101").said == (
        "邮件服务器拒收：550 no such user",
        "the mail server refused it: 550 no such user",
    )
    # it is that mailbox which is full: the server is well
    assert silent_servers() == []


def test_one_service_that_is_down_does_not_keep_another(
    mailed: Callable[..., User], at: At, chats: Chats, settings: Any
) -> None:
    """Fails when WeCom waits because DingTalk is down."""
    admin = mailed("E001", ("administrator", None))
    at("2026-11-04 09:00")
    bots = {
        name: bot_make(service=name, url=chats.address(name), secret="", by=admin, name=name)
        for name in ("dingtalk", "wecom")
    }
    settings.BOT_SERVICES = chats.services | {"dingtalk": Chats(free_port()).services["dingtalk"]}
    for name, bot in bots.items():
        saying(bot, name)
    deliveries_send()
    assert states() == {"dingtalk": ("waiting", 1), "wecom": ("sent", 1)}
    assert [each.called for each in silent_servers()] == ["钉钉"]


def test_what_never_goes_off_is_given_up_and_said(mailed: Callable[..., User], at: At) -> None:
    """Fails when a message is tried for ever."""
    at("2026-11-04 09:00")
    letter(mailed("E102"), "a", attempts=ATTEMPTS - 1)
    deliveries_send()
    found = Delivery.objects.get()
    assert (found.state, found.attempts, found.said[1]) == ("failed", ATTEMPTS, "the mail server cannot be reached")


def test_a_retry_does_not_fall_into_the_night(mailed: Callable[..., User], at: At, mailbox: Mailbox) -> None:
    """Fails when what could not be sent in the evening wakes somebody at three."""
    at("2026-11-04 21:30")
    letter(mailed("E102"), "a")
    deliveries_send()
    assert mailbox.came == []
    assert Delivery.objects.get().due_at == at("2026-11-05 08:00")
    assert states() == {"a": ("waiting", 0)}


def test_what_another_worker_is_sending_is_left_alone_and_taken_up_after_its_death_and_that_is_said(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when two workers send one message, or when what a dead one held is never sent."""
    begun = at("2026-11-04 09:00")
    letter(mailed("E102"), "a", state=State.SENDING, claimed_at=begun, attempts=1)
    at("2026-11-04 09:04")
    deliveries_send()
    assert mailbox.came == []
    at("2026-11-04 09:06")
    deliveries_send()
    assert len(mailbox.came) == 1
    assert "可能收到两次" in Delivery.objects.get().said[0]
    assert "perhaps twice" in Delivery.objects.get().said[1]


def test_of_two_workers_at_once_one_sends(
    mailed: Callable[..., User], at: At, mailbox: Mailbox, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Fails when a second worker that looked at the same moment sends it, too."""
    at("2026-11-04 09:00")
    letter(mailed("E102"), "a")
    allowed = sending._allowed

    def meanwhile(delivery: Delivery) -> Any:
        # another worker claims it between this one's look and its claim
        Delivery.objects.filter(state=State.WAITING).update(state=State.SENDING, claimed_at=timezone.now())
        return allowed(delivery)

    monkeypatch.setattr(sending, "_allowed", meanwhile)
    assert deliveries_send() == 0
    assert mailbox.came == []


def test_a_message_that_breaks_the_program_fails_and_keeps_no_other_waiting(
    mailed: Callable[..., User], at: At, mailbox: Mailbox
) -> None:
    """Fails when one message that cannot be made into a mail stops all that come after it."""
    at("2026-11-04 09:00")
    user = mailed("E102")
    letter(user, "a")
    Delivery.objects.update(subject="two\nlines")
    letter(user, "b")
    deliveries_send()
    assert states() == {"a": ("failed", 1), "b": ("sent", 1)}


def test_what_went_long_ago_is_removed_and_what_waits_is_not(mailed: Callable[..., User], at: At) -> None:
    """Fails when the log grows for ever, or forgets what was never sent."""
    now, user = at("2026-11-04 09:00"), mailed("E102")
    old = now - KEPT - timedelta(days=1)
    for key, state, made in (("a", "sent", old), ("b", "waiting", old), ("c", "sent", now)):
        letter(user, key, state=state, made_at=made)
    assert deliveries_tidy() == 1
    assert set(states()) == {"b", "c"}
