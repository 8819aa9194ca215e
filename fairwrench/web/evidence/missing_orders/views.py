"""Missing orders: asked for on a phone, looked at, answered."""

from __future__ import annotations

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.evidence.missing_orders.forms import MissingOrderForm
from fairwrench.web.evidence.missing_orders.missing_orders import (
    asked_of,
    is_past,
    missing_order_answer,
    missing_order_ask,
    missing_order_open,
    missing_order_seen,
    missing_orders_own,
    missing_orders_seen,
    missing_orders_waiting,
)
from fairwrench.web.evidence.missing_orders.workflow import MISSING_ORDERS, NOTE
from fairwrench.web.evidence.models import MissingOrder
from fairwrench.web.evidence.views.tables import MissingOrders
from fairwrench.web.org.days import today
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, day_of, number_said, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick

ANSWERS = ("added", "not_theirs", "on_order")


@require_GET
@opened("evidence.missing_order")
def missing_orders(request: SignedInRequest) -> HttpResponse:
    """Every question that concerns the reader: one's own, and those of the stores that one answers for."""
    found = missing_orders_seen(user=request.user)
    answers = opens(request.user, "evidence.answer_missing_order")
    # what one asked oneself is nobody else's, so looking at it is not noted
    shows(request, harmless=not answers)
    state = choice_of(request.GET, "state", MissingOrder.State.values)
    context = {
        "state": state,
        "states": MissingOrder.State.choices,
        "any": found.exists(),
        "answers": answers,
        "asks": opens(request.user, "evidence.ask_missing_order"),
        "waiting": missing_orders_waiting(user=request.user) if answers else 0,
    }
    rows = found.filter(state=state) if state else found
    name = both("漏单反馈", "Missing orders")
    return table_page(request, MissingOrders, rows, name=name, template="evidence/missing_orders.html", context=context)


@allowed("evidence.ask_missing_order", about=ONESELF)
def missing_order_new(request: SignedInRequest) -> HttpResponse:
    """Ask for an order that is missing; below it what one asked before, with the answers."""
    form = MissingOrderForm(request.POST or None, initial={"day": day_of(request.GET, "day") or today()})
    if request.method == "POST" and form.is_valid():
        if (asked := missing_order_open(user=request.user, told=form.cleaned_data)) is not None:
            messages.info(request, pick("这一单您已反馈过，正在核实。", "You asked about this order before."))
            return redirect("evidence:missing_order", asked.pk)
        try:
            made = missing_order_ask(user=request.user, told=form.cleaned_data)
        except Refused as refused:
            for problem in refused.problems:
                form.add_error(None, of(problem))
        else:
            messages.success(request, pick("已提交，等待核实。", "Sent; it is looked into."))
            return redirect("evidence:missing_order", made.pk)
    context = {"form": form, "own": missing_orders_own(user=request.user)}
    return render(request, "evidence/missing_order_new.html", context, status=422 if form.errors else 200)


@require_GET
@opened("evidence.missing_order")
def missing_order(request: SignedInRequest, missing_order_id: int) -> HttpResponse:
    """One question: which order, whose, what was done, and the answer."""
    found = missing_order_seen(user=request.user, missing_order_id=missing_order_id)
    shows(request, about=found.employee.employee_id)
    offered = {act.name for act in MISSING_ORDERS.offered(record=found, user=request.user)}
    context = {
        "question": found,
        "own": found.asked_by_id == request.user.pk,
        "may_answer": bool(offered & {*ANSWERS}),
        "may_withdraw": "withdraw" in offered,
        "past": found.state == MissingOrder.State.ASKED and is_past(question=found),
        "asked_of": asked_of(question=found) if found.state == MissingOrder.State.ASKED else "",
        "sees_desk": opens(request.user, "evidence.view"),
    }
    return render(request, "evidence/missing_order.html", context)


@require_POST
@opened("evidence.answer_missing_order")
def answer(request: SignedInRequest, missing_order_id: int) -> HttpResponse:
    """Say what was found."""
    found = missing_order_seen(user=request.user, missing_order_id=missing_order_id)
    name, seen = choice_of(request.POST, "decision", ANSWERS), number_said(request.POST.get("version", ""))
    if not name:
        raise BadRequest("decision")
    note, done = text_of(request.POST, "note", NOTE), pick("已答复，对方会收到通知。", "Answered; they are told.")
    return answered(
        request,
        lambda: missing_order_answer(question=found, name=name, seen=seen, by=request.user, note=note),
        done,
        "evidence:missing_order",
        missing_order_id,
    )


@require_POST
@allowed("evidence.ask_missing_order", about=ONESELF)
def withdraw(request: SignedInRequest, missing_order_id: int) -> HttpResponse:
    """Take one's own question back."""
    found = missing_order_seen(user=request.user, missing_order_id=missing_order_id)
    seen = number_said(request.POST.get("version", ""))
    return answered(
        request,
        lambda: missing_order_answer(question=found, name="withdraw", seen=seen, by=request.user),
        pick("已撤回。", "Withdrawn."),
        "evidence:missing_order",
        missing_order_id,
    )
