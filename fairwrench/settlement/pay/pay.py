"""From score to yuan: performance pay, the fixed part beside it, and the total of a month (S1 ❺ 5.6, 5.9)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import cast

import polars as pl

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.exact import COEFFICIENT_DIGITS, half_up_expr
from fairwrench.settlement.frames import Schema, conform
from fairwrench.settlement.pay.coefficient import coefficient
from fairwrench.settlement.pay.deductions import deduction_problems
from fairwrench.settlement.pay.pay_base import salary_parts
from fairwrench.settlement.pay.pay_steps import pay_steps
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Coefficient, Scheme

#: One row a person in service: what the appraisal came to. `score` in hundredths; only a `settled` score is paid.
CARD: Schema = {
    "employee_id": pl.String,
    "store": pl.String,
    "state": pl.String,
    "score": pl.Int64,
    "grade": pl.String,
}
#: Money owed to or by a person, in fen; several rows add up. No row is nothing due; a row without amount is not known.
AMOUNT: Schema = {"employee_id": pl.String, "amount": pl.Int64, "reason": pl.String}
#: Commission earned in the month, in fen. No row, or a row without amount, is missing evidence and never 0.
COMMISSION: Schema = {"employee_id": pl.String, "amount": pl.Int64}

#: Money in fen, the coefficient in ten-thousandths. `state` is settled, excluded or incomplete; `missing` names what
#: keeps a person incomplete (codes of MISSING, with commas), and then performance pay or the total is null.
PAY: Schema = {
    "month": pl.String,
    "employee_id": pl.String,
    "base_kind": pl.String,
    "base": pl.Int64,
    "coefficient": pl.Int64,
    "performance_pay": pl.Int64,
    "fixed_part": pl.Int64,
    "pool_pay": pl.Int64,
    "deductions": pl.Int64,
    "corrections": pl.Int64,
    "total": pl.Int64,
    "state": pl.String,
    "missing": pl.String,
}

MISSING = {
    "assignment": ("没有任职记录", "no assignment in the month"),
    "pay_base": ("岗位没有绩效基数规则", "no pay base for a position held"),
    "full_salary": ("全额工资未知", "the full salary is not known"),
    "commission": ("当月提成缺数据", "evidence of the commission is missing"),
    "score": ("考核得分未定", "the score is not settled"),
    "pool_pay": ("奖金池尚未确定", "the pool is not settled"),
    "deductions": ("扣款金额未填", "a deduction has no amount"),
    "corrections": ("补发/补扣金额未填", "a correction has no amount"),
}
_DUE = ("pool_pay", "deductions", "corrections")


@dataclass(frozen=True, slots=True)
class PayResult:
    """`frame` (columns PAY, by employee id), `steps` (columns money.STEPS) and what somebody should know or mend."""

    frame: pl.DataFrame
    steps: pl.DataFrame
    problems: tuple[Problem, ...]


def pay(
    cards: pl.DataFrame,
    scheme: Scheme,
    month: Month,
    *,
    slices: pl.DataFrame,
    commission: pl.DataFrame,
    deductions: pl.DataFrame,
    corrections: pl.DataFrame,
    pool_pay: pl.DataFrame,
) -> PayResult:
    """The pay of everybody on `cards` (columns CARD), and of people without a card to whom something is due.

    `slices` as `eligibility.slices` gives them; `commission` has the columns COMMISSION; `deductions` (amounts ≥ 0),
    `corrections` (either sign) and `pool_pay` have the columns AMOUNT. Who is excluded from the appraisal gets only
    what is due otherwise; their wage is not decided here. Refused when the scheme gives no usable base or coefficient.
    """
    parts = salary_parts(slices, scheme, month)
    due = {
        name: conform(frame, AMOUNT, name)
        for name, frame in zip(_DUE, (pool_pay, deductions, corrections), strict=True)
    }
    earned = conform(commission, COMMISSION, "commission")
    drawn = _drawn(_everybody(cards, due), parts, earned)
    owed = _with_due(drawn, due)
    frame = _paid(owed, scheme.pay.coefficient)
    problems = [
        *_incomplete(frame),
        *_uncounted(earned, frame),
        *_negative(due["deductions"]),
        *deduction_problems(frame, scheme.pay.deductions),
    ]
    steps = pay_steps(frame, parts, due, scheme.pay.coefficient.reference)
    month_column = pl.lit(str(month)).alias("month")
    return PayResult(frame.with_columns(month_column).select(list(PAY)), steps, tuple(problems))


def _everybody(cards: pl.DataFrame, due: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """The cards, and a row for whoever has no card but something due: a leaver's correction is not lost."""
    known = conform(cards, CARD, "cards", key=("employee_id",))
    owed = pl.concat([frame.select("employee_id") for frame in due.values()]).unique()
    # As excluded: what is due is paid out, and nothing of an appraisal is worked out or missed.
    others = owed.join(known, on="employee_id", how="anti").with_columns(state=pl.lit("excluded"))
    return pl.concat([known, others], how="diagonal").sort("employee_id")


def _drawn(people: pl.DataFrame, parts: pl.DataFrame, commission: pl.DataFrame) -> pl.DataFrame:
    """People with base_kind (`mixed` for several), salary, base_salary, commission and base, null where not known."""
    kinds = pl.col("base_kind")
    own = parts.group_by("employee_id").agg(
        # Somebody who moved from commission to salary within the month draws on both.
        base_kind=pl.when(kinds.n_unique() == 1).then(kinds.first()).otherwise(pl.lit("mixed")),
        earns=(kinds == "commission").any(),
        baseless=kinds.is_null().any(),
        # Sums of the person: the same on each of their slices.
        salary=pl.col("salary").first(),
        base_salary=pl.col("base_salary").first(),
    )
    frame = people.join(own, on="employee_id", how="left").join(
        _sums(commission, "commission"), on="employee_id", how="left"
    )
    # Unknown commission stays null and makes the base null; 0 is only for whoever earns none.
    counted = pl.when(pl.col("earns")).then("commission").otherwise(pl.lit(0, pl.Int64))
    return frame.with_columns(base=pl.col("base_salary") + counted, fixed_part=pl.col("salary") - pl.col("base_salary"))


def _sums(amounts: pl.DataFrame, name: str) -> pl.DataFrame:
    """One row a person; null as soon as one amount is not known."""
    amount = pl.col("amount")
    # A sum leaves out what is null; a deduction without its amount must not be one of 0.
    known = pl.when(~amount.is_null().any()).then(amount.sum())
    return amounts.group_by("employee_id").agg(known.alias(name), pl.lit(True).alias(f"has_{name}"))


def _with_due(people: pl.DataFrame, due: Mapping[str, pl.DataFrame]) -> pl.DataFrame:
    """Adds pool_pay, deductions, corrections: 0 where nothing is due, null where an amount is not known."""
    for name, amounts in due.items():
        people = people.join(_sums(amounts, name), on="employee_id", how="left").with_columns(
            pl.when(pl.col(f"has_{name}").is_null()).then(0).otherwise(name).alias(name)
        )
    return people


def _paid(people: pl.DataFrame, rule: Coefficient) -> pl.DataFrame:
    """Coefficient, performance pay (rounded here and nowhere else), what is missing, state and total."""
    assessed = pl.col("state") != "excluded"
    own = pl.col("base_kind", "base", "fixed_part")
    performance = half_up_expr(
        pl.col("base").cast(pl.Int128) * pl.col("coefficient"), pl.lit(10**COEFFICIENT_DIGITS, pl.Int128)
    )
    due = pl.col("pool_pay") - pl.col("deductions") + pl.col("corrections")
    # Somebody excluded to whom nothing is due has no total at all; 0.00 would look like a wage.
    owes = pl.any_horizontal(pl.col(f"has_{name}").fill_null(False) for name in _DUE)
    whole = pl.col("performance_pay") + pl.col("fixed_part") + due
    return (
        people.with_columns(
            pl.when(assessed).then(own), coefficient=pl.when(pl.col("state") == "settled").then(coefficient(rule))
        )
        .with_columns(performance_pay=performance.cast(pl.Int64))
        .with_columns(missing=_missing())
        .with_columns(
            state=pl.when(assessed & (pl.col("missing") != "")).then(pl.lit("incomplete")).otherwise("state"),
            total=pl.when(assessed).then(pl.when(pl.col("missing") == "").then(whole)).when(owes).then(due),
        )
    )


def _missing() -> pl.Expr:
    """The codes of MISSING that apply, joined by commas. Who is excluded lacks only amounts that are due."""
    assessed = pl.col("state") != "excluded"
    served = pl.col("earns").is_not_null()
    applies = {
        "assignment": assessed & ~served,
        "pay_base": assessed & pl.col("baseless"),
        "full_salary": assessed & served & pl.col("salary").is_null(),
        "commission": assessed & pl.col("earns") & pl.col("commission").is_null(),
        # `missing` asks the coefficient, which a grade without one leaves null too.
        "score": assessed & pl.col("coefficient").is_null(),
        **{name: pl.col(name).is_null() for name in _DUE},
    }
    named = [pl.when(condition).then(pl.lit(code)) for code, condition in applies.items()]
    return pl.concat_str(named, separator=",", ignore_nulls=True)


def _incomplete(frame: pl.DataFrame) -> list[Problem]:
    """What is missing for whom; an unsettled score alone is told where scores are worked out."""
    found = []
    lacking = frame.filter(pl.col("missing") != "").select("employee_id", "missing")
    for person, codes in cast("list[tuple[str, str]]", lacking.rows()):
        for code in codes.split(","):
            zh, en = MISSING[code]
            # Otherwise everybody who waits for an item would be told twice.
            if code != "score":
                text_zh, text_en = f"{person} 的工资暂不能核算：{zh}", f"the pay of {person} cannot be settled: {en}"
                found.append(Problem(f"missing_{code}", text_zh, text_en, "warning", subject=person))
    return found


def _uncounted(commission: pl.DataFrame, frame: pl.DataFrame) -> list[Problem]:
    """Commission of people whose positions are not paid from it, or who are not assessed: it is in no total."""
    counted = frame.filter(pl.col("earns") & (pl.col("state") != "excluded"))
    loose = commission.filter(pl.col("amount") != 0).join(counted, on="employee_id", how="anti").sort("employee_id")
    return [
        Problem(
            "commission_not_counted",
            f"{person} 有提成数据，但当月没有以提成为基数的考核，未计入工资",
            f"commission of {person} is not in the pay of this month: nothing assessed is based on it",
            "note",
            subject=person,
        )
        for person in loose["employee_id"].unique(maintain_order=True)
    ]


def _negative(deductions: pl.DataFrame) -> list[Problem]:
    below = deductions.filter(pl.col("amount") < 0).sort("employee_id", "amount")
    return [
        Problem(
            "negative_deduction",
            f"{person} 的扣款为负数，会使工资增加；请按更正处理",
            f"a deduction of {person} is negative and would raise the pay; enter it as a correction",
            "error",
            subject=person,
        )
        for person in below["employee_id"].unique(maintain_order=True)
    ]
