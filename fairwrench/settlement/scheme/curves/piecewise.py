"""The shape `piecewise`: linear between its points."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import ClassVar

import polars as pl
from pydantic import model_validator

from fairwrench.settlement.exact import half_up_expr, plain
from fairwrench.settlement.scheme.curves.curve import Axis, Corner, Number, NumberCurve, refuse
from fairwrench.settlement.scheme.curves.pairs import Pairs, as_units, rising, turning
from fairwrench.settlement.source.source import Text


class Piecewise(NumberCurve):
    """`piecewise` is linear between its [x, points] pairs and flat outside."""

    shape: ClassVar[str] = "piecewise"

    piecewise: Pairs

    @model_validator(mode="after")
    def _in_order(self) -> Piecewise:
        refuse(not rising(self.piecewise), "the first numbers of piecewise pairs rise from pair to pair")
        return self

    def form(self, better: str) -> tuple[object, ...]:
        """Those of as many pairs look alike."""
        return self._alike(better, len(self.piecewise))

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        """Linear between the points, flat outside."""
        known = as_units(self.piecewise)
        # From the right, so that of several pieces that hold the leftmost is the one that counts.
        result = number(known[-1][1])
        for (x0, y0), (x1, y1) in reversed(list(pairwise(known))):
            width = number(x1 - x0) * under
            # Numerator and denominator stay whole, and the points are rounded once.
            inside = half_up_expr(number(y0) * width + number(y1 - y0) * (over - number(x0) * under), width)
            result = pl.when(over <= number(x1) * under).then(inside).otherwise(result)
        return pl.when(over <= number(known[0][0]) * under).then(number(known[0][1])).otherwise(result)

    def named_points(self) -> tuple[Decimal, ...]:
        """Those of the pairs."""
        return tuple(points for _, points in self.piecewise)

    def bends(self) -> tuple[Decimal, ...]:
        """The first numbers of the pairs."""
        return tuple(x for x, _ in self.piecewise)

    def lowest(self) -> Decimal:
        """The fewest of the pairs."""
        return min(self.named_points())

    def highest(self) -> Decimal:
        """The most of the pairs."""
        return max(self.named_points())

    def against_the_grain(self, better: str) -> str:
        """Two pairs that lead the wrong way."""
        return turning(self.piecewise, better)

    def sentence(self, axis: Axis) -> Text:
        """Every pair in turn."""
        knots = [(axis.at(x), plain(points)) for x, points in self.piecewise]
        zh = "，".join(f"{x.zh} → {points}" for x, points in knots)
        en = ", ".join(f"{x.en} → {points}" for x, points in knots)
        return Text(zh=f"{zh} 分；其间按直线计算，两端不再增减", en=f"{en}; straight lines between, flat outside")

    def corners(self, better: str) -> list[Corner]:
        """The pairs themselves."""
        return list(self.piecewise)
