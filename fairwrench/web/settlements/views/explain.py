"""Why a figure is what it is: the tree of steps, and the check that it comes out again."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from fairwrench.report.charts import curve_picture
from fairwrench.report.people import figure_text
from fairwrench.settlement.explain.explain import Step, explain
from fairwrench.settlement.projection import as_headed
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import allowed, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.settlements.declared.job_access import check_shown
from fairwrench.web.settlements.declared.places import figure_ref
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.masking import steps_seen
from fairwrench.web.settlements.runs.person import card_lines, settled_of
from fairwrench.web.settlements.selectors import cycle_of, names_of, result_seen, run_shown
from fairwrench.web.settlements.services import run_verify
from fairwrench.web.settlements.workspace import scheme_of, sources_of
from fairwrench.web.ui.words import lang


def run_and_result(request: SignedInRequest, month: str, employee_id: str) -> tuple[Run, Result]:
    """The run of a month that the reader sees, and somebody's result in it; Http404 where there is none."""
    cycle = cycle_of(month=month)
    run = run_shown(cycle=cycle, user=request.user, employee_id=employee_id)
    result = result_seen(run=run, employee_id=employee_id, user=request.user) if run else None
    if run is None or result is None:
        raise Http404
    return run, result


def tree_seen(user: User, run: Run, result: Result, item: str) -> Step:
    """The tree of a person's month or item, as far as it is the user's to see."""
    try:
        settled = settled_of(result=result)
        # of a month so far what it heads for, as one's own page shows it, or the two would contradict each other
        if run.kind == Run.Kind.LIVE:
            settled = as_headed(settled, {result.employee_id: result.heads_pay})
        tree = explain(settled, result.employee_id, item or None, sources=sources_of(run=run))
    except KeyError:
        raise Http404 from None
    return steps_seen(tree, result=result, user=user)


@allowed("results.view_person", about="employee_id")
def explanation(request: SignedInRequest, month: str, employee_id: str, item: str = "") -> HttpResponse:
    """The tree of a person's month, or of one item of it."""
    run, result = run_and_result(request, month, employee_id)
    step = tree_seen(request.user, run, result, item)
    scheme = scheme_of(run=run)
    context = {
        "run": run,
        "live": run.kind == Run.Kind.LIVE,
        "figure": figure_text(step, scheme.currency, lang()),
        "currency": scheme.currency,
        "result": result,
        "item": item,
        "step": step,
        "pictures": _pictures(run, result, step),
        "names": names_of(run=run),
        "check": check_shown(run=run, user=request.user),
        # of one item all levels stand open, of a whole month only the first: it has many items
        "opened": 9 if item else 3,
        "ref": figure_ref(month=run.cycle.month, employee_id=result.employee_id, item=item),
        "gives": opens(request.user, "tasks.give"),
    }
    return render(request, "settlements/explanation.html", context)


def _pictures(run: Run, result: Result, step: Step) -> dict[str, SafeString]:
    """The curve of each item with the person's dot on it."""
    lines = {line["item"]: line for line in card_lines(result=result)}
    scheme = scheme_of(run=run)
    card = scheme.scorecards.get(result.scorecard)
    curves = {
        item.key: (item.curve, scheme.metrics[item.metric].better)
        for item in (card.items if card else ())
        if item.curve and item.metric
    }
    drawn = {}
    for _, each in step.walk():
        kind, _, key = each.key.partition(".")
        if kind == "item" and key in curves and key in lines:
            about = f"{each.title.of(lang())} {each.figure}"
            # drawn by ourselves; the words in it are escaped there
            drawn[each.key] = mark_safe(curve_picture(*curves[key], lines[key], about))
    return drawn


@allowed("results.view_person", about="employee_id")
@require_POST
def check(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Work the month out again from its seal, and say whether every figure is the same."""
    run, _ = run_and_result(request, month, employee_id)
    run_verify(run=run, by=request.user)
    return redirect("settlements:explanation", month=month, employee_id=employee_id)
