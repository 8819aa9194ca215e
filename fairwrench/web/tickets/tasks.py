"""Landing of tickets, in the background."""

from __future__ import annotations

from typing import Any

from django.db import transaction

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.uploads import services
from fairwrench.web.evidence.uploads.landings import landing_record
from fairwrench.web.evidence.uploads.unknown_batches import landings_synchronise
from fairwrench.web.tickets.evidence import ticket_land
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.work.queue.kinds import Progress


def land_ticket(progress: Progress, *, ticket_id: int) -> dict[str, Any]:
    """Land what was decided about a ticket, in its month, or in the open one once that is published."""
    ticket, ledger = Ticket.objects.select_related("employee").get(pk=ticket_id), selectors.ledger()
    progress.expect("land", 1)
    progress.step("land", ticket.number)
    landings_synchronise(ledger=ledger)
    batches = ticket_land(ticket=ticket, ledger=ledger)
    if not batches:
        raise Refused([_unlanded()])
    with transaction.atomic():
        progress.hold()
        for batch in batches:
            landing_record(ledger=ledger, batch=batch)
    services.landed(Month.parse(ticket.month))
    return {"batches": [batch.number for batch in batches]}


def _unlanded() -> Problem:
    zh = "奖惩单没有导入；请核对人员和门店在花名册上，然后重试"
    en = "the ticket did not land; see that the person and the store are on the roster, then try again"
    return Problem("ticket_not_landed", zh, en)
