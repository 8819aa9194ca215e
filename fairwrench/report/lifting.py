"""What would lift somebody, as people read it: the best change of each item, and the change in words."""

from __future__ import annotations

from collections.abc import Iterable

import polars as pl

from fairwrench.settlement.explain.lift import LIFT, Lift
from fairwrench.settlement.scheme.scheme import Metric

#: what a change of a sum is counted in, by the unit of its metric
UNITS = {
    "money": ("元", "yuan"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "seconds": ("秒", "seconds"),
    "points": ("分", "points"),
}


def best_of_everybody(found: pl.DataFrame) -> pl.DataFrame:
    """One change a person and item (rows of `everybodys_lifts`), by person and most pay first: that to a better grade
    before others; what gains nothing to be seen is left out."""
    seen = found.filter((pl.col("score") != 0) | (pl.col("pay").fill_null(0) != 0))
    grade_first = seen.sort(pl.col("goal") != "grade", maintain_order=True)
    # Changes come best pay first, so the first one of an item stays unless another one brings a better grade.
    best = grade_first.unique(["employee_id", "item"], keep="first", maintain_order=True)
    return best.sort("employee_id", -pl.col("pay").fill_null(0), -pl.col("score"), "item")


def best_of_each(found: Iterable[Lift]) -> list[Lift]:
    """The same of one person's changes."""
    rows = [("", *vars(lift).values()) for lift in found]
    best = best_of_everybody(pl.DataFrame(rows, schema=dict(LIFT), orient="row"))
    return [Lift(**row) for row in best.drop("employee_id").iter_rows(named=True)]


def change_words(change: int, metric: Metric) -> tuple[str, str]:
    """The change itself in Chinese and English: two more up to standard, two fewer, 1,000 yuan more."""
    zh, en = UNITS.get(metric.unit, ("个", ""))
    counted = metric.numerator.value.strip() == "count"
    if counted:
        zh, en = "项", ""
    elif "hours" in metric.numerator.value:
        zh, en = "小时", "hours"
    told = f"{abs(change):,} {en}".strip()
    if change < 0:
        return f"减少 {-change:,} {zh}", f"{told} {'less' if en else 'fewer'}"
    # Of a rate the occasions stay as they are: more of them have to meet the standard, not more of them to happen.
    if counted and metric.denominator is not None:
        return f"再多 {change:,} {zh}达标", f"{told} more up to standard"
    return f"增加 {change:,} {zh}", f"{told} more"
