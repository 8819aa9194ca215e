"""A small office whose people have addresses, with a mail server and chat services on this machine alone."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from django.utils import timezone

from fairwrench.web.access.models import User
from tests.web.small_office import member, office, on_day, roster, signed_in
from tests.web.work.channels.stand_ins import Chats, Mailbox, chat_services, free_port, mail_server

__all__ = ["member", "office", "on_day", "roster", "signed_in"]
ZONE = ZoneInfo("Asia/Shanghai")
At = Callable[[str], datetime]


@pytest.fixture(autouse=True)
def nowhere_else(settings: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test reaches another machine: unless it says where, nobody listens; and no proxy of this one is asked."""
    port = free_port()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.MAIL, settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = True, "127.0.0.1", port, 1
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.DEFAULT_FROM_EMAIL = "fairwrench@group.example"
    settings.ADDRESS = "https://fairwrench.example"
    settings.BOT_SERVICES = Chats(port).services
    monkeypatch.setenv("NO_PROXY", "127.0.0.1")


@pytest.fixture
def mailbox(settings: Any) -> Iterator[Mailbox]:
    """A mail server that is well."""
    with mail_server(Mailbox(free_port())) as box:
        settings.EMAIL_PORT = box.port
        yield box


@pytest.fixture
def chats(settings: Any) -> Iterator[Chats]:
    """The three services, well."""
    with chat_services(Chats(free_port())) as found:
        settings.BOT_SERVICES = found.services
        yield found


@pytest.fixture
def at(monkeypatch: pytest.MonkeyPatch) -> At:
    """Makes it another time where the stores are: `at("2026-11-04 09:00")`, a Wednesday."""

    def moved(text: str) -> datetime:
        moment = datetime.strptime(text, "%Y-%m-%d %H:%M").replace(tzinfo=ZONE)
        monkeypatch.setattr(timezone, "now", lambda: moment)
        return moment

    return moved


@pytest.fixture
def mailed(member: Callable[..., User]) -> Callable[..., User]:
    """Makes the user of an employee, with an address: e102@group.example."""

    def made(employee_id: str, *grants: tuple[str, str | None]) -> User:
        user = member(employee_id, *grants)
        user.email = f"{employee_id.lower()}@group.example"
        user.save(update_fields=["email"])
        return user

    return made
