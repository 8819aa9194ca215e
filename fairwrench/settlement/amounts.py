"""Figures as people read them: points, yuan, percentages and values of metrics, from exact integers."""

from __future__ import annotations

from decimal import Decimal

from fairwrench.settlement.exact import VALUE_DIGITS, as_decimal, half_up
from fairwrench.settlement.scheme import Metric

MONEY_DIGITS = 2
SYMBOLS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
NONE = "—"


def ratio(n: int | None, d: int | None) -> int | None:
    """n ÷ d in 10^-6, rounded half up for showing; None without an occasion."""
    return None if n is None or not d else half_up(n * 10**VALUE_DIGITS, d)


def number(units: int | None, metric: Metric) -> str:
    """A value or target (10^-6) as people read it: percent metrics as %, others as they are."""
    if units is None:
        return NONE
    if metric.unit == "percent":
        return f"{trimmed(as_decimal(half_up(units, 100), 2))} %"
    return trimmed(as_decimal(units, VALUE_DIGITS))


def figure(units: int | None, digits: int | None) -> str:
    """An exact integer with its decimals, those beyond the second only where they are not zero."""
    if units is None:
        return NONE
    text = f"{as_decimal(units, digits or 0):f}"
    return text if (digits or 0) <= MONEY_DIGITS else trimmed(as_decimal(units, digits or 0))


def points(hundredths: int | None) -> str:
    """Points or a weight with two decimals."""
    return figure(hundredths, 2)


def money(fen: int | None) -> str:
    """Yuan with two decimals."""
    return figure(fen, 2)


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
