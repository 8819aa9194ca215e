"""What would lift somebody, as people read it: the best change of each item, and the change in words."""

from __future__ import annotations

from collections.abc import Iterable

from fairwrench.settlement.explain.lift import Lift
from fairwrench.settlement.scheme.scheme import Metric

#: what a change of a sum is counted in, by the unit of its metric
UNITS = {
    "money": ("元", "yuan"),
    "hours": ("小时", "hours"),
    "days": ("天", "days"),
    "seconds": ("秒", "seconds"),
    "points": ("分", "points"),
}


def best_of_each(found: Iterable[Lift]) -> list[Lift]:
    """One change an item, that to a better grade before others, most pay first; what gains nothing to be seen is left
    out."""
    best: dict[str, Lift] = {}
    for lift in found:
        before = best.get(lift.item)
        # `found` comes best pay first, so the first one of an item stays unless another one brings a better grade.
        if (lift.score or lift.pay) and (before is None or (lift.goal == "grade" and before.goal != "grade")):
            best[lift.item] = lift
    return sorted(best.values(), key=lambda lift: (-(lift.pay or 0), -lift.score, lift.item))


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
        return f"达标项数增加 {change:,} {zh}", f"{told} more up to standard"
    return f"增加 {change:,} {zh}", f"{told} more"
