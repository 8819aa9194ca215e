"""Rows excused: asked for with a reason, decided by somebody else, landed as evidence."""

from __future__ import annotations

from collections.abc import Iterable

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404
from django.utils import timezone

from fairwrench.closing.folder.placing import GROUP
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.records import Batch
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.source.source import Text
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.access import reach_of
from fairwrench.web.evidence.events import event_append, event_batch, events_land
from fairwrench.web.evidence.excuse_rows import credited, metrics_of, rows_found
from fairwrench.web.evidence.models import EvidenceEvent, Excuse
from fairwrench.web.jobs.services import job_start
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import may
from fairwrench.web.people.targets import OfStore

State = Excuse.State
#: where an approved request lands, and its columns besides who approved it
EXEMPTIONS = "exemptions"
COLUMNS = ("source", "key", "metric", "month", "store", "reason")


def excuse_ask(*, user: User, source: str, key: str, metric: str, month: Month, reason: str) -> Excuse:
    """Ask for a row not to count for a metric in a month. Refused when there is no such row, or it was asked before."""
    scheme = selectors.scheme_at(month=month)
    found = rows_found(user=user, source=source, month=month, sought=key, exact=True)
    known = metrics_of(scheme, source)
    wrong = [*([] if found else [_no_row()]), *([] if metric in known else [_no_metric()])]
    wrong += [] if reason.strip() else [_no_reason()]
    wrong += [_nowhere()] if found and found[0].store == GROUP else []
    if wrong:
        raise Refused(wrong)
    row, kind = found[0], selectors.sources()[source]
    about = {
        **{"source": source, "key": key, "metric": metric, "month": str(month), "store": row.store},
        **{"reason": reason.strip()[:400], "row": dict(row.cells(kind)), "asked_by": user},
        "credited": credited(known[metric], source, row),
    }
    try:
        with transaction.atomic():
            return Excuse.objects.create(**about)
    except IntegrityError:
        raise Refused([_asked(known[metric].name)]) from None


def excuses_ask(
    *, user: User, source: str, key: str, metrics: Iterable[str], month: Month, reason: str
) -> list[Excuse]:
    """Ask for a row not to count for several metrics: for all of them, or for none when one is refused."""
    wanted = list(dict.fromkeys(metrics)) or [""]
    with transaction.atomic():
        return [
            excuse_ask(user=user, source=source, key=key, metric=metric, month=month, reason=reason)
            for metric in wanted
        ]


def excuses_seen(*, user: User) -> QuerySet[Excuse]:
    """The requests that a user made, or that concern stores one oversees."""
    found = Excuse.objects.select_related("asked_by__employee", "decided_by__employee", "landing", "job")
    whole = reach_of(user=user).whole
    return found if whole is None else found.filter(Q(asked_by=user) | Q(store__in=whole))


def excuse_seen(*, user: User, excuse_id: int) -> Excuse:
    """One request for somebody who may look at it."""
    found = get_object_or_404(Excuse, pk=excuse_id)
    if not excuses_seen(user=user).filter(pk=found.pk).exists():
        raise PermissionDenied("excuse")
    return found


def may_decide(*, excuse: Excuse, user: User) -> Problem | None:
    """Why a user may not decide a request, None when one may: it is neither one's own nor about one's own figure."""
    if not may(user, "evidence.approve_excuse", about=OfStore(excuse.store)):
        return _not_yours()
    if excuse.asked_by_id == user.pk:
        return _own()
    if user.employee is None:
        return _nobody()
    return _about_you() if user.employee.employee_id in excuse.credited else None


def excuse_decide(*, excuse: Excuse, by: User, approve: bool, note: str = "") -> Excuse:
    """Approve a request, whereupon it lands, or refuse it. Of two who decide at once, the first does."""
    if problem := may_decide(excuse=excuse, user=by):
        raise PermissionDenied(problem.code)
    if not approve and not note.strip():
        raise Refused([_no_reason()])
    state = State.APPROVED if approve else State.REFUSED
    told = {"state": state, "decided_by": by, "decided_at": timezone.now(), "note": note.strip()[:400]}
    with transaction.atomic():
        if not Excuse.objects.filter(pk=excuse.pk, state=State.ASKED).update(**told):
            raise Refused([_decided()])
        if approve:
            event_append(source=EXEMPTIONS, period=excuse.month, key=_key(excuse), row=_row(excuse, by), by=by)
            job = job_start(kind="evidence_excuse", key=f"excuse:{excuse.pk}", by=by, excuse_id=excuse.pk)
            Excuse.objects.filter(pk=excuse.pk).update(job=job)
    return Excuse.objects.get(pk=excuse.pk)


def excuse_landed(*, excuse: Excuse, ledger: Ledger) -> Batch | None:
    """Land what was approved for the month of a request, or for the open one once that is published; the batch that
    holds the request."""
    month = Month.parse(excuse.month)
    period = str(selectors.open_month() if selectors.is_closed(month=month) else month)
    waiting = EvidenceEvent.objects.filter(source=EXEMPTIONS, batch=None, period=excuse.month)
    waiting.exclude(period=period).update(period=period)
    events_land(ledger=ledger, period=period)
    return event_batch(ledger=ledger, source=EXEMPTIONS, key=_key(excuse))


def _key(excuse: Excuse) -> tuple[str, str, str]:
    return excuse.source, excuse.key, excuse.metric


def _row(excuse: Excuse, by: User) -> dict[str, str]:
    about = {name: str(getattr(excuse, name)) for name in COLUMNS}
    return {**about, "approved_by": by.employee.employee_id if by.employee else ""}


def _no_row() -> Problem:
    return Problem(
        "no_such_row", "没有找到这一行，或不归您申请", "there is no such row, or it is not yours to speak for"
    )


def _no_metric() -> Problem:
    return Problem("unknown_metric", "请选择这一行影响的指标", "choose a metric that reads this row")


def _no_reason() -> Problem:
    return Problem("no_reason", "请写明原因", "say why")


def _nowhere() -> Problem:
    return Problem("no_store", "这一行不属于任何门店，不能剔除", "the row belongs to no store and cannot be excused")


def _asked(metric: Text) -> Problem:
    zh = f"“{metric.zh}”已经申请过这一行、这个月，请取消勾选"
    en = f"“{metric.en}”: this row and month were asked for before; do not tick it"
    return Problem("asked_before", zh, en)


def _decided() -> Problem:
    return Problem("decided_before", "别人已经审批过，请刷新", "somebody else has decided it; reload the page")


def _not_yours() -> Problem:
    return Problem("not_yours", "由该门店的人力资源审批", "HR of that store decides it")


def _own() -> Problem:
    return Problem("own_request", "自己的申请须由别人审批", "nobody decides one's own request")


def _nobody() -> Problem:
    zh, en = (
        "审批人须在花名册上：请把账号与员工关联",
        "who approves must be on the roster: connect the account to an employee",
    )
    return Problem("no_employee", zh, en)


def _about_you() -> Problem:
    return Problem("about_you", "这项指标算在您名下，须由别人审批", "the metric is yours, so somebody else decides")
