"""Stand-ins of the services on this machine: a mail server, and the bots of WeCom, DingTalk and Feishu.

Each can be well, down, slow, refusing, or answer as its service does when it refuses with a 200.
"""

from __future__ import annotations

import base64
import hmac
import json
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from hashlib import sha256
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, urlsplit

from aiosmtpd.controller import Controller

#: the key in each bot's address, and the secret that some sign with
KEY, SECRET = "0a1b2c3d-key-of-a-bot", "SECsecret-of-a-bot"
PATHS = {"wecom": "/cgi-bin/webhook/send", "dingtalk": "/robot/send", "feishu": "/open-apis/bot/v2/hook/"}


def free_port() -> int:
    """A port that nobody listens on."""
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return int(found.getsockname()[1])


@dataclass
class Mailbox:
    """A mail server's side: what came, and how it answers; `refuses` is a line for each recipient."""

    port: int
    came: list[EmailMessage] = field(default_factory=list)
    refuses: str = ""
    #: whom it refuses, with a line
    unknown: dict[str, str] = field(default_factory=dict)

    async def handle_RCPT(self, _server: Any, _session: Any, envelope: Any, address: str, _options: Any) -> str:
        """Take a recipient or not."""
        if line := self.unknown.get(address) or self.refuses:
            return line
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(self, _server: Any, _session: Any, envelope: Any) -> str:
        """Take a mail."""
        mail: Any = message_from_bytes(envelope.content, policy=policy.default)
        self.came.append(mail)
        return "250 OK"

    def text(self, at: int = 0) -> str:
        """What a mail says."""
        return str(self.came[at].get_content()).replace("\r\n", "\n")


@contextmanager
def mail_server(box: Mailbox) -> Iterator[Mailbox]:
    """A mail server that runs."""
    running: Any = Controller(box, hostname="127.0.0.1", port=box.port)
    running.start()
    try:
        yield box
    finally:
        running.stop()


@dataclass
class Chats:
    """The side of the three services: what was said, and how they answer."""

    port: int
    #: service → texts that were said
    said: dict[str, list[str]] = field(default_factory=dict)
    #: (HTTP status, body) instead of a good answer
    answers: tuple[int, str] | None = None
    #: seconds before it answers
    slow: float = 0.0
    #: whether bots ask for a signature
    signed: bool = False
    asked: int = 0

    @property
    def base(self) -> str:
        """Where it runs."""
        return f"http://127.0.0.1:{self.port}"

    @property
    def services(self) -> dict[str, str]:
        """The settings by which it stands in for the services."""
        return {name: self.base + path for name, path in PATHS.items()}

    def address(self, service: str) -> str:
        """A bot's address as its service shows it."""
        query = {"wecom": f"?key={KEY}", "dingtalk": f"?access_token={KEY}", "feishu": KEY}
        return self.services[service] + query[service]

    def reply(self, path: str, body: dict[str, Any]) -> tuple[int, str]:
        """Check a request as the service's documentation asks for it, and answer."""
        told, query = urlsplit(path), parse_qs(urlsplit(path).query)
        if told.path == PATHS["wecom"]:
            right = query == {"key": [KEY]} and body["msgtype"] == "text"
            return self._heard("wecom", right, body, {"errcode": 93000, "errmsg": "invalid webhook url"})
        if told.path == PATHS["dingtalk"]:
            right = query["access_token"] == [KEY] and body["msgtype"] == "text"
            right &= not self.signed or self._dingtalk_signed(query)
            return self._heard("dingtalk", right, body, {"errcode": 310000, "errmsg": "sign not match"})
        if told.path.startswith(PATHS["feishu"]):
            right = told.path == PATHS["feishu"] + KEY and body["msg_type"] == "text"
            right &= not self.signed or self._feishu_signed(body)
            return self._heard("feishu", right, body, {"code": 19021, "msg": "sign match fail"})
        return 404, ""

    def _heard(self, service: str, right: bool, body: dict[str, Any], wrong: dict[str, Any]) -> tuple[int, str]:
        if not right:
            return 200, json.dumps(wrong)
        text = body["content"]["text"] if service == "feishu" else body["text"]["content"]
        self.said.setdefault(service, []).append(text)
        good = {"code": 0, "msg": "success"} if service == "feishu" else {"errcode": 0, "errmsg": "ok"}
        return 200, json.dumps(good)

    @staticmethod
    def _dingtalk_signed(query: dict[str, list[str]]) -> bool:
        at = query.get("timestamp", ["0"])[0]
        made = hmac.new(SECRET.encode(), f"{at}\n{SECRET}".encode(), sha256).digest()
        # milliseconds, within the hour
        return query.get("sign") == [base64.b64encode(made).decode()] and abs(time.time() - int(at) / 1000) < 3600

    @staticmethod
    def _feishu_signed(body: dict[str, Any]) -> bool:
        at = body.get("timestamp", "0")
        made = hmac.new(f"{at}\n{SECRET}".encode(), b"", sha256).digest()
        return body.get("sign") == base64.b64encode(made).decode() and abs(time.time() - int(at)) < 3600


@contextmanager
def chat_services(chats: Chats) -> Iterator[Chats]:
    """The three services, run by one server."""

    class Handler(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            chats.asked += 1
            body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
            time.sleep(chats.slow)
            status, said = chats.answers or chats.reply(self.path, body)
            content = said.encode()
            self.send_response(status)
            self.send_header("Location", f"{chats.base}/elsewhere")
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            with suppress(BrokenPipeError):  # who asked did not wait
                self.wfile.write(content)

        def log_message(self, *_: Any) -> None:
            """Nothing to the console."""

    server = ThreadingHTTPServer(("127.0.0.1", chats.port), Handler)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        yield chats
    finally:
        server.shutdown()
        server.server_close()
