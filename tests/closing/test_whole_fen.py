"""Money: every amount shown is a whole fen, and what is worked out from it starts from what is shown."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book
from fairwrench.closing.month import Closed
from fairwrench.settlement.exact import COEFFICIENT_DIGITS, FEN_DIGITS, half_up
from tests.closing.small import OCTOBER, Group, scheme

LABOUR = {"source": "repair_orders", "value": "sum(labour_amount)", "credit": "technician", "date": "finished_at"}
#: 15 001.00 × 3.333 % = 499.98333 yuan: a third of a fen that must not go on into the pay
PLAN = {"lines": {"labour": {"name": {"zh": "工时提成", "en": "Labour"}, "measure": LABOUR, "rate": "0.03333"}}}


@pytest.fixture(scope="module")
def done(landed: Path, tmp_path_factory: pytest.TempPathFactory) -> Closed:
    """October with commission by plan, of which no line comes out at whole fen; closed after the months before."""
    group = Group(Path(shutil.copytree(landed, tmp_path_factory.mktemp("fen") / "ledger")))
    return Book(group.office, scheme(pay={"commission": {"technician": PLAN}})).close(OCTOBER)


def pay(done: Closed, person: str) -> dict[str, Any]:
    return done.settlement.pay.row(by_predicate=pl.col("employee_id") == person, named=True)


def test_a_line_that_is_shown_counts_as_it_is_shown(done: Closed) -> None:
    """Fails when 499.98 is shown and 499.98333 is paid by: base and pay could not be redone from the payslip."""
    lines = done.settlement.steps.filter(employee_id="T1", step="commission_line")
    assert lines.select("amount", "amount_digits").rows() == [(49_998, FEN_DIGITS)]
    assert pay(done, "T1")["base"] == 49_998


def test_every_amount_of_every_step_is_a_whole_fen(done: Closed) -> None:
    """Fails when a step of anybody's pay has more decimals than money has."""
    money = done.settlement.steps.filter(pl.col("part").is_in(["pay", "commission"]), pl.col("amount").is_not_null())
    amounts = money.filter(~pl.col("step").is_in(["commission_attainment", "commission_factor"]))
    assert amounts.height > 20 and set(amounts["amount_digits"]) == {FEN_DIGITS}


def test_every_step_can_be_redone_with_a_calculator(done: Closed) -> None:
    """Fails when amount is not basis × numerator ÷ denominator, half up to the fen."""
    redone = done.settlement.steps.filter(part="pay").drop_nulls(["basis", "numerator", "denominator", "amount"])
    assert redone.height > 10
    for step in redone.iter_rows(named=True):
        shift = 10 ** (step["amount_digits"] - step["basis_digits"])
        assert step["amount"] == half_up(step["basis"] * step["numerator"] * shift, step["denominator"]), step


def test_performance_pay_starts_from_the_base_that_is_shown(done: Closed) -> None:
    """Fails when the pay is worked out from a base with more decimals than the one on the payslip."""
    known = done.settlement.pay.drop_nulls(["base", "coefficient", "performance_pay"])
    assert known.height > 3
    for row in known.iter_rows(named=True):
        assert row["performance_pay"] == half_up(row["base"] * row["coefficient"], 10**COEFFICIENT_DIGITS)


def test_everybody_s_total_is_the_sum_of_its_parts(done: Closed) -> None:
    """Fails when a row of pay.csv does not cross-foot, or an open total has no reason."""
    parts = ("performance_pay", "fixed_part", "pool_pay", "corrections")
    for row in done.settlement.pay.iter_rows(named=True):
        if row["total"] is None:
            assert row["missing"], row
        else:
            assert row["total"] == sum(row[part] or 0 for part in parts) - (row["deductions"] or 0), row
