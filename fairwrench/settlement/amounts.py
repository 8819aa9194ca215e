"""Figures as people read them: points, yuan, percentages and values of metrics, from exact integers."""

from __future__ import annotations

from collections.abc import Iterable

from fairwrench.settlement.exact import VALUE_DIGITS, as_decimal, half_up, plain, trimmed
from fairwrench.settlement.scheme.scheme import Metric

MONEY_DIGITS = 2
SYMBOLS = {"CNY": "¥", "EUR": "€", "USD": "$", "GBP": "£", "JPY": "¥"}
NONE = "—"
#: decimals of a value that was worked out, by the unit of its metric; of any other unit `USUAL`
PLACES = {"days": 1, "seconds": 0}
USUAL = 2
#: units whose values are written with all their decimals, so that columns align
ALIGNED = ("percent", "money")


def ratio(n: int | None, d: int | None) -> int | None:
    """n ÷ d in 10^-6, rounded half up for showing; None without an occasion."""
    return None if n is None or not d else half_up(n * 10**VALUE_DIGITS, d)


def number(units: int | None, metric: Metric) -> str:
    """A value (10^-6) with all its decimals; percent metrics as %, with two."""
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


def value_text(
    n: int | None, d: int | None, metric: Metric, currency: str = "", *, beside: Iterable[int | None] = ()
) -> str:
    """A metric's value from its exact fraction, rounded as its unit asks, without the unit.

    Beside other values (10^-6: a target, a threshold) it has as many decimals as tell it from each that it does not
    equal: 94.996 %, not 95.00 %, beside a target of 95 %.
    """
    if n is None or not d:
        return NONE
    scale, least = (100 if metric.unit == "percent" else 1), PLACES.get(metric.unit, USUAL)
    places = _places_beside(n * scale, d, [other * scale for other in beside if other is not None], least)
    return _written(half_up(n * scale * 10**places, d), places, metric, currency)


def share_beside(n: int, d: int, beside: Iterable[int]) -> str:
    """A fraction as a percentage with two decimals, or with as many as tell it from others (10^-6) that it is not."""
    places = _places_beside(n * 100, d, [other * 100 for other in beside], USUAL)
    return f"{grouped(half_up(n * 100 * 10**places, d), places)} %"


def _places_beside(n: int, d: int, others: Iterable[int], least: int) -> int:
    """The fewest decimals, but `least`, with which n ÷ d is not written as one of others (10^-6) that it is not."""
    # Unequal fractions differ somewhere, so the loop ends; equal ones never enter it.
    places, whole = least, 10**VALUE_DIGITS
    for other in others:
        while n * whole != other * d and half_up(n * 10**places, d) == half_up(other * 10**places, whole):
            places += 1
    return places


def units_text(
    units: int | None, metric: Metric, currency: str = "", *, beside: tuple[int | None, int | None] = (None, None)
) -> str:
    """A target or threshold (10^-6) as somebody wrote it: with all its decimals, without the unit.

    Amounts are rounded to the fen, unless the value n ÷ d `beside` would then be written as the target it missed.
    """
    if units is None:
        return NONE
    places = VALUE_DIGITS - 2 if metric.unit == "percent" else VALUE_DIGITS
    if metric.unit != "money":
        text = plain(as_decimal(units, places))
        return f"{text} %" if metric.unit == "percent" else text
    n, d = beside
    shown = min(places, _places_beside(n, d, (units,), MONEY_DIGITS) if n is not None and d else MONEY_DIGITS)
    return _written(half_up(units, 10 ** (places - shown)), shown, metric, currency)


def _written(units: int, places: int, metric: Metric, currency: str) -> str:
    """A value in the way of its unit: amounts with their sign where the currency is told, percentages as %."""
    text = grouped(abs(units), places)
    text = text if metric.unit in ALIGNED or not places else text.rstrip("0").rstrip(".")
    sign = symbol(currency) if metric.unit == "money" and currency else ""
    minus = ("−" if sign else "-") if units < 0 else ""
    return f"{minus}{sign}{text}{' %' if metric.unit == 'percent' else ''}"
