"""Exact numbers: decimals in documents and as text, integers inside, and the one way of rounding."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal
from typing import Annotated

import polars as pl
from pydantic import AfterValidator, BeforeValidator

#: Targets, breakpoints and rates are kept with six decimals, points and weights with two.
VALUE_DIGITS = 6
POINT_DIGITS = 2
#: Amounts are whole fen (1 yuan = 10² fen), coefficients ten-thousandths: score ÷ 100 fits exactly, as a score has two
#: decimals.
FEN_DIGITS, COEFFICIENT_DIGITS = 2, 4


def _refuse_float(value: object) -> object:
    if isinstance(value, float):
        raise ValueError("a binary float cannot be exact; write the number as text or read the file with the loader")
    # Python counts True as 1, and YAML's `true` would become a weight of one.
    if isinstance(value, bool):
        raise ValueError("a number is expected, not true/false")
    return value


def _at_most(digits: int) -> Callable[[Decimal], Decimal]:
    def check(number: Decimal) -> Decimal:
        scaled(number, digits)
        return number

    return check


Exact = Annotated[Decimal, BeforeValidator(_refuse_float)]
#: a target, breakpoint or rate: at most six decimals
Value = Annotated[Exact, AfterValidator(_at_most(VALUE_DIGITS))]
#: points or a weight: at most two decimals, as forms show them
Points = Annotated[Exact, AfterValidator(_at_most(POINT_DIGITS))]
#: an amount of yuan: whole fen
Yuan = Annotated[Exact, AfterValidator(_at_most(FEN_DIGITS))]
#: a coefficient of pay: at most four decimals, as pay forms show it
Factor = Annotated[Exact, AfterValidator(_at_most(COEFFICIENT_DIGITS))]


def scaled(number: Decimal, digits: int) -> int:
    """`number` × 10^digits as an integer; ValueError when that would drop decimals."""
    if not number.is_finite():
        raise ValueError(f"{number} is not a number")
    # Not `number * 10**digits`: a decimal's context rounds at 28 digits without a word.
    numerator, denominator = number.as_integer_ratio()
    power: int = 10**digits
    whole, rest = divmod(numerator * power, denominator)
    if rest:
        raise ValueError(f"{number} has more than {digits} decimals")
    return whole


def value_units(number: Decimal) -> int:
    """A target, breakpoint or rate as an integer of 10^-6."""
    return scaled(number, VALUE_DIGITS)


def point_units(number: Decimal) -> int:
    """Points or a weight as an integer of 10^-2."""
    return scaled(number, POINT_DIGITS)


def half_up(numerator: int, denominator: int) -> int:
    """numerator ÷ denominator rounded half up, away from zero when negative; ValueError unless denominator > 0."""
    if denominator <= 0:
        raise ValueError(f"cannot divide by {denominator}")
    # By size, the sign afterwards: -2.5 goes to -3, as 2.5 goes to 3 (design, exactness).
    quotient, rest = divmod(abs(numerator), denominator)
    rounded = quotient + (2 * rest >= denominator)
    return -rounded if numerator < 0 else rounded


def half_up_expr(numerator: pl.Expr, denominator: pl.Expr) -> pl.Expr:
    """The same over Int128 columns; the denominator is positive, else the result is null."""
    size = numerator.abs()
    rounded = (2 * size + denominator) // (2 * denominator)
    # Sizes are divided, as `//` rounds a negative down; what is no occasion is set apart.
    return pl.when(denominator <= 0).then(None).when(numerator < 0).then(0 - rounded).otherwise(rounded)


def rounded_mean(values: pl.Expr) -> pl.Expr:
    """The mean of an integer column, rounded half up to an integer; null where there is nothing to take it of."""
    return half_up_expr(values.cast(pl.Int128).sum(), values.count().cast(pl.Int128)).cast(pl.Int64)


def as_decimal(units: int, digits: int) -> Decimal:
    """An integer of 10^-digits as a decimal with exactly that many places, however many digits it has."""
    # The point is set among the digits; `scaleb` would round at the context's 28 digits.
    sign, figures, _ = Decimal(units).as_tuple()
    return Decimal((sign, figures, -digits))


def trimmed(value: Decimal) -> str:
    """A decimal without idle zeros."""
    text = f"{value:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def plain(value: Decimal) -> str:
    """A decimal without idle zeros, thousands separated."""
    text = f"{value:,f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def percentage(fraction: Decimal) -> str:
    """A fraction as a percentage."""
    return f"{plain(fraction * 100)} %"
