"""The rows behind a figure: a table to filter, sort and take away, and the first of them in the explanation."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.shortcuts import render

from fairwrench.settlement.explain import Step
from fairwrench.web.people.policy import allowed
from fairwrench.web.people.requests import SignedInRequest
from fairwrench.web.settlements.figure_rows import COUNTED, EXCUSED, LEFT_OUT, FigureRows, figure_rows
from fairwrench.web.settlements.tables_rows import COSTS, shown_rows, table_of
from fairwrench.web.settlements.views_explain import run_and_result, tree_seen
from fairwrench.web.ui.parameters import choice_of, number_of
from fairwrench.web.ui.tables import table_page
from fairwrench.web.ui.words import both

#: rows shown within an explanation
GLANCE = 10
#: what the rows may be narrowed to, in words
CHOICES = {
    "": both("全部", "All"),
    COSTS: both("失分", "Cost points"),
    COUNTED: both("计入", "Counted"),
    LEFT_OUT: both("未计入", "Not counted"),
    EXCUSED: both("已剔除", "Taken out"),
}


@allowed("results.view_person", about="employee_id")
def rows(request: SignedInRequest, month: str, employee_id: str) -> HttpResponse:
    """The rows behind one measure of a step (`step`, `place`), those that cost points first; narrowed by `show`. With
    `glance` the first of them, to stand in the explanation."""
    run, result = run_and_result(request, month, employee_id)
    key, place, glance = request.GET.get("step", ""), number_of(request.GET, "place", 0), "glance" in request.GET
    step = next((part for _, part in tree_seen(request.user, run, result, "").walk() if part.key == key), None)
    if step is None or place >= len(step.rows):
        raise Http404
    show = choice_of(request.GET, "show", CHOICES)
    found = figure_rows(run=run, result=result, step=step, place=place, user=request.user)
    table, data = table_of(found), shown_rows(found, show)
    name = found.metric.name if found.metric else step.title
    context: dict[str, Any] = {"run": run, "result": result, "rows": found, "counts": found.counts, "name": name}
    context |= {"choices": _choices(found, step, place), "show": show, "glance": GLANCE}
    if glance:
        return render(
            request, "settlements/glance.html", {**context, "table": table(data[:GLANCE], exclude=("sheet", "by"))}
        )
    called = both(f"{month} {result.name} {name.zh} 明细行", f"{month} {result.name} {name.en} rows")
    return table_page(request, table, data, name=called, template="settlements/rows.html", context=context)


def _choices(found: FigureRows, step: Step, place: int) -> list[tuple[str, Any, int, str]]:
    """What rows may be narrowed to: the choice, its words, how many rows, its query; none without rows."""
    counts = {"": found.height, **found.counts}
    asked = {"step": step.key, "place": place}
    return [
        (choice, words, counts[choice], urlencode({**asked, "show": choice} if choice else asked))
        for choice, words in CHOICES.items()
        if not choice or counts[choice]
    ]
