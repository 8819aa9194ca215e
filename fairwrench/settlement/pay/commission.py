"""Commission plans: lines of measure × rate in fen, summed, times factors, rounded to the fen (S1 ❺ 5.6)."""

from __future__ import annotations

from dataclasses import dataclass
from math import prod

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, VALUE_DIGITS, half_up
from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.money import steps
from fairwrench.settlement.pay.commission_factors import factor_steps, factor_values
from fairwrench.settlement.pay.commission_rates import QUANTITY_DIGITS, line_amounts
from fairwrench.settlement.scheme.scheme import Scheme

#: Whose commission is worked out: `position` names the plan; `score` (hundredths, null while unsettled) feeds a factor.
EARNER: Schema = {"employee_id": pl.String, "position": pl.String, "score": pl.Int64}
#: The quantity of one line: value ÷ 10^digits. A null value, or no row, is missing evidence and never 0.
LINE_VALUE: Schema = {"employee_id": pl.String, "line": pl.String, "value": pl.Int128, "digits": pl.Int64}
#: The attainment behind one factor, numerator ÷ denominator; `factor` is its place in the plan, from 0.
FACTOR: Schema = {"employee_id": pl.String, "factor": pl.Int64, "numerator": pl.Int128, "denominator": pl.Int128}
#: `amount` in fen, null when something is missing; `missing` names those lines and factors, with commas.
EARNED: Schema = {"employee_id": pl.String, "amount": pl.Int64, "missing": pl.String}

#: The order of a person's steps: lines by tier, their sum, factors, the result.
_SUM, _FACTORS, _RESULT = 10_000, 20_000, 30_000


@dataclass(frozen=True, slots=True)
class CommissionResult:
    """`frame` (columns EARNED, by employee id), to be given to `pay`, and `steps` (columns money.STEPS)."""

    frame: pl.DataFrame
    steps: pl.DataFrame


def commission(
    earners: pl.DataFrame, scheme: Scheme, *, values: pl.DataFrame, factors: pl.DataFrame
) -> CommissionResult:
    """The commission of every earner whose position has a plan in `scheme.pay.commission`; others are not returned.

    `earners` has the columns EARNER, `values` LINE_VALUE, `factors` FACTOR. Each line, and each tier of it, is a whole
    fen, as it is shown; their sum times all factors is rounded half up to the fen once more. A sum below 0 counts as 0:
    times a score it would cost more the better the score is. Refused when a rate or value is too large to be exact.
    """
    plans = scheme.pay.commission
    people = conform(earners, EARNER, "earners", key=("employee_id",))
    people = people.filter(pl.col("position").is_in(list(plans))).sort("employee_id")
    lines = line_amounts(people, plans, conform(values, LINE_VALUE, "values", key=("employee_id", "line")))
    known = factor_values(people, plans, conform(factors, FACTOR, "factors", key=("employee_id", "factor")))
    sums = _sums(people, lines, known)
    frame = _rounded(sums)
    known_sums = sums.filter(pl.col("lacking").list.len() == 0)
    sum_steps = _amount_steps(known_sums, "commission_sum", _SUM, FEN_DIGITS)
    below = known_sums.filter(pl.col("amount") < 0).with_columns(amount=pl.lit(0, pl.Int64))
    floors = _amount_steps(below, "commission_floor", _SUM + 1, FEN_DIGITS)
    result = _amount_steps(frame, "commission", _RESULT, FEN_DIGITS)
    return CommissionResult(
        frame, pl.concat([_line_steps(lines), sum_steps, floors, factor_steps(known, _FACTORS), result])
    )


def _sums(people: pl.DataFrame, lines: pl.DataFrame, factors: pl.DataFrame) -> pl.DataFrame:
    """By person: the sum of the known lines (fen) and the lines without evidence; numerators and
    denominators of the known factors, and the factors that are not known."""
    # A sum leaves out what is null, so the lines without evidence are named beside it and hold the amount.
    of_lines = lines.group_by("employee_id").agg(
        pl.col("amount").sum(), lacking=pl.col("line").filter(pl.col("amount").is_null())
    )
    known = pl.col("denominator").is_not_null()
    of_factors = factors.group_by("employee_id", maintain_order=True).agg(
        pl.col("numerator", "denominator").filter(known), unknown=pl.col("name").filter(~known)
    )
    whole = people.select("employee_id")
    for part in (of_lines, of_factors):
        whole = whole.join(part, on="employee_id", how="left", maintain_order="left")
    return whole.with_columns(
        pl.col("amount").fill_null(0), pl.col("lacking", "numerator", "denominator", "unknown").fill_null([])
    )


def _rounded(sums: pl.DataFrame) -> pl.DataFrame:
    """Columns EARNED. Exact products outgrow 128 bits, so this one multiplication uses Python's integers."""
    rows = []
    for person, total, lacking, tops, bottoms, unknown in sums.iter_rows():
        missing = ",".join(lacking + unknown)
        # Rounded once, after all factors: factor by factor each rounding would move the next.
        amount = half_up(max(total, 0) * prod(tops), prod(bottoms))
        rows.append((person, None if missing else amount, missing))
    return pl.DataFrame(rows, schema=dict(EARNED), orient="row")


def _line_steps(lines: pl.DataFrame) -> pl.DataFrame:
    """commission_line: quantity of the line, or of its slice in a tier, × rate; the subject is position/line."""
    return steps(
        lines,
        employee_id=pl.col("employee_id"),
        part="commission",
        sequence=pl.int_range(pl.len()).over("employee_id"),
        step="commission_line",
        subject=pl.format("{}/{}", "position", "line"),
        basis=pl.col("quantity"),
        basis_digits=QUANTITY_DIGITS,
        numerator=pl.col("rate"),
        denominator=10**VALUE_DIGITS,
        amount=pl.col("amount"),
        amount_digits=FEN_DIGITS,
        reference=pl.col("reference"),
    )


def _amount_steps(rows: pl.DataFrame, step: str, sequence: int, digits: int) -> pl.DataFrame:
    return steps(
        rows,
        employee_id=pl.col("employee_id"),
        part="commission",
        sequence=sequence,
        step=step,
        amount=pl.col("amount"),
        amount_digits=digits,
    )
