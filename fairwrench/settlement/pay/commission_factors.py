"""The factors of a commission plan: attainment of a target, or the score, cut at floor and cap (S1 ❺ 5.6)."""

from __future__ import annotations

from collections.abc import Mapping

import polars as pl

from fairwrench.settlement.exact import VALUE_DIGITS, value_units
from fairwrench.settlement.frames import Schema
from fairwrench.settlement.money import steps
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import CommissionPlan

#: A score of 100.00 points is a factor of 1.
_FULL_SCORE = 10_000
#: A factor of 1, in millionths.
_WHOLE = 10**VALUE_DIGITS
#: Numerators and denominators stay below this, floors and caps below _BOUND_LIMIT, so that no product leaves 128 bits.
_LIMIT = 10**26
_BOUND_LIMIT = 10**5

_RULE: Schema = {
    "position": pl.String,
    "factor": pl.Int64,
    "name": pl.String,
    "by_score": pl.Boolean,
    "floor": pl.Int128,
    "cap": pl.Int128,
    "reference": pl.String,
}


def factor_values(people: pl.DataFrame, plans: Mapping[str, CommissionPlan], measured: pl.DataFrame) -> pl.DataFrame:
    """One row a person and factor: numerator and denominator as applied, raw_* as measured, null while unknown.

    `people`: employee_id, position, score; `measured`: employee_id, factor, numerator, denominator. A denominator that
    is not positive is no occasion, so the factor is unknown. Refused when a number is too large to be exact.
    """
    frame = (
        people.join(_rules(plans), on="position")
        .join(measured, on=["employee_id", "factor"], how="left")
        .with_columns(
            raw_top=pl.when("by_score").then("score").otherwise("numerator"),
            raw_bottom=pl.when("by_score").then(_FULL_SCORE).otherwise("denominator"),
        )
    )
    too_large = frame.filter((pl.col("raw_top").abs() >= _LIMIT) | (pl.col("raw_bottom") >= _LIMIT))
    if too_large.height:
        raise Refused([_too_large(person, name) for person, name in too_large.select("employee_id", "name").rows()])
    # A target of 0 gives no attainment: the factor waits, it is neither 0 nor 1.
    known = pl.col("raw_top").is_not_null() & (pl.col("raw_bottom") > 0)
    return (
        frame.with_columns(pl.when(known).then(pl.col("raw_top", "raw_bottom")))
        .with_columns(bound=_bound())
        .with_columns(
            numerator=pl.coalesce("bound", "raw_top"),
            denominator=pl.when(pl.col("bound").is_null()).then("raw_bottom").otherwise(pl.lit(_WHOLE, pl.Int128)),
        )
        .sort("employee_id", "factor")
    )


def _bound() -> pl.Expr:
    """The floor or cap that cuts the measured ratio, in millionths; null where neither does."""
    # Multiplied crosswise: the ratio itself is never divided before it is applied.
    top = pl.col("raw_top") * _WHOLE
    below, above = top < pl.col("floor") * pl.col("raw_bottom"), top > pl.col("cap") * pl.col("raw_bottom")
    return pl.when(below).then("floor").when(above).then("cap")


def _rules(plans: Mapping[str, CommissionPlan]) -> pl.DataFrame:
    rows = []
    for position, plan in plans.items():
        for place, factor in enumerate(plan.factors):
            bounds = [value_units(bound) if bound is not None else None for bound in (factor.floor, factor.cap)]
            name = "score" if factor.score else factor.attainment or ""
            if any(bound is not None and not 0 <= bound < _BOUND_LIMIT * _WHOLE for bound in bounds):
                raise Refused([_too_large(position, name)])
            rows.append((position, place, name, factor.score, *bounds, factor.reference or plan.reference))
    return pl.DataFrame(rows, schema=dict(_RULE), orient="row")


def factor_steps(factors: pl.DataFrame, sequence: int) -> pl.DataFrame:
    """commission_factor as applied; before it, where floor or cap has cut it, commission_attainment as measured."""
    same = {
        "employee_id": pl.col("employee_id"),
        "part": pl.lit("commission"),
        "subject": pl.col("name"),
        "reference": pl.col("reference"),
    }
    measured = steps(
        factors.filter(pl.col("bound").is_not_null()),
        **same,
        # Two places a factor: as measured, then as applied.
        sequence=sequence + 2 * pl.col("factor"),
        step="commission_attainment",
        numerator=pl.col("raw_top"),
        denominator=pl.col("raw_bottom"),
    )
    applied = steps(
        factors,
        **same,
        sequence=sequence + 2 * pl.col("factor") + 1,
        step="commission_factor",
        numerator=pl.col("numerator"),
        denominator=pl.col("denominator"),
    )
    return pl.concat([measured, applied])


def _too_large(subject: str, factor: str) -> Problem:
    return Problem(
        code="factor_unusable",
        zh=f"{subject} 的提成系数“{factor}”数值过大或上下限有误，无法精确计算",
        en=f"the commission factor {factor!r} of {subject} is too large to be exact, or its bounds are wrong",
        subject=subject,
    )
