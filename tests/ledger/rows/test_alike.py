"""Rows that only their number tells apart: both count, and it is told before they do."""

from __future__ import annotations

from decimal import Decimal

import polars as pl

from fairwrench.ledger.rows.alike import alike_landed
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import HEADER, ORDERS, csv, one, order

NUMBERED = Source.model_validate({**ORDERS.model_dump(), "numbered_by": "ro_no"})
MORE = (*HEADER, "里程", "工时费")


def alike(*rows: tuple[object, ...], source: Source = NUMBERED) -> list[str]:
    """What is told of orders with a mileage and an amount, by code and, of alike rows, how many."""
    found = one(csv([MORE, *rows]), sources={"repair_orders": source})
    assert found.rejected.is_empty()
    return [f"{each.code} {each.details['rows']}" for each in found.problems if each.code == "alike_rows"]


def test_the_same_order_under_two_spellings_is_told() -> None:
    """Fails when an export that writes RO-1 for RO1 counts every order twice without a word."""
    assert alike((*order("RO1"), 41000, 300), (*order("RO-1"), 41000, 300)) == ["alike_rows 2"]
    assert alike((*order("RO1"), 41000, 300), (*order("RO-1"), 41000, 301)) == []
    assert alike((*order("RO1"), 41000, 300), (*order("RO-1"), 41000, 300), source=ORDERS) == []


def test_few_alike_rows_are_no_news_where_they_are_common() -> None:
    """Fails when a kind of file in which rows are often alike warns of each pair."""
    common = Source.model_validate({**NUMBERED.model_dump(), "alike_most": "0.5"})
    rows = [(*order(f"RO{n}"), 41000 + max(n, 2), 300) for n in range(1, 6)]
    assert alike(*rows) == ["alike_rows 2"]
    assert alike(*rows, source=common) == []


def test_rows_with_little_in_them_are_alike_by_chance() -> None:
    """Fails when two orders are doubted that share nothing but a day and a kind of work."""
    found = one(csv([HEADER, order("RO1"), order("RO2")]), sources={"repair_orders": NUMBERED})
    assert "alike_rows" not in [each.code for each in found.problems]


def test_what_landed_under_other_numbers_is_told() -> None:
    """Fails when a file handed in anew with other numbers doubles the month, or the same numbers are doubted."""
    kinds = {"_row": pl.Int64, "mileage_km": pl.Int64, "labour_amount": pl.Decimal(18, 2)}
    rows = pl.DataFrame(
        [("S1", "RO-1", "保养", "V1", 41000, Decimal("300.00"), 2), ("S1", "RO2", "保养", "V2", 9, Decimal("1.00"), 3)],
        schema={**dict.fromkeys(("store", "ro_no", "kind", "vin"), pl.String), "mileage_km": pl.Int64}
        | {"labour_amount": kinds["labour_amount"], "_row": pl.Int64},
        orient="row",
    )
    there = rows.with_columns(ro_no=pl.col("ro_no").str.replace("-", ""))
    had = {"store", "ro_no", "kind", "vin", "mileage_km", "labour_amount"}
    (problem,) = alike_landed(rows, NUMBERED, there, had)
    assert (problem.code, problem.details) == ("alike_landed", {"rows": "1"})
    assert "RO-1 / RO1" in problem.zh and "RO-1 / RO1" in problem.en
    assert alike_landed(rows, NUMBERED, rows, had) == []
