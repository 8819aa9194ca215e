"""Rows excused: asked for, looked at, decided."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.problem import Refused
from fairwrench.web.evidence import selectors
from fairwrench.web.evidence.excuses import (
    excuse_ask,
    excuse_decide,
    excuse_seen,
    excuses_seen,
    may_decide,
    metrics_of,
    rows_found,
)
from fairwrench.web.evidence.models import Excuse
from fairwrench.web.evidence.tables import Excuses
from fairwrench.web.evidence.telling import answered
from fairwrench.web.evidence.views_desk import month_asked, months_offered
from fairwrench.web.people.policy import allowed, may
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import both, of, pick


@require_GET
@allowed("evidence.excuse")
def excuses(request: HttpRequest) -> HttpResponse:
    """Every request that may be seen, those to be decided first."""
    found = excuses_seen(user=request.user)
    state = request.GET.get("state", "")
    found = found.filter(state=state) if state in Excuse.State else found
    name, context = both("免责申请", "Excused rows"), {"state": state, "states": Excuse.State.choices}
    return table_page(request, Excuses, found, name=name, template="evidence/excuses.html", context=context)


@allowed("evidence.excuse")
def excuse_new(request: HttpRequest) -> HttpResponse:
    """Find a row and ask for it to be excused."""
    month, source = month_asked(request), request.POST.get("source") or request.GET.get("source", "")
    asked = {name: request.POST.get(name, "") for name in ("key", "metric", "reason")}
    if request.method == "POST":
        try:
            made = excuse_ask(user=request.user, source=source, month=month, **asked)
        except Refused as refused:
            for problem in refused.problems:
                messages.error(request, of(problem))
        else:
            messages.success(request, pick("已提交，等待审批。", "Sent; it waits to be decided."))
            return redirect("evidence:excuse", made.pk)
    kinds, sought = selectors.sources(), (request.GET.get("q") or asked["key"]).strip()
    rows = rows_found(user=request.user, source=source, month=month, sought=sought)
    kind = kinds.get(source)
    context = {
        **{
            "month": str(month),
            "months": [str(each) for each in months_offered(selectors.open_month())],
            "source": source,
            "q": sought,
        },
        "kinds": sorted(kinds.items()),
        "rows": [(row, row.cells(kind)) for row in rows] if kind else [],
        "metrics": metrics_of(selectors.scheme_at(month=month), source),
        "asked": asked,
    }
    return render(request, "evidence/excuse_new.html", context)


@require_GET
@allowed("evidence.excuse")
def excuse(request: HttpRequest, excuse_id: int) -> HttpResponse:
    """One request: the row, the metric, the reason, who asked and who decided."""
    found = excuse_seen(user=request.user, excuse_id=excuse_id)
    metric = selectors.scheme_at(month=Month.parse(found.month)).metrics.get(found.metric)
    context = {
        "excuse": found,
        "metric": metric.name if metric else found.metric,
        "may_decide": may(request.user, "evidence.approve_excuse"),
        "why_not": may_decide(excuse=found, user=request.user),
    }
    return render(request, "evidence/excuse.html", context)


@require_POST
@allowed("evidence.approve_excuse")
def decide(request: HttpRequest, excuse_id: int) -> HttpResponse:
    """Approve or refuse."""
    found = excuse_seen(user=request.user, excuse_id=excuse_id)
    approve, note = request.POST.get("decision") == "approve", request.POST.get("note", "")
    done = pick("已同意，正在导入。", "Approved; it is being landed.") if approve else pick("未同意。", "Refused.")
    return answered(
        request,
        lambda: excuse_decide(excuse=found, by=request.user, approve=approve, note=note),
        done,
        "evidence:excuse",
        excuse_id,
    )
