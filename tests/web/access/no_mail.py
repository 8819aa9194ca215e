"""A mail server that is down."""

from __future__ import annotations

from smtplib import SMTPConnectError
from typing import Any

from django.core.mail.backends.base import BaseEmailBackend


class Broken(BaseEmailBackend):
    """Takes nothing."""

    def send_messages(self, email_messages: Any) -> int:
        """Never."""
        raise SMTPConnectError(421, "down")
