"""Missing orders: asked by whose job it was, seen and answered by who hands in the store's job lines."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Any

from django.core.exceptions import PermissionDenied
from django.db import IntegrityError, transaction
from django.db.models import Q, QuerySet
from django.shortcuts import get_object_or_404

from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import require
from fairwrench.web.access.reach import reach_by
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.evidence.missing_orders.workflow import ANSWERERS, MISSING_ORDERS
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.evidence.sources.names import JOBS
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee

#: how far back somebody may ask: a published month is put right by a correction
BACK = timedelta(days=62)
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
    fields = {name: told[name] for name in ("order_no", "plate", "day", "done", "note")}
    try:
        with transaction.atomic():
            return MissingOrder.objects.create(employee=user.employee, store=store, asked_by=user, **fields)
    except IntegrityError:
        raise Refused([_asked()]) from None


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
    return sum(1 for question in asked if MISSING_ORDERS.hindrance(record=question, name="added", user=user) is None)


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
