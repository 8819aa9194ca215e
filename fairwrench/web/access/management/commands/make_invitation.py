"""A way in for somebody whom nobody else may let in: for whoever runs the server."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.users.invitations import invitation_make, invitation_url


class Command(BaseCommand):
    """Prints a link by which a user sets a password."""

    help = "Print a one-time link by which the user of a name sets a password; the second step stays."

    def add_arguments(self, parser: CommandParser) -> None:
        """The user name."""
        parser.add_argument("username")

    def handle(self, *args: Any, **options: Any) -> None:
        """Print the link."""
        user = User.objects.filter(username=options["username"]).first()
        if user is None:
            raise CommandError(f"there is no user {options['username']!r}")
        try:
            self.stdout.write(invitation_url(secret=invitation_make(user=user, by=None)))
        except Refused as refused:
            raise CommandError(refused.problems[0].en) from None
