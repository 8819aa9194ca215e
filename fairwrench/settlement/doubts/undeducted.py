"""People whose pay was settled without a row of payroll: that nothing was deducted from them has to be seen.

No payroll says nothing of deductions, so the 0 in their pay is what nobody wrote down and not what somebody knows.
"""

from __future__ import annotations

import polars as pl

from fairwrench.settlement.counts import agreeing, number_of
from fairwrench.settlement.inputs.problem_people import first_few, person_called
from fairwrench.settlement.measure.measure import Evidence
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Text

PAYROLL = "payroll"


def undeducted(paid: pl.DataFrame, people: pl.DataFrame, payroll: pl.DataFrame, evidence: Evidence) -> list[Problem]:
    """Those with settled pay whom the payroll does not name, apart by whether it was handed in for their store.

    `paid`: employee_id, state of everybody's pay; `people`: employee_id, name, store; `payroll`: employee_id of its
    rows. Whose pay waits for something is told where that is told.
    """
    sealed = evidence.sources.get(PAYROLL)
    stores = sealed.handed_in(evidence.month) if sealed else set[str]()
    settled = paid.filter(pl.col("state") == "settled").select("employee_id")
    known = people.select("employee_id", "name", "store")
    without = settled.join(payroll, on="employee_id", how="anti").join(known, on="employee_id").sort("employee_id")
    # Whoever has no store has no payroll of it either.
    covered = pl.col("store").is_in(sorted(stores)).fill_null(False)
    return [*_left_out(without.filter(covered)), *_not_handed_in(without.filter(~covered))]


def _left_out(people: pl.DataFrame) -> list[Problem]:
    """People of stores with a payroll that has no row of them: it was left out, was rejected, or has another number."""
    if people.is_empty():
        return []
    count = people.height
    shown = first_few([person_called(who, name) for who, name in people.select("employee_id", "name").iter_rows()])
    zh = f"薪资数据里没有 {count} 人的行，按没有扣款计：{shown.zh}；确有扣款的，请补上他们的行再交"
    en = f"the payroll has no row of {number_of(count, 'person', 'people')}, so nothing is deducted from "
    en += f"{agreeing(count, 'that person', 'them')}: {shown.en}; hand in the rows where there are deductions"
    return [Problem("no_payroll_row", zh, en, "warning", subject=PAYROLL, details=_everybody(people))]


def _not_handed_in(people: pl.DataFrame) -> list[Problem]:
    """People of stores without any payroll of the month."""
    if people.is_empty():
        return []
    count = people.height
    stores = [Text(zh=store, en=store) for store in people["store"].drop_nulls().unique().sort()]
    shown = first_few(stores)
    zh = f"{len(stores)} 家门店没有可用的当月薪资数据，{count} 人按没有扣款计：{shown.zh}；确有扣款的，请补交"
    en = f"there is no usable payroll of the month of {number_of(len(stores), 'store')}, so nothing is deducted from "
    en += f"{number_of(count, 'person', 'people')}: {shown.en}; hand it in where there are deductions"
    details = {"stores": ", ".join(store.en for store in stores), **_everybody(people)}
    return [Problem("payroll_not_handed_in", zh, en, "warning", subject=PAYROLL, details=details)]


def _everybody(people: pl.DataFrame) -> dict[str, str]:
    return {"people": ", ".join(people["employee_id"])}
