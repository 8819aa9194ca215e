"""The pages of notices: one's own choices, bots with their test, and the log of what was sent."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from auditlog.models import LogEntry
from django.db import connection
from django.test import Client

from fairwrench.web.access.credentials.encryption import MARK
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Unit
from fairwrench.web.work.channels.bots import bot_address, bots_seal
from fairwrench.web.work.channels.choices import choice_of
from fairwrench.web.work.channels.urging import Urging, urge
from fairwrench.web.work.models import Bot, Delivery
from tests.web.work.channels.conftest import At
from tests.web.work.channels.stand_ins import KEY, SECRET, Chats

pytestmark = pytest.mark.django_db
CHOOSE, LOG, BOTS = "/settings/notices/", "/settings/notices/log/", "/settings/notices/bots/"
Signed = Callable[..., Client]


def east() -> Unit:
    """The store of HR."""
    return Unit.objects.get(name="东店")


def asked_for(chats: Chats, service: str = "dingtalk", **told: Any) -> dict[str, Any]:
    """A form that sets a bot up."""
    form = {
        "service": service,
        "name": "东店售后群",
        "unit": east().pk,
        "url": chats.address(service),
        "secret": SECRET,
    }
    return {**form, "language": "zh-hans", **told}


def test_somebody_chooses_and_finds_it_again(signed_in: Signed) -> None:
    """Fails when a choice is lost, or deadlines can be asked for at once, which nobody makes."""
    client = signed_in("E102")
    told = {"told_mail": "never", "told_bot": "now", "urged_mail": "digest", "urged_bot": "now"}
    told |= {"due_mail": "digest", "due_bot": "never", "hour": "8", "quiet_nights": "on"}
    assert client.post(CHOOSE, told).status_code == 302
    kept = choice_of(user=User.objects.get(username="e102"))
    assert {name: getattr(kept, name) for name in list(told)[:6]} == {name: told[name] for name in list(told)[:6]}
    assert (kept.hour, kept.quiet_nights, kept.quiet_days_off) == (8, True, False)
    client.post(CHOOSE, told | {"due_mail": "now"})
    client.post(CHOOSE, told | {"hour": "3"})
    kept.refresh_from_db()
    assert (kept.due_mail, kept.hour) == ("digest", 8)


def test_a_bot_is_tried_and_the_page_says_what_the_service_answered(signed_in: Signed, chats: Chats) -> None:
    """Fails when HR finds out by silence that a bot does not work, or its keys are shown or logged anywhere."""
    chats.signed = True
    client = signed_in("E104", ("hr", "东店"))
    assert client.post(BOTS, asked_for(chats)).status_code == 302
    bot = Bot.objects.get()
    said = client.post(f"{BOTS}{bot.pk}/try/", follow=True).text
    assert "测试消息已发出。服务回答：0 ok" in said
    assert chats.said == {"dingtalk": ["公绩 Fairwrench：这是一条测试消息\nhttps://fairwrench.example/"]}
    chats.answers = (200, '{"errcode": 310000, "errmsg": "keywords not in content"}')
    said = client.post(f"{BOTS}{bot.pk}/try/", follow=True).text
    assert "测试消息没有发出。服务拒绝：310000 keywords not in content" in said
    pages = said + client.get(LOG).text + client.get(f"{LOG}?export=xlsx").content.decode("latin-1")
    assert list(Delivery.objects.order_by("id").values_list("state", flat=True)) == ["sent", "failed"]
    entries = "".join(str(entry.changes) for entry in LogEntry.objects.all())
    with connection.cursor() as cursor:
        cursor.execute("SELECT sealed_key, sealed_secret FROM work_bot")
        kept = "".join(cursor.fetchone())
    for secret in (KEY, SECRET):
        assert secret not in pages and secret not in entries and secret not in kept
    assert "sealed" not in entries


def test_a_bot_that_has_ended_keeps_no_key_and_says_nothing_more(signed_in: Signed, chats: Chats) -> None:
    """Fails when an ended bot can be made to speak from what was kept."""
    client = signed_in("E104", ("hr", "东店"))
    client.post(BOTS, asked_for(chats))
    bot = Bot.objects.get()
    client.post(f"{BOTS}{bot.pk}/end/")
    bot.refresh_from_db()
    assert (bot.sealed_key, bot.sealed_secret) == ("", "")
    assert client.post(f"{BOTS}{bot.pk}/try/").status_code == 404
    assert chats.asked == 0


def test_hr_of_a_store_keeps_its_bots_alone(signed_in: Signed, chats: Chats) -> None:
    """Fails when HR of one store speaks in another's chat, in the group's, or ends their bots."""
    administrator = signed_in("E001", ("administrator", None))
    west = Unit.objects.get(name="西店")
    for unit, name in ((west.pk, "西店群"), ("", "集团群")):
        administrator.post(BOTS, asked_for(chats, unit=unit, name=name))
    client = signed_in("E104", ("hr", "东店"))
    for unit in (west.pk, ""):
        assert client.post(BOTS, asked_for(chats, unit=unit)).status_code == 200
    assert Bot.objects.count() == 2
    text = client.get(BOTS).text
    assert "西店群" not in text and "集团群" not in text
    for bot in Bot.objects.all():
        assert client.post(f"{BOTS}{bot.pk}/try/").status_code == 404
        assert client.post(f"{BOTS}{bot.pk}/end/").status_code == 404
    assert chats.asked == 0
    assert signed_in("E102").get(BOTS).status_code == 403


def test_an_address_of_something_else_is_refused_with_words(signed_in: Signed, chats: Chats) -> None:
    """Fails when the server can be sent to talk to any machine, or the page does not say what is wrong."""
    client = signed_in("E104", ("hr", "东店"))
    answer = client.post(BOTS, asked_for(chats, url="http://10.0.0.1/robot/send?access_token=12345678"))
    assert "这不是钉钉群机器人的 Webhook 地址" in answer.text
    assert not Bot.objects.exists()


def test_somebody_has_one_bot_of_their_own_that_nobody_else_tries(signed_in: Signed, chats: Chats) -> None:
    """Fails when a second bot makes each message come twice, or administrators speak to somebody's own."""
    client = signed_in("E102")
    for service in ("wecom", "feishu"):
        told = {"service": service, "url": chats.address(service), "secret": ""}
        assert client.post(f"{CHOOSE}bot/", told).status_code == 302
    own = Bot.objects.get(ended_at=None)
    assert (own.service, own.owner) == ("feishu", User.objects.get(username="e102"))
    assert signed_in("E001", ("administrator", None)).post(f"{BOTS}{own.pk}/try/").status_code == 404
    assert "测试消息已发出" in client.post(f"{BOTS}{own.pk}/try/", follow=True).text


def test_a_new_secret_key_reads_what_the_old_one_sealed(signed_in: Signed, chats: Chats, settings: Any) -> None:
    """Fails when bots fall silent once the secret key was replaced."""
    signed_in("E104", ("hr", "东店")).post(BOTS, asked_for(chats))
    bot = Bot.objects.get()
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another key, known to everybody"
    assert bot_address(bot).key == KEY
    assert bots_seal() == 1
    settings.SECRET_KEY_FALLBACKS = []
    bot.refresh_from_db()
    assert bot.sealed_key.startswith(MARK)
    assert (bot_address(bot).key, bot_address(bot).secret) == (KEY, SECRET)


def waiting(to: User, key: str, **told: Any) -> Delivery:
    """A mail in the log."""
    told = {"state": "failed", "said_zh": "拒收", "said_en": "refused", **told}
    return Delivery.objects.create(
        key=key, channel="mail", kind="digest", to=to, subject="公绩", text="只给本人看的内容", **told
    )


def test_everybody_sees_their_own_hr_its_stores_and_nobody_what_it_said(
    member: Callable[..., User], signed_in: Signed, django_assert_max_num_queries: Any
) -> None:
    """Fails when HR reads the log of another store, somebody that of a colleague, or anybody what others were told."""
    for who in ("E102", "E103", "E202"):
        waiting(member(who), who)
    own, hr, administrator = Client(), signed_in("E104", ("hr", "东店")), signed_in("E001", ("administrator", None))
    own.force_login(User.objects.get(username="e102"), backend="django.contrib.auth.backends.ModelBackend")
    seen = {}
    for name, client in (("own", own), ("hr", hr), ("administrator", administrator)):
        client.get("/inbox/bell/")  # the first page of a session writes down that there is one
        with django_assert_max_num_queries(12):
            text = client.get(LOG).text
        assert "只给本人看的内容" not in text
        seen[name] = [who for who in ("吕技师", "金技师", "邵技师") if who in text.partition("<main")[2]]
    assert seen == {
        "own": ["吕技师"],
        "hr": ["吕技师", "金技师"],
        "administrator": ["吕技师", "金技师", "邵技师"],
    }


def test_the_log_narrows_and_sends_a_failed_one_again(member: Callable[..., User], signed_in: Signed) -> None:
    """Fails when what failed cannot be found or sent again, or another store's can."""
    failed, west = waiting(member("E102"), "a"), waiting(member("E202"), "b")
    waiting(User.objects.get(username="e102"), "c", state="sent")
    client = signed_in("E104", ("hr", "东店"))
    assert client.get(f"{LOG}?state=failed&channel=mail&kind=digest").text.count("重发") == 1
    assert "吕技师" not in client.get(f"{LOG}?state=waiting").text
    # the latest first
    assert [row.record.key for row in client.get(LOG).context["table"].page.object_list] == ["c", "a"]
    client.post(f"{LOG}{failed.pk}/again/")
    failed.refresh_from_db()
    assert (failed.state, failed.attempts) == ("waiting", 0)
    assert "没有失败" in client.post(f"{LOG}{failed.pk}/again/", follow=True).text
    assert client.post(f"{LOG}{west.pk}/again/").status_code == 404


def test_the_log_says_which_server_does_not_answer_and_who_reminded(
    member: Callable[..., User], signed_in: Signed, at: At
) -> None:
    """Fails when nobody learns that mail has not gone off since morning, or who pressed the button."""
    at("2026-11-04 09:00")
    hr = signed_in("E104", ("hr", "东店"))
    to = member("E102")
    waiting(to, "a", state="waiting", down=True, said_zh="连不上邮件服务器", said_en="cannot be reached")
    urge(to=[to], urging=Urging("x", ("看一看", "look"), "/"), by=User.objects.get(username="e104"))
    text = hr.get(LOG).text
    assert "邮件联系不上：连不上邮件服务器。1 条消息在等" in text
    assert "孙人事" in text.partition("<tbody")[2]
    own = Client()
    own.force_login(to, backend="django.contrib.auth.backends.ModelBackend")
    assert "联系不上" not in own.get(LOG).text
