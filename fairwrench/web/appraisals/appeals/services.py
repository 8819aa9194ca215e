"""Appeals asked for and decided; what is granted goes the way of a correction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Q

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.appraisals.appeals.workflow import APPEALS
from fairwrench.web.appraisals.models import Appeal, Appraisal, Signature
from fairwrench.web.appraisals.selectors import forms_as
from fairwrench.web.appraisals.services import content_of
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.cycles.selectors import open_month
from fairwrench.web.settlements.corrections.services import correction_ask
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.services import cycle_open
from fairwrench.web.ui.requests.bare_text import bare_text

State = Appeal.State
#: states in which nothing is settled about an appeal
OPEN = (State.ASKED, State.UPHELD, State.RAISED, State.AGREED)


def undecided() -> Q:
    """Appeals that something is still to become of: also one that was granted, until its correction counts."""
    return Q(state__in=OPEN) | Q(state=State.CORRECTED) & ~Q(correction__state=Correction.State.APPROVED)


#: letters of the reason, and of what is expected
REASON, EXPECTED = 1000, 200


def appeal_ask(*, form: Appraisal, item: str, expected: str, reason: str, by: User) -> Appeal:
    """Appeal against an item of one's form, or with an empty `item` against the score. Refused before the interview,
    without a reason, for an item that the form does not have, and while the same is open."""
    require(by, "appraisals.sign", about=ONESELF)
    if form.cycle.closed:
        raise Refused([_closed(form)])
    own = forms_as(user=by, capacity=Signature.Capacity.EMPLOYEE)
    if not own.filter(pk=form.pk).exclude(state=Appraisal.State.INTERVIEW).exists():
        raise Refused([_not_yet()])
    if item and item not in {line["item"] for line in content_of(form=form).lines}:
        raise Refused([_no_item()])
    if not (said := bare_text(reason)[:REASON]):
        raise Refused([_no_reason()])
    with transaction.atomic():
        # held until it is written: of an appeal and the closing of its month the second sees the first
        if Cycle.objects.select_for_update().get(pk=form.cycle_id).closed:
            raise Refused([_closed(form)])
        # of two presses one asks
        Appraisal.objects.select_for_update().get(pk=form.pk)
        if form.appeals.filter(undecided(), item=item).exists():
            raise Refused([_asked_before()])
        if form.appeals.filter(item=item, state=State.CLOSED).exists():
            raise Refused([_decided_finally()])
        return Appeal.objects.create(form=form, item=item, expected=bare_text(expected)[:EXPECTED], reason=said)


def appeal_act(*, appeal: Appeal, act: str, by: User, seen: int, note: str = "", points: int | None = None) -> Appeal:
    """Uphold, grant, take further or withdraw. `points`: what it is agreed to be set to, in hundredths."""
    given: dict[str, Any] = {"points": points} if act in ("agree", "agree_above") else {}
    return APPEALS.act(record=appeal, name=act, by=by, seen=seen, note=note, **given)


def appeal_correct(*, appeal: Appeal, by: User, seen: int) -> Appeal:
    """Enter the correction that an appeal was granted, for somebody else to approve: in its own month until that is
    published, afterwards in the open one. Refused where settling would not honour it."""
    with transaction.atomic():
        # the correction and the step stand or fall together; who may not is told by either
        correction = correction_ask(correction=_correction(appeal), by=by)
        return APPEALS.act(record=appeal, name="correct", by=by, seen=seen, correction=correction)


def _correction(appeal: Appeal) -> Correction:
    form = appeal.form
    return Correction(
        cycle=_counts_in(form.cycle),
        employee=form.employee,
        concerns=form.cycle.month,
        kind="appeal_points" if appeal.item else "appeal_score",
        item=appeal.item,
        value=appeal.points,
        reason=f"绩效申诉 {appeal.pk}：{appeal.reason}"[:400],
    )


def _counts_in(cycle: Cycle) -> Cycle:
    """The month in which a correction of a month counts."""
    if cycle.state != Cycle.State.PUBLISHED:
        return cycle
    month = open_month()
    assert month is not None  # there is at least the month itself, so one after it
    return cycle_open(month=month)


def items_of(form: Appraisal) -> Sequence[tuple[str, str]]:
    """The items of a form that one may appeal against, each with its name."""
    content = content_of(form=form)
    return [(line["item"], content.names.item(line["item"])) for line in content.lines]


def _not_yet() -> Problem:
    zh, en = "面谈之后、看到表时才能申诉", "one appeals against a form that one was shown, after the interview"
    return Problem("not_yet", zh, en)


def _closed(form: Appraisal) -> Problem:
    month = form.cycle.month
    zh, en = f"{month} 已归档，不再受理申诉，请找人力资源", f"{month} is closed and takes no appeal any more; ask HR"
    return Problem("month_closed", zh, en)


def _no_item() -> Problem:
    return Problem("no_item", "表上没有这一项", "the form has no such item", path=("item",))


def _no_reason() -> Problem:
    return Problem("no_reason", "请写明理由", "say why", path=("reason",))


def _decided_finally() -> Problem:
    zh, en = "这一项已由上一级最终答复，不再受理", "this was decided finally by the level above"
    return Problem("decided_finally", zh, en, path=("item",))


def _asked_before() -> Problem:
    zh, en = "这一项已有申诉在处理", "an appeal against this is under way"
    return Problem("asked_before", zh, en, path=("item",))
