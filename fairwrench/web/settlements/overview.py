"""A month in numbers: people and pay by store, grades against what the scheme expects, metrics against targets."""

from __future__ import annotations

from typing import Any

from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.report.figures import share_text, units_text, value_text
from fairwrench.report.naming import Names
from fairwrench.web.settlements.models import Cycle, Run
from fairwrench.web.ui.words import joined

#: stores drawn in one chart
LINES = 8
#: how a figure stands against its target → the class that colours it, and a sign for those who see no colour
STANDS = {"better": ("text-success", "▲"), "worse": ("text-danger", "▼"), "even": ("", "="), "": ("", "")}


def stores_of(*, run: Run, only: set[str] | None) -> dict[str, Any]:
    """The whole and its stores as rows, narrowed to those that may be seen."""
    stores = run.summary["stores"]
    shown = {name: sums for name, sums in sorted(stores.items()) if only is None or name in only}
    return {"whole": run.summary["whole"] if only is None else None, "stores": shown}


def grades_of(sums: dict[str, Any] | None, names: Names) -> list[dict[str, Any]]:
    """Each grade with its people and share beside the share that the scheme expects."""
    if not sums:
        return []
    assessed = sum(sums["grades"].values())
    return [
        {
            "grade": grade,
            "name": names.say(band.name),
            "people": sums["grades"].get(grade, 0),
            "share": share_text(sums["grades"].get(grade, 0), assessed),
            "expected": f"{band.share:f} %",
        }
        for grade, band in names.scheme.bands.grades.items()
    ]


def matrix_of(*, run: Run, only: set[str] | None, names: Names) -> dict[str, Any]:
    """Metric × store: every figure in words, with how it stands against its target."""
    known = sorted({store for each in run.indicators for store in each["stores"]})
    shops = [store for store in known if only is None or store in only]
    rows = [
        {
            "name": names.metric(each["metric"]),
            "category": names.category(each["category"]),
            "cells": [_cell(each["stores"].get(store), each["metric"], names) for store in shops],
            "whole": _cell(each["whole"], each["metric"], names) if only is None else None,
        }
        for each in run.indicators
    ]
    whole = only is None
    return {"stores": shops, "rows": rows, "whole": whole, "columns": 1 + len(shops) + whole}


def _cell(figure: dict[str, Any] | None, key: str, names: Names) -> SafeString:
    """One cell, drawn here and not by a template of its own: a large group has thousands of them on one page."""
    metric = names.scheme.metrics[key]
    if figure is None or not figure["handed_in"]:
        return format_html('<td class="num text-secondary">{}</td>', names.pick(("未提交", "not handed in")))
    n, d = (None if figure[name] is None else int(figure[name]) for name in ("n", "d"))
    look, sign = STANDS[figure["against"]]
    target = units_text(int(figure["target"]), metric, names.scheme.currency) if figure["target"] is not None else ""
    thin = names.pick(("样本少", "thin")) if figure["thin"] else ""
    told = [f"{names.pick(('目标', 'target'))} {target}"] if target else []
    told += [f"n={figure['occasions']:,}"] if figure["occasions"] is not None else []
    told += [thin] if thin else []
    text = value_text(n, d, metric, names.scheme.currency)
    badge = format_html(' <span class="badge bg-secondary-lt">{}</span>', thin) if thin else ""
    drawn = '<td class="num {}" title="{}"><span aria-hidden="true">{}</span> {}{}</td>'
    return format_html(drawn, look, joined(told, "，"), sign, text, badge)


def trend_of(*, only: set[str] | None, months: int = 12) -> dict[str, Any] | None:
    """The mean score of each store over the published months, as a line chart's options; None with fewer than two."""
    published = Cycle.objects.filter(state=Cycle.State.PUBLISHED).select_related("run").defer("run__indicators")
    cycles = [cycle for cycle in published.order_by("-month")[:months] if cycle.run][::-1]
    if len(cycles) < 2:
        return None
    sums = [cycle.run.summary["stores"] for cycle in cycles]
    shops = sorted({store for each in sums for store in each if only is None or store in only})
    return {
        "tooltip": {"trigger": "axis"},
        "legend": {"data": shops[:LINES]},
        "xAxis": {"type": "category", "data": [cycle.month for cycle in cycles]},
        "yAxis": {"type": "value", "scale": True},
        "series": [
            {"name": shop, "type": "line", "data": [_mean(each.get(shop)) for each in sums]} for shop in shops[:LINES]
        ],
    }


def _mean(sums: dict[str, Any] | None) -> str | None:
    return sums["mean_shown"] if sums else None
