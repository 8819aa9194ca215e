"""Days without a time, and moments in an order that cannot be. What would break: all cars late by a promise at 0:00."""

from __future__ import annotations

from datetime import datetime
from pathlib import Path

import pytest

from fairwrench.catalog.loader import load_sources
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import HEADER, ORDERS, Cells, csv, one, order, xlsx

CATALOG = load_sources()
TIMES = ("首次预计交车时间", "竣工时间", "交车时间")
DAY = "2026-10-03"


def times(*rows: tuple[object, ...]) -> Cells:
    """Orders opened at 9:05 of 3 October with a promise, a finish and a delivery."""
    return [(*HEADER, *TIMES), *((*order(f"RO{number}"), *row) for number, row in enumerate(rows, 1))]


def told(rows: Cells | Path) -> list[tuple[str, str]]:
    """The columns that gave days without times, with how many rows did."""
    content = rows if isinstance(rows, Path) else csv(rows)
    found = one(content, sources={"repair_orders": CATALOG["repair_orders"]})
    return [(p.details["column"], p.details["rows"]) for p in found.problems if p.code == "day_without_time"]


def rejected(*row: object) -> list[tuple[str, str]]:
    found = one(csv(times(row)), sources={"repair_orders": CATALOG["repair_orders"]})
    return found.rejected.select("field", "code").rows()


@pytest.mark.parametrize("day", [DAY, "2026/10/3", "2026年10月3日", "20261003"])
def test_one_text_that_gives_a_day_alone_is_told(day: str) -> None:
    """Fails when a promise of "that day" is midnight, before the car has come in."""
    rows = [(f"{DAY} 17:00", None, None)] * 300
    assert told(times((day, None, None), *rows)) == [("first_promised_at", "1")]


@pytest.mark.parametrize(
    ("midnights", "all_of", "count"), [(1, 1, 0), (1, 10, 0), (2, 10, 2), (2, 300, 0), (10, 10, 10)]
)
def test_cells_at_midnight_are_told_where_chance_does_not_explain_them(
    midnights: int, all_of: int, count: int, tmp_path: Path
) -> None:
    """Fails when dates that a workbook keeps as midnight pass for times, or one true midnight is called a fault."""
    cells = [datetime(2026, 10, 4) if number < midnights else datetime(2026, 10, 4, 17) for number in range(all_of)]
    path = xlsx(tmp_path / "orders.xlsx", orders=times(*((cell, None, None) for cell in cells)))
    assert told(path) == ([("first_promised_at", str(count))] if count else [])


def test_days_in_the_column_that_rows_are_filed_by_are_enough() -> None:
    """Fails when every file of orders with a day of arrival is called doubtful."""
    rows = [HEADER, order("RO1", opened=DAY), order("RO2", opened=DAY)]
    assert told(rows) == []


@pytest.mark.parametrize(
    ("row", "failures"),
    [
        ((None, f"{DAY} 08:00", None), [("finished_at", "out_of_order")]),
        ((None, f"{DAY} 16:00", f"{DAY} 15:00"), [("delivered_at", "out_of_order")]),
        ((f"{DAY} 08:00", None, None), [("first_promised_at", "out_of_order")]),
        ((None, "2028-10-03 16:00", None), [("finished_at", "far_apart")]),
        ((None, "1900-01-01", None), [("finished_at", "far_date")]),
        ((None, f"{DAY} 09:05:00", f"{DAY} 09:05:00"), []),
        ((DAY, DAY, DAY), []),
        ((None, None, f"{DAY} 15:00"), []),
        (("2026-10-02", None, None), [("first_promised_at", "out_of_order")]),
    ],
)
def test_moments_in_an_order_that_cannot_be(row: tuple[object, ...], failures: list[tuple[str, str]]) -> None:
    """Fails when a car is finished before it came, or a day without a time is called earlier than its own morning."""
    assert rejected(*row) == failures


@pytest.mark.parametrize(
    ("facts", "code"),
    [
        ({"after": "opened_at"}, None),
        ({"after": "opened_at", "within_days": 30}, None),
        ({"after": "nothing"}, "unknown"),
        ({"after": "kind"}, "after"),
        ({"after": "delivered_at"}, "after"),
        ({"within_days": 30}, "after"),
    ],
)
def test_what_a_column_may_follow(facts: dict[str, object], code: str | None) -> None:
    """Fails when a definition compares a time with a word, with itself, or with nothing, and nobody hears of it."""
    document = ORDERS.model_dump()
    document["columns"]["delivered_at"] |= facts
    problems = check_sources({"repair_orders": Source.model_validate(document)})
    assert bool(problems) is (code is not None)
    assert code in (None, "unknown") or [problem.code for problem in problems] == [code]


def test_the_catalog_declares_no_order_that_cannot_be() -> None:
    """Fails when a shipped definition has a slip."""
    assert check_sources(CATALOG) == []


def ahead(period: Month, *rows: tuple[object, ...]) -> list[tuple[str, str, str]]:
    """The columns that lie far ahead of the month handed in, with how many rows and the sentence."""
    found = one(csv(times(*rows)), sources={"repair_orders": CATALOG["repair_orders"]}, period=period)
    assert found.rejected.is_empty()
    return [(p.details["column"], p.details["rows"], p.zh) for p in found.problems if p.code == "far_ahead"]


def test_a_later_date_of_a_wrong_year_is_told_and_counts() -> None:
    """Fails when October's car delivered "in January" leaves October without a word. The month after is no wonder."""
    fine = (f"{DAY} 17:00", f"{DAY} 16:00", "2026-11-30 16:10")
    slip = (f"{DAY} 17:00", f"{DAY} 16:00", "2027-01-05 16:10")
    october = Month(2026, 10)
    assert ahead(october, fine, fine) == []
    ((column, rows, said),) = ahead(october, fine, slip, slip)
    assert (column, rows) == ("delivered_at", "2") and "2027-01-05" in said and "2026-11-30" in said
