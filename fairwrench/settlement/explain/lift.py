"""What lifts people: the smallest whole-number change in one item's rows that gains points, a better grade, or yuan.

Nothing is predicted: each possible change is scored by the same rules as the month itself (the same curve, total, bands
and pay), those of all people at once, and the smallest that helps is kept. What people decided stays decided: an item
set by an appeal lifts nobody, and neither does anything once the total was set.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

import polars as pl

from fairwrench.settlement.explain.lift_trials import Trials, growing, helping, narrower
from fairwrench.settlement.explain.liftable import liftable
from fairwrench.settlement.frames import Schema, empty
from fairwrench.settlement.settle import Settlement

#: Columns of `everybodys_lifts`, one row a person, item and goal: see `Lift`.
LIFT: Schema = {
    "employee_id": pl.String,
    "item": pl.String,
    "goal": pl.String,
    "change": pl.Int64,
    "points": pl.Int64,
    "score": pl.Int64,
    "grade": pl.String,
    "pay": pl.Int64,
}
#: items of people tried at once, so that a group of any size is worked out in the same memory
AT_ONCE = 4096


@dataclass(frozen=True)
class Lift:
    """`change` whole units more (or fewer, when negative) of an item's numerator and what they bring.

    `points` and `score` in hundredths, `pay` in fen (None while pay is not settled), all as differences; `grade` is the
    grade then: where ranks are forced or a grade was decided, the one that stands. `goal` says what the change is the
    smallest one for: points, grade or pay.
    """

    item: str
    goal: str
    change: int
    points: int
    score: int
    grade: str
    pay: int | None


def lifts(settlement: Settlement, roster: pl.DataFrame, employee_id: str) -> list[Lift]:
    """For each measured item of a person, the smallest changes that gain points, a grade, yuan; best pay first."""
    found = everybodys_lifts(settlement, roster, [employee_id])
    return [Lift(**row) for row in found.drop("employee_id").iter_rows(named=True)]


def everybodys_lifts(
    settlement: Settlement, roster: pl.DataFrame, people: Collection[str] | None = None
) -> pl.DataFrame:
    """Columns LIFT: what lifts everybody of a settlement, or some `people` of it, by employee id and best pay first."""
    lanes = liftable(settlement, roster, people)
    trials = Trials(lanes, settlement)
    found = [_lifts(trials, block) for block in lanes.iter_slices(AT_ONCE)]
    order = (pl.col("employee_id"), -pl.col("pay").fill_null(0), pl.col("change").abs(), pl.col("item"), pl.col("goal"))
    return pl.concat([empty(LIFT), *found]).sort(*order)


def _lifts(trials: Trials, lanes: pl.DataFrame) -> pl.DataFrame:
    """The smallest changes for each goal that can be reached, of some rows of `liftable`.

    Steps of growing size are tried until one helps, then the gap before it, in smaller and smaller steps.
    """
    tried = trials.settled(growing(lanes))
    now = tried.filter(pl.col("size") == 0).drop("span", "size", "before")
    spans = helping(tried, now).select("lane", "goal", "before", "size")
    reached = []
    while spans.height:
        close = pl.col("size") - pl.col("before") <= 1
        reached.append(spans.filter(close))
        spans = narrower(spans.filter(~close), trials, now)
    smallest = pl.concat(reached or [spans]).select("lane", "goal", "size")
    return _told(smallest, trials, now)


def _told(smallest: pl.DataFrame, trials: Trials, now: pl.DataFrame) -> pl.DataFrame:
    """Columns LIFT of the changes that were found (lane, goal, size): what each brings against what is."""
    asked = smallest.select("lane", "size").unique().sort("lane", "size")
    then = trials.settled(asked.with_columns(span=pl.col("lane"), before=pl.lit(0, pl.Int64)))
    wide = smallest.join(then, on=["lane", "size"]).join(now, on="lane", suffix="_now")
    wide = wide.join(trials.lanes.select("lane", "employee_id", "item", "sign"), on="lane")
    gained = (pl.col(name) - pl.col(f"{name}_now") for name in ("points", "score", "pay"))
    told = wide.with_columns(*gained, change=pl.col("sign") * pl.col("size"))
    return told.select(pl.col(name).cast(kind) for name, kind in LIFT.items())
