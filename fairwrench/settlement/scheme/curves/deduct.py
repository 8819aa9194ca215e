"""The shape `deduct`: points taken off for each that happened."""

from __future__ import annotations

from decimal import Decimal
from typing import ClassVar

import polars as pl
from pydantic import model_validator

from fairwrench.settlement.exact import Points, half_up_expr, plain, point_units
from fairwrench.settlement.scheme.curves.curve import ONE, Axis, Corner, Number, NumberCurve, refuse
from fairwrench.settlement.source.source import Model, Text


class Deduction(Model):
    """Where it starts, what each 1 costs, where it ends."""

    start: Points
    per: Points
    floor: Points

    @model_validator(mode="after")
    def _in_order(self) -> Deduction:
        refuse(self.floor > self.start, "`floor` must not be above `start`")
        refuse(self.per < 0, "`per` is what each 1 costs; it cannot be negative")
        return self


class Deduct(NumberCurve):
    """`start` points less `per` for each whole 1 of value, not below `floor`; a value below 0 takes nothing off."""

    shape: ClassVar[str] = "deduct"
    #: a person's item has its sentence alone
    marked: ClassVar[bool] = False

    deduct: Deduction

    def form(self, better: str) -> tuple[object, ...]:
        """All of them look alike."""
        return self._alike(better)

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        """`start` less `per` for each whole 1 of value."""
        start, per, floor = (point_units(part) for part in self.named_points())
        # Cut above as well: reversals may bring a value below 0, which earns nothing beyond the start.
        earned = half_up_expr(number(start * ONE) * under - number(per) * over, ONE * under)
        return earned.clip(number(floor), number(start))

    def named_points(self) -> tuple[Decimal, ...]:
        """Start, per, floor."""
        return self.deduct.start, self.deduct.per, self.deduct.floor

    def lowest(self) -> Decimal:
        """The floor."""
        return self.deduct.floor

    def highest(self) -> Decimal:
        """The points it starts from."""
        return self.deduct.start

    def against_the_grain(self, better: str) -> str:
        """More of what is good would cost points."""
        return "deduct" if better == "higher" else ""

    def sentence(self, axis: Axis) -> Text:
        """From where, by how much, down to where."""
        per, one = axis.per_one(self.deduct.per)
        start, floor = plain(self.deduct.start), plain(self.deduct.floor)
        zh = f"从 {start} 分起，每{one.zh}减 {per} 分，最低 {floor} 分"
        return Text(zh=zh, en=f"{start} less {per} for each {one.en}, at least {floor}")

    def corners(self, better: str) -> list[Corner]:
        """A slope down to the floor; flat where nothing is taken off."""
        start, per, floor = self.named_points()
        return [(Decimal(0), start), ((start - floor) / per, floor) if per else (Decimal(1), start)]
