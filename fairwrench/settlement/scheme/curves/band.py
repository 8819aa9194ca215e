"""The shape `band`: full points inside, a slope outside."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import polars as pl
from pydantic import model_validator

from fairwrench.settlement.exact import Points, Value, half_up_expr, plain, point_units, value_units
from fairwrench.settlement.scheme.curves.curve import ONE, Axis, Corner, Number, NumberCurve, integer, refuse
from fairwrench.settlement.source.source import Model, Text


class Inside(Model):
    """From where to where, the points there, and what a distance costs."""

    low: Value
    high: Value
    inside: Points
    per: Points
    floor: Points

    @model_validator(mode="after")
    def _in_order(self) -> Inside:
        refuse(self.low > self.high, "`low` must not be above `high`")
        refuse(self.floor > self.inside, "`floor` must not be above `inside`")
        refuse(self.per < 0, "`per` is what a distance costs; it cannot be negative")
        return self


class Band(NumberCurve):
    """`inside` points from `low` to `high`, both included; outside, `per` points are lost for each whole 1 of distance.

    The slope is straight (half of 1 costs half of `per`) and never leads below `floor`.
    """

    shape: ClassVar[str] = "band"

    band: Inside

    def form(self, better: str) -> tuple[object, ...]:
        """All of them look alike."""
        return self._alike(better)

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        """`inside` between low and high, sloping outside."""
        band = self.band
        inside, per, floor = (point_units(part) for part in self.named_points())
        # Distances as numerators over `under`: nothing is divided before the one rounding.
        below = number(value_units(band.low)) * under - over
        above = over - number(value_units(band.high)) * under
        distance = pl.max_horizontal(below, above, integer(0))
        # The floor after rounding, as it is a number of points already.
        return half_up_expr(number(inside * ONE) * under - number(per) * distance, ONE * under).clip(
            lower_bound=number(floor)
        )

    def named_points(self) -> tuple[Decimal, ...]:
        """Inside, per, floor."""
        return self.band.inside, self.band.per, self.band.floor

    def bends(self) -> tuple[Decimal, ...]:
        """Both ends of the band."""
        return self.span()

    def span(self) -> tuple[Decimal, Decimal]:
        """The band."""
        return self.band.low, self.band.high

    def lowest(self) -> Decimal:
        """The floor."""
        return self.band.floor

    def highest(self) -> Decimal:
        """The points inside."""
        return self.band.inside

    def sentence(self, axis: Axis) -> Text:
        """The band, and what lies outside."""
        band = self.band
        per, one = axis.per_one(band.per)
        inside, floor, low, high = plain(band.inside), plain(band.floor), axis.at(band.low), axis.at(band.high)
        zh = f"{low.zh} 至 {high.zh} 得 {inside} 分，区间外每偏离{one.zh}减 {per} 分，最低 {floor} 分"
        en = f"{inside} from {low.en} to {high.en}; outside, {per} less for each {one.en}, at least {floor}"
        return Text(zh=zh, en=en)

    def corners(self, better: str) -> list[Corner]:
        """From the floor up to the band, and down again."""
        band = self.band
        fall = (band.inside - band.floor) / band.per if band.per else Decimal(0)
        rise, drop = (band.low - fall, band.floor), (band.high + fall, band.floor)
        return [rise, (band.low, band.inside), (band.high, band.inside), drop]
