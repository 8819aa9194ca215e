"""Figures as people read them, and as numbers that a cell can hold without losing a digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fairwrench.settlement.exact import VALUE_DIGITS, as_decimal, half_up
from fairwrench.settlement.explain import number, ratio
from fairwrench.settlement.scheme import Metric

SYMBOLS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
#: an integer of at most this many digits, with or without a decimal point, survives the way through a double
SAFE_DIGITS = 15
NONE = "—"


def symbol(currency: str) -> str:
    """The sign before an amount; the code where there is none."""
    return SYMBOLS.get(currency, f"{currency} ")


def grouped(units: int | None, digits: int) -> str:
    """An exact integer of 10^-digits with thousands separated: 1,234.56."""
    return NONE if units is None else f"{as_decimal(units, digits):,f}"


def yuan(fen: int | None, currency: str = "CNY") -> str:
    """¥1,234.56, and −¥1,234.56."""
    if fen is None:
        return NONE
    sign = "−" if fen < 0 else ""
    return f"{sign}{symbol(currency)}{grouped(abs(fen), 2)}"


def value_text(n: int | None, d: int | None, metric: Metric, currency: str = "") -> str:
    """A metric's value from its exact fraction; a percentage always with two decimals, so that columns align."""
    units = ratio(n, d)
    if units is not None and metric.unit == "percent":
        return f"{as_decimal(half_up(units, 100), 2):,f} %"
    return units_text(units, metric, currency)


def units_text(units: int | None, metric: Metric, currency: str = "") -> str:
    """A value or target (10^-6) as people read it; amounts with their sign where the currency is told."""
    if units is None:
        return NONE
    if metric.unit == "money":
        return yuan(half_up(units, 10**4), currency) if currency else grouped(half_up(units, 10**4), 2)
    if metric.unit == "percent":
        return number(units, metric)
    places = 0 if units % 10**VALUE_DIGITS == 0 else 2 if abs(units) >= 10**3 * 10**VALUE_DIGITS else 4
    text = grouped(half_up(units, 10 ** (VALUE_DIGITS - places)), places)
    return text.rstrip("0").rstrip(".") if places else text


def cell_number(units: int | None, digits: int) -> float | int | str | None:
    """An exact integer of 10^-digits as a number that a double shows digit by digit, else as text."""
    if units is None:
        return None
    if len(str(abs(units))) > SAFE_DIGITS:
        return f"{as_decimal(units, digits):f}"
    return units if digits == 0 else float(as_decimal(units, digits))


def share_text(part: int, whole: int) -> str:
    """A share as a percentage with one decimal."""
    return f"{Decimal(100 * part) / whole:.1f} %" if whole else NONE


def whole(value: Any) -> int:
    """A sum that Polars gives as None, Int64 or Int128."""
    return int(value or 0)
