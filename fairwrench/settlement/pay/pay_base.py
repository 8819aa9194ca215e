"""What a person's performance pay is drawn from: commission, or a share of the salary split by days (S1 ❺ 5.6)."""

from __future__ import annotations

from typing import Literal

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import VALUE_DIGITS, half_up_expr, value_units
from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.problem import Problem, Refused
from fairwrench.settlement.scheme.scheme import Pay, PayBase, Position, Scheme

Rule = Literal["own", "manager", "profit", "function"]

#: What `eligibility.slices` gives and the base is worked out from.
SLICE: Schema = {
    "employee_id": pl.String,
    "position": pl.String,
    "full_salary": pl.Int64,
    "from": pl.Date,
    "to": pl.Date,
    "days": pl.Int64,
}

#: A share of 1, in millionths.
_WHOLE = 10**VALUE_DIGITS


def base_of(position: Position, pay: Pay) -> tuple[PayBase, Rule] | None:
    """The base of a position and the rule that gave it: its own, else the managers', else its side's; None if none is.

    S1 ❺ 5.6: the HR manager's own 30 % comes before the managers' 50 %, and that before the side's base.
    """
    if position.pay_base is not None:
        return position.pay_base, "own"
    if position.manager and "manager" in pay.bases:
        return pay.bases["manager"], "manager"
    return (pay.bases[position.side], position.side) if position.side in pay.bases else None


def bases(scheme: Scheme) -> pl.DataFrame:
    """position, base_kind, rule, share (millionths of the salary, 0 where nothing is drawn from it), reference.

    Refused when a share is missing or is not a fraction from 0 to 1. Positions without any base are left out.
    """
    found = [(name, base_of(position, scheme.pay)) for name, position in scheme.positions.items()]
    wrong = [_not_a_share(name, base[0]) for name, base in found if base and not _share_fits(base[0])]
    if wrong:
        raise Refused(wrong)
    rows = [
        (name, base.kind, rule, _share(base), base.reference)
        for name, (base, rule) in ((name, base) for name, base in found if base)
    ]
    types: Schema = {
        "position": pl.String,
        "base_kind": pl.String,
        "rule": pl.String,
        "share": pl.Int64,
        "reference": pl.String,
    }
    return pl.DataFrame(rows, schema=dict(types), orient="row")


def _share_fits(base: PayBase) -> bool:
    return base.kind != "salary" or (base.share is not None and 0 <= base.share <= 1)


def _share(base: PayBase) -> int:
    return value_units(base.share) if base.kind == "salary" and base.share is not None else 0


def _not_a_share(position: str, base: PayBase) -> Problem:
    return Problem(
        code="share_not_a_fraction",
        zh=f"岗位 {position} 的绩效基数比例应在 0 与 1 之间（30% 写作 0.30），现为 {base.share}",
        en=f"the share of salary of position {position} should be from 0 to 1 (30 % is 0.30), but is {base.share}",
        subject=position,
    )


def salary_parts(slices: pl.DataFrame, scheme: Scheme, month: Month) -> pl.DataFrame:
    """Each slice with its base rule, its part of the salary and the base drawn from that part, in fen.

    salary_part = full salary × days ÷ days of the month; base_part = the same × share. A person's sums are rounded
    once, `salary` and `base_salary`; each slice is rounded by itself and the last one takes the remainder, so the parts
    add up to the sums, and a month served in full adds up to the full salary. Days out of service have no slice and so
    no pay. A salary that is not known makes the person's `salary` null, and `base_salary` too where it is drawn from.
    """
    paid = (
        conform(slices, SLICE, "slices")
        .join(bases(scheme), on="position", how="left")
        .sort("employee_id", "from")
        # Whole products first, divided once: a thirtieth of a salary times days would lose fen.
        .with_columns(earned=pl.col("full_salary").cast(pl.Int128) * pl.col("days"))
    )
    # Nothing is drawn by a share of 0, whether the salary is known or not: commission needs none.
    drawn = pl.when(pl.col("share") == 0).then(pl.lit(0, pl.Int128)).otherwise(pl.col("earned") * pl.col("share"))
    # The slice that takes the remainder of the base is the last one drawn from salary, not the last of all.
    days = pl.lit(month.days, pl.Int128)
    return (
        paid.with_columns(
            drawn=drawn, last=_last(pl.lit(True)), last_drawn=_last(pl.col("base_kind") == "salary"), days_of_month=days
        )
        .with_columns(salary=_sum("earned", days), base_salary=_sum("drawn", days * _WHOLE))
        .with_columns(
            salary_part=_part("earned", days, "salary", "last"),
            base_part=_part("drawn", days * _WHOLE, "base_salary", "last_drawn"),
        )
        .drop("earned", "drawn", "last", "last_drawn")
    )


def _last(among: pl.Expr) -> pl.Expr:
    """Whether a row is its person's last of those that meet `among`."""
    return among & (pl.col("from") == pl.when(among).then("from").max().over("employee_id"))


def _sum(column: str, divisor: pl.Expr) -> pl.Expr:
    """A person's sum ÷ divisor, rounded half up; null as soon as one part is not known."""
    known = ~pl.col(column).is_null().any().over("employee_id")
    return pl.when(known).then(half_up_expr(pl.col(column).sum().over("employee_id"), divisor).cast(pl.Int64))


def _part(column: str, divisor: pl.Expr, whole: str, last: str) -> pl.Expr:
    """One slice rounded by itself; the last takes what the others leave of the whole."""
    own = half_up_expr(pl.col(column), divisor).cast(pl.Int64)
    others = own.sum().over("employee_id") - own
    return pl.when(pl.col(last)).then(pl.col(whole) - others).otherwise(own)


def commissioned(slices: pl.DataFrame, scheme: Scheme) -> pl.DataFrame:
    """employee_id, position: who earns commission in the month, and by the plan of which position.

    Of a person's positions with a commission base, the one held on most days, the later on a tie. A person whose
    position has no plan in `scheme.pay.commission` takes the commission from the `payroll` source.
    """
    held = (
        conform(slices, SLICE, "slices")
        .join(bases(scheme).filter(pl.col("base_kind") == "commission"), on="position")
        .group_by("employee_id", "position")
        .agg(pl.col("days").sum(), pl.col("to").max())
        .sort("employee_id", "days", "to")
    )
    return held.unique("employee_id", keep="last", maintain_order=True).select("employee_id", "position")
