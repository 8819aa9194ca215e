"""How a message goes off: to a mail server, and to the bots of WeCom, DingTalk and Feishu; and what they answered.

A bot's address holds its key, so no error of the library is told or logged as it is: its text would name the address.
"""

from __future__ import annotations

import base64
import hmac
import json
import logging
import time
from collections.abc import Mapping
from dataclasses import dataclass
from hashlib import sha256
from smtplib import SMTPDataError, SMTPException, SMTPRecipientsRefused, SMTPResponseException
from typing import Any
from urllib.parse import urlencode

import requests
from django.conf import settings
from django.core.mail import EmailMessage, get_connection
from django.core.mail.backends.base import BaseEmailBackend

from fairwrench.web.work.channels.composing import Text

logger = logging.getLogger(__name__)
#: seconds to reach a service, between two pieces of its answer, and until the answer has to be whole
REACH, WAIT, WHOLE = 5.0, 10.0, 20.0
#: bytes of an answer that are read, and letters of it that are told
READ, TOLD = 16_384, 160
Said = tuple[str, str]
#: answers of the services that ask for patience: too fast, or busy
PATIENCE: Mapping[str, frozenset[int]] = {
    "wecom": frozenset((-1, 45009, 45033)),
    "dingtalk": frozenset((-1, 130101, 410100)),
    "feishu": frozenset((11232, 11233)),
}


class NotSent(Exception):
    """A message did not go off; `said` tells why, in both languages."""

    def __init__(self, zh: str, en: str) -> None:
        super().__init__(en)
        self.said: Said = (zh[:300], en[:300])


class Down(NotSent):
    """The server does not answer, or not as it should: so it is with every message to it."""


class Later(NotSent):
    """The server asks to be asked again later."""


class NotTaken(NotSent):
    """The server will not take this message, now or later."""


@dataclass(frozen=True)
class Address:
    """Where a bot is spoken to: whose it is, the key of its address, and the secret that signs; empty for none."""

    service: str
    key: str
    secret: str = ""

    def __repr__(self) -> str:
        """Without key and secret: what is printed may be logged."""
        return f"Address({self.service!r})"


def mail_server() -> BaseEmailBackend:
    """An open connection to the mail server; Down where there is none."""
    server: BaseEmailBackend = get_connection()
    try:
        server.open()
    except (SMTPException, OSError) as error:
        raise _mail_down(error) from None
    return server


def mail_send(server: BaseEmailBackend, *, to: str, message: Text, number: str) -> Said:
    """Send one mail. `number` is the same each time the same message is tried, so that a mailbox may know it again."""
    host = settings.DEFAULT_FROM_EMAIL.rpartition("@")[2].strip("> ") or "fairwrench"
    headers = {"Message-ID": f"<{number}@{host}>", "Auto-Submitted": "auto-generated"}
    mail = EmailMessage(message.subject, message.text, to=[to], headers=headers, connection=server)
    try:
        mail.send()
    except SMTPRecipientsRefused as error:
        code, answer = next(iter(error.recipients.values()))
        raise _mail_refused(code, answer) from None
    except SMTPDataError as error:
        raise _mail_refused(error.smtp_code, error.smtp_error) from None
    except (SMTPException, OSError) as error:
        raise _mail_down(error) from None
    return "邮件服务器已接收", "the mail server took it"


def _mail_refused(code: int, answer: bytes | str) -> NotSent:
    told = f"{code} {_plain(answer)}"
    kind = NotTaken if code >= 500 else Later
    return kind(f"邮件服务器拒收：{told}", f"the mail server refused it: {told}")


def _mail_down(error: Exception) -> Down:
    if isinstance(error, SMTPResponseException):
        told = f"{error.smtp_code} {_plain(error.smtp_error)}"
        return Down(f"邮件服务器不接受连接：{told}", f"the mail server takes no connection: {told}")
    if isinstance(error, TimeoutError):
        return Down("邮件服务器没有回应（超时）", "the mail server did not answer in time")
    return Down("连不上邮件服务器", "the mail server cannot be reached")


def bot_send(to: Address, text: str) -> Said:
    """Have a bot say something; what its service answered. Down, Later or NotTaken where it was not said."""
    url, body = _asked(to, text)
    try:
        answer = requests.post(url, json=body, timeout=(REACH, WAIT), allow_redirects=False, stream=True)
        with answer:
            content = _read(answer)
    except requests.Timeout:
        raise Down("服务没有回应（超时）", "the service did not answer in time") from None
    except (requests.RequestException, OSError):
        raise Down("连不上服务", "the service cannot be reached") from None
    return _understood(to, answer.status_code, content)


def _read(answer: requests.Response) -> bytes:
    """What is answered, bounded: a service that drips, or never ends, holds nobody up."""
    begun, content = time.monotonic(), b""
    for piece in answer.iter_content(1024):
        content += piece
        if len(content) >= READ:
            break
        if time.monotonic() - begun > WHOLE:
            raise requests.Timeout
    return content


def _understood(to: Address, status: int, content: bytes) -> Said:
    if status >= 500 or status == 429:
        trouble = Later if status == 429 else Down
        raise trouble(f"服务回答 HTTP {status}", f"the service answered HTTP {status}")
    try:
        answer = json.loads(content)
        # Feishu says `code`, the others `errcode`; one that says neither has not said that it was sent
        code = int(answer["code"] if to.service == "feishu" else answer["errcode"])
    except (ValueError, KeyError, TypeError):
        zh, en = f"服务的回答看不懂（HTTP {status}）", f"the answer of the service makes no sense (HTTP {status})"
        raise NotTaken(zh, en) from None
    said = _plain(str(answer.get("msg" if to.service == "feishu" else "errmsg", "")), to.key, to.secret)
    told = f"{code} {said}".strip()
    # the code decides, not the status: these services refuse with a 200
    if code == 0 and status == 200:
        return f"服务回答：{told}", f"the service answered: {told}"
    kind = Later if code in PATIENCE[to.service] else NotTaken
    raise kind(f"服务拒绝：{told}", f"the service refused: {told}")


def _asked(to: Address, text: str) -> tuple[str, dict[str, Any]]:
    """The address and the body, as each service wants them."""
    base, now = settings.BOT_SERVICES[to.service], int(time.time())
    if to.service == "feishu":
        body: dict[str, Any] = {"msg_type": "text", "content": {"text": text}}
        # here the text to sign is the key, and nothing is signed
        signed = _signature(f"{now}\n{to.secret}", "")
        return f"{base}{to.key}", body | ({"timestamp": str(now), "sign": signed} if to.secret else {})
    body = {"msgtype": "text", "text": {"content": text}}
    if to.service == "wecom":
        return f"{base}?{urlencode({'key': to.key})}", body
    query = {"access_token": to.key}
    if to.secret:
        at = str(now * 1000)
        query |= {"timestamp": at, "sign": _signature(to.secret, f"{at}\n{to.secret}")}
    return f"{base}?{urlencode(query)}", body


def _signature(key: str, text: str) -> str:
    return base64.b64encode(hmac.new(key.encode(), text.encode(), sha256).digest()).decode("ascii")


def _plain(answer: bytes | str, *secrets: str) -> str:
    """What a server said, on one line, bounded, and without what is secret should it say that back."""
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else answer
    for secret in filter(None, secrets):
        text = text.replace(secret, "…")
    return "".join(sign if sign.isprintable() else " " for sign in text)[:TOLD].strip()
