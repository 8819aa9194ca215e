"""What other scores would pay somebody: the month's pay worked out again by its own rules, from its recorded steps."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.exact import scaled
from fairwrench.settlement.frames import empty
from fairwrench.settlement.inputs.eligibility import slices
from fairwrench.settlement.pay.commission import EARNER, FACTOR, LINE_VALUE, commission
from fairwrench.settlement.pay.commission_rates import QUANTITY_DIGITS
from fairwrench.settlement.pay.pay import AMOUNT, CARD, COMMISSION, pay
from fairwrench.settlement.settle import Settlement


def performance_pay(variants: pl.DataFrame, person: str, settlement: Settlement, roster: pl.DataFrame) -> pl.DataFrame:
    """employee_id, performance_pay (fen, null while it is not known) of each variant of a person.

    `variants`: employee_id (a name for the variant), score, grade. What the person did stays as it was, so commission
    changes only where a plan has the score as a factor.
    """
    names = variants.select(variant="employee_id")
    about = settlement.totals.filter(pl.col("employee_id") == person)
    cards = variants.with_columns(store=pl.lit(about["store"][0]), state=pl.lit("settled"))
    own = slices(roster, settlement.month).filter(pl.col("employee_id") == person)
    result = pay(
        cards.select(list(CARD)),
        settlement.scheme,
        settlement.month,
        slices=own.join(names, how="cross").with_columns(employee_id=pl.col("variant")).drop("variant"),
        commission=_commission(variants, settlement.steps.filter(pl.col("employee_id") == person), settlement),
        # What is due beside performance pay does not change with the score.
        deductions=empty(AMOUNT),
        corrections=empty(AMOUNT),
        pool_pay=empty(AMOUNT),
    )
    return result.frame.select("employee_id", "performance_pay")


def _commission(variants: pl.DataFrame, steps: pl.DataFrame, settlement: Settlement) -> pl.DataFrame:
    """Columns COMMISSION: by the plan again where there is one, else as recorded; nothing where none is recorded."""
    planned = steps.filter((pl.col("part") == "commission") & (pl.col("step") == "commission_line"))
    if planned.height:
        position = str(planned["subject"][0]).partition("/")[0]
        earners = variants.with_columns(position=pl.lit(position)).select(list(EARNER))
        values, factors = _line_values(planned, position, settlement), _factors(steps)
        names = variants.select(variant="employee_id")
        again = commission(
            earners,
            settlement.scheme,
            values=names.join(values, how="cross").rename({"variant": "employee_id"}).select(list(LINE_VALUE)),
            factors=names.join(factors, how="cross").rename({"variant": "employee_id"}).select(list(FACTOR)),
        )
        return again.frame.select(list(COMMISSION))
    recorded = steps.filter((pl.col("part") == "pay") & (pl.col("step") == "commission"))["amount"]
    amount = int(recorded[0]) if recorded.len() and recorded[0] is not None else None
    return variants.select("employee_id", amount=pl.lit(amount, pl.Int64)).select(list(COMMISSION))


def _line_values(planned: pl.DataFrame, position: str, settlement: Settlement) -> pl.DataFrame:
    """line, value, digits: the quantity of each line, put together from its tiers' slices."""
    lines = settlement.scheme.pay.commission[position].lines
    # Slices begin where the lowest tier does; what lies below it is not paid for, yet is part of the quantity.
    begins = {name: scaled(min(line.tiers)[0], QUANTITY_DIGITS) if line.tiers else 0 for name, line in lines.items()}
    named = planned.with_columns(line=pl.col("subject").str.slice(len(position) + 1))
    whole = named.group_by("line", maintain_order=True).agg(
        value=pl.when(~pl.col("basis").is_null().any()).then(pl.col("basis").sum())
    )
    begin = pl.col("line").replace_strict(begins, return_dtype=pl.Int128)
    return whole.with_columns(value=pl.col("value") + begin, digits=pl.lit(QUANTITY_DIGITS, pl.Int64))


def _factors(steps: pl.DataFrame) -> pl.DataFrame:
    """factor, numerator, denominator of every factor by attainment, as measured before floor and cap."""
    named = steps.filter(pl.col("step").is_in(["commission_attainment", "commission_factor"])).sort("sequence")
    # Counted from the end: a factor's attainment as measured, where there is one, stands before it as applied.
    numbered = named.with_columns(factor=(pl.col("step") == "commission_factor").cum_sum(reverse=True))
    numbered = numbered.with_columns(factor=pl.col("factor").max() - pl.col("factor"))
    measured = numbered.unique("factor", keep="first", maintain_order=True)
    return measured.filter(pl.col("subject") != "score").select("factor", "numerator", "denominator")
