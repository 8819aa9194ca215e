"""Corrections of published months: asked for with what they change, decided by another, withdrawn until settled."""

from __future__ import annotations

from django.core.exceptions import PermissionDenied
from django.db import transaction
from django.http import Http404
from django.utils import timezone

from fairwrench.settlement.exact import as_decimal, point_units
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import GRADES, Item, Scheme
from fairwrench.web.people.models import User
from fairwrench.web.people.policy import may, require
from fairwrench.web.people.targets import OfPerson
from fairwrench.web.settlements.correction_trial import Effect, as_known, card_of, effect_of
from fairwrench.web.settlements.extent import Extent
from fairwrench.web.settlements.feeds import correction_tell
from fairwrench.web.settlements.models import Correction, Cycle

State = Correction.State
#: kinds whose value is a number of points
IN_POINTS = ("appeal_points", "appeal_score")
#: fen that no deduction comes to, whatever the wage
MOST_FEN = 10**11


def correction_try(*, correction: Correction, by: User) -> Effect:
    """What a correction would change. PermissionDenied unless by HR of the store that the person works in; Refused
    where settling would not honour it."""
    require(by, "settlements.correct", about=OfPerson(correction.employee.employee_id))
    if correction.cycle.state == Cycle.State.PUBLISHED:
        raise Refused([_published(correction.cycle)])
    if by.employee == correction.employee:
        raise Refused([_own_month()])
    if problem := unfit(correction=correction):
        raise Refused([problem])
    return effect_of(correction=correction)


def correction_ask(*, correction: Correction, by: User) -> Correction:
    """Ask for a correction of a published month in an open one, with what it changes, for somebody else to decide."""
    effect = correction_try(correction=correction, by=by)
    if not correction.reason.strip():
        raise Refused([_no_reason()])
    correction.by, correction.effect, correction.state = by, effect.as_json(), State.ASKED
    correction.full_clean(exclude=["by", "decided_by"])
    correction.save()
    return correction


def correction_seen(*, user: User, cycle: Cycle, correction_id: int) -> Correction:
    """One correction for somebody who may look at it: those of the month's list; Http404 for every other."""
    found = Extent.of(user).corrections(cycle).filter(pk=correction_id).first()
    if found is None:
        raise Http404
    found.cycle = cycle
    return found


def may_decide(*, correction: Correction, user: User) -> Problem | None:
    """Why a user may not decide a correction, None when one may: it is neither one's own request nor one's own pay."""
    if not may(user, "settlements.decide_correction", about=OfPerson(correction.employee.employee_id)):
        return _not_yours()
    if correction.by_id == user.pk:
        return _own_request()
    if user.employee is None:
        return _nobody()
    return _own_month() if user.employee == correction.employee else None


def correction_decide(*, correction: Correction, by: User, approve: bool, note: str = "") -> Correction:
    """Approve a correction, whereupon it counts, or refuse it. Of two who decide at once, the first does.

    What it changes is worked out anew: the month may be known otherwise by now, and what was honoured then may not be.
    """
    if problem := may_decide(correction=correction, user=by):
        raise PermissionDenied(problem.code)
    if not approve and not note.strip():
        raise Refused([_no_ground()])
    effect = effect_of(correction=correction).as_json() if approve else correction.effect
    told = {"state": State.APPROVED if approve else State.REFUSED, "decided_by": by, "note": note.strip()[:400]}
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update().get(pk=correction.cycle_id)
        if cycle.state == Cycle.State.PUBLISHED:
            raise Refused([_published(cycle)])
        waiting = Correction.objects.filter(pk=correction.pk, state=State.ASKED)
        if not waiting.update(**told, decided_at=timezone.now(), effect=effect):
            raise Refused([_decided()])
        decided = Correction.objects.get(pk=correction.pk)
        if approve:
            correction_tell(correction=decided, by=by)
    return decided


def may_withdraw(*, correction: Correction, user: User) -> bool:
    """Whether a user may withdraw a correction now: who asked for it, until it is settled."""
    return correction.by_id == user.pk and correction.state in (State.ASKED, State.APPROVED) and not settled(correction)


def settled(correction: Correction) -> bool:
    """Whether a correction is in the figures of its month: it was approved before the run in force was begun."""
    cycle = correction.cycle
    if cycle.state == Cycle.State.PUBLISHED:
        return True
    if cycle.figures_state == Cycle.State.OPEN or cycle.run is None or correction.state != State.APPROVED:
        return False
    return correction.decided_at is not None and correction.decided_at <= cycle.run.made_at


def correction_withdraw(*, correction: Correction, by: User) -> Correction:
    """Take a correction back that one asked for; approved already, it counts no longer. Refused once it is settled."""
    if correction.by_id != by.pk:
        raise PermissionDenied("settlements.correct")
    with transaction.atomic():
        cycle = Cycle.objects.select_for_update(of=("self",)).select_related("run").get(pk=correction.cycle_id)
        now = Correction.objects.select_for_update().get(pk=correction.pk)
        now.cycle = cycle
        if settled(now):
            raise Refused([_settled(cycle)])
        if not may_withdraw(correction=now, user=by):
            raise Refused([_decided()])
        counted = now.state == State.APPROVED
        now.state, now.withdrawn_at = State.WITHDRAWN, timezone.now()
        now.save(update_fields=["state", "withdrawn_at"])
        if counted:
            correction_tell(correction=now, by=by)
    return now


def unfit(*, correction: Correction) -> Problem | None:
    """Why a correction cannot stand as it is filled in, before anything is worked out: its month, item or bound."""
    known = as_known(cycle=correction.cycle, concerns=correction.concerns)
    if known is None or correction.concerns >= correction.cycle.month:
        return _no_such_month(correction.concerns)
    if correction.kind == "appeal_grade":
        return None if correction.item in GRADES else _no_grade()
    if correction.value is None:
        return _no_value()
    if correction.kind == "deduction":
        return None if 0 < correction.value < MOST_FEN else _not_positive()
    if correction.kind not in IN_POINTS:
        return _no_kind()
    card = card_of(settlement=known, employee_id=correction.employee.employee_id)
    return _out_of_bounds(correction, known.scheme, {item.key: item for item, _ in card})


def full_of(item: Item | None, scheme: Scheme) -> int:
    """The most points (hundredths) that an item, or with None a score, can have."""
    most = item.up_to if item is not None and item.up_to is not None else scheme.bands.maximum
    return point_units(most)


def _out_of_bounds(correction: Correction, scheme: Scheme, card: dict[str, Item]) -> Problem | None:
    item = card.get(correction.item) if correction.kind == "appeal_points" else None
    if correction.kind == "appeal_points" and item is None:
        return _not_on_card()
    most = full_of(item, scheme)
    return None if 0 <= (correction.value or 0) <= most else _beyond(most)


def _published(cycle: Cycle) -> Problem:
    zh = f"{cycle.month} 已公布，不再改动；请在下一个月份登记更正"
    en = f"{cycle.month} is published and does not change; enter the correction in the next month"
    return Problem("published", zh, en)


def _no_such_month(month: str) -> Problem:
    return Problem("no_such_month", f"{month} 不是已公布的月份", f"{month} is no published month")


def _no_grade() -> Problem:
    return Problem("no_grade", "请选等级 A–E", "choose a grade A–E")


def _no_kind() -> Problem:
    return Problem("no_kind", "请选更正什么", "choose what to correct")


def _no_value() -> Problem:
    return Problem("no_value", "请填写分数或金额", "give the points or the amount")


def _not_positive() -> Problem:
    zh = "扣款须大于 0 元；要补发，请更正得分或等级，差额会自动补上"
    en = "a deduction is more than 0; to pay somebody more, correct the points or the grade and the difference is paid"
    return Problem("negative_deduction", zh, en)


def _not_on_card() -> Problem:
    zh, en = "此人当月的考核表没有这一项", "the item is not on the person’s scorecard of that month"
    return Problem("not_on_card", zh, en)


def _beyond(most: int) -> Problem:
    full = f"{as_decimal(most, 2).normalize():f}"
    return Problem("out_of_range", f"分数须在 0 到 {full} 之间", f"points lie between 0 and {full}")


def _no_reason() -> Problem:
    return Problem("no_reason", "请写明理由", "say why")


def _no_ground() -> Problem:
    return Problem("no_reason", "不同意须写明意见", "say why it is refused")


def _own_month() -> Problem:
    zh, en = "这是您自己的月份，须由别人处理", "this is your own month; somebody else has to see to it"
    return Problem("not_by_them", zh, en)


def _own_request() -> Problem:
    return Problem("own_request", "自己登记的更正须由别人审批", "nobody decides a correction that they asked for")


def _not_yours() -> Problem:
    zh, en = (
        "由此人所在门店的人力资源或总经理审批",
        "HR or the general manager of the person’s store decides it",
    )
    return Problem("not_yours", zh, en)


def _nobody() -> Problem:
    zh = "审批人须在花名册上：请把账号与员工关联"
    en = "who decides must be on the roster: connect the account to an employee"
    return Problem("no_employee", zh, en)


def _decided() -> Problem:
    zh, en = "这条更正已有结果，请刷新", "the correction was decided or withdrawn before; reload the page"
    return Problem("decided_before", zh, en)


def _settled(cycle: Cycle) -> Problem:
    zh = f"已随 {cycle.month} 的结算入账，不能撤回；请另登记一条更正"
    en = f"it is settled with {cycle.month} and cannot be withdrawn; enter another correction"
    return Problem("settled", zh, en)
