"""The technician's evening: the card of today in one's own month, and the day with its orders."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_GET

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.missing_orders.missing_orders import missing_orders_own
from fairwrench.web.org.days import today as now
from fairwrench.web.settlements.day.work_of_day import Evening, does_jobs, evening, has_job_lines, hours_said
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.months.months import is_shown, shown_months
from fairwrench.web.settlements.selectors import LOOKED_AT, months_to_choose, only, result_seen, run_shown
from fairwrench.web.ui.requests.parameters import day_of
from fairwrench.web.ui.words import of, pick

#: the run of a month and somebody's result in it
Own = tuple[Run, Result]


@require_GET
@allowed("results.view_mine", about=ONESELF)
def today(request: SignedInRequest) -> HttpResponse:
    """What the reader finished today, or on another `day` of the month: the card alone for the page of one's month, a
    page with the orders otherwise."""
    day = day_of(request.GET, "day")
    found = (_of_month(request, Month.of(day)) if day else None) or _latest(request)
    if found is None:
        return render(request, _template(request), {"evening": None})
    run, result = found
    told = evening(result=result, run=run, user=request.user, day=day)
    context = {"run": run, "result": result, "evening": told, "asked": day, **_words(told, day)}
    context |= _nothing(told, run, day) if day and not told.shown else {}
    context |= _neighbours(request, told, run, day)
    context["own"] = [] if request.htmx else missing_orders_own(user=request.user)
    return render(request, _template(request), context)


def _template(request: SignedInRequest) -> str:
    return "settlements/parts/day_card.html" if request.htmx else "settlements/day.html"


def _latest(request: SignedInRequest) -> Own | None:
    """The latest month that says something of the reader, where their work is told by jobs."""
    me = request.user.employee
    if me is None:
        return None
    cycles, latest = months_to_choose(user=request.user, months=LOOKED_AT, people=only(me.employee_id))
    # the month that it is, as soon as job lines of it came in, though none of them may be the reader's yet
    this = next((cycle for cycle in cycles if cycle.at == Month.of(now()) and is_shown(cycle)), None)
    own = _own(request, this) if this is not None and this != latest else None
    if own is not None and has_job_lines(run=own[0], store=own[1].store):
        return own
    return _own(request, latest)


def _of_month(request: SignedInRequest, month: Month) -> Own | None:
    """The month that a day lies in, once job lines of it came in; None before that."""
    cycle = Cycle.objects.filter(shown_months(), month=str(month)).select_related("run").first()
    found = _own(request, cycle)
    return found if found and has_job_lines(run=found[0], store=found[1].store) else None


def _own(request: SignedInRequest, cycle: Cycle | None) -> Own | None:
    """The run of a month and the reader's result in it, where their work is told by jobs."""
    me = request.user.employee
    run = run_shown(cycle=cycle, user=request.user, employee_id=me.employee_id) if cycle and me else None
    result = result_seen(run=run, employee_id=me.employee_id, user=request.user) if run and me else None
    return (run, result) if run and result and does_jobs(run=run, result=result) else None


def _nothing(told: Evening, run: Run, day: date) -> dict[str, Any]:
    """Why a day that was asked for shows nothing: it lies in another month or ahead, the rows do not reach it, or
    nothing of the reader's was finished."""
    month = Month.of(day)
    if day > told.today:
        return {"nothing": "ahead"}
    if month != run.cycle.at:
        there = Cycle.objects.filter(shown_months(), month=str(month)).exists()
        return {"nothing": "elsewhere", "its_month": str(month), "its_month_there": there}
    return {"nothing": "none" if told.fresh.reaches(day) else "not_in"}


def _neighbours(request: SignedInRequest, told: Evening, run: Run, asked: date | None) -> dict[str, Any]:
    """The days before and after with anything of the reader's; where the month has none, the edge of the one beside."""
    shown = told.shown.day if told.shown else asked or told.today
    before = max((day for day in told.days if day < shown), default=None)
    after = min((day for day in told.days if day > shown), default=None)
    if not request.htmx and asked and Month.of(asked) == run.cycle.at:
        if before is None and _of_month(request, run.cycle.at.plus(-1)):
            before = run.cycle.at.plus(-1).last
        if after is None and run.cycle.at.last < told.today and _of_month(request, run.cycle.at.plus(1)):
            after = run.cycle.at.plus(1).first
    return {
        **{"before": before, "before_said": before and day_said(before)},
        **{"after": after, "after_said": after and day_said(after)},
    }


def _words(told: Evening, asked: date | None) -> dict[str, Any]:
    """What the page says besides the figures: which day it is, its neighbours, the lines of the plan."""
    shown = told.shown.day if told.shown else asked or told.today
    lines = told.shown.pay.lines if told.shown and told.shown.pay else ()
    return {
        "called": day_called(shown, told.today),
        "day_said": day_said(shown),
        "today_said": day_said(told.today),
        "lines": [(line, hours_said(line.quantity, line.digits)) for line in lines],
        "factors": [of(name) for name in told.plan.factors] if told.plan else [],
        "left_out": [of(name) for name in told.plan.left_out] if told.plan else [],
        "reach_said": day_said(told.fresh.reach) if told.fresh.reach else "",
        "waiting_said": moment_said(told.fresh.waiting),
    }


def day_said(day: date) -> str:
    """A day as one says it in the same year: 11月30日, 30 Nov."""
    return pick(f"{day.month}月{day.day}日", f"{day.day} {day:%b}")


def moment_said(at: datetime | None) -> str:
    """A moment as local day and time; empty for none."""
    local = timezone.localtime(at) if at else None
    return f"{day_said(local.date())} {local:%H:%M}" if local else ""


def day_called(day: date, now: date) -> str:
    """Today, yesterday, or the day itself."""
    near = {0: pick("今天", "Today"), 1: pick("昨天", "Yesterday")}
    return near.get((now - day).days) or day_said(day)
