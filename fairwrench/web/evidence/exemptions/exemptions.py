"""Rows exempted: asked for with a reason, decided by somebody else, landed as evidence."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.closing.folder.placing import GROUP
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Text
from fairwrench.web.access.models import User
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.events.events import event_batch, events_land
from fairwrench.web.evidence.exemptions.rows import credited, metrics_of, rows_found
from fairwrench.web.evidence.exemptions.workflow import EXEMPTIONS, EXEMPTIONS_SOURCE, key_of
from fairwrench.web.evidence.models import EvidenceEvent, Exemption
from fairwrench.web.ui.requests.bare_text import bare_text


def exemption_ask(*, user: User, source: str, key: str, metric: str, month: Month, reason: str) -> Exemption:
    """Ask for a row not to count for a metric in a month. Refused when there is no such row, or it was asked before."""
    scheme = selectors.scheme_at(month=month)
    # what one may not speak for is found as little as what is not there, so the answer does not tell them apart
    found = rows_found(user=user, source=source, month=month, sought=key, exact=True)
    known = metrics_of(scheme, source)
    wrong = [*([] if found else [_no_row()]), *([] if metric in known else [_no_metric()])]
    wrong += [] if bare_text(reason) else [_no_reason()]
    # it would be decided by HR of its store, and it has none
    wrong += [_nowhere()] if found and found[0].store == GROUP else []
    if wrong:
        raise Refused(wrong)
    row, kind = found[0], selectors.sources()[source]
    about = {
        **{"source": source, "key": key, "metric": metric, "month": str(month), "store": row.store},
        # the row is kept as it stood: the ledger may replace it before somebody decides
        **{"reason": bare_text(reason)[:400], "row": dict(row.cells(kind)), "asked_by": user},
        "credited": credited(known[metric], source, row, month),
    }
    try:
        with transaction.atomic():
            # one that was not refused exists: the database keeps two who ask at once apart
            return Exemption.objects.create(**about)
    except IntegrityError:
        raise Refused([_asked(known[metric].name)]) from None


def exemptions_ask(
    *, user: User, source: str, key: str, metrics: Iterable[str], month: Month, reason: str
) -> list[Exemption]:
    """Ask for a row not to count for several metrics: for all of them, or for none when one is refused."""
    # nothing ticked is asked for as no metric, so that it is refused with the words for that
    wanted = list(dict.fromkeys(metrics)) or [""]
    with transaction.atomic():
        return [
            exemption_ask(user=user, source=source, key=key, metric=metric, month=month, reason=reason)
            for metric in wanted
        ]


def exemptions_seen(*, user: User) -> QuerySet[Exemption]:
    """The requests that a user made, or that concern stores one oversees."""
    found = Exemption.objects.select_related("asked_by__employee", "decided_by__employee", "landing", "job")
    # stores overseen whole: a duty for single sources shows nobody what others asked
    whole = reach_of(user=user).whole
    return found if whole is None else found.filter(Q(asked_by=user) | Q(store__in=whole))


def exemption_seen(*, user: User, exemption_id: int) -> Exemption:
    """One request for somebody who may look at it."""
    found = get_object_or_404(Exemption, pk=exemption_id)
    if not exemptions_seen(user=user).filter(pk=found.pk).exists():
        raise PermissionDenied("exemption")
    return found


def exemption_decide(*, exemption: Exemption, by: User, approve: bool, note: str = "") -> Exemption:
    """Approve a request, whereupon it lands, or refuse it. Of two who decide at once, the first does."""
    EXEMPTIONS.act(record=exemption, name="approve" if approve else "refuse", by=by, note=note)
    return Exemption.objects.get(pk=exemption.pk)


def exemption_landed(*, exemption: Exemption, ledger: Ledger) -> Batch | None:
    """Land what was approved for the month of a request, or for the open one once that is published; the batch that
    holds the request."""
    month = Month.parse(exemption.month)
    # decided when it lands and not when it was approved: the month may have been published in between
    period = str(selectors.open_month() if selectors.is_closed(month=month) else month)
    waiting = EvidenceEvent.objects.filter(source=EXEMPTIONS_SOURCE, batch=None, period=exemption.month)
    # the event is filed anew before it is claimed; a claim's month never changes
    waiting.exclude(period=period).update(period=period)
    events_land(ledger=ledger, period=period)
    return event_batch(ledger=ledger, source=EXEMPTIONS_SOURCE, key=key_of(exemption))


def _no_row() -> Problem:
    return Problem(
        "no_such_row", "没有找到这一行，或不归您申请", "there is no such row, or it is not yours to speak for"
    )


def _no_metric() -> Problem:
    return Problem("unknown_metric", "请选择这一行影响的指标", "choose a metric that reads this row")


def _no_reason() -> Problem:
    return Problem("no_reason", "请写明原因", "say why")


def _nowhere() -> Problem:
    return Problem("no_store", "这一行不属于任何门店，不能剔除", "the row belongs to no store and cannot be exempted")


def _asked(metric: Text) -> Problem:
    zh = f"“{metric.zh}”已经申请过这一行、这个月，请取消勾选"
    en = f"“{metric.en}”: this row and month were asked for before; do not tick it"
    return Problem("asked_before", zh, en)
