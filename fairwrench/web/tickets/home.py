"""What tickets put on a home: how many of a team are not decided yet."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.access.predicates import OVERSEERS
from fairwrench.web.access.scope import Scope
from fairwrench.web.tickets.selectors import UNDECIDED, tickets_seen
from fairwrench.web.ui.words import pick
from fairwrench.web.work.home.figures import Figure


def tickets_figures(user: User) -> Iterator[Figure]:
    """For who leads people or heads a department, and does not oversee whole stores besides."""
    scope = Scope.of(user)
    if not opens(user, "tickets.write") or scope.has(*OVERSEERS):
        return
    count = tickets_seen(user=user).filter(state__in=UNDECIDED).count()
    url = f"{reverse('tickets:list')}?state=open"
    yield Figure(pick("待生效的奖惩单", "Tickets to be decided"), str(count), url)
