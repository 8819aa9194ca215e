"""Numbers in two spellings, and rows marked void in words. What would break: one order counted twice, or at all."""

from __future__ import annotations

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.spellings import spelled_in_two_ways
from tests.ledger.handed import HEADER, ORDERS, codes, csv, one, order, take

CATALOG = load_sources()


@pytest.mark.parametrize("other", ["ro1", "Ro1", "RO 1", "ｒｏ１", " ro1 "])
def test_a_number_in_two_spellings_is_rejected(other: str) -> None:
    """Fails when RO1 and ro1 of one file are two orders."""
    found = one(csv([HEADER, order("RO1"), order(other, kind="维修"), order("RO2")]))
    assert found.accepted["ro_no"].to_list() == ["RO2"]
    assert found.rejected.select("row", "code").rows() == [(2, "key_written_twice"), (3, "key_written_twice")]


@pytest.mark.parametrize("other", ["RO-1", "RO10", "RO01"])
def test_other_numbers_are_other_orders(other: str) -> None:
    """Fails when 1-11 and 11-1 are made one."""
    assert one(csv([HEADER, order("RO1"), order(other)])).rejected.is_empty()


def test_the_same_number_of_two_stores_is_two_orders() -> None:
    """Fails when each shop's own ro1 is taken for the other's RO1."""
    assert one(csv([HEADER, order("RO1"), order("ro1", store="二店")])).rejected.is_empty()


def test_a_number_spelled_otherwise_in_another_file_is_told() -> None:
    """Fails when a second export in small letters doubles the month."""
    frames = [one(csv([HEADER, order(number)])).accepted.select(ORDERS.key) for number in ("RO1", "ro1", "RO2")]
    (problem,) = spelled_in_two_ways(ORDERS, frames)
    assert (problem.code, problem.severity, problem.details["count"]) == ("key_written_twice", "warning", "1")
    assert "RO1 / ro1" in problem.en and not spelled_in_two_ways(ORDERS, frames[::2])


@pytest.mark.parametrize(
    ("remark", "told"),
    [
        ("红冲", True),
        ("作废", True),
        ("（已作废）", True),
        ("已冲销", True),
        ("客户要求旧件作废处理后带走", False),
        ("", False),
    ],
)
@pytest.mark.parametrize(("labour", "parts"), [("300", "100"), ("-300", "-100")])
def test_rows_marked_void_with_amounts_are_told(remark: str, told: bool, labour: str, parts: str) -> None:
    """Fails when what is marked as taken back counts as any other row; one with negative amounts is a reversal."""
    rows = [(*HEADER, "工时费", "配件费", "备注"), (*order("RO1"), labour, parts, remark)]
    found = take(csv(rows), sources={"repair_orders": CATALOG["repair_orders"]})
    assert ("marked_void" in codes(found)) is (told and labour == "300")


def test_a_number_marked_void_is_told() -> None:
    """Fails when RO1作废 is an order of that number."""
    assert "marked_void" in codes(take(csv([HEADER, order("RO1作废")])))
