"""Scoring curves as documents: from a metric's value, or its attainment of the target, to points (0–130)."""

from __future__ import annotations

from decimal import Decimal
from itertools import pairwise
from typing import Literal

from pydantic import model_validator

from fairwrench.settlement.exact import Points, Value
from fairwrench.settlement.source.source import Model


class Proportional(Model):
    """100 × actual ÷ target, or target ÷ actual where lower is better; cut at `floor` and `cap` points."""

    floor: Points
    cap: Points

    @model_validator(mode="after")
    def _in_order(self) -> Proportional:
        _refuse(self.floor > self.cap, "`floor` must not be above `cap`")
        return self


class Gate(Model):
    """`met` points when the target is reached, else `missed`."""

    met: Points
    missed: Points


class Band(Model):
    """`inside` points from `low` to `high`, both included; outside, `per` points are lost for each whole 1 of distance.

    The slope is straight (half of 1 costs half of `per`) and never leads below `floor`.
    """

    low: Value
    high: Value
    inside: Points
    per: Points
    floor: Points

    @model_validator(mode="after")
    def _in_order(self) -> Band:
        _refuse(self.low > self.high, "`low` must not be above `high`")
        _refuse(self.floor > self.inside, "`floor` must not be above `inside`")
        _refuse(self.per < 0, "`per` is what a distance costs; it cannot be negative")
        return self


class Deduct(Model):
    """`start` points less `per` for each whole 1 of value, not below `floor`; a value below 0 takes nothing off."""

    start: Points
    per: Points
    floor: Points

    @model_validator(mode="after")
    def _in_order(self) -> Deduct:
        _refuse(self.floor > self.start, "`floor` must not be above `start`")
        _refuse(self.per < 0, "`per` is what each 1 costs; it cannot be negative")
        return self


class Curve(Model):
    """Exactly one shape. `of: value` reads the metric itself, `of: attainment` the metric ÷ its target.

    `piecewise` is linear between its [x, points] pairs and flat outside. `steps` are [bound, points] pairs in order
    from the best; a bound belongs to its better side; `beyond` are the points past the last bound.
    """

    of: Literal["value", "attainment"] = "value"
    piecewise: tuple[tuple[Value, Points], ...] | None = None
    steps: tuple[tuple[Value, Points], ...] | None = None
    beyond: Points | None = None
    proportional: Proportional | None = None
    gate: Gate | None = None
    band: Band | None = None
    deduct: Deduct | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Curve:
        shapes = [name for name in SHAPES if getattr(self, name) is not None]
        found = ", ".join(shapes) or "none"
        _refuse(len(shapes) != 1, f"a curve has exactly one of {', '.join(SHAPES)}; found {found}")
        if self.steps is not None:
            _refuse(self.beyond is None, "steps need `beyond`: the points past the last bound")
            _refuse(not _rising(self.steps) and not _rising(self.steps[::-1]), "the bounds of steps rise, or all fall")
        else:
            _refuse(self.beyond is not None, "`beyond` belongs to steps")
        if self.piecewise is not None:
            _refuse(not _rising(self.piecewise), "the first numbers of piecewise pairs rise from pair to pair")
        return self

    @property
    def shape(self) -> str:
        """The name of the shape used."""
        return next(name for name in SHAPES if getattr(self, name) is not None)

    @property
    def needs_target(self) -> bool:
        """True when points cannot be worked out without a target."""
        return self.of == "attainment" or self.shape in ("proportional", "gate")

    def highest(self) -> Decimal:
        """The most points the curve can give."""
        if self.proportional is not None:
            return self.proportional.cap
        if self.gate is not None:
            return max(self.gate.met, self.gate.missed)
        if self.band is not None:
            return self.band.inside
        if self.deduct is not None:
            return self.deduct.start
        given = [points for _, points in self.piecewise or self.steps or ()]
        return max(given if self.beyond is None else [*given, self.beyond])


SHAPES = ("piecewise", "steps", "proportional", "gate", "band", "deduct")


def _refuse(wrong: bool, sentence: str) -> None:
    if wrong:
        raise ValueError(sentence)


def _rising(pairs: tuple[tuple[Decimal, Decimal], ...]) -> bool:
    """True for at least one pair whose first numbers rise strictly."""
    return bool(pairs) and all(left[0] < right[0] for left, right in pairwise(pairs))
