"""Summaries as rows of evidence: handed in on a day, so many working days late, or missing once their day is over."""

from __future__ import annotations

from django.utils import timezone

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.measure import metric_sources
from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.summaries.selectors import due_of, owing
from fairwrench.web.evidence.events.events import event_append, events_land, key_text
from fairwrench.web.evidence.models import EvidenceEvent
from fairwrench.web.evidence.selectors import is_closed, open_month, scheme_at
from fairwrench.web.org.days import now_local

SOURCE = "monthly_summaries"


def summary_tell(*, summary: Summary, by: User) -> None:
    """Tell the outbox that a summary came, and how late; part of the caller's transaction."""
    day = timezone.localtime(summary.handed_in_at).date().isoformat()
    _append(summary.month, summary.employee.employee_id, day, str(summary.late_days), by)


def missing_tell(*, month: Month) -> int:
    """Tell the outbox whose summaries of a month are missing after its day, each once, and of whom it turned out that
    they owed none (a last day entered later); how many. Only where a card of the scheme reads them: nobody else is
    served by rows of what nobody handed in."""
    due = due_of(month=month)
    if due is None or now_local() <= due or not read_in(month=month):
        return 0
    # by the end of the key, which names the month: an event may be filed in another one by now
    events = EvidenceEvent.objects.filter(source=SOURCE, key__endswith=f'"{month}"]')
    told = dict(events.order_by("revision").values_list("key", "row"))
    people = list(owing(month=month).exclude(summaries__month=str(month)).values_list("employee_id", flat=True))
    # told of before and taken back since, as somebody turned out to have been there after all: told again
    missing = [who for who in people if told.get(key_text((who, str(month)))) is None]
    gone = [row["employee_id"] for row in told.values() if row and not row["handed_in_on"]]
    gone = [who for who in gone if who not in people]
    for who in missing:
        _append(str(month), who, "", "", None)
    for who in gone:
        event_append(source=SOURCE, period=str(month), key=(who, str(month)), row=None, by=None)
    return len(missing) + len(gone)


def read_in(*, month: Month) -> bool:
    """Whether a card of the scheme of a month reads summaries."""
    scheme = scheme_at(month=month)
    names = {item.metric for card in scheme.scorecards.values() for item in card.items if item.metric}
    return any(SOURCE in metric_sources(scheme.metrics[name]) for name in names if name in scheme.metrics)


def summaries_land(*, month: Month, ledger: Ledger) -> list[Batch]:
    """Land what was told of a month, in it or, once that is published, in the open one."""
    period = str(open_month() if is_closed(month=month) else month)
    # filed anew before it is claimed, as a claim's month never changes
    waiting = EvidenceEvent.objects.filter(source=SOURCE, batch=None, period=str(month))
    waiting.exclude(period=period).update(period=period)
    return events_land(ledger=ledger, period=period)


def _append(month: str, who: str, day: str, late: str, by: User | None) -> None:
    row = {"employee_id": who, "month": month, "handed_in_on": day, "late_days": late}
    event_append(source=SOURCE, period=month, key=(who, month), row=row, by=by)
