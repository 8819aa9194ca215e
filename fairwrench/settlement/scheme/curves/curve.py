"""What every curve knows, whatever its shape: the one protocol by which the rest of the program asks it.

A curve leads from a metric's value, or its attainment of the target, to points (0–130). Whoever scores, checks, words
or draws one asks these questions and never which shape it is.
"""

from __future__ import annotations

from abc import abstractmethod
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar, Literal

import polars as pl

from fairwrench.settlement.exact import VALUE_DIGITS, plain, point_units
from fairwrench.settlement.source.source import Model, Text

ONE = 10**VALUE_DIGITS
FULL = point_units(Decimal(100))

Corner = tuple[Decimal, Decimal]
#: how an expression has a number of the curve's own: as a constant, or as a column beside the lines
Number = Callable[[int], pl.Expr]


@dataclass(frozen=True)
class Axis:
    """How the numbers that a curve reads are told.

    `at` says one of them, with its unit; `in_percent`: they are percentages, so that a step of 1 is told by its points.
    """

    better: str
    at: Callable[[Decimal], Text]
    in_percent: bool

    def per_one(self, per: Decimal) -> tuple[str, Text]:
        """What one step costs, and what the step is called."""
        if self.in_percent:
            return plain(per / 100), Text(zh=" 1 个百分点", en="percentage point")
        return plain(per), Text(zh=" 1 ", en="1")


class Curve(Model):
    """A curve of a scorecard. `of: value` reads the metric itself, `of: attainment` the metric ÷ its target."""

    #: the word by which documents name the shape
    shape: ClassVar[str]
    #: whether a picture may mark where somebody stands on the line
    marked: ClassVar[bool] = True

    of: Literal["value", "attainment"] = "value"

    @property
    @abstractmethod
    def needs_target(self) -> bool:
        """True when points cannot be worked out without a target; the axis is then the attainment of it."""

    def form(self, better: str) -> tuple[object, ...]:
        """What the expression of `points` looks like: curves of one form differ in their numbers alone.

        A shape that asks every number of `number` says what else its expression hangs on (`_alike`), and all its
        curves are scored together; one that does not say so is scored curve by curve.
        """
        return self, better

    def _alike(self, better: str, *more: object) -> tuple[object, ...]:
        """The form of curves whose expressions differ in numbers alone where all of this is equal."""
        return type(self), self.of, better, *more

    @abstractmethod
    def points(self, better: str, number: Number) -> pl.Expr:
        """Points in hundredths over Int128 columns n, d (> 0) and target (10^-6); null where the target is no use.

        Every number of the curve's own is asked of `number`, in the same order for every curve of one form: as a
        constant, or as the column in which it stands beside the lines, so that one expression scores all of them.

        Int128 wraps silently. With x = over ÷ under, breakpoints of at most X (`bends`) and points of at most Y
        (`named_points`) no product may pass 10·Y·(over + X·under): beyond that a value is refused.
        """

    @abstractmethod
    def named_points(self) -> tuple[Decimal, ...]:
        """Every number of points that the document names."""

    def bends(self) -> tuple[Decimal, ...]:
        """The values (or attainments) at which the curve bends or steps."""
        return ()

    def span(self) -> tuple[Decimal, Decimal] | None:
        """Between which values a value should stay, both included; None where the curve says no such thing."""
        return None

    @abstractmethod
    def lowest(self) -> Decimal:
        """The fewest points the curve can give."""

    @abstractmethod
    def highest(self) -> Decimal:
        """The most points the curve can give."""

    def against_the_grain(self, better: str) -> str:
        """Where points move against what is better (higher, lower), as the two numbers concerned; empty if nowhere."""
        return ""

    @abstractmethod
    def text(self, axis: Axis) -> Text:
        """The curve in a sentence."""

    @abstractmethod
    def corners(self, better: str) -> list[Corner]:
        """The corners of its picture as (x, points), from left to right."""


class NumberCurve(Curve):
    """A curve that reads one number: the value, or the attainment."""

    @property
    def needs_target(self) -> bool:
        """Only where the number is an attainment."""
        return self.of == "attainment"

    def points(self, better: str, number: Number) -> pl.Expr:
        """The points of a value; of an attainment where the curve reads that."""
        # Targets are 10^-6, so the value is brought to the same before the two are compared.
        actual, target, d = pl.col("n") * ONE, pl.col("target"), pl.col("d")
        if self.of == "value":
            return self.points_at(better, actual, d, number)
        # nothing where nothing is allowed is an attainment of 0; more than that is beyond any measure
        spotless = (target == 0) & (actual <= 0) if better == "lower" else pl.lit(False)
        over = pl.when(spotless).then(integer(0)).otherwise(actual * ONE)
        under = pl.when(spotless).then(d).otherwise(target * d)
        return pl.when((target > 0) | spotless).then(self.points_at(better, over, under, number))

    @abstractmethod
    def points_at(self, better: str, over: pl.Expr, under: pl.Expr, number: Number) -> pl.Expr:
        """The points at x = over ÷ under, in units of 10^-6."""

    def text(self, axis: Axis) -> Text:
        """The sentence, which says when it is about attainment."""
        told = self.sentence(axis)
        if self.of == "value":
            return told
        return Text(zh=f"按目标达成率：{told.zh}", en=f"by attainment of the target: {told.en}")

    @abstractmethod
    def sentence(self, axis: Axis) -> Text:
        """From which number to which points."""


class TargetCurve(Curve):
    """A curve that compares the value with the target itself, whatever `of` says."""

    #: a person's value does not stand on an axis of attainments
    marked: ClassVar[bool] = False

    @property
    def needs_target(self) -> bool:
        """Always."""
        return True


def integer(value: int) -> pl.Expr:
    """A constant beside Int128 columns."""
    return pl.lit(value, pl.Int128)


def refuse(wrong: bool, sentence: str) -> None:
    """Refuse a document that makes no sense."""
    if wrong:
        raise ValueError(sentence)
