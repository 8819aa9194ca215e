"""The shape `gate`: met or not."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import polars as pl

from fairwrench.settlement.exact import Points, plain, point_units
from fairwrench.settlement.scheme.curves.curve import ONE, Axis, Corner, Number, TargetCurve
from fairwrench.settlement.source.source import Model, Text


class Outcomes(Model):
    """The points on either side of the target."""

    met: Points
    missed: Points


class Gate(TargetCurve):
    """`met` points when the target is reached, else `missed`."""

    shape: ClassVar[str] = "gate"

    gate: Outcomes

    def form(self, better: str) -> tuple[object, ...]:
        """All of them look alike."""
        return self._alike(better)

    def points(self, better: str, number: Number) -> pl.Expr:
        """Any target can be reached, one of 0 or less as well."""
        target = pl.col("target")
        # Multiplied crosswise, so a value exactly on the target reaches it, whatever its decimals.
        actual, aim = pl.col("n") * ONE, target * pl.col("d")
        reached = actual <= aim if better == "lower" else actual >= aim
        met, missed = (number(point_units(points)) for points in self.named_points())
        return pl.when(target.is_not_null()).then(pl.when(reached).then(met).otherwise(missed))

    def named_points(self) -> tuple[Decimal, ...]:
        """Met, missed."""
        return self.gate.met, self.gate.missed

    def lowest(self) -> Decimal:
        """The fewer of the two."""
        return min(self.named_points())

    def highest(self) -> Decimal:
        """The more of the two."""
        return max(self.named_points())

    def against_the_grain(self, better: str) -> str:
        """More points for missing than for reaching."""
        met, missed = self.named_points()
        return f"{met} < {missed}" if met < missed else ""

    def text(self, axis: Axis) -> Text:
        """Both outcomes."""
        met, missed = (plain(points) for points in self.named_points())
        return Text(zh=f"达到目标得 {met} 分，未达到得 {missed} 分", en=f"target reached: {met}; missed: {missed}")

    def corners(self, better: str) -> list[Corner]:
        """One stair at an attainment of 1."""
        stair = [(Decimal(1), points) for points in self.named_points()]
        return stair if better == "lower" else stair[::-1]
