"""A way in for an administrator: the first one, or one who lost theirs."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandParser

from fairwrench.web.access.users.invitations import ADMINISTRATOR, administrator_invite


class Command(BaseCommand):
    """Prints a link by which the administrator of a name sets a password."""

    help = "Print a one-time link by which an administrator sets a password; the account is made where there is none."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user name."""
        parser.add_argument("username", nargs="?", default=ADMINISTRATOR)

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link."""
        self.stdout.write(administrator_invite(username=options["username"]))
