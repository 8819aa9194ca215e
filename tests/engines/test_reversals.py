"""Reversals net out: a row with negative amounts takes another one back, in whatever is counted, added or looked for.

What would break: a reversed order stays in the count of orders, doubles their hours, or is the smallest amount of all.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.settlement.measure.measure import Evidence
from tests.engines.landed import at, evidence, landed, source_of, yuan
from tests.engines.orders import ENGINE, ORDERS, cells, level, order, planned

REVERSIBLE = ORDERS.model_copy(update={"reversible": ("amount",)})
#: three orders, of which the second is taken back by a row of its own, with its own number
OPENED, DELIVERED = at("2026-10-15 12:00"), at("2026-10-15 14:00")
SAME = {"delivered_at": DELIVERED, "kind": "repair"}


def seen(folder: Path, *rows: Any, reversals: bool = True) -> Evidence:
    return evidence(orders=landed(folder, "orders", REVERSIBLE, rows, reversals=reversals))


@pytest.fixture
def october(tmp_path: Path) -> Evidence:
    return seen(
        tmp_path,
        order("1", amount=yuan("300"), lines=2, **SAME),
        order("2", amount=yuan("500"), lines=3, **SAME),
        order("3", amount=yuan("-500"), lines=3, **SAME),
    )


@pytest.mark.parametrize(
    ("value", "where", "result"),
    [
        ("count", None, 1),
        ("sum(amount)", None, 30_000),
        ("count", "amount > 400", 0),
        ("count", "amount > 100", 1),
        ("count", "amount < 0", 0),
        ("sum(amount)", "kind = 'repair'", 30_000),
        ("sum(lines)", None, 2),
        ("sum(seconds_between(opened_at, delivered_at))", None, 7_200),
        ("sum(case when amount is null then 0 else amount end)", None, 30_000),
    ],
)
def test_what_is_counted_and_added_nets_out(october: Evidence, value: str, where: str | None, result: int) -> None:
    """Fails when the reversal counts as an order, adds its hours once more, or misses a condition on amounts that the
    order it takes back has met."""
    assert cells(october, planned(value, where)) == {("S1", "E1"): (result,)}


@pytest.mark.parametrize(
    ("value", "result"),
    [
        ("min(amount)", 30_000),
        ("max(amount)", 50_000),
        ("count_distinct(ro_no)", 2),
    ],
)
def test_a_reversal_is_no_value_among_others(october: Evidence, value: str, result: int) -> None:
    """Fails when −500 is the smallest order, or a reversal's own number is one more order."""
    assert level(october, planned(value))["S1"] == result
    assert level(october, planned(value), [("E1", "E1")]) == {"E1": result}


def test_rows_behind_a_figure_list_the_reversal_too_with_its_own_amounts(october: Evidence) -> None:
    """Fails when the list behind a figure has rows that do not add up to it."""
    rows = ENGINE.rows(planned("sum(amount)", "amount > 400"), None, None, october)
    assert rows["amount"].to_list() == [yuan("500"), yuan("-500")]
    assert sorted(rows.columns) == sorted([*REVERSIBLE.columns, "_id", "_batch", "_row", "_value"])
    assert rows["_value"].to_list() == [yuan("500"), yuan("-500")]


def test_without_reversals_in_the_evidence_nothing_changes(tmp_path: Path) -> None:
    """Fails when months that have none are asked otherwise: a correction may be negative in a source of its own."""
    plain = seen(tmp_path, order("1", amount=yuan("-5")), reversals=False)
    assert cells(plain, planned(), planned("sum(amount)", key="n")) == {("S1", "E1"): (1, -500)}


def test_a_reversal_of_last_month_s_order_takes_off_this_month(tmp_path: Path) -> None:
    """Fails when a reversal that comes a month later is lost: the month in which it is entered bears it."""
    before = order("1", amount=yuan("500"), opened_at=at("2026-09-15 12:00"))
    found = seen(tmp_path, before, order("2", amount=yuan("-500")))
    assert cells(found, planned(), planned("sum(amount)", key="n")) == {("S1", "E1"): (-1, -50_000)}


def test_a_reversal_is_no_visit_by_which_a_vehicle_comes_back(tmp_path: Path) -> None:
    """Fails when the paper of a reversal makes a good repair one that came back within 30 days."""
    columns = {"ro_no": "text", "store": "store", "vin": "text", "opened_at": "timestamp", "amount": "decimal"}
    back = {"recurrence": ["vin"], "visit": ["store", "ro_no"], "order": ["ro_no"], "opened": "opened_at"}
    derived = {"came_back": {**back, "closed": "opened_at", "days": 30, "flag": "earlier"}}
    source = source_of(
        columns,
        ["store", "ro_no"],
        "opened_at",
        derived=derived,
        derived_types={"came_back": "bool"},
        reversible=["amount"],
    )
    visit = {"store": "S1", "vin": "V1"}
    first = {**visit, "ro_no": "1", "opened_at": at("2026-10-02 09:00"), "amount": yuan("500")}
    other = {**visit, "ro_no": "2", "opened_at": at("2026-10-20 09:00")}
    for amount, came_back in ((yuan("-500"), False), (yuan("500"), True)):
        folder = tmp_path / str(came_back)
        sealed = landed(folder, "orders", source, [first, {**other, "amount": amount}], reversals=not came_back)
        target = folder / "side.parquet"
        ENGINE.derive("orders", ["came_back"], evidence(orders=sealed), str(target))
        assert _flags(target) == [came_back, False]


def _flags(path: Path) -> list[bool]:
    return pl.read_parquet(path).sort("_id")["came_back"].to_list()
