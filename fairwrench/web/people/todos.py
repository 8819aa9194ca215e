"""What waits for somebody of standing in."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime, time

from django.urls import reverse

from fairwrench.web.access.models import User
from fairwrench.web.people.delegation import delegations_waiting
from fairwrench.web.work.inbox.todos import ToDo


def todos_of(user: User) -> Iterator[ToDo]:
    """Stand-ins to approve."""
    for each in delegations_waiting(user=user):
        words = (
            f"{each.away.name} 由 {each.stand_in.name} 代理，待您批准",
            f"{each.stand_in.name} is to stand in for {each.away.name}; it waits for your approval",
        )
        # once somebody is away nobody stands in for what has passed
        begins = datetime.combine(each.begin, time.min)
        url = f"{reverse('people:stand_ins')}#waiting"
        yield ToDo(words, url, "user-check", begins, ("去审批", "Decide"), decides=True)
