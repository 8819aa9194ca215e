"""The rows behind a figure: a table to filter, sort and take away, the first of them in the explanation, and what was
decided on the pages behind a row; the leave behind somebody's attendance."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from fairwrench.settlement.explain.explain import Step
from fairwrench.web.access.policy import allowed
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.evidence.events.history import event_history
from fairwrench.web.settlements.feeds import page_of
from fairwrench.web.settlements.figures.figure_rows import COUNTED, EXEMPTED, LEFT_OUT, FigureRows, figure_rows
from fairwrench.web.settlements.figures.leave_shown import counts_leave, months_told, rows_shown, taken_of
from fairwrench.web.settlements.figures.tables import COSTS, shown_rows, table_of
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.views.explain import run_and_result, tree_seen
from fairwrench.web.ui.requests.parameters import choice_of, number_of
from fairwrench.web.ui.tables.tables import table_page
from fairwrench.web.ui.words import both

#: rows shown within an explanation
GLANCE = 10
#: what the rows may be narrowed to, in words
CHOICES = {
    "": both("全部", "All"),
    COSTS: both("失分", "Cost points"),
    COUNTED: both("计入", "Counted"),
    LEFT_OUT: both("未计入", "Not counted"),
    EXEMPTED: both("已剔除", "Taken out"),
}


@allowed("results.view_person", about="employee_id")
def rows(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """The rows behind one measure of a step (`step`, `place`), those that cost points first; narrowed by `show`. With
    `glance` the first of them, to stand in the explanation."""
    glance = "glance" in request.GET
    run, result = run_and_result(request, month, employee_id)
    step, place, found = _asked(request, run, result)
    show = choice_of(request.GET, "show", CHOICES)
    table, data = table_of(found, _where_decided(run, result, step, place)), shown_rows(found, show)
    name = found.metric.name if found.metric else step.title
    context: dict[str, Any] = {"run": run, "result": result, "rows": found, "counts": found.counts, "name": name}
    context |= {"choices": _choices(found, step, place), "show": show, "glance": GLANCE}
    # of one person alone: of a store's figure the leave of everybody stands behind it
    context["leave"] = step.rows[place].level == "person" and counts_leave(found)
    if glance:
        return render(
            request, "settlements/glance.html", {**context, "table": table(data[:GLANCE], exclude=("sheet", "by"))}
        )
    called = both(f"{month} {result.name} {name.zh} 明细行", f"{month} {result.name} {name.en} rows")
    return table_page(request, table, data, name=called, template="settlements/rows.html", context=context)


@allowed("results.view_person", about="employee_id")
def decided(request: SignedInRequest, month: str, employee_id: str, event_id: int) -> HttpResponse:
    """What was decided on the pages that stands behind a figure: by whom, when, and what was said of it before. Http404
    unless it stands behind the measure that is asked about (`step`, `place`)."""
    run, result = run_and_result(request, month, employee_id)
    step, place, found = _asked(request, run, result)
    event = next((each for each in found.decided.values() if each.pk == event_id), None)
    if event is None:
        raise Http404
    context = {
        "run": run,
        "result": result,
        "step": step,
        "place": place,
        "source": found.source,
        "said": event_history(event=event, source=found.source, words=found.words),
        "page": page_of(event=event, user=request.user),
    }
    return render(request, "settlements/decided.html", context)


@allowed("results.view_person", about="employee_id")
def leave(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """The time off that is left at the end of the month, and each leave of the year behind it."""
    run, result = run_and_result(request, month, employee_id)
    taken = taken_of(result=result)
    rows = rows_shown(run=run, taken=taken) if taken else []
    context: dict[str, Any] = {"run": run, "result": result, "taken": taken, "rows": rows}
    if taken:
        context |= {"months": months_told(taken.handed_in), "lacking": months_told(taken.lacking)}
    return render(request, "settlements/leave.html", context)


def _asked(request: SignedInRequest, run: Run, result: Result) -> tuple[Step, int, FigureRows]:
    """The step and the measure of it that are asked about, and the rows behind; Http404 where there are none."""
    key, place = request.GET.get("step", ""), number_of(request.GET, "place", 0)
    # sought in the tree without what the reader may not see, so that no key leads to rows of pay
    step = next((part for _, part in tree_seen(request.user, run, result, "").walk() if part.key == key), None)
    if step is None or place >= len(step.rows):
        raise Http404
    return step, place, figure_rows(run=run, result=result, step=step, place=place, user=request.user)


def _where_decided(run: Run, result: Result, step: Step, place: int) -> tuple[str, str]:
    """The address of what was decided, before and behind the number of its event."""
    # with a number in its place, cut off there: a table of thousands of rows resolves it once
    address = reverse("settlements:decided", args=[run.cycle.month, result.employee_id, 0])
    return address.removesuffix("0/"), f"/?{urlencode({'step': step.key, 'place': place})}"


def _choices(found: FigureRows, step: Step, place: int) -> list[tuple[str, Any, int, str]]:
    """What rows may be narrowed to: the choice, its words, how many rows, its query; none without rows."""
    counts = {"": found.height, **found.counts}
    asked = {"step": step.key, "place": place}
    return [
        (choice, words, counts[choice], urlencode({**asked, "show": choice} if choice else asked))
        for choice, words in CHOICES.items()
        if not choice or counts[choice]
    ]
