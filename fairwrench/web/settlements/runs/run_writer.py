"""A settled month written down for pages: results, lines, indicators and counts, in one transaction."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from typing import Any

import polars as pl
from django.db import transaction

from fairwrench.closing.month import Closed, Workspace
from fairwrench.closing.run_files import Kept
from fairwrench.report.material import Material
from fairwrench.report.page.overview import mean_score
from fairwrench.report.workbook.indicators import Figure, Indicator, indicators
from fairwrench.settlement.explain.explain import points
from fairwrench.settlement.measure.values import value_at
from fairwrench.settlement.projection import projected
from fairwrench.web.settlements.models import Result, Run
from fairwrench.web.settlements.runs.concerns import told_with_stores

BATCH = 500
#: figures of a line that may be larger than JSON's numbers are safe for
LARGE = ("target", "numerator", "denominator", "n", "d")


def run_record(*, run: Run, closed: Closed, workspace: Workspace, out: Any) -> None:
    """Write everybody's result of a run; nothing of it is seen before all of it is there."""
    material = _material(closed, workspace, out)
    with transaction.atomic():
        # written anew from nothing: what is there of it already would stand twice
        run.results.all().delete()
        Result.objects.bulk_create(results_of(run=run, closed=closed, workspace=workspace), batch_size=BATCH)
        run.summary = summary_of(closed, _heading_for(run, closed, workspace))
        run.problems = told_with_stores(closed.settlement.problems, _places(closed))
        run.indicators = [indicator_of(each) for each in indicators(material)]
        run.whole = True
        run.save()


def _heading_for(run: Run, closed: Closed, workspace: Workspace) -> pl.DataFrame | None:
    """Where everybody heads for, of a month that is not over; None of a settled one."""
    return projected(closed.settlement, workspace.roster) if run.kind == Run.Kind.LIVE else None


def _material(closed: Closed, workspace: Workspace, out: Any) -> Material:
    case = closed.case
    kept = Kept(closed.seal, closed.settlement, case.history, case.corrections, {}, sources=case.sources)
    assert closed.settlement.found is not None  # a settlement fresh from settling has what it was scored from
    return Material(out, "zh", kept, closed.settlement.found, workspace, pl.DataFrame(), closed.settlement.problems)


def results_of(*, run: Run, closed: Closed, workspace: Workspace) -> list[Result]:
    """One result a person in service; a person who is only owed something has pay alone and is told by it."""
    settled = closed.settlement
    # of settled people these are the settled figures, so that pages read one set of columns for all runs
    heads = {row["employee_id"]: row for row in projected(settled, workspace.roster).iter_rows(named=True)}
    pay = {row["employee_id"]: row for row in settled.pay.iter_rows(named=True)}
    lines, events = _by_person(settled.lines, line_of), _by_person(settled.standing, dict)
    work = work_of(closed)
    found = []
    for total in settled.totals.iter_rows(named=True):
        person = total["employee_id"]
        found.append(
            Result(
                run=run,
                **_texts(total, ("employee_id", "name", "store", "department", "position", "scorecard", "manager_id")),
                **_texts({**total, "reason": total["reason"] or total["short"]}, ("state", "reason", "grade", "band")),
                score=total["score"],
                **_heading(heads.get(person)),
                **_paid(pay.get(person)),
                lines=lines[person],
                # who is settled or excluded waits for nothing, whatever single items lack
                held=causes_held(lines[person]) if total["state"] == "incomplete" else "",
                events=events[person],
                work=work[person],
            )
        )
    return found


def _texts(row: dict[str, Any], names: tuple[str, ...]) -> dict[str, str]:
    return {name: row[name] or "" for name in names}


def _heading(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    weights = {name: row[name] or 0 for name in ("measured_weight", "whole_weight")}
    heads = {"heads_score": row["score"], "heads_grade": row["grade"] or "", "heads_pay": row["performance_pay"]}
    return {**weights, **heads}


def _paid(row: dict[str, Any] | None) -> dict[str, Any]:
    if row is None:
        return {}
    names = ("base", "coefficient", "performance_pay", "fixed_part", "pool_pay", "deductions", "corrections")
    amounts = {name: row[name] for name in names}
    return {**amounts, "total_pay": row["total"], "base_kind": row["base_kind"] or "", "missing": row["missing"] or ""}


def _by_person(frame: pl.DataFrame, shape: Any) -> dict[str, list[dict[str, Any]]]:
    found: dict[str, list[dict[str, Any]]] = defaultdict(list)
    for row in frame.iter_rows(named=True):
        found[row["employee_id"]].append(shape(row))
    return found


def work_of(closed: Closed) -> dict[str, dict[str, int]]:
    """Person → how much of each counted kind of work (vehicles received, orders finished, …), by metric."""
    found, told = closed.settlement.found, defaultdict[str, dict[str, int]](dict)
    assert found is not None  # as in `_material`
    for key, metric in found.scheme.metrics.items():
        # without a credit no row says who did the work
        if metric.denominator is None and metric.unit == "count" and metric.numerator.credit:
            for row in value_at(key, metric, "person", found).iter_rows(named=True):
                if row["unit"] is not None and row["n"]:
                    # a count is whole; d is only the scale of its fraction
                    told[row["unit"]][key] = int(row["n"] // row["d"])
    return told


def line_of(row: dict[str, Any]) -> dict[str, Any]:
    """One item of a person as pages read it: exact figures as text, points and weight in hundredths."""
    told = {name: value for name, value in row.items() if name != "employee_id"}
    return {**told, **{name: None if row[name] is None else str(row[name]) for name in LARGE}}


def causes_held(lines: Iterable[dict[str, Any]]) -> str:
    """Why items of somebody incomplete wait, as `Result.held` has it."""
    causes = sorted({line["cause"] for line in lines if line["state"] == "held" and line["cause"]})
    return f",{','.join(causes)}," if causes else ""


def indicator_of(found: Indicator) -> dict[str, Any]:
    """One metric over the stores; exact figures as text."""
    return {
        "metric": found.key,
        "category": found.category,
        "stores": {figure.store: _figure(figure) for figure in found.figures},
        "whole": _figure(found.whole),
    }


def _figure(figure: Figure) -> dict[str, Any]:
    # as text: JSON's numbers are exact up to 2^53 alone
    exact = {name: None if getattr(figure, name) is None else str(getattr(figure, name)) for name in ("n", "d")}
    target = None if figure.target is None else str(figure.target)
    told = {"against": figure.against, "handed_in": figure.handed_in, "thin": figure.thin}
    return {**exact, **told, "target": target, "occasions": figure.occasions}


def summary_of(closed: Closed, heads: pl.DataFrame | None = None) -> dict[str, Any]:
    """Counts and sums of the whole and of each store: people by state, by grade, scores, pay in fen.

    `heads` (columns PROJECTION) puts where people head for in the place of what is not settled yet.
    """
    joined = closed.settlement.totals.join(
        closed.settlement.pay.select("employee_id", "performance_pay", "total"), on="employee_id", how="left"
    )
    if heads is not None:
        names = ("score", "grade", "performance_pay")
        joined = joined.drop(names).join(heads.select("employee_id", *names), on="employee_id", how="left")
    held = _held_by_store(closed)
    stores = {
        str(store): {**_sums(part), "held": held.get(str(store), {})}
        for (store,), part in joined.group_by("store", maintain_order=True)
    }
    shares = closed.settlement.shares.to_dicts()
    # gone before this month, so in none of the sums, but owed what an earlier month is corrected by
    owed = closed.settlement.pay.join(closed.settlement.totals, on="employee_id", how="anti")
    return {
        "whole": _sums(joined),
        "stores": stores,
        "shares": shares,
        "held": dict(_held(closed).group_by("cause").agg(pl.col("len").sum()).sort("cause").iter_rows()),
        "gone_but_owed": owed.select("employee_id", "total").to_dicts(),
        "standing_changes": closed.standing_changes.to_dicts(),
    }


def _held(closed: Closed) -> pl.DataFrame:
    """The items that keep somebody from being settled: store, cause, and how many (`len`)."""
    incomplete = closed.settlement.totals.filter(pl.col("state") == "incomplete").select("employee_id", "store")
    held = closed.settlement.lines.filter(pl.col("state") == "held").join(incomplete, on="employee_id")
    return held.group_by("store", "cause").len().sort("store", "cause")


def _held_by_store(closed: Closed) -> dict[str, dict[str, int]]:
    """Store → cause → how many items."""
    found: dict[str, dict[str, int]] = defaultdict(dict)
    for store, cause, items in _held(closed).iter_rows():
        found[store][cause] = items
    return found


def _places(closed: Closed) -> dict[str, str]:
    """Employee id → store of everybody in service."""
    return dict(closed.settlement.totals.drop_nulls("store").select("employee_id", "store").iter_rows())


def _sums(part: pl.DataFrame) -> dict[str, Any]:
    mean = mean_score(part)
    return {
        "people": part.height,
        "states": dict(part.group_by("state").len().sort("state").iter_rows()),
        "grades": dict(part.drop_nulls("grade").group_by("grade").len().sort("grade").iter_rows()),
        "mean": mean,
        # kept beside the mean, so that the mean of several stores is rounded once
        "score_sum": int(part["score"].sum() or 0),
        "scored": part["score"].count(),
        "mean_shown": points(mean) if mean is not None else None,
        "performance_pay": int(part["performance_pay"].sum() or 0),
        "total": int(part["total"].sum() or 0),
    }
