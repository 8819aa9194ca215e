"""Monthly summaries: everybody's list, one's own to hand in or correct, one's people's to read and answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.access.log.access_log import shows
from fairwrench.web.access.policy import allowed, opened
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.access.scope import Scope
from fairwrench.web.access.targets import ONESELF
from fairwrench.web.coaching.models import Summary
from fairwrench.web.coaching.summaries.forms import SummaryForm
from fairwrench.web.coaching.summaries.selectors import (
    NARROWED,
    due_of,
    may_hand_in,
    owing,
    shown_month,
    summaries_counts,
    summaries_list,
    summary_of,
)
from fairwrench.web.coaching.summaries.services import summary_correct, summary_hand_in
from fairwrench.web.coaching.summaries.tables import Summaries
from fairwrench.web.coaching.summaries.workflow import SUMMARIES
from fairwrench.web.org.days import now_local
from fairwrench.web.org.models import Employee
from fairwrench.web.tickets.selectors import is_sealed
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, month_said, number_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, of, pick
from fairwrench.web.work.queue.selectors import job_shown
from fairwrench.web.work.workflow.offers import offers_of

#: letters of an answer
NOTE = 400


@require_GET
@opened("coaching.view")
def summaries(request: SignedInRequest) -> HttpResponse:
    """Who handed in the summary of a month, who is late, whose is missing; as far as one reads them."""
    month = month_said(text_of(request.GET, "month", 7) or str(shown_month()))
    due = due_of(month=month)
    narrowed = choice_of(request.GET, "state", NARROWED)
    counts = summaries_counts(user=request.user, month=month)
    # who sees nothing but their own looks at nobody
    shows(request, month=str(month), harmless=counts["all"] == counts["own"])
    context = {
        "month": str(month),
        "months": [str(month.plus(-1)), str(month.plus(1))],
        "due": due,
        "state": narrowed,
        "states": [(name, of(words), counts[name]) for name, words in NARROWED.items()],
        "owes": counts["own"],
        "all": counts["all"],
    }
    return table_page(
        request,
        Summaries,
        summaries_list(user=request.user, month=month, narrowed=narrowed).order_by("employee_id"),
        name=both(f"月度总结 {month}", f"Summaries {month}"),
        template="coaching/summaries.html",
        context=context,
        month=str(month),
        over=due is not None and due < now_local(),
    )


@allowed("coaching.hand_in", about=ONESELF)
def own(request: SignedInRequest, month: str) -> HttpResponse:
    """Hand in one's summary of a month, or correct it until the month is settled."""
    asked, user = month_said(month), request.user
    assert user.employee is not None  # the permission is theirs who are on the roster
    there = summary_of(month=asked, employee=user.employee)
    if request.method != "POST":
        form = SummaryForm(initial={"done": there.done, "plan": there.plan} if there else None)
        return _own_form(request, asked, there, form)
    form = SummaryForm(request.POST)
    if not form.is_valid():
        return _own_form(request, asked, there, form)
    try:
        if there is not None and "version" in request.POST:
            seen = number_of(request.POST, "version", -1)
            summary_correct(summary=there, by=user, seen=seen, **form.cleaned_data)
        else:
            summary_hand_in(month=asked, by=user, **form.cleaned_data)
    except Refused as refused:
        for problem in refused.problems:
            form.add_error(str(problem.path[0]) if problem.path else None, of(problem))
        return _own_form(request, asked, there, form)
    messages.success(request, pick("已提交，直接上级可以看到。", "Handed in; your line manager reads it."))
    return redirect("coaching:summary", str(asked), user.employee.employee_id)


def _own_form(request: SignedInRequest, month: Month, there: Summary | None, form: SummaryForm) -> HttpResponse:
    asked = due_of(month=month) is not None and may_hand_in(month=month)
    asked = asked and owing(month=month).filter(employee_id__in=Scope.of(request.user).own).exists()
    context = {
        "month": str(month),
        "due": due_of(month=month),
        "there": there,
        "form": form,
        "closed": bool(there) and is_sealed(month=month),
        "asked": asked or there is not None,
    }
    return render(request, "coaching/own.html", context, status=422 if form.is_bound else 200)


@require_GET
@opened("coaching.view")
def summary(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Somebody's summary: what it says and said, when it came, what the line manager answered."""
    found = _seen(request, month_said(month), employee_id)
    offers = offers_of(
        SUMMARIES, found, request.user, url=lambda act: reverse("coaching:answer", args=[month, employee_id])
    )
    own = found.employee_id == request.user.employee_id
    context: dict[str, Any] = {
        "summary": found,
        "steps": SUMMARIES.stepper(found),
        "versions": list(found.versions.all()),
        "history": SUMMARIES.history([found])[found.pk],
        "offers": [offer for offer in offers if offer.name == "answer"],
        "corrects": own and not is_sealed(month=Month.parse(found.month)),
        "job": job_shown(job=found.job, user=request.user) if found.job and own else None,
    }
    return render(request, "coaching/summary.html", context)


@require_POST
@opened("coaching.view")
def answer(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Answer the summary of somebody whom one leads."""
    found = _seen(request, month_said(month), employee_id)
    seen, note = number_of(request.POST, "version", -1), text_of(request.POST, "note", NOTE)
    return answered(
        request,
        lambda: SUMMARIES.act(record=found, name="answer", by=request.user, note=note, seen=seen),
        pick("已回复本人。", "Answered."),
        "coaching:summary",
        month,
        employee_id,
    )


def _seen(request: SignedInRequest, month: Month, employee_id: str) -> Summary:
    """The summary, for who reads it; Http404 for everybody else."""
    employee = get_object_or_404(Employee, employee_id=employee_id)
    reads = summaries_list(user=request.user, month=month).filter(pk=employee.pk).exists()
    found = summary_of(month=month, employee=employee) if reads else None
    if found is None:
        raise Http404
    return found
