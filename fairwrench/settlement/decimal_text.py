"""Decimals of documents as text: without idle zeros, thousands separated, as a percentage."""

from __future__ import annotations

from decimal import Decimal


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
