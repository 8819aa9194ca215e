"""What the demo declares: by whom one may sign in with one click."""

from __future__ import annotations

from fairwrench.web.access.accounts.demo_logins import DemoLogin
from fairwrench.web.demo.logins import PARTS, PASSWORD

DECLARED = tuple(DemoLogin(part.username, PASSWORD, part.zh, part.en) for part in PARTS)
