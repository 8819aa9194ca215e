"""Corrections of published months: asked for with what they change, decided by another, withdrawn until settled."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.http import Http404

from fairwrench.settlement.exact import as_decimal, point_units
from fairwrench.settlement.inputs.fines import GROUNDS
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Item, Scheme
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.corrections.trial import Effect, as_known, card_of, effect_of, known_of
from fairwrench.web.settlements.corrections.workflow import CORRECTIONS, KNOWN_OTHERWISE, own_month, published
from fairwrench.web.settlements.models import Correction
from fairwrench.web.settlements.ratings.rating import most_of
from fairwrench.web.settlements.runs.extent import Extent
from fairwrench.web.ui.requests.bare_text import bare_text

State = Correction.State
#: how often an approval is worked out while others approve something of the same person's month
TRIES = 3
#: by what two corrections are the same
ALIKE = ("employee", "concerns", "kind", "item", "value")
#: kinds whose value is a number of points
IN_POINTS = ("appeal_points", "appeal_score", "calibrated_points")
#: kinds that set one item
OF_ITEM = ("appeal_points", "calibrated_points")
#: fen that no deduction comes to, whatever the wage
MOST_FEN = 10**11


def correction_try(*, correction: Correction, by: User) -> Effect:
    """What a correction would change. PermissionDenied unless by HR of the store that the person works in; Refused
    where settling would not honour it."""
    require(by, "settlements.correct", about=OfPerson(correction.employee.employee_id))
    if correction.cycle.state == Cycle.State.PUBLISHED:
        raise Refused([published(correction.cycle)])
    # HR has a month, too: nobody enters a change of their own pay
    if by.employee == correction.employee:
        raise Refused([own_month()])
    if problem := unfit(correction=correction):
        raise Refused([problem])
    return effect_of(correction=correction)


def correction_ask(*, correction: Correction, by: User, again: bool = False) -> Correction:
    """Ask for a correction of a published month in an open one, with what it changes, for somebody else to decide.

    The very same deduction as one that is approved is refused unless it is meant so (`again`).
    """
    # worked out again: the form may have been filled in before the month was known otherwise
    effect = correction_try(correction=correction, by=by)
    correction.reason = bare_text(correction.reason)
    if not correction.reason:
        raise Refused([_no_reason()])
    correction.by, correction.effect, correction.state = by, effect.as_json(), State.ASKED
    # who decides is not known yet, which validation would take for a field left blank
    correction.full_clean(exclude=["by", "decided_by"])
    with transaction.atomic():
        # held until it is written: of two presses, or two of HR, one asks
        Cycle.objects.select_for_update(of=("self",)).get(pk=correction.cycle_id)
        if _same_waiting(correction):
            raise Refused([_asked_already()])
        if correction.kind in IN_POINTS and (other := _other_waiting(correction)):
            raise Refused([_other_asked(other)])
        if not again and same_approved(correction=correction):
            raise Refused([_approved_already()])
        correction.save()
    return correction


def _same_waiting(correction: Correction) -> bool:
    """Whether the very same correction waits to be decided already."""
    return Correction.objects.filter(state=State.ASKED, **_same(correction, "cycle", *ALIKE)).exists()


def _other_waiting(correction: Correction) -> Correction | None:
    """What somebody asked for of the same item or score and is not decided yet, with other points."""
    return Correction.objects.filter(
        state=State.ASKED, **_same(correction, "employee", "concerns", "item", "kind")
    ).first()


def _other_asked(other: Correction) -> Problem:
    points = f"{as_decimal(other.value or 0, 2):f}"
    zh = f"这一项已有一条改为 {points} 分的更正待审批，请先办理或撤回那一条"
    en = f"a correction to {points} points of the same waits to be decided; see to that one first"
    return Problem("other_asked", zh, en)


def same_approved(*, correction: Correction) -> bool:
    """Whether the very same deduction was approved before, into whichever month: it would be taken twice. Of the other
    kinds a second one changes nothing."""
    deducts = correction.kind == "deduction"
    return deducts and Correction.objects.filter(state=State.APPROVED, **_same(correction, *ALIKE)).exists()


def _same(correction: Correction, *names: str) -> dict[str, Any]:
    return {name: getattr(correction, name) for name in names}


def correction_seen(*, user: User, cycle: Cycle, correction_id: int) -> Correction:
    """One correction for somebody who may look at it: those of the month's list; Http404 for every other."""
    # the same corrections as the list has, so that a number guessed leads to no other store's
    found = Extent.of(user).corrections(cycle).filter(pk=correction_id).first()
    if found is None:
        raise Http404
    found.cycle = cycle
    return found


def correction_decide(*, correction: Correction, by: User, approve: bool, note: str = "") -> Correction:
    """Approve a correction, whereupon it counts, or refuse it. Of two who decide at once, the first does.

    What it changes is worked out anew: the month may be known otherwise by now, and what was honoured then may not be.
    Settling takes its time, so it is done before anything is held; what was approved of the person's month meanwhile is
    seen under the lock, and then it is worked out once more, with that in it.
    """
    name = "approve" if approve else "refuse"
    # settling twice takes its time, so only for who may approve; `act` tells the others why not
    if CORRECTIONS.hindrance(record=correction, name=name, user=by) is None and approve:
        for last in (*[False] * (TRIES - 1), True):
            # before the effect: an approval in between is missed by neither
            known = known_of(correction)
            given: dict[str, Any] = {"known": known, "effect": effect_of(correction=correction).as_json()}
            try:
                return CORRECTIONS.act(record=correction, name=name, by=by, note=note, **given)
            except Refused as refused:
                if last or [problem.code for problem in refused.problems] != [KNOWN_OTHERWISE]:
                    raise
    return CORRECTIONS.act(record=correction, name=name, by=by, note=note)


def correction_withdraw(*, correction: Correction, by: User) -> Correction:
    """Take a correction back that one asked for; approved already, it counts no longer. Refused once it is settled."""
    return CORRECTIONS.act(record=correction, name="withdraw", by=by)


def unfit(*, correction: Correction) -> Problem | None:
    """Why a correction cannot stand as it is filled in, before anything is worked out: its month, item or bound."""
    who = correction.employee.employee_id
    known = as_known(cycle=correction.cycle, concerns=correction.concerns, employee_id=who)
    # YYYY-MM sorts as text as it does in time
    if known is None or correction.concerns > correction.cycle.month:
        own = correction.concerns == correction.cycle.month and correction.cycle.run_id is not None
        return _sent_back(correction.concerns) if own else _no_such_month(correction.concerns)
    if correction.kind == "appeal_grade":
        grades = known.scheme.bands.best_first
        return None if correction.item in grades else _no_grade(grades)
    if correction.value is None:
        return _no_value()
    if correction.kind == "deduction":
        positive = 0 < correction.value < MOST_FEN
        return _not_positive() if not positive else None if correction.ground in GROUNDS else _no_ground()
    if correction.kind not in IN_POINTS:
        return _no_kind()
    # the card of that month, which may be another than the person has today
    card = card_of(settlement=known, employee_id=who)
    return _out_of_bounds(correction, known.scheme, {item.key: item for item, _ in card})


def full_of(item: Item | None, scheme: Scheme) -> int:
    """The most points (hundredths) that an item, or with None a score, can have."""
    return point_units(most_of(item, scheme))


def _out_of_bounds(correction: Correction, scheme: Scheme, card: dict[str, Item]) -> Problem | None:
    item = card.get(correction.item) if correction.kind in OF_ITEM else None
    if correction.kind in OF_ITEM and item is None:
        return _not_on_card()
    # what data says no meeting sets; that is for an appeal
    if correction.kind == "calibrated_points" and item is not None and item.kind != "rating":
        return _not_rated()
    most = full_of(item, scheme)
    return None if 0 <= (correction.value or 0) <= most else _beyond(most)


def _no_such_month(month: str) -> Problem:
    return Problem("no_such_month", f"{month} 不是已发布的月份", f"{month} is no published month")


def _sent_back(month: str) -> Problem:
    zh = f"{month} 已退回或正在核算，重新核算后再登记"
    en = f"{month} was sent back or is being settled; enter it once the month is settled anew"
    return Problem("sent_back", zh, en)


def _no_grade(grades: Sequence[str]) -> Problem:
    return Problem("no_grade", f"请选等级 {grades[0]}–{grades[-1]}", f"choose a grade {grades[0]}–{grades[-1]}")


def _no_kind() -> Problem:
    return Problem("no_kind", "请选更正什么", "choose what to correct")


def _no_value() -> Problem:
    return Problem("no_value", "请填写分数或金额", "give the points or the amount")


def _not_positive() -> Problem:
    zh = "扣款须大于 0 元；要补发，请更正得分或等级，差额会自动补上"
    en = "a deduction is more than 0; to pay somebody more, correct the points or the grade and the difference is paid"
    return Problem("negative_deduction", zh, en)


def _no_ground() -> Problem:
    zh, en = "扣款须写明依据：赔偿、违纪或约定", "money is taken on a ground: compensation, breach of rules or agreed"
    return Problem("no_ground", zh, en)


def _not_on_card() -> Problem:
    zh, en = "此人当月的考核表没有这一项", "the item is not on the person’s scorecard of that month"
    return Problem("not_on_card", zh, en)


def _not_rated() -> Problem:
    zh, en = (
        "等级评议只能调整评分项，数据项请走申诉",
        "a meeting sets rated items alone; what data says is appealed against",
    )
    return Problem("not_rated", zh, en)


def _beyond(most: int) -> Problem:
    full = f"{as_decimal(most, 2).normalize():f}"
    return Problem("out_of_range", f"分数须在 0 到 {full} 之间", f"points lie between 0 and {full}")


def _asked_already() -> Problem:
    zh, en = "同样的更正已登记，正待审批", "the same correction was entered already and waits to be decided"
    return Problem("asked_already", zh, en)


def _approved_already() -> Problem:
    zh = "同样的扣款已批准过一条；确实要再扣一次的，请勾选“再扣一次”后提交"
    en = "the very same deduction was approved before; if it is to be taken once more, tick that it is"
    return Problem("approved_already", zh, en)


def _no_reason() -> Problem:
    return Problem("no_reason", "请写明理由", "say why")
