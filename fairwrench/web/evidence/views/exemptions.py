"""Rows exempted: asked for, looked at, decided."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import BadRequest
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.exemptions.exemptions import (
    exemption_decide,
    exemption_seen,
    exemptions_ask,
    exemptions_seen,
)
from fairwrench.web.evidence.exemptions.rows import (
    FOUND,
    concerned,
    kinds_offered,
    metrics_of,
    parts_of,
    row_told,
    rows_found,
    title_of,
)
from fairwrench.web.evidence.exemptions.workflow import may_decide
from fairwrench.web.evidence.models import Exemption
from fairwrench.web.evidence.views.desk import month_asked, months_offered
from fairwrench.web.evidence.views.tables import Exemptions
from fairwrench.web.ui.requests.answers import answered
from fairwrench.web.ui.requests.parameters import choice_of, text_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both, pick
from fairwrench.web.work.queue.selectors import job_shown

#: letters of a reason
LETTERS = 400


@require_GET
@opened("evidence.exemption")
def exemptions(request: SignedInRequest) -> HttpResponse:
    """Every request that may be seen, those to be decided first."""
    found = exemptions_seen(user=request.user)
    state, there = choice_of(request.GET, "state", Exemption.State.values), found.exists()
    waiting = found.filter(state=Exemption.State.ASKED).count()
    found = found.filter(state=state) if state else found
    context = {"state": state, "states": Exemption.State.choices, "any": there, "waiting": waiting}
    context |= {"may_decide": opens(request.user, "evidence.approve_exemption")}
    context |= {"sees_desk": opens(request.user, "evidence.view")}
    name = both("剔除申请", "Exemptions")
    return table_page(request, Exemptions, found, name=name, template="evidence/exemptions.html", context=context)


@opened("evidence.exemption")
def exemption_new(request: SignedInRequest) -> HttpResponse:
    """Find a row (`source`, `q`), choose it (`key`), and ask for it to be exempted from one or several metrics."""
    month, told = month_asked(request), request.POST or request.GET
    asked = {name: told.get(name, "").strip() for name in ("source", "key", "q", "reason")}
    if request.method != "POST":
        return _page(request, month, asked)
    ticked = request.POST.getlist("metric")
    row = {name: asked[name] for name in ("source", "key", "reason")}
    try:
        made = exemptions_ask(user=request.user, month=month, metrics=ticked, **row)
    except Refused as refused:
        # what was typed and ticked stays
        return _page(request, month, {**asked, "ticked": ticked}, refused.problems)
    messages.success(request, pick("已提交，等待人力资源审批。", "Sent; HR decides about it."))
    return redirect("evidence:exemption", made[0].pk) if len(made) == 1 else redirect("evidence:exemptions")


def _page(
    request: SignedInRequest, month: Month, asked: dict[str, Any], problems: tuple[Problem, ...] = ()
) -> HttpResponse:
    """The search, or the row that was chosen; whoever typed something finds it again."""
    scheme, source = selectors.scheme_at(month=month), asked["source"]
    kinds = kinds_offered(user=request.user, scheme=scheme)
    context: dict[str, Any] = {"month": str(month), "asked": asked, "problems": problems, "kinds": kinds}
    context |= {"kind": kinds.get(source), "months": [str(each) for each in months_offered(selectors.open_month())]}
    if (kind := kinds.get(source)) is None:
        return render(request, "evidence/exemption_new.html", context, status=422 if problems else 200)
    chosen = bool(asked["key"])
    # the row is found anew by its key: what the form says of it is not believed
    rows = rows_found(user=request.user, source=source, month=month, sought=asked["key"] or asked["q"], exact=chosen)
    parts = [part for metric in metrics_of(scheme, source).values() for part in parts_of(metric, source)]
    context["rows"] = [(row, row.title(kind), row.facts(kind, parts)) for row in rows[:FOUND]]
    context["more"] = len(rows) > FOUND
    if chosen and rows:
        every = concerned(row=rows[0], source=source, scheme=scheme, month=month)
        context |= {"row": rows[0], "title": rows[0].title(kind), "cells": rows[0].cells(kind)}
        # what the row does not count for in this month cannot be ticked, and is shown apart
        context |= {"metrics": [each for each in every if each.counts], "others": [e for e in every if not e.counts]}
    return render(request, "evidence/exemption_new.html", context, status=422 if problems else 200)


@require_GET
@opened("evidence.exemption")
def exemption(request: SignedInRequest, exemption_id: int) -> HttpResponse:
    """One request: the row, the metric, the reason, who asked and who decided."""
    found = exemption_seen(user=request.user, exemption_id=exemption_id)
    month = Month.parse(found.month)
    metric = selectors.scheme_at(month=month).metrics.get(found.metric)
    context = {
        "job": job_shown(job=found.job, user=request.user) if found.job else None,
        **{"exemption": found, "title": title_of(found), "row": row_told(found)},
        "metric": metric.name if metric else found.metric,
        "may_decide": opens(request.user, "evidence.approve_exemption"),
        "why_not": may_decide(exemption=found, user=request.user),
        "closed": selectors.is_closed(month=month),
    }
    return render(request, "evidence/exemption.html", context)


@require_POST
@opened("evidence.approve_exemption")
def decide(request: SignedInRequest, exemption_id: int) -> HttpResponse:
    """Approve or refuse."""
    found = exemption_seen(user=request.user, exemption_id=exemption_id)
    decision = choice_of(request.POST, "decision", ("approve", "refuse"))
    if not decision:
        raise BadRequest("decision")
    approve, note = decision == "approve", text_of(request.POST, "note", LETTERS)
    done = pick("已同意，正在导入。", "Approved; it is being landed.") if approve else pick("未同意。", "Refused.")
    return answered(
        request,
        lambda: exemption_decide(exemption=found, by=request.user, approve=approve, note=note),
        done,
        "evidence:exemption",
        exemption_id,
    )
