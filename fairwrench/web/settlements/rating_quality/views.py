"""The page of how each rater rated, and ratings returned from it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import polars as pl
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.counts import number_of as counted
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.rating_quality.judged import judged
from fairwrench.web.settlements.rating_quality.returning import LETTERS, ratings_return
from fairwrench.web.settlements.rating_quality.seen import people_reviewed
from fairwrench.web.settlements.rating_quality.signs import RaterSeen, raters_seen
from fairwrench.web.settlements.ratings.asked import RATED
from fairwrench.web.settlements.ratings.rating import run_to_rate
from fairwrench.web.settlements.services import told
from fairwrench.web.ui.requests.parameters import text_of, whole_number
from fairwrench.web.ui.words import lang, pick

#: letters of an employee id
LETTERS_OF_ID = 40
#: digits of a moment in microseconds
DIGITS = 20


@dataclass(frozen=True)
class Line:
    """One rater as the page has them; `returned`: how many of the ratings wait to be looked at again."""

    person: Employee | None
    seen: RaterSeen
    returned: int
    returnable: bool
    #: when the latest of the ratings shown was given
    at: int


@require_GET
@opened("ratings.review")
def rating_quality(request: SignedInRequest, month: str) -> HttpResponse:
    """Each rater of the people whose ratings the reader reviews."""
    run = _run(month)
    everybody = judged(run=run)
    own = everybody.filter(pl.col("employee_id").is_in(list(people_reviewed(run=run, user=request.user))))
    shows(request, month=month)
    lines = _lines(own, everybody, run, request.user.employee)
    context: dict[str, Any] = {
        "cycle": run.cycle,
        "lines": lines,
        # what somebody returned is looked at until it is given anew
        "asking": [line for line in lines if line.seen.signs or line.returned],
        "quiet": [line for line in lines if not (line.seen.signs or line.returned)],
        "closed": run.cycle.state not in RATED,
    }
    return render(request, "settlements/rating_quality.html", context)


def _lines(own: pl.DataFrame, everybody: pl.DataFrame, run: Run, me: Employee | None) -> list[Line]:
    found = raters_seen(ratings=own, beside=everybody)
    people = {each.employee_id: each for each in Employee.objects.filter(employee_id__in=[one.rater for one in found])}
    waits = dict(own.filter(pl.col("returned")).group_by("rater").len().iter_rows())
    left = set(own.filter(pl.col("rating").is_not_null(), ~pl.col("returned"))["rater"])
    latest = dict(own.filter(pl.col("rating").is_not_null()).group_by("rater").agg(pl.col("at").max()).iter_rows())
    # nobody returns their own; once what they led to is approved, no ratings are asked for
    barred = {me.employee_id} if me else set()
    asked = run.cycle.state in RATED
    return [
        Line(
            people.get(one.rater),
            one,
            waits.get(one.rater, 0),
            asked and one.rater in left - barred,
            latest.get(one.rater, 0),
        )
        for one in found
    ]


@require_POST
@opened("ratings.review")
def rating_return(request: SignedInRequest, month: str) -> HttpResponse:
    """Return a rater's ratings, with a reason."""
    run = _run(month)
    rater, reason = text_of(request.POST, "rater", LETTERS_OF_ID), text_of(request.POST, "note", LETTERS)
    # a form that says nothing has seen nothing
    seen = whole_number(request.POST.get("seen", ""), digits=DIGITS) or -1
    try:
        done = ratings_return(cycle=run.cycle, run=run, rater=rater, by=request.user, reason=reason, seen=seen)
    except Refused as refused:
        messages.error(request, told(refused.problems, lang()))
    else:
        zh, en = f"已退回 {done.count} 项评分，评分人会收到通知。", "returned; the rater is told."
        messages.success(request, pick(zh, f"{counted(done.count, 'rating')} {en}"))
        if done.changed:
            zh, en = "打开页面之后有改动，没有退回。", "changed since the page was opened and not returned."
            messages.warning(request, pick(f"{done.changed} 项{zh}", f"{counted(done.changed, 'rating')} {en}"))
    return redirect("settlements:rating_quality", month=month)


def _run(month: str) -> Run:
    run = run_to_rate(month=month)
    if run is None:
        raise Http404
    return run
