"""The shape `steps`: the points of the best bound that is reached."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, ClassVar

import polars as pl
from pydantic import model_validator

from fairwrench.settlement.exact import Points, plain, point_units
from fairwrench.settlement.scheme.curves.curve import Axis, Corner, Number, NumberCurve, refuse
from fairwrench.settlement.scheme.curves.pairs import Pairs, as_units, at_worst, rising, turning
from fairwrench.settlement.source.source import Text


class Steps(NumberCurve):
    """`steps` are [bound, points] pairs in order from the best; a bound belongs to its better side.

    `beyond` are the points past the last bound.
    """

    shape: ClassVar[str] = "steps"

    steps: Pairs
    beyond: Points

    @model_validator(mode="before")
    @classmethod
    def _says_what_lies_beyond(cls, given: Any) -> Any:
        """Said here, as "`beyond` is missing" would not say what it is."""
        refuse(isinstance(given, dict) and "beyond" not in given, "steps need `beyond`: the points past the last bound")
        return given

    @model_validator(mode="after")
    def _in_order(self) -> Steps:
        refuse(not rising(self.steps) and not rising(self.steps[::-1]), "the bounds of steps rise, or all fall")
        return self

    def form(self, better: str) -> tuple[object, ...]:
        """Those of as many steps in the same direction look alike."""
        return self._alike(better, len(self.steps), self._rising_worse(better))

    def _rising_worse(self, better: str) -> bool:
        """Whether a bound is reached from below."""
        return better == "lower" or (better == "band" and rising(self.steps))

    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        """The points of the tightest bound that is reached; for a band metric the bounds' own order says which way."""
        known, lower = as_units(self.steps), self._rising_worse(better)
        result = number(point_units(self.beyond))
        # From the loosest bound to the tightest, which is asked last and so wins.
        for x, y in sorted(known, reverse=lower):
            bound = number(x) * under
            reached = over <= bound if lower else over >= bound
            result = pl.when(reached).then(number(y)).otherwise(result)
        return result

    def named_points(self) -> tuple[Decimal, ...]:
        """Those of the steps, and those beyond."""
        return *(points for _, points in self.steps), self.beyond

    def bends(self) -> tuple[Decimal, ...]:
        """The bounds."""
        return tuple(x for x, _ in self.steps)

    def lowest(self) -> Decimal:
        """The fewest of a step, or beyond all."""
        return min(self.named_points())

    def highest(self) -> Decimal:
        """The most of a step, or beyond all."""
        return max(self.named_points())

    def against_the_grain(self, better: str) -> str:
        """Two steps that lead the wrong way, or more points beyond than on the worst of them."""
        worst = at_worst(self.steps, better)
        beyond = f"{worst[0]} → {worst[1]}, beyond → {self.beyond}" if self.beyond > worst[1] else ""
        return turning(self.steps, better) or beyond

    def sentence(self, axis: Axis) -> Text:
        """Every step in turn."""
        steps = self.steps
        rise = axis.better == "lower" or (axis.better == "band" and steps[0][0] <= steps[-1][0])
        zh_bound, en_bound = ("不超过", "up to") if rise else ("达到", "from")
        zh = [f"{zh_bound} {axis.at(x).zh} 得 {plain(points)} 分" for x, points in steps]
        en = [f"{en_bound} {axis.at(x).en}: {plain(points)}" for x, points in steps]
        rest = plain(self.beyond)
        return Text(zh="；".join([*zh, f"其余 {rest} 分"]), en="; ".join([*en, f"else {rest}"]))

    def corners(self, better: str) -> list[Corner]:
        """Stairs: each step's points up to its bound from the better side; past the last bound, `beyond`."""
        if rising(self.steps):
            return _stairs(list(self.steps), self.beyond)
        return [(-x, points) for x, points in reversed(_stairs([(-x, y) for x, y in self.steps], self.beyond))]


def _stairs(steps: list[Corner], beyond: Decimal) -> list[Corner]:
    after = [points for _, points in steps[1:]] + [beyond]
    return [corner for (x, points), then in zip(steps, after, strict=True) for corner in ((x, points), (x, then))]
