"""What pay is worked out from in a month: commission from payroll or plans, deductions, corrections, pools."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.case import Case
from fairwrench.settlement.eligibility import slices
from fairwrench.settlement.frames import empty
from fairwrench.settlement.pay import AMOUNT, CARD, PayResult, pay
from fairwrench.settlement.recorded import Recorded
from fairwrench.settlement.score import Findings


def pay_of(case: Case, graded: pl.DataFrame, found: Findings, said: Recorded) -> PayResult:
    """The month's pay of everybody in service."""
    month = case.evidence.month
    return pay(
        graded.select(list(CARD)),
        case.scheme,
        month,
        slices=slices(case.roster, month),
        commission=earned(said),
        deductions=deducted(said, str(month)),
        corrections=case.corrections.select(list(AMOUNT)),
        pool_pay=empty(AMOUNT),
    )


def earned(said: Recorded) -> pl.DataFrame:
    """Commission as handed in, one row a person."""
    return said.payroll.select("employee_id", amount="commission")


def deducted(said: Recorded, month: str) -> pl.DataFrame:
    """Deductions decided for the month (a fine only once confirmed) and those of the payroll."""
    decided = said.decided(month, "deduction", "confirm_fine").select("employee_id", amount="value", reason="reason")
    other = said.payroll.filter(pl.col("other_deductions").fill_null(0) > 0)
    return pl.concat([decided, other.select("employee_id", amount="other_deductions", reason=pl.lit("payroll"))])
