"""Figures as people read them, and as numbers that a cell can hold without losing a digit."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from fairwrench.settlement.amounts import NONE, grouped, symbol, yuan
from fairwrench.settlement.exact import as_decimal

__all__ = [
    "NONE",
    "SAFE_DIGITS",
    "cell_number",
    "grouped",
    "share_text",
    "symbol",
    "whole",
    "yuan",
]

#: an integer of at most this many digits, with or without a decimal point, survives the way through a double
SAFE_DIGITS = 15


def cell_number(units: int | None, digits: int) -> float | int | str | None:
    """An exact integer of 10^-digits as a number that a double shows digit by digit, else as text."""
    if units is None:
        return None
    # Better a text that is right than a number that a spreadsheet changes in its last digits.
    if len(str(abs(units))) > SAFE_DIGITS:
        return f"{as_decimal(units, digits):f}"
    return units if digits == 0 else float(as_decimal(units, digits))


def share_text(part: int, whole: int) -> str:
    """A share as a percentage with one decimal."""
    return f"{Decimal(100 * part) / whole:.1f} %" if whole else NONE


def whole(value: Any) -> int:
    """A sum that Polars gives as None, Int64 or Int128."""
    return int(value or 0)
