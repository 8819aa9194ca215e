"""Missing orders: asked by whose job it was, seen and answered by who hands in the store's job lines."""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.ledger.rows.spellings import folded
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import Grant, User
from fairwrench.web.access.policy import require
from fairwrench.web.access.reach import reach_by, stores_of_unit
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.cycles.selectors import is_closed
from fairwrench.web.evidence.missing_orders.workflow import ANSWERERS, MISSING_ORDERS
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.evidence.sources.names import JOBS
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Duty, Employee

#: how far back somebody may ask: a published month is put right by a correction
BACK = timedelta(days=62)
#: what stands between province and number of a plate, by habit
_DOTS = r"[·•・.\-—_]"
#: a technician's own questions that the page of the day shows
OWN = 10


def missing_order_ask(*, user: User, told: Mapping[str, Any]) -> MissingOrder:
    """Ask for an order that is missing among one's jobs: `order_no` or `plate`, `day`, `done`, `note`. Refused without
    the one or the other, where it was asked before, and for who works in no store."""
    require(user, "evidence.ask_missing_order", about=ONESELF)
    assert user.employee is not None  # the permission asks for it
    store = store_of(employee=user.employee, day=told["day"])
    wrong = [] if told["order_no"] or told["plate"] else [_which()]
    wrong += [] if store else [_nowhere()]
    if wrong:
        raise Refused(wrong)
    if missing_order_open(user=user, told=told) is not None:
        raise Refused([_asked()])
    fields = {name: told[name] for name in ("order_no", "plate", "day", "done", "note")}
    fields |= {"order_no": number_spelled(told["order_no"]), "plate": plate_spelled(told["plate"])}
    try:
        with transaction.atomic():
            return MissingOrder.objects.create(employee=user.employee, store=store, asked_by=user, **fields)
    except IntegrityError:
        raise Refused([_asked()]) from None


def missing_order_open(*, user: User, told: Mapping[str, Any]) -> MissingOrder | None:
    """A user's own question about the same order of the same day that still waits, however it was spelled there."""
    number, plate = number_spelled(told["order_no"]), plate_spelled(told["plate"])
    asked = MissingOrder.objects.filter(employee=user.employee_id, day=told["day"], state=MissingOrder.State.ASKED)
    same = (each for each in asked if _same((each.order_no, each.plate), (number, plate)))
    return next(same, None)


def number_spelled(text: str) -> str:
    """An order number in the one spelling that it is kept in: the ledger's own rules, in capitals."""
    return folded(text).upper()


def plate_spelled(text: str) -> str:
    """A plate in the one spelling that it is kept in: 京A8K392, without the dot between province and number."""
    return re.sub(_DOTS, "", folded(text)).upper()


def _same(one: tuple[str, str], other: tuple[str, str]) -> bool:
    """Whether two questions name one order: by its number, or where one of them has none by the plate."""
    (number, plate), (its_number, its_plate) = one, other
    if number and its_number:
        return number == its_number
    return bool(plate) and plate == its_plate


def store_of(*, employee: Employee, day: date) -> str:
    """The store where somebody works on a day, else today; empty for none."""
    for each in (day, today()):
        held = current(day=each).filter(employee=employee).select_related("store").order_by("-begin", "-place").first()
        if held is not None:
            return held.store.name
    return ""


def missing_orders_seen(*, user: User) -> QuerySet[MissingOrder]:
    """One's own questions, and those of the stores whose job lines one hands in or dispatches."""
    found = MissingOrder.objects.select_related("employee", "asked_by__employee", "answered_by__employee")
    stores = answered_in(user=user)
    if stores is None:
        return found
    own = Q(asked_by=user) if user.employee_id is None else Q(asked_by=user) | Q(employee=user.employee_id)
    return found.filter(own | Q(store__in=stores))


def answered_in(*, user: User) -> frozenset[str] | None:
    """The stores whose questions a user answers; None for all."""
    return reach_by(user=user, roles=ANSWERERS).stores_of(JOBS)


def missing_order_seen(*, user: User, missing_order_id: int) -> MissingOrder:
    """One question for somebody whom it concerns; PermissionDenied for everybody else."""
    found = get_object_or_404(MissingOrder, pk=missing_order_id)
    seen = missing_orders_seen(user=user).filter(pk=found.pk).first()
    if seen is None:
        raise PermissionDenied("missing_order")
    return seen


def missing_orders_own(*, user: User) -> list[MissingOrder]:
    """The latest questions that a user asked."""
    return list(missing_orders_seen(user=user).filter(asked_by=user)[:OWN])


def missing_orders_waiting(*, user: User) -> int:
    """How many questions wait for a user's answer; one's own are for others."""
    asked = missing_orders_seen(user=user).filter(state=MissingOrder.State.ASKED)
    mine = [each for each in asked if MISSING_ORDERS.hindrance(record=each, name="added", user=user) is None]
    return sum(1 for question in mine if not is_past(question=question))


def is_past(*, question: MissingOrder) -> bool:
    """Whether a question waits for nobody any more: whoever asked has left, and the month of the work is published."""
    if not is_closed(month=Month.of(question.day)):
        return False
    return not current(day=today()).filter(employee=question.employee).exists()


def asked_of(*, question: MissingOrder) -> str:
    """Who is asked: `store` where somebody there answers, `group` where HR of the group has to, empty for nobody."""
    others = User.objects.filter(is_active=True).exclude(employee=question.employee_id)
    if question.asked_by is not None:
        others = others.exclude(pk=question.asked_by.pk)
    held = [*Grant.objects.filter(user__in=others, role__in=ANSWERERS).select_related("unit__parent__parent")]
    places = [stores_of_unit(grant.unit) if grant.unit else None for grant in held]
    duties = Duty.objects.filter(kind=Duty.Kind.PROVIDE, subject=JOBS, employee__in=others.values("employee"))
    places += [stores_of_unit(duty.unit) for duty in duties.select_related("unit__parent__parent")]
    if any(place is not None and question.store in place for place in places):
        return "store"
    return "group" if None in places else ""


def missing_order_answer(*, question: MissingOrder, name: str, seen: int, by: User, note: str = "") -> MissingOrder:
    """Answer a question: `added`, `not_theirs` or `on_order`; or withdraw one's own."""
    return MISSING_ORDERS.act(record=question, name=name, by=by, note=note, seen=seen)


def _which() -> Problem:
    return Problem("no_order", "请写工单号或车牌号，写一个就行", "say the order number or the plate; one is enough")


def _nowhere() -> Problem:
    return Problem("no_store", "花名册上没有您所在的门店，请找人力资源", "the roster has no store of yours; ask HR")


def _asked() -> Problem:
    return Problem(
        "asked_before", "这一单您已经问过，正在核实", "you asked about this order before; it is being looked into"
    )
