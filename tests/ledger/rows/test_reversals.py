"""Reversals (红冲) at intake: taken where the source allows them, else told how to enter one."""

from __future__ import annotations

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import HEADER, ORDERS, csv, one, order, roster

CATALOG = load_sources()
REVERSIBLE = Source.model_validate({**ORDERS.model_dump(), "reversible": ("labour_amount",)})


def orders(*amounts: str, source: Source = REVERSIBLE) -> Intake:
    rows = [(*order(f"RO{number}"), amount) for number, amount in enumerate(amounts)]
    return one(csv([(*HEADER, "工时费"), *rows]), sources={"repair_orders": source})


def test_a_row_with_negative_amounts_is_taken_and_said() -> None:
    """Fails when a reversal is rejected, or goes through as if nobody might have slipped."""
    found = orders("300", "-300")
    assert found.rejected.is_empty() and found.accepted.height == 2
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("reversals", "warning")
    assert problem.en.startswith(
        "1 negative row counts as a reversal (row 3), 300.00 of 'Labour' in all, and each takes one off the counts; "
    )
    assert problem.zh.startswith("1 行金额为负，按红冲计（第 3 行），“工时费”共冲减 300.00")


def test_several_reversals_are_said_in_one_sentence() -> None:
    """Fails when 2 rows "is" a reversal, or the sum of what is taken back is not said."""
    (problem,) = orders("-300", "5", "-200.50").problems
    assert problem.en.startswith(
        "2 negative rows count as reversals (rows 2, 4), 500.50 of 'Labour' in all, and each takes "
    )


def test_where_the_source_has_no_reversals_it_says_how_to_correct() -> None:
    """Fails when a negative amount is just "too small": the person does not learn what to hand in instead."""
    plain = Source.model_validate({**ORDERS.model_dump(), "columns": _in_money(ORDERS)})
    (told,) = orders("300", "-300", source=plain).rejected.to_dicts()
    assert (told["code"], told["row"]) == ("too_small", 3)
    assert "has no reversals: hand in the corrected row" in told["reason_en"]
    assert "没有红冲行：请交更正后的那一行" in told["reason"]


def _in_money(source: Source) -> dict[str, object]:
    columns = source.model_dump()["columns"]
    return {**columns, "labour_amount": {**columns["labour_amount"], "unit": "money"}}


def shipped(name: str, row: dict[str, str]) -> Intake:
    """One row of a shipped source, its headers by their Chinese names."""
    source = CATALOG[name]
    known = {key: column.name.zh if column.name else key for key, column in source.columns.items()}
    text = csv([[known[key] for key in row], list(row.values())])
    found = intake(
        text,
        sources={name: source},
        roster=roster(),
        period=Month(2026, 10),
        name=f"{source.name.zh}.csv",
        placed_store="一店",
    )
    return found.sheets[0]


DAY = "2026-10-03"
ORDER = {"ro_no": "RO1", "opened_at": DAY, "kind": "维修"}


@pytest.mark.parametrize(
    ("name", "row"),
    [
        ("repair_orders", {**ORDER, "labour_amount": "-300", "parts_amount": "-500"}),
        ("repair_orders", {**ORDER, "labour_amount": "-300", "parts_amount": "0"}),
        ("repair_orders", {**ORDER, "parts_cost": "-300"}),
        ("payroll", {"employee_id": "1001", "month": "2026-10", "commission": "-120"}),
    ],
)
def test_the_shipped_sources_that_take_reversals(name: str, row: dict[str, str]) -> None:
    """Fails when an order, its costs, or commission that is taken back cannot be entered."""
    found = shipped(name, row)
    assert found.rejected.is_empty(), found.rejected["reason_en"].to_list()
    assert [problem.code for problem in found.problems if problem.code == "reversals"] == ["reversals"]


def test_commission_below_zero_replaces_and_is_not_added_and_that_is_said() -> None:
    """Fails when somebody enters −300 to take 300 back, and the person gets −300 without a word."""
    found = shipped("payroll", {"employee_id": "1001", "month": "2026-10", "commission": "-300"})
    (words,) = [problem.en for problem in found.problems if problem.code == "reversals"]
    assert words.startswith("1 negative row stands (row 2) in the place of what was handed in for the same key")


def test_a_reversal_with_the_number_of_its_order_says_how_to_enter_it() -> None:
    """Fails when an order and its reversal of the same number are rejected without saying what to do."""
    rows = [(*order("RO1"), "300"), (*order("RO1"), "-300"), (*order("RO2"), "1"), (*order("RO2"), "2")]
    found = one(csv([(*HEADER, "工时费"), *rows]), sources={"repair_orders": REVERSIBLE})
    how = "give a reversal a number of its own, or hand in one row with what is left"
    assert [how in reason for reason in found.rejected.sort("row")["reason_en"]] == [True, True, False, False]
    assert set(found.rejected["code"]) == {"contradiction"}


def test_which_shipped_sources_take_reversals() -> None:
    """Fails when one of those that the list of faults names does not, or a source that counts people does."""
    allowed = {name for name, source in CATALOG.items() if source.reversible}
    assert allowed == {
        "repair_orders", "job_lines", "sales_orders", "accessories", "payroll", "care_products", "renewals",
        "collections", "paint_materials", "side_business",
    }  # fmt: skip


@pytest.mark.parametrize(
    "row",
    [
        {**ORDER, "labour_amount": "-300", "parts_amount": "500"},
        {**ORDER, "labour_amount": "300", "labour_cost": "-100"},
    ],
)
def test_a_row_with_negative_and_positive_amounts_is_rejected(row: dict[str, str]) -> None:
    """Fails when a slip of the pen in one amount passes for a reversal."""
    found = shipped("repair_orders", row)
    assert found.rejected["code"].to_list() == ["mixed_reversal"]
    assert "give a reversal a row of its own" in found.rejected["reason_en"][0]


def test_deductions_are_no_reversals() -> None:
    """Fails when a negative deduction raises somebody's pay."""
    found = shipped("payroll", {"employee_id": "1001", "month": "2026-10", "other_deductions": "-120"})
    assert found.rejected["code"].to_list() == ["too_small"]
