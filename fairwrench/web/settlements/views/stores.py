"""The group: its stores side by side, a page of them at a time."""

from __future__ import annotations

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render

from fairwrench.report.naming import Names
from fairwrench.web.access.policy import opened, opens
from fairwrench.web.access.requests import SignedInRequest
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.settlements.models import Run
from fairwrench.web.settlements.months.overview import LINES, trend_of
from fairwrench.web.settlements.runs.run_reader import indicators_of
from fairwrench.web.settlements.stores.store_rows import matrix_of, rows_of, trends_of
from fairwrench.web.settlements.stores.stores_seen import StoresSeen
from fairwrench.web.settlements.stores.tables import StoreTable, metric_columns
from fairwrench.web.settlements.views.group import month_asked
from fairwrench.web.ui.tables.tables import exported, prepared
from fairwrench.web.ui.words import pick

#: months that a trend goes over
TREND = 12


@opened("results.view_stores")
def stores(request: SignedInRequest) -> HttpResponse:
    """The stores side by side, a page of them at a time: people, grades, pay, and every metric against its target."""
    asked = month_asked(request)
    cycle, run, context = asked.cycle, asked.run, asked.told
    if run is None or cycle is None:
        return render(request, "settlements/stores.html", context)
    table = _stores_table(request, cycle, run, context["names"])
    if answer := exported(request, table):
        return answer
    return render(request, "settlements/stores.html", {**context, **_stores_shown(request, run, table, context)})


def _stores_table(request: SignedInRequest, cycle: Cycle, run: Run, names: Names) -> StoreTable:
    """The stores that the query string asks for, with the metric that they are sorted by; to take away, with all."""
    grades = names.scheme.bands.best_first
    seen = StoresSeen.of(request.user)
    rows = rows_of(sums=seen.sums(run), grades=grades)
    shops = [row["name"] for row in rows]
    known = seen.metrics(scheme=names.scheme, stores=shops)
    sort, taken = request.GET.get("sort", "").split(","), request.GET.get("export") == "xlsx"
    # on the page only the metrics sorted by: a hundred stores with all of them would be worked out for nothing
    columns = metric_columns(
        run=run,
        names=names,
        rows=rows,
        only=known,
        wanted=lambda name: taken or not {name, f"-{name}"}.isdisjoint(sort),
    )
    # the months of few stores stand in the chart; a group without regions has nothing to say there
    unneeded = {"trend": taken or len(rows) <= LINES, "region": not any(row["region"] for row in rows)}
    left_out = [column for column, empty in unneeded.items() if empty]
    left_out += [] if seen.pays(shops) else ["performance_pay", "total_pay"]
    name = pick(f"门店 {cycle}", f"Stores {cycle}")
    told = {"run": run, "month": cycle.month, "grades": grades, "extra_columns": columns, "exclude": left_out}
    told["lists"] = opens(request.user, "settlements.view")
    return prepared(request, StoreTable, rows, name=name, **told)


def _stores_shown(request: SignedInRequest, run: Run, table: StoreTable, context: dict[str, Any]) -> dict[str, Any]:
    """What stands around the table, of the stores on its page alone."""
    on_page = [row.record["name"] for row in table.page.object_list]
    seen = StoresSeen.of(request.user)
    before = seen.means_before(months=TREND, stores=on_page)
    table.trends = trends_of(months=before, stores=on_page)
    known = seen.metrics(scheme=context["names"].scheme, stores=on_page)
    figures = indicators_of(run=run, stores=on_page, metrics=known)
    shown = {"stores": on_page, "names": context["names"], "category": request.GET.get("category", "")}
    matrix = matrix_of(figures, found=table.beside, **shown)
    for row in matrix["rows"]:
        row.update(_sorting(request, row["column"]))
    return {
        "table": table,
        "matrix": matrix,
        "trend": trend_of(months=before, stores=on_page) if len(on_page) <= LINES else None,
    }


def _sorting(request: SignedInRequest, column: str) -> dict[str, str]:
    """The address that sorts the stores by a column, the highest first and then the other way, and how they are now."""
    now = request.GET.get("sort", "")
    kept = request.GET.copy()
    kept.pop("page", None)
    kept["sort"] = column if now == f"-{column}" else f"-{column}"
    return {"url": f"?{kept.urlencode()}", "sorted": {column: "up", f"-{column}": "down"}.get(now, "")}
