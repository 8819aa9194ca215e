"""The lines of a commission plan, for everybody at once: quantity × rate, by slices where the rate has tiers."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from decimal import Decimal

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, VALUE_DIGITS, half_up_expr, scaled, value_units
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionLine, CommissionPlan

#: Quantities are integers of 10^-12, rates of 10^-6 yuan, so that their product is an exact integer of 10^-18 yuan.
QUANTITY_DIGITS = 12
#: what a product is divided by to be in fen
_FEN = 10 ** (QUANTITY_DIGITS + VALUE_DIGITS - FEN_DIGITS)
#: Quantities and rates stay below these (in whole units, in yuan), so that no product leaves 128 bits.
QUANTITY_LIMIT = 10**12
RATE_LIMIT = 10**6

_RATE: Schema = {
    "position": pl.String,
    "line": pl.String,
    "tier": pl.Int64,
    "lower": pl.Int128,
    "upper": pl.Int128,
    "rate": pl.Int64,
    "reference": pl.String,
}

#: digits → how many units make one whole
_SCALES = pl.DataFrame(
    [(digits, 10**digits) for digits in range(QUANTITY_DIGITS + 1)],
    schema={"digits": pl.Int64, "one": pl.Int128},
    orient="row",
)


def line_amounts(people: pl.DataFrame, plans: Mapping[str, CommissionPlan], values: pl.DataFrame) -> pl.DataFrame:
    """One row a person, line and tier that applies: quantity (10^-12), rate (10^-6 yuan), amount (fen).

    Each amount is shown, so it is rounded half up to the fen, and the sum starts from it. `people` has employee_id and
    position; `values` has employee_id, line, value, digits. A line without value has one row with a null amount.
    Refused when a rate or a value is too large for exact products.
    """
    lines = people.select("employee_id", "position").join(_rates(plans), on="position")
    frame = lines.join(_quantities(values), on=["employee_id", "line"], how="left").with_columns(quantity=_slice())
    # The lowest tier stays even with nothing in it, so that a quantity of 0 is a line of 0 and not one that is missing.
    applies = (pl.col("quantity") != 0) | (pl.col("tier") == 0)
    return (
        frame.filter(applies | (pl.col("quantity").is_null() & (pl.col("tier") == 0)))
        .with_columns(amount=half_up_expr(pl.col("quantity") * pl.col("rate"), pl.lit(_FEN, pl.Int128)))
        .sort("employee_id", "line", "tier")
    )


def _slice() -> pl.Expr:
    """What of the quantity lies between a tier's bounds; the lowest tier, if it begins at 0, takes negatives too."""
    below_upper = pl.min_horizontal("quantity", "upper")
    # A month of more reversals than sales has a negative quantity, and commission paid before is taken back.
    lowest = (pl.col("tier") == 0) & (pl.col("lower") == 0)
    above_lower = pl.max_horizontal(below_upper - pl.col("lower"), pl.lit(0, pl.Int128))
    return pl.when(pl.col("quantity").is_not_null()).then(pl.when(lowest).then(below_upper).otherwise(above_lower))


def _quantities(values: pl.DataFrame) -> pl.DataFrame:
    """employee_id, line, quantity of what is known; Refused when it is too large for exact products."""
    known = values.filter(pl.col("value").is_not_null()).join(_SCALES, on="digits", how="left")
    wrong = known.filter(pl.col("one").is_null() | (pl.col("value").abs() >= QUANTITY_LIMIT * pl.col("one")))
    if wrong.height:
        raise Refused([_unusable(person, line) for person, line in wrong.select("employee_id", "line").iter_rows()])
    return known.select("employee_id", "line", quantity=pl.col("value") * (10**QUANTITY_DIGITS // pl.col("one")))


def _rates(plans: Mapping[str, CommissionPlan]) -> pl.DataFrame:
    """One row a tier of every line of every plan; a line with one rate is one tier without bounds."""
    rows = [
        (position, name, tier, lower, upper, rate, line.reference or plan.reference)
        for position, plan in plans.items()
        for name, line in plan.lines.items()
        for tier, (lower, upper, rate) in enumerate(_tiers(position, name, line))
    ]
    return pl.DataFrame(rows, schema=dict(_RATE), orient="row")


def _tiers(position: str, name: str, line: CommissionLine) -> Iterator[tuple[int, int | None, int]]:
    """(lower, upper, rate) from the lowest tier on; bounds in 10^-12, rates in 10^-6 yuan."""
    # One rate is one tier from 0 without end, so that both go one way.
    pairs = sorted(line.tiers) if line.tiers else [(Decimal(0), line.rate)]
    for place, (lower, rate) in enumerate(pairs):
        if rate is None or abs(rate) >= RATE_LIMIT or abs(lower) >= QUANTITY_LIMIT:
            raise Refused([_no_rate(position, name)])
        upper = pairs[place + 1][0] if place + 1 < len(pairs) else None
        yield _quantity(lower), _quantity(upper) if upper is not None else None, value_units(rate)


def _quantity(bound: Decimal) -> int:
    return scaled(bound, QUANTITY_DIGITS)


def _unusable(person: str, line: str) -> Problem:
    return Problem(
        code="line_value_unusable",
        zh=f"{person} 的提成项“{line}”数值过大或小数位过多，无法精确计算",
        en=f"the commission line {line!r} of {person} is too large, or has too many decimals, to be exact",
        subject=person,
    )


def _no_rate(position: str, line: str) -> Problem:
    return Problem(
        code="rate_unusable",
        zh=f"岗位 {position} 的提成项“{line}”缺少费率或费率过大",
        en=f"the commission line {line!r} of position {position} has no rate, or one too large to be exact",
        path=("pay", "commission", position, "lines", line),
    )
