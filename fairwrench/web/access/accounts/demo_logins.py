"""The logins that the demo shows on its login page: a part that the demo declares, nobody else."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class DemoLogin:
    """Somebody of the demo by whom one may sign in with one click; `zh`, `en` say what they come for. They are shown in
    the order in which they are declared, and only where `settings.DEMO` says so."""

    username: str
    password: str
    zh: str
    en: str
