"""The logins that the demo shows on its login page; the demo fills the list, nobody else does."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoLogin:
    """Somebody of the demo by whom one may sign in with one click; `zh`, `en` say what they come for."""

    username: str
    password: str
    zh: str
    en: str


#: in the order shown; looked at only where `settings.DEMO` says so
LOGINS: list[DemoLogin] = []
