"""Why a figure is what it is: the tree of steps, the rows behind one, and the check that it comes out again."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

from django.conf import settings
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.utils.safestring import SafeString, mark_safe
from django.views.decorators.http import require_POST

from fairwrench.closing.month import Office
from fairwrench.closing.out import sealed_roster
from fairwrench.closing.tracing import EXCUSED, traced
from fairwrench.engines.duckdb import DuckDB
from fairwrench.report.charts import curve_picture
from fairwrench.report.people import figure_text
from fairwrench.settlement.explain import Step, explain
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.jobs.models import Job
from fairwrench.web.people.policy import allowed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.office import ledger, records
from fairwrench.web.settlements.selectors import cycle_of, names_of, result_seen, run_shown, scheme_of
from fairwrench.web.settlements.services import run_verify
from fairwrench.web.ui.words import lang

#: the column of a table of rows that says which of them were excused
NOTE = "note"
#: rows shown under a figure before the workbook is offered
ROWS = 200


def _found(request: SignedInRequest, month: str, employee_id: str) -> tuple[Run, Result]:
    cycle = cycle_of(month=month)
    run = run_shown(cycle=cycle, user=request.user)
    result = result_seen(run=run, employee_id=employee_id, user=request.user) if run else None
    if run is None or result is None:
        raise Http404
    return run, result


def _tree(run: Run, result: Result, item: str) -> Step:
    try:
        return explain(records(run=run).settlement, result.employee_id, item or None, sources=sources())
    except KeyError:
        raise Http404 from None


@allowed("results.view_person", about="employee_id")
def explanation(request: SignedInRequest, month: str, employee_id: str, item: str = "") -> HttpResponse:
    """The tree of a person's month, or of one item of it."""
    run, result = _found(request, month, employee_id)
    step = _tree(run, result, item)
    checks = Job.objects.filter(key=f"verify:{run.pk}").order_by("-made_at")
    scheme = scheme_of(run=run)
    context = {
        "run": run,
        "figure": figure_text(step, scheme.currency),
        "currency": scheme.currency,
        "result": result,
        "item": item,
        "step": step,
        "pictures": _pictures(run, result, step),
        "names": names_of(run=run),
        "check": checks.first(),
        "opened": 9 if item else 3,
    }
    return render(request, "settlements/explanation.html", context)


def _pictures(run: Run, result: Result, step: Step) -> dict[str, SafeString]:
    """The curve of each item with the person's dot on it."""
    lines = {line["item"]: line for line in result.lines}
    card = scheme_of(run=run).scorecards.get(result.scorecard)
    curves = {item.key: item.curve for item in card.items if item.curve} if card else {}
    drawn = {}
    for _, each in step.walk():
        kind, _, key = each.key.partition(".")
        if kind == "item" and key in curves and key in lines:
            about = f"{each.title.of(lang())} {each.figure}"
            drawn[each.key] = mark_safe(curve_picture(curves[key], lines[key], about))
    return drawn


@allowed("results.view_person", about="employee_id")
def rows(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """The rows behind one measure of a step (`step`, `place`): each with its file, sheet, row and who handed it in."""
    run, result = _found(request, month, employee_id)
    wanted, place = request.GET.get("step", ""), request.GET.get("place", "0")
    tree = _tree(run, result, "")
    step = next((each for _, each in tree.walk() if each.key == wanted and each.rows), None)
    if step is None or not place.isdigit() or int(place) >= len(step.rows):
        raise Http404
    kept = records(run=run)
    office = Office(ledger(), DuckDB(), sources(), sealed_roster(kept.seal, Path(settings.LEDGER)))
    (table,) = traced(replace(step, rows=(step.rows[int(place)],)), office, kept, ROWS)
    excused = sum(1 for row in table.cells if NOTE in table.keys and row[table.keys.index(NOTE)] == EXCUSED)
    context: dict[str, Any] = {"table": table, "headers": table.headers(lang()), "cells": table.rows(lang())}
    context |= {"excused": excused, "shown": len(table.cells) - excused}
    return render(request, "settlements/rows.html", context)


@allowed("results.view_person", about="employee_id")
@require_POST
def check(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """Work the month out again from its seal, and say whether every figure is the same."""
    run, _ = _found(request, month, employee_id)
    run_verify(run=run, by=request.user)
    return redirect("settlements:explanation", month=month, employee_id=employee_id)
