"""A ticket in force as rows of evidence: what is told to the outbox, and how it lands."""

from __future__ import annotations

from collections.abc import Mapping

from django.utils import timezone

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import as_decimal
from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.events.events import event_append, event_batch, events_land, key_text
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.tickets.models import Ticket

TICKETS, DECISIONS = "tickets", "decisions"
#: kind of ticket → the decision by which its money is paid or taken
MONEY = {Ticket.Kind.REWARD: "reward", Ticket.Kind.PENALTY: "deduction"}


def keys_of(ticket: Ticket) -> Mapping[str, tuple[str, ...]]:
    """Source → the key of the ticket's row there; of decisions only where it brings money."""
    money = {DECISIONS: (ticket.number,)} if ticket.amount else {}
    return {TICKETS: (ticket.store, ticket.number), **money}


def ticket_tell(*, ticket: Ticket, by: User) -> None:
    """Tell the outbox that a ticket counts, or that it does no more; part of the caller's transaction."""
    counts = ticket.state == Ticket.State.CONFIRMED
    rows = {TICKETS: _ticket_row(ticket), DECISIONS: _decision_row(ticket, by)}
    for source, key in keys_of(ticket).items():
        row = rows[source] if counts else None
        event_append(source=source, period=ticket.month, key=key, row=row, by=by)


def ticket_land(*, ticket: Ticket, ledger: Ledger) -> list[Batch]:
    """Land what was decided about a ticket, in its month or, once that is published, in the open one; the batches that
    hold its last word."""
    month = Month.parse(ticket.month)
    # decided when it lands and not when it was confirmed: the month may have been published in between
    period = str(selectors.open_month() if selectors.is_closed(month=month) else month)
    for source, key in keys_of(ticket).items():
        waiting = EvidenceEvent.objects.filter(source=source, key=key_text(key), batch=None)
        # the event is filed anew before it is claimed; a claim's month never changes
        waiting.exclude(period=period).update(period=period)
    events_land(ledger=ledger, period=period)
    found = (event_batch(ledger=ledger, source=source, key=key) for source, key in keys_of(ticket).items())
    return [batch for batch in found if batch is not None]


def _ticket_row(ticket: Ticket) -> dict[str, str]:
    wrote = ticket.by.employee if ticket.by else None
    return {
        "ticket_no": ticket.number,
        "store": ticket.store,
        "employee_id": ticket.employee.employee_id,
        "issued_on": ticket.day.isoformat(),
        "kind": ticket.kind,
        "article": ticket.article_zh,
        "points": _hundredths(ticket.points),
        "amount": _hundredths(ticket.amount),
        "issued_by": wrote.employee_id if wrote else "",
        "note": ticket.words,
    }


def _decision_row(ticket: Ticket, by: User) -> dict[str, str]:
    return {
        "decision_no": ticket.number,
        "employee_id": ticket.employee.employee_id,
        "month": ticket.month,
        "kind": MONEY[Ticket.Kind(ticket.kind)],
        "item": "",
        "value": _hundredths(ticket.amount),
        "ground": ticket.ground,
        "reason": f"奖惩单 {ticket.number}：{ticket.article_zh}",
        "decided_by": by.employee.employee_id if by.employee else "",
        # the day where the stores are: late in the evening UTC is a day behind
        "decided_on": timezone.localdate().isoformat(),
    }


def _hundredths(value: int) -> str:
    return f"{as_decimal(value, 2):f}" if value else ""
