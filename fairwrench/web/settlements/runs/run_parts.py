"""What a settled month leaves for pages to read of a person or a store: the frames of its run's files."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl

from fairwrench.closing.month import Closed, Workspace
from fairwrench.closing.run_files import Kept
from fairwrench.closing.run_store import FIGURES, NOWHERE, SETTLED, WORK, RunStore, write_run_store
from fairwrench.report.lifting import best_of_everybody
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.indicators import Figure, Indicator, indicators
from fairwrench.settlement.explain.lift import everybodys_lifts
from fairwrench.settlement.measure.values import MeasuredFacts, value_at
from fairwrench.settlement.projection import projected, so_far

Parts = dict[str, pl.DataFrame]
#: changes that are shown to somebody, one an item
LIFTS = 3


def parts_of(closed: Closed, workspace: Workspace) -> Parts:
    """The frames of a month with rows of one person each (`run_store.PARTS`)."""
    settled = closed.settlement
    recorded = {name: getattr(settled, name) for name in SETTLED}
    heads = projected(settled, workspace.roster)
    return {**recorded, "work": work_of(facts_of(closed)), "heads": heads, "lifts": lifts_of(closed, workspace)}


def lifts_of(closed: Closed, workspace: Workspace) -> pl.DataFrame:
    """Columns LIFT: the changes that pay most of everybody, the best one of each item, as many as are shown."""
    found = everybodys_lifts(so_far(closed.settlement), workspace.roster)
    return best_of_everybody(found).group_by("employee_id", maintain_order=True).head(LIFTS)


def parts_write(*, folder: Path, parts: Parts, figures: pl.DataFrame, before: RunStore | None = None) -> RunStore:
    """Write the files of a run; those of stores that are the same in an earlier run are taken over."""
    return write_run_store(folder, parts, places_of(parts), figures, before)


def places_of(parts: Parts) -> pl.DataFrame:
    """employee_id, store of everybody in a month; nowhere for who is in its pay alone."""
    serving = parts["totals"].select("employee_id", pl.col("store").fill_null(NOWHERE))
    every = pl.concat([frame.select("employee_id") for frame in parts.values()]).unique()
    others = every.join(serving, on="employee_id", how="anti").with_columns(store=pl.lit(NOWHERE))
    return pl.concat([serving, others])


def facts_of(closed: Closed) -> MeasuredFacts:
    """What a month was scored from; a settlement fresh from settling has it."""
    assert closed.settlement.found is not None
    return closed.settlement.found


def work_of(found: MeasuredFacts) -> pl.DataFrame:
    """Columns WORK: how much of each counted kind of work (vehicles received, orders finished, …) everybody did."""
    told = [pl.DataFrame(schema=WORK)]
    for key, metric in found.scheme.metrics.items():
        # without a credit no row says who did the work
        if metric.denominator is None and metric.unit == "count" and metric.numerator.credit:
            rows = value_at(key, metric, "person", found).filter(pl.col("unit").is_not_null(), pl.col("n") != 0)
            # a count is whole; d is only the scale of its fraction
            counted = (pl.col("n") // pl.col("d")).cast(pl.Int64)
            told.append(rows.select(employee_id="unit", metric=pl.lit(key), count=counted))
    return pl.concat(told)


def figures_of(closed: Closed, workspace: Workspace, out: Path) -> pl.DataFrame:
    """Columns FIGURES: every metric of the scorecards in each store and in the whole group."""
    case = closed.case
    kept = Kept(closed.seal, closed.settlement, case.history, case.corrections, {}, sources=case.sources)
    problems = closed.settlement.problems
    material = ReportContext(out, "zh", kept, facts_of(closed), workspace, pl.DataFrame(), problems)
    found = enumerate(indicators(material))
    return pl.DataFrame([row for place, each in found for row in _figures(place, each)], schema=FIGURES, orient="row")


def _figures(place: int, found: Indicator) -> list[tuple[Any, ...]]:
    about = (place, found.key, found.category)
    return [
        *((*about, figure.store, *_figure(figure)) for figure in found.figures),
        (*about, None, *_figure(found.whole)),
    ]


def _figure(each: Figure) -> tuple[Any, ...]:
    return each.n, each.d, each.target, each.occasions, each.against, each.handed_in, each.thin
