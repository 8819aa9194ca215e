"""The steps behind a payslip, read off the very frames that the pay was computed in."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.settlement.exact import COEFFICIENT_DIGITS, FEN_DIGITS, VALUE_DIGITS
from fairwrench.settlement.money import steps
from fairwrench.settlement.words.step_kinds import STEP_KINDS

#: The order of a payslip. Slices of one person follow one another within `salary_part` and `base_part`.
SEQUENCE = tuple(name for name, kind in STEP_KINDS.items() if kind.part == "pay")
#: Room for the rows of one step.
_APART = 1000


def pay_steps(
    frame: pl.DataFrame, parts: pl.DataFrame, due: Mapping[str, pl.DataFrame], coefficient_reference: str
) -> pl.DataFrame:
    """Columns money.STEPS, part `pay`. `frame` and `parts` as `pay.pay` worked them out; `due` as it was given.

    salary_part: full salary × days ÷ days of the month. base_part: full salary × (days × share) ÷ (days × 1).
    performance_pay: base × coefficient. The others are amounts that stand by themselves.
    """
    # Somebody excluded has no base, so only what is due to them stands on the payslip.
    assessed = frame.filter(pl.col("base_kind").is_not_null())
    served = parts.join(assessed.select("employee_id", "store"), on="employee_id", maintain_order="left")
    earning = assessed.filter(pl.col("earns"))
    return pl.concat(
        [
            _slices(served, "salary_part", pl.col("days"), pl.col("days_of_month")),
            _slices(
                served.filter(pl.col("base_kind") == "salary"),
                "base_part",
                pl.col("days") * pl.col("share"),
                pl.col("days_of_month") * 10**VALUE_DIGITS,
            ),
            _amounts(earning, "commission"),
            _amounts(assessed, "base", pl.col("base_kind")),
            _performance(assessed, coefficient_reference),
            _amounts(assessed, "fixed_part"),
            *(_due(name, amounts) for name, amounts in due.items()),
            _amounts(frame.filter(pl.col("total").is_not_null()), "total"),
        ]
    )


def _place(step: str) -> int:
    return SEQUENCE.index(step) * _APART


def _slices(rows: pl.DataFrame, step: str, numerator: pl.Expr, denominator: pl.Expr) -> pl.DataFrame:
    return steps(
        rows,
        employee_id=pl.col("employee_id"),
        store=pl.col("store"),
        part="pay",
        sequence=_place(step) + pl.int_range(pl.len()).over("employee_id"),
        step=step,
        subject=pl.col("position"),
        **{"from": pl.col("from"), "to": pl.col("to")},
        basis=pl.col("full_salary"),
        basis_digits=FEN_DIGITS,
        numerator=numerator,
        denominator=denominator,
        amount=pl.col(step),
        amount_digits=FEN_DIGITS,
        reference=pl.col("reference"),
    )


def _amounts(rows: pl.DataFrame, step: str, subject: pl.Expr | None = None) -> pl.DataFrame:
    return steps(
        rows,
        employee_id=pl.col("employee_id"),
        store=pl.col("store"),
        part="pay",
        sequence=_place(step),
        step=step,
        subject=subject,
        amount=pl.col(step),
        amount_digits=FEN_DIGITS,
    )


def _performance(rows: pl.DataFrame, reference: str) -> pl.DataFrame:
    return steps(
        rows,
        employee_id=pl.col("employee_id"),
        store=pl.col("store"),
        part="pay",
        sequence=_place("performance_pay"),
        step="performance_pay",
        subject=pl.col("grade"),
        basis=pl.col("base"),
        basis_digits=FEN_DIGITS,
        numerator=pl.col("coefficient"),
        denominator=10**COEFFICIENT_DIGITS,
        amount=pl.col("performance_pay"),
        amount_digits=FEN_DIGITS,
        reference=reference,
    )


def _due(name: str, amounts: pl.DataFrame) -> pl.DataFrame:
    """One step an entry: which pool, which deduction, which corrected month."""
    ordered = amounts.sort("employee_id", "reason", "amount")
    return steps(
        ordered,
        employee_id=pl.col("employee_id"),
        part="pay",
        sequence=_place(name) + pl.int_range(pl.len()).over("employee_id"),
        step=name,
        subject=pl.col("reason"),
        amount=pl.col("amount"),
        amount_digits=FEN_DIGITS,
    )
