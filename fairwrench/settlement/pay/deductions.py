"""Where deductions become a legal risk: above a share of the month's wage, or below the minimum wage (S1 ❺ 5.8)."""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.exact import FEN_DIGITS, VALUE_DIGITS, as_decimal, value_units
from fairwrench.settlement.money import fen
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import Deductions


def deduction_problems(frame: pl.DataFrame, rules: Deductions | None) -> list[Problem]:
    """Warnings about everybody with a deduction; nothing is cut here, people decide.

    `frame`: employee_id, store, and in fen performance_pay, fixed_part, pool_pay, deductions. The month's wage is what
    was earned in it: performance pay, fixed part and pool, without corrections of other months.
    """
    if rules is None:
        return []
    wage = pl.col("performance_pay") + pl.col("fixed_part") + pl.col("pool_pay")
    deducted = frame.filter(pl.col("deductions") > 0).with_columns(wage=wage).sort("employee_id")
    known = deducted.filter(pl.col("wage").is_not_null())
    return [
        *_unchecked(deducted.filter(pl.col("wage").is_null())),
        *_above_share(known, value_units(rules.warn_share)),
        *_below_minimum(known, {store: fen(amount) for store, amount in rules.minimum_wage.items()}),
    ]


def _unchecked(rows: pl.DataFrame) -> list[Problem]:
    return [
        Problem(
            "deduction_not_checked",
            f"{person} 有扣款，但当月工资未定，无法核对扣款限额",
            f"{person} has a deduction, but the wage of the month is not settled, so its limits are unchecked",
            "note",
            subject=person,
        )
        for person in rows["employee_id"]
    ]


def _above_share(rows: pl.DataFrame, share: int) -> list[Problem]:
    """Deductions above the share; exactly the share is not above it."""
    above = rows.filter(
        # Fen times millionths may leave 64 bits.
        pl.col("deductions").cast(pl.Int128) * 10**VALUE_DIGITS > pl.col("wage").cast(pl.Int128) * share
    )
    percent = f"{as_decimal(share * 100, VALUE_DIGITS).normalize():f} %"
    return [
        Problem(
            "deductions_above_share",
            f"{person} 的扣款 {_yuan(deductions)} 元超过当月工资 {_yuan(wage)} 元的 {percent}",
            f"the deductions of {person}, {_yuan(deductions)}, are above {percent} of the wage, {_yuan(wage)}",
            "warning",
            subject=person,
        )
        for person, deductions, wage in above.select("employee_id", "deductions", "wage").iter_rows()
    ]


def _below_minimum(rows: pl.DataFrame, minimum: dict[str, int]) -> list[Problem]:
    """What is left is below the store's minimum wage; stores without one are told, as nothing could be compared."""
    found = []
    for person, store, left in rows.select("employee_id", "store", pl.col("wage") - pl.col("deductions")).iter_rows():
        # Exactly the minimum wage is lawful.
        if store in minimum and left < minimum[store]:
            zh = f"{person} 扣款后工资 {_yuan(left)} 元，低于当地最低工资 {_yuan(minimum[store])} 元"
            en = f"deductions leave {person} {_yuan(left)}, below the local minimum wage of {_yuan(minimum[store])}"
            found.append(Problem("below_minimum_wage", zh, en, "warning", subject=person))
    for store in sorted({str(store) for store in rows["store"].drop_nulls()} - minimum.keys()):
        zh = f"门店 {store} 没有设定当地最低工资，无法核对扣款"
        en = f"no local minimum wage is set for store {store}, so deductions could not be checked against it"
        found.append(Problem("minimum_wage_unset", zh, en, "note", subject=store))
    return found


def _yuan(amount: int) -> str:
    return f"{as_decimal(amount, FEN_DIGITS):f}"
