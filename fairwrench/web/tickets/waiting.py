"""Which tickets wait for somebody to decide: counted in to-dos and listed by the very same."""

from __future__ import annotations

from collections.abc import Mapping

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import tickets_seen
from fairwrench.web.tickets.workflow import TICKETS

State = Ticket.State
#: what one waits for → state, the act that is offered then, and how one says so of tickets
WAITS: Mapping[str, tuple[str, str, tuple[str, str]]] = {
    "appeal": (State.APPEALED, "uphold", ("有申诉，待处理", "appealed")),
    "answered": (State.ACKNOWLEDGED, "confirm", ("本人已知晓，待生效", "acknowledged, to be confirmed")),
    "ready": (State.WRITTEN, "confirm", ("可以生效", "to be confirmed without an answer")),
}


def waiting_for(*, user: User, waits: str) -> list[Ticket]:
    """The tickets that wait for a user in one of the ways of `WAITS`."""
    state, _, _ = WAITS[waits]
    return [each for each in _decided(user, [state]) if _waits(each, waits, user)]


def waiting_counts(*, user: User) -> Mapping[str, int]:
    """How many wait for a user in each of the ways; one query for all of them."""
    found = _decided(user, [state for state, _, _ in WAITS.values()])
    return {waits: sum(1 for each in found if _waits(each, waits, user)) for waits in WAITS}


def _decided(user: User, states: list[str]) -> list[Ticket]:
    """The tickets in some states of those that a user sees, who decides on any at all."""
    return list(tickets_seen(user=user).filter(state__in=states)) if opens(user, "tickets.decide") else []


def _waits(ticket: Ticket, waits: str, user: User) -> bool:
    state, act, _ = WAITS[waits]
    return ticket.state == state and any(offer.name == act for offer in TICKETS.offered(record=ticket, user=user))
