"""Rates of commission in words: yuan an hour, a panel or a thing, per cent of an amount."""

from __future__ import annotations

from decimal import Decimal

from fairwrench.settlement.exact import percentage, plain
from fairwrench.settlement.scheme.scheme import Scheme
from fairwrench.settlement.source.source import Text

#: unit of a basis → what one rate is paid for
UNITS: dict[str, Text] = {
    "hours": Text(zh="工时", en="hour"),
    "panels": Text(zh="面", en="panel"),
    "count": Text(zh="单", en="unit"),
}


def unit_of(line: str, scheme: Scheme) -> str:
    """The unit of a plan's line, by the basis that it is named after."""
    basis = scheme.pay.commission_basis.get(line)
    return basis.unit if basis else "count"


def rate_words(rate: Decimal, unit: str, currency: str) -> Text:
    """What is paid for one unit: `¥18 a hour` in words, `2 %` of an amount; `currency` is its sign."""
    if unit == "money":
        share = percentage(rate)
        return Text(zh=share, en=share)
    sign = "−" if rate < 0 else ""
    amount, each = f"{sign}{currency}{plain(abs(rate))}", UNITS[unit]
    return Text(zh=f"每{each.zh} {amount}", en=f"{amount} {'an' if each.en[0] == 'h' else 'a'} {each.en}")


def product_words(quantity: Decimal, rate: Decimal, unit: str, currency: str) -> Text:
    """Quantity × rate of a line as it is worked out."""
    told = rate_words(rate, unit, currency)
    counted = plain(quantity)
    if unit == "money":
        return Text(zh=f"金额 {currency}{counted} × {told.zh}", en=f"amount {currency}{counted} × {told.en}")
    return Text(zh=f"数量 {counted} × {told.zh}", en=f"quantity {counted} × {told.en}")
