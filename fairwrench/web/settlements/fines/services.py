"""A proposed fine decided: by HR or the general manager, never about themselves, once, while the month is open."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from decimal import Decimal
from typing import cast

import polars as pl
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from fairwrench.settlement.exact import point_units
from fairwrench.settlement.inputs.fines import CONFIRMED, FINES, GROUNDS
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.cycle import FineEffect
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.selectors import ledger_read, sources
from fairwrench.web.settlements.corrections.workflow import own_month, person_held, published
from fairwrench.web.settlements.feeds import correction_tell
from fairwrench.web.settlements.fines.limits import DECISIONS, above_room, room_of
from fairwrench.web.settlements.fines.proposals import Proposal
from fairwrench.web.settlements.models import Correction
from fairwrench.web.ui.requests.bare_text import bare_text
from fairwrench.web.work.inbox.notices import Message, messages_send
from fairwrench.web.work.workflow.workflow import off_roster

#: what HR may choose whatever the scheme says: nothing becomes of it, with a reason
WAIVED = "waived"
#: effect → the kind of decision by which it is told
KINDS: dict[str, str] = {"money": CONFIRMED, "points": "fine_points", "record": "fine_record", WAIVED: "fine_waived"}
#: choices that take neither money nor points
FREE = ("record", WAIVED)


@dataclass(frozen=True)
class Choice:
    """What HR chose: how the fine takes effect, on what ground money is taken, and yuan or points where it is less than
    proposed (None: as proposed)."""

    effect: str
    ground: str = ""
    value: Decimal | None = None
    reason: str = ""


def fine_decide(*, cycle: Cycle, proposal: Proposal, choice: Choice, by: User) -> Correction:
    """Decide a proposed fine; it counts when the month is settled. Refused with everything that is wrong."""
    who = proposal.employee
    require(by, "settlements.decide_correction", about=OfPerson(who.employee_id))
    if wrong := [*_of_person(proposal, choice, by), *_of_choice(proposal, choice)]:
        raise Refused(wrong)
    value = None if choice.effect in FREE else _units(proposal, choice)
    with transaction.atomic():
        # held until it is written: of two presses, or two of HR, one decides
        locked = Cycle.objects.select_for_update(of=("self",)).get(pk=cycle.pk)
        person_held(who.pk)
        # the room for money is asked anew: something may have been taken since
        if wrong := [*_of_month(locked), *_before(locked, proposal), *_of_choice(proposal, choice)]:
            raise Refused(wrong)
        made = Correction.objects.create(
            cycle=locked,
            employee=who,
            concerns=locked.month,
            kind=KINDS[choice.effect],
            value=value,
            ground=choice.ground if choice.effect == "money" else "",
            reason=bare_text(choice.reason)[:400] or f"迟交 {proposal.days} 天",
            state=Correction.State.APPROVED,
            by=by,
            decided_by=by,
            decided_at=timezone.now(),
        )
        correction_tell(correction=made, by=by)
        messages_send([_told(made, proposal)], besides=by)
    return made


def _of_person(proposal: Proposal, choice: Choice, by: User) -> Iterator[Problem]:
    who = proposal.employee
    if by.employee is None:  # the row of evidence says by employee id who decided
        yield off_roster()
    elif by.employee == who:
        yield own_month()
    if who.has_left() and choice.effect not in FREE:
        zh = f"{who.name} 已离职，不再扣钱或扣分，可只作记录或免除；确需追偿的，请咨询法律顾问"
        en = f"{who.name} has left: neither money nor points are taken, it may be kept on record or waived. "
        yield Problem("has_left", zh, f"{en}Check a claim with counsel")
    elif not proposal.days:
        zh, en = (
            "本次核算没有记下迟交天数，请重新核算后再办理",
            "the days late are not on record; settle the month anew",
        )
        yield Problem("no_days", zh, en)


def _of_choice(proposal: Proposal, choice: Choice) -> Iterator[Problem]:
    if choice.effect == WAIVED:
        if not bare_text(choice.reason):
            yield Problem("no_reason", "免除须写明原因", "say why it is waived")
        return
    if choice.effect not in proposal.choices:
        zh, en = (
            "请选择怎样处理：制度允许的扣款、扣分或只记录",
            "choose how it takes effect, among what the scheme allows",
        )
        yield Problem("no_effect", zh, en)
        return
    if choice.effect == "money" and choice.ground not in GROUNDS:
        zh, en = (
            "扣款须写明依据：赔偿、违纪或约定",
            "money is taken on a ground: compensation, breach of rules or agreed",
        )
        yield Problem("no_ground", zh, en)
    if choice.effect == "points" and proposal.rule.instead.points is None:
        zh, en = (
            "制度没有规定迟交每天扣几分，不能改为扣分",
            "the scheme has no figure of points a day, so none are taken",
        )
        yield Problem("no_points_a_day", zh, en)
    elif choice.effect not in FREE:
        yield from _of_amount(proposal, choice)


def _of_amount(proposal: Proposal, choice: Choice) -> Iterator[Problem]:
    most, amount = proposal.units(cast(FineEffect, choice.effect)), _units(proposal, choice)
    if not 0 < amount <= most:
        zh, en = "数值须大于 0，且不超过建议的数值", "the figure is above 0 and not above what is proposed"
        yield Problem("out_of_range", zh, en)
    elif choice.effect == "money" and choice.ground in GROUNDS:
        problem = above_room(amount, choice.ground, room_of(proposal), proposal)
        if problem is not None:
            yield problem


def _units(proposal: Proposal, choice: Choice) -> int:
    """Fen, or hundredths of a point."""
    return proposal.units(cast(FineEffect, choice.effect)) if choice.value is None else point_units(choice.value)


def _of_month(cycle: Cycle) -> Iterator[Problem]:
    if cycle.state == Cycle.State.PUBLISHED:
        yield published(cycle)
    elif cycle.state == Cycle.State.SEALING:
        zh, en = "正在锁定数据并核算，请稍后再办理", "the month is being sealed and settled; decide once that is done"
        yield Problem("sealing", zh, en)


def _before(cycle: Cycle, proposal: Proposal) -> Iterator[Problem]:
    """Decided on this page before, or by a file."""
    mine = Correction.objects.filter(cycle=cycle, employee=proposal.employee, kind__in=FINES)
    if mine.filter(state=Correction.State.APPROVED).exists() or decided_in_file(
        month=cycle.month, employee_id=proposal.employee.employee_id
    ):
        zh, en = "这项迟交已有处理决定，不重复办理", "this lateness was decided before; it is not decided twice"
        yield Problem("decided_before", zh, en)


def decided_in_file(*, month: str, employee_id: str) -> bool:
    """Whether a file of decisions says what becomes of somebody's lateness."""
    rows = ledger_read().current(DECISIONS, sources()[DECISIONS])
    if rows.is_empty():
        return False
    mine = (pl.col("employee_id") == employee_id) & (pl.col("month") == month) & pl.col("kind").is_in(FINES)
    # what was decided here has a number of ours, and stands in the database
    return not rows.filter(mine, ~pl.col("decision_no").str.starts_with("W")).is_empty()


def _told(made: Correction, proposal: Proposal) -> Message:
    """The person is told, with the way to their month."""
    words = (
        f"{made.concerns} 迟交 {proposal.days} 天已处理：{made.kind_words[0]}",
        f"{made.concerns}: your {proposal.days} days late were decided: {made.kind_words[1]}",
    )
    to = User.objects.filter(employee=made.employee)
    return Message(list(to), words, reverse("settlements:mine_of", args=[made.concerns]))
