"""Exact numbers: decimals in documents, integers inside, and the one way of rounding."""

from __future__ import annotations

from decimal import Decimal
from typing import Annotated

import polars as pl
from pydantic import BeforeValidator

#: Targets, breakpoints and rates are kept with six decimals, points and weights with two.
VALUE_DIGITS = 6
POINT_DIGITS = 2


def _refuse_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("a binary float cannot be exact; write the number as text or read the file with the loader")
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true/false")
    return value


Exact = Annotated[Decimal, BeforeValidator(_refuse_float)]


def scaled(number: Decimal, digits: int) -> int:
    """`number` × 10^digits as an integer; ValueError when that would drop decimals."""
    value = number.scaleb(digits)
    whole = int(value)
    if value != whole:
        raise ValueError(f"{number} has more than {digits} decimals")
    return whole


def value_units(number: Decimal) -> int:
    """A target, breakpoint or rate as an integer of 10^-6."""
    return scaled(number, VALUE_DIGITS)


def point_units(number: Decimal) -> int:
    """Points or a weight as an integer of 10^-2."""
    return scaled(number, POINT_DIGITS)


def half_up(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator rounded half up, away from zero when negative; the denominator is positive."""
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (2 * rest >= denominator)
    return -rounded if numerator < 0 else rounded


def half_up_expr(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The same over Int128 columns; the denominator is positive, else the result is null."""
    size = numerator.abs()
    rounded = (2 * size + denominator) // (2 * denominator)
    return pl.when(denominator <= 0).then(None).when(numerator < 0).then(-rounded).otherwise(rounded)


def as_decimal(units: int, digits: int) -> Decimal:
    """An integer of 10^-digits as a decimal with exactly that many places."""
    return Decimal(units).scaleb(-digits)
