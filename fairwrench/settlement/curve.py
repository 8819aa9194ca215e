"""Scoring curves as documents: from a metric's value, or its attainment of the target, to points (0–130)."""

from __future__ import annotations

from typing import Literal

from pydantic import model_validator

from fairwrench.settlement.exact import Exact
from fairwrench.settlement.source import Model


class Proportional(Model):
    """100 × actual ÷ target, or target ÷ actual where lower is better; cut at `floor` and `cap` points."""

    floor: Exact
    cap: Exact


class Gate(Model):
    """`met` points when the target is reached, else `missed`."""

    met: Exact
    missed: Exact


class Band(Model):
    """`inside` points from `low` to `high`; outside, `per` points are lost for each whole 1 of distance; not below `floor`."""

    low: Exact
    high: Exact
    inside: Exact
    per: Exact
    floor: Exact


class Deduct(Model):
    """`start` points less `per` for each whole 1 of value, not below `floor`."""

    start: Exact
    per: Exact
    floor: Exact


class Curve(Model):
    """Exactly one shape. `of: value` reads the metric itself, `of: attainment` the metric ÷ its target.

    `piecewise` is linear between its [x, points] pairs and flat outside. `steps` are [bound, points] pairs in order
    from the best; a bound belongs to its better side; `beyond` are the points past the last bound.
    """

    of: Literal["value", "attainment"] = "value"
    piecewise: tuple[tuple[Exact, Exact], ...] | None = None
    steps: tuple[tuple[Exact, Exact], ...] | None = None
    beyond: Exact | None = None
    proportional: Proportional | None = None
    gate: Gate | None = None
    band: Band | None = None
    deduct: Deduct | None = None

    @model_validator(mode="after")
    def _one_shape(self) -> Curve:
        shapes = [name for name in SHAPES if getattr(self, name) is not None]
        if len(shapes) != 1:
            raise ValueError(f"a curve has exactly one of {', '.join(SHAPES)}; found {', '.join(shapes) or 'none'}")
        if self.steps is not None and self.beyond is None:
            raise ValueError("steps need `beyond`: the points past the last bound")
        return self

    @property
    def shape(self) -> str:
        """The name of the shape used."""
        return next(name for name in SHAPES if getattr(self, name) is not None)

    @property
    def needs_target(self) -> bool:
        """True when points cannot be worked out without a target."""
        return self.of == "attainment" or self.shape in ("proportional", "gate")

    def highest(self) -> Exact:
        """The most points the curve can give."""
        pairs = self.piecewise or self.steps
        if pairs is not None:
            return max(*(points for _, points in pairs), self.beyond if self.beyond is not None else pairs[0][1])
        shape = self.proportional or self.gate or self.band or self.deduct
        assert shape is not None
        return max(getattr(shape, part) for part in ("cap", "met", "missed", "inside", "start") if hasattr(shape, part))


SHAPES = ("piecewise", "steps", "proportional", "gate", "band", "deduct")
