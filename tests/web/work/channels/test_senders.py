"""What servers answer and what is made of it, against stand-ins on this machine."""

from __future__ import annotations

import json
import logging
from typing import Any

import pytest

from fairwrench.settlement.problem import Refused
from fairwrench.web.work.channels import senders
from fairwrench.web.work.channels.bots import key_of
from fairwrench.web.work.channels.composing import Text
from fairwrench.web.work.channels.senders import Address, Down, Later, NotSent, NotTaken, bot_send, mail_send
from tests.web.work.channels.stand_ins import KEY, PATHS, SECRET, Chats, Mailbox

SERVICES = sorted(PATHS)
LETTER = Text("标题", "第一行\n第二行")


@pytest.mark.parametrize("service", SERVICES)
@pytest.mark.parametrize("secret", ["", SECRET])
def test_each_service_is_spoken_to_as_it_wants(chats: Chats, service: str, secret: str) -> None:
    """Fails when a service would not understand a message, or refuse its signature."""
    chats.signed = bool(secret) and service != "wecom"
    zh, en = bot_send(Address(service, key_of(service=service, url=chats.address(service)), secret), "3 人未评分")
    assert chats.said == {service: ["3 人未评分"]}
    assert zh.startswith("服务回答：0")
    assert en.startswith("the service answered: 0")


@pytest.mark.parametrize("service", ["dingtalk", "feishu"])
def test_a_wrong_signature_is_refused_with_a_200_and_so_it_is_said(chats: Chats, service: str) -> None:
    """Fails when an error in a 200 counts as sent."""
    chats.signed = True
    with pytest.raises(NotTaken) as refused:
        bot_send(Address(service, KEY, "another"), "x")
    assert "sign" in refused.value.said[0]
    assert chats.said == {}


@pytest.mark.parametrize(
    ("service", "answer", "kind"),
    [
        ("wecom", (200, '{"errcode": 45009, "errmsg": "api freq out of limit"}'), Later),
        ("dingtalk", (200, '{"errcode": 130101, "errmsg": "send too fast"}'), Later),
        ("feishu", (200, '{"code": 11232, "msg": "frequency limited"}'), Later),
        ("wecom", (200, '{"errcode": 93000, "errmsg": "invalid webhook url"}'), NotTaken),
        ("feishu", (200, '{"code": 19024, "msg": "Key Words Not Found"}'), NotTaken),
        ("feishu", (200, '{"errcode": 0}'), NotTaken),  # it has not said `code`
        ("wecom", (200, "<html>sign in to the network</html>"), NotTaken),
        ("wecom", (200, "[]"), NotTaken),
        ("wecom", (302, ""), NotTaken),  # nobody follows it elsewhere
        ("dingtalk", (429, ""), Later),
        ("dingtalk", (502, "bad gateway"), Down),
    ],
)
def test_what_a_service_answers_says_whether_it_is_tried_again(
    chats: Chats, service: str, answer: tuple[int, str], kind: type[NotSent]
) -> None:
    """Fails when a message that was refused for good is tried for days, or one that may go later is given up."""
    chats.answers = answer
    with pytest.raises(NotSent) as failed:
        bot_send(Address(service, KEY), "x")
    assert type(failed.value) is kind
    assert chats.asked == 1


@pytest.mark.parametrize("service", SERVICES)
def test_a_service_that_is_down_or_slow_is_down_and_its_key_is_told_nowhere(
    *,
    chats: Chats,
    settings: Any,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    service: str,
) -> None:
    """Fails when a service that never answers holds the worker up, or the key of a bot stands in a log."""
    caplog.set_level(logging.INFO)
    monkeypatch.setattr(senders, "WAIT", 0.2)
    chats.slow = 1.0
    with pytest.raises(Down) as slow:
        bot_send(Address(service, KEY), "x")
    assert "超时" in slow.value.said[0]
    settings.BOT_SERVICES = Chats(1).services  # nobody listens there
    with pytest.raises(Down) as gone:
        bot_send(Address(service, KEY), "x")
    told = f"{slow.value!r} {slow.value.said} {gone.value!r} {gone.value.said} {caplog.text} {Address(service, KEY)}"
    assert KEY not in told
    assert gone.value.__cause__ is None and gone.value.__suppress_context__


def test_a_service_that_says_the_key_back_does_not_have_it_shown(chats: Chats) -> None:
    """Fails when the log shows what makes a bot speak because its service quoted it."""
    chats.answers = (200, json.dumps({"errcode": 93000, "errmsg": f"no bot {KEY}\r\nX: 1"}))
    with pytest.raises(NotTaken) as refused:
        bot_send(Address("wecom", KEY), "x")
    assert KEY not in "".join(refused.value.said)
    assert "\n" not in refused.value.said[0]


@pytest.mark.parametrize(
    "url",
    [
        "",
        "http://127.0.0.1/cgi-bin/webhook/send?key=12345678",
        "https://qyapi.weixin.qq.com.evil.example/cgi-bin/webhook/send?key=12345678",
        "https://qyapi.weixin.qq.com@10.0.0.1/cgi-bin/webhook/send?key=12345678",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=short",
        "https://qyapi.weixin.qq.com/cgi-bin/webhook/send?key=12345678%0d%0aHost:x",
        "https://qyapi.weixin.qq.com/cgi-bin/menu/create?key=12345678",
    ],
)
def test_only_the_services_own_address_makes_a_bot(settings: Any, url: str) -> None:
    """Fails when somebody may have the server talk to a machine of their choice."""
    settings.BOT_SERVICES = {"wecom": "https://qyapi.weixin.qq.com/cgi-bin/webhook/send"}
    with pytest.raises(Refused):
        key_of(service="wecom", url=url)


def test_a_mail_goes_off_with_a_number_that_stays(mailbox: Mailbox) -> None:
    """Fails when a mail sent twice after a crash cannot be told from another, or answers itself."""
    for _ in range(2):
        mail_send(senders.mail_server(), to="e102@group.example", message=LETTER, number="delivery.7.1")
    first, second = mailbox.came
    assert first["Message-ID"] == second["Message-ID"] == "<delivery.7.1@group.example>"
    assert (first["Subject"], first["To"], first["Auto-Submitted"]) == ("标题", "e102@group.example", "auto-generated")
    assert mailbox.text() == "第一行\n第二行\n"


@pytest.mark.parametrize(
    ("line", "kind"), [("550 no such user", NotTaken), ("452 mailbox full", Later), ("451 greylisted", Later)]
)
def test_a_mail_server_that_refuses_one_says_for_how_long(mailbox: Mailbox, line: str, kind: type[NotSent]) -> None:
    """Fails when a full mailbox loses a mail, or a wrong address is tried for days."""
    mailbox.refuses = line
    with pytest.raises(NotSent) as failed:
        mail_send(senders.mail_server(), to="e102@group.example", message=LETTER, number="1")
    assert type(failed.value) is kind
    assert line[4:] in failed.value.said[1]


def test_a_mail_server_that_is_not_there_is_down() -> None:
    """Fails when a server that is away breaks the worker."""
    with pytest.raises(Down):
        senders.mail_server()
