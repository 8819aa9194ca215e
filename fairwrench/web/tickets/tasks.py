"""Landing of tickets, in the background."""

from __future__ import annotations

from typing import Any

from fairwrench.settlement.problem import Problem
from fairwrench.web.evidence.uploads.decided_landing import decided_land
from fairwrench.web.tickets.evidence import ticket_land
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.work.queue.kinds import Progress


def land_ticket(progress: Progress, *, ticket_id: int) -> dict[str, Any]:
    """Land what was decided about a ticket, in its month, or in the open one once that is published."""
    ticket = Ticket.objects.select_related("employee").get(pk=ticket_id)
    zh = "奖惩单没有导入；请核对人员和门店在花名册上，然后重试"
    en = "the ticket did not land; see that the person and the store are on the roster, then try again"
    return decided_land(
        progress,
        called=ticket.number,
        month=ticket.month,
        # a ticket of which nothing landed waits
        land=lambda ledger: ticket_land(ticket=ticket, ledger=ledger) or None,
        unlanded=Problem("ticket_not_landed", zh, en),
    )
