"""The shape `proportional`: 100 × actual ÷ target."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import polars as pl
from pydantic import model_validator

from fairwrench.settlement.exact import Points, half_up_expr, plain, point_units
from fairwrench.settlement.scheme.curves.curve import FULL, ONE, Axis, Corner, Number, TargetCurve, refuse
from fairwrench.settlement.source.source import Model, Text

#: pieces in which the hyperbola target ÷ actual is drawn, and the actual ÷ target up to which
SAMPLES, FARTHEST = 12, 4


class Ends(Model):
    """The fewest and the most points."""

    floor: Points
    cap: Points

    @model_validator(mode="after")
    def _in_order(self) -> Ends:
        refuse(self.floor > self.cap, "`floor` must not be above `cap`")
        return self


class Proportional(TargetCurve):
    """100 × actual ÷ target, or target ÷ actual where lower is better; cut at `floor` and `cap` points."""

    shape: ClassVar[str] = "proportional"

    proportional: Ends

    def form(self, better: str) -> tuple[object, ...]:
        """All of them look alike."""
        return self._alike(better)

    def points(self, better: str, number: Number) -> pl.Expr:
        """An actual of 0 earns the cap where lower is better."""
        target = pl.col("target")
        actual, aim = pl.col("n") * ONE, target * pl.col("d")
        floor, cap = (number(point_units(points)) for points in self.named_points())
        if better != "lower":
            return pl.when(target > 0).then(half_up_expr(actual * FULL, aim).clip(floor, cap))
        # The actual is the denominator here, so 0 is set apart before: it earns the best (design, exactness).
        earned = half_up_expr(aim * FULL, actual).clip(floor, cap)
        return pl.when(target >= 0).then(pl.when(actual <= 0).then(cap).otherwise(earned))

    def named_points(self) -> tuple[Decimal, ...]:
        """Floor and cap."""
        return self.proportional.floor, self.proportional.cap

    def lowest(self) -> Decimal:
        """The floor."""
        return self.proportional.floor

    def highest(self) -> Decimal:
        """The cap."""
        return self.proportional.cap

    def text(self, axis: Axis) -> Text:
        """The fraction, and where it is cut."""
        floor, cap = plain(self.proportional.floor), plain(self.proportional.cap)
        lower = axis.better == "lower"
        zh = f"得分 = {'目标 ÷ 实际' if lower else '实际 ÷ 目标'} × 100，最低 {floor} 分，最高 {cap} 分"
        en = f"{'target ÷ actual' if lower else 'actual ÷ target'} × 100, at least {floor}, at most {cap}"
        return Text(zh=zh, en=en)

    def corners(self, better: str) -> list[Corner]:
        """A straight line from floor to cap; a hyperbola where lower is better, in pieces."""
        floor, cap, hundred = self.proportional.floor, self.proportional.cap, Decimal(100)
        if better != "lower":
            return [(floor / hundred, floor), (cap / hundred, cap)]
        least = max(floor, hundred / FARTHEST)
        if cap <= least:
            return [(hundred / (cap or 1), cap or Decimal(1))]
        drops = [cap * (least / cap) ** (Decimal(place) / SAMPLES) for place in range(SAMPLES + 1)]
        return [(hundred / points, points) for points in drops]
