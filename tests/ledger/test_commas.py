"""Commas in numbers: a sign between thousands, a decimal sign, or nobody knows.

What would break: an hour and a half is fifteen hundred hours.
"""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.ledger.cells.test_units import MONEY
from tests.ledger.handed import HEADER, csv, one, order


@pytest.mark.parametrize(
    ("cells", "values"),
    [
        (["1,500", "0,500"], ["[unclear_comma]", "[unclear_comma]"]),
        (["1,500", "2,5"], ["[unclear_comma]", "[unclear_comma]"]),
        (["1,500", "12,3456"], ["[unclear_comma]", "[unclear_comma]"]),
        (["1,500", "2,500.00"], [Decimal("1500"), Decimal("2500")]),
        (["1,234,567", "0,500"], [Decimal("1234567"), "[unclear_comma]"]),
        (["1,500", "12"], [Decimal("1500"), Decimal("12")]),
        (["１，５００", "０，５"], ["[unclear_comma]", "[unclear_comma]"]),
        (["-1,500", "-0,5"], ["[unclear_comma]", "[unclear_comma]"]),
    ],
)
def test_a_comma_is_a_decimal_sign_where_one_cell_can_mean_nothing_else(cells: list[str], values: list[object]) -> None:
    """Fails when 1,500 beside 0,500 is 1500: both may be hours and a half."""
    rows = [(*HEADER, "工时费"), *((*order(f"RO{at}"), cell) for at, cell in enumerate(cells))]
    found = one(csv(rows, separator="\t"), sources={"repair_orders": MONEY})
    amounts = dict(found.accepted.select("_row", "labour_amount").iter_rows())
    wrong = {row: f"[{code}]" for row, code in found.rejected.select("row", "code").iter_rows()}
    assert [amounts.get(at, wrong.get(at)) for at in range(2, len(cells) + 2)] == values


def test_where_semicolons_part_the_cells_every_single_comma_is_asked_about() -> None:
    """Fails when 1,500 of a German or French export, which parts cells by semicolons, is 1500 since no 0,5 is there."""
    rows = [(*HEADER, "工时费"), (*order("RO1"), "1,500"), (*order("RO2"), "1.500,00"), (*order("RO3"), "1500")]
    found = one(csv(rows, separator=";"), sources={"repair_orders": MONEY})
    assert found.rejected.select("row", "code").rows() == [(2, "unclear_comma"), (3, "not_a_number")]
    assert found.accepted["labour_amount"].to_list() == [Decimal("1500.00")]
