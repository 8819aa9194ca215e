"""Which tickets wait for somebody to decide: counted in to-dos and listed by the very same."""

from __future__ import annotations

from collections.abc import Mapping

from fairwrench.web.access.models import User
from fairwrench.web.access.policy import opens
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.selectors import tickets_seen
from fairwrench.web.tickets.workflow import TICKETS

State = Ticket.State
#: what one waits for → state, the act that is offered then, and the words after the count
WAITS: Mapping[str, tuple[str, str, tuple[str, str]]] = {
    "appeal": (State.APPEALED, "uphold", ("张奖惩单有申诉，待处理", "appealed")),
    "answered": (State.ACKNOWLEDGED, "confirm", ("张奖惩单本人已知晓，待生效", "acknowledged, to be confirmed")),
    "ready": (State.WRITTEN, "confirm", ("张奖惩单可以生效", "to be confirmed without an answer")),
}


def waiting_for(*, user: User, waits: str) -> list[Ticket]:
    """The tickets that wait for a user in one of the ways of `WAITS`."""
    state, act, _ = WAITS[waits]
    if not opens(user, "tickets.decide"):
        return []
    found = tickets_seen(user=user).filter(state=state)
    return [each for each in found if any(offer.name == act for offer in TICKETS.offered(record=each, user=user))]
