"""Yuan in documents, fen inside; splitting a sum without losing a fen; the steps by which an amount came about."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, scaled
from fairwrench.settlement.frames import Schema

#: One row is one small calculation that a person can redo: amount = basis × numerator ÷ denominator, where those are
#: given. `basis` and `amount` are decimals written as integers of 10^-basis_digits and 10^-amount_digits (yuan of two
#: decimals, mostly). `employee_id` is null for a step of the whole store; `sequence` orders one part's steps.
STEPS: Schema = {
    "employee_id": pl.String,
    "store": pl.String,
    "part": pl.String,
    "sequence": pl.Int64,
    "step": pl.String,
    "subject": pl.String,
    "from": pl.Date,
    "to": pl.Date,
    "basis": pl.Int128,
    "basis_digits": pl.Int64,
    "numerator": pl.Int128,
    "denominator": pl.Int128,
    "amount": pl.Int128,
    "amount_digits": pl.Int64,
    "reference": pl.String,
}


def fen(yuan: Decimal) -> int:
    """An amount of a document in fen; ValueError when it has more than two decimals."""
    return scaled(yuan, FEN_DIGITS)


def largest_remainder(total: int, weights: Sequence[int]) -> list[int]:
    """`total` ≥ 0 split into whole parts by `weights` (≥ 0, not all zero; else ValueError), summing exactly to it.

    Every part is its share rounded down; what is left goes one by one to the largest remainders, the earlier first on
    a tie.
    """
    whole = sum(weights)
    if total < 0 or whole <= 0 or min(weights) < 0:
        raise ValueError(f"{total} cannot be split by {list(weights)}")
    parts = [total * weight // whole for weight in weights]
    # Remainders of integers are exact; of floats two equal claims could differ, and a fen go by chance.
    by_remainder = sorted(range(len(weights)), key=lambda place: (-(total * weights[place] % whole), place))
    for place in by_remainder[: total - sum(parts)]:
        parts[place] += 1
    return parts


def steps(frame: pl.DataFrame, **columns: pl.Expr | str | int | None) -> pl.DataFrame:
    """A frame of `STEPS` from `frame`: each named column from an expression or a constant, the others null."""
    unknown = columns.keys() - STEPS.keys()
    if unknown:
        raise ValueError(f"a step has no {', '.join(sorted(unknown))}")
    given = {name: value if isinstance(value, pl.Expr) else pl.lit(value) for name, value in columns.items()}
    return frame.select(given.get(name, pl.lit(None)).cast(wanted).alias(name) for name, wanted in STEPS.items())
