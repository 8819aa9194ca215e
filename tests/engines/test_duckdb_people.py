"""The embedded engine level by level: what does not add up, people who move, exempted rows, the rows behind."""

from __future__ import annotations

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.settlement.measure.measure import Evidence, Pass, Planned
from tests.engines.landed import at, day, evidence, landed, source_of, yuan
from tests.engines.orders import ENGINE, MOVE, NOON, ORDERS, cells, level, order, planned

# What does not add up is asked level by level


def test_distinct_things_are_counted_per_level(tmp_path: Path) -> None:
    """Fails when an order that two people worked on would be two orders of their store."""
    rows = [order("1", kind="a"), order("2", kind="b"), order("3", "E2", kind="a"), order("4", "E3", "S2", kind="c")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [*rows, order("5", None, "S2", kind="a")]))
    kinds = planned("count_distinct(kind)")
    assert level(seen, kinds) == {"S1": 2, "S2": 2, "*": 3}
    assert level(seen, kinds, [("E1", "E1"), ("E2", "E2"), ("E9", "E9")]) == {"E1": 2, "E2": 1}
    assert level(seen, kinds, [("E1", "L"), ("E2", "L"), ("E1", "M"), ("E3", "M")]) == {"L": 2, "M": 3}


@pytest.mark.parametrize(
    ("value", "mine", "ours"),
    [
        # 1.00, 2.00, 9.00 for E1; 100.00 for E2: half of three is the second value, half of four the second.
        ("quantile(amount, 0.5)", 200, 200),
        ("quantile(amount, 0)", 100, 100),
        ("quantile(amount, 1)", 900, 10000),
        ("min(amount)", 100, 100),
        ("max(amount)", 900, 10000),
    ],
)
def test_quantiles_and_extremes_are_values_that_occurred(tmp_path: Path, value: str, mine: int, ours: int) -> None:
    """Fails when a median would be interpolated, which engines do differently, or taken over people's medians."""
    amounts = [("1", "E1", "9"), ("2", "E1", "1"), ("3", "E1", "2"), ("4", "E2", "100"), ("5", "E1", None)]
    rows = [order(ro_no, person, amount=amount and yuan(amount)) for ro_no, person, amount in amounts]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    assert level(seen, planned(value), [("E1", "E1")]) == {"E1": mine}
    assert level(seen, planned(value)) == {"S1": ours, "*": ours}


def test_a_level_without_a_value_has_no_row(tmp_path: Path) -> None:
    """Fails when the median of nothing would be zero, the best response time of all."""
    rows = [order("1"), order("2", "E2", amount=yuan("3"), opened_at=at("2026-09-15 12:00"))]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    everyone = [("E1", "E1"), ("E2", "E2")]
    assert level(seen, planned("quantile(amount, 0.5)")) == {}
    assert level(seen, planned("quantile(amount, 0.5)"), everyone) == {}
    assert level(seen, planned("count_distinct(ro_no)", where="amount > 1000")) == {}


# People who move


def sliced(seen: Evidence, measure: Planned, who: pl.DataFrame = MOVE) -> dict[tuple[Any, ...], int]:
    found = ENGINE.slices(Pass("orders", (measure,)), str(measure.measure.credit), measure.measure.date, who, seen)
    assert found.columns == ["store", "person", "department", measure.key]
    return {row[:3]: row[3] for row in found.iter_rows()}


def test_a_movers_rows_are_split_by_their_local_date(tmp_path: Path) -> None:
    """Fails when the last evening before a move would count for the new department."""
    stamps = ["2026-10-09 23:59:59", "2026-10-10 00:00:00", "2026-10-31 23:59:59"]
    rows = [order(stamp, opened_at=at(stamp)) for stamp in stamps]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [*rows, order("other", "E2")]))
    assert sliced(seen, planned()) == {("S1", "E1", "workshop"): 1, ("S1", "E1", "body"): 2}


def test_a_movers_dates_and_months_are_split_too(tmp_path: Path) -> None:
    """Fails when a person-month would be lost, or counted twice, because its person moved within it."""
    dates = [order(text, due_on=day(text)) for text in ("2026-10-09", "2026-10-10")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [*dates, order("m", month="2026-10")]))
    assert sliced(seen, planned(date="due_on")) == {("S1", "E1", "workshop"): 1, ("S1", "E1", "body"): 1}
    assert sliced(seen, planned(date="month")) == {("S1", "E1", "workshop"): 1}


def test_a_source_may_have_the_columns_that_people_have(tmp_path: Path) -> None:
    """Fails when a column named employee_id, unit or department could not be told from the person's."""
    columns = {"employee_id": "person", "month": "month", "department": "text", "unit": "text", "first": "date"}
    presence = source_of({**columns, "last": "date", "hours": "decimal"}, ["employee_id", "month"], "month")
    row = {"employee_id": "E1", "month": "2026-10", "department": "x", "unit": "y", "hours": yuan("8"), "store": "S1"}
    exempted = {("orders", "m"): (("*", "E9|2026-10"),)}
    seen = evidence(orders=landed(tmp_path, "orders", presence, [row]), exempted=exempted)
    where = "department = 'x' and unit = 'y'"
    hours = planned("sum(hours)", where, credit="employee_id", date="month", metric="m")
    assert sliced(seen, hours) == {("S1", "E1", "workshop"): 800}
    longest = planned("max(hours)", where, credit="employee_id", date="month", metric="m")
    assert level(seen, longest, [("E1", "T")]) == {"T": 800}
    assert cells(seen, hours) == {("S1", "E1"): (800,)}


# Exemptions


def test_an_exempted_row_is_left_out_of_its_metric_alone(tmp_path: Path) -> None:
    """Fails when a delay for parts would still count against the technician, be forgiven everywhere, or by a store in
    whose rows it is not."""
    rows = [order("1"), order("2"), order("1", store="S2")]
    exempted = {("orders", "rework_rate"): (("S1", "S1|1"), ("*", "S1|77"), ("S1", "S2|1"), ("S2", "S1|2"))}
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows), exempted=exempted)
    asked = planned(key="m0", metric="rework_rate"), planned(key="m1", metric="output")
    assert cells(seen, *asked) == {("S1", "E1"): (1, 2), ("S2", "E1"): (1, 1)}
    assert ENGINE.rows(asked[0], None, None, seen).select("store", "ro_no").rows() == [("S1", "2"), ("S2", "1")]


def test_a_key_with_an_empty_or_numeric_part_can_be_exempted(tmp_path: Path) -> None:
    """Fails when a row without a person, or with a numbered line, could never be exempted, or would vanish."""
    lines = source_of({"store": "store", "line": "int", "technician": "person", "opened_at": "timestamp"},
                      ["store", "line", "technician"], "opened_at")  # fmt: skip
    rows = [{"store": "S1", "line": n, "technician": None, "opened_at": NOON} for n in (1, 2)]
    seen = evidence(orders=landed(tmp_path, "orders", lines, rows), exempted={("orders", "m"): (("S1", "S1|1|"),)})
    assert ENGINE.rows(planned(metric="m"), None, None, seen)["line"].to_list() == [2]


# The rows behind a figure


def test_rows_come_whole_and_in_the_order_of_the_files(tmp_path: Path) -> None:
    """Fails when an explanation would show a row without its place in the uploaded file."""
    first = [order("2", lines=5), order("1")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, first, [order("0", opened_at=at("2026-10-01 00:00"))]))
    found = ENGINE.rows(planned(), None, None, seen)
    assert found.columns == ["_id", *ORDERS.columns, "_batch", "_row"]
    assert found.select("ro_no", "_batch", "_row").rows() == [("2", 1, 2), ("1", 1, 3), ("0", 2, 2)]
    assert found.schema["opened_at"] == pl.Datetime("us", "UTC")
    assert found.schema["share"] == pl.Decimal(18, 3)


@pytest.mark.parametrize(
    ("people", "stores", "expected"),
    [
        (None, None, ["1", "2", "3", "4"]),
        (["E1"], None, ["1", "3"]),
        (["E1", "E2"], ["S1"], ["1", "2"]),
        ([], None, []),
        (None, [], []),
        (["E1' OR '1'='1"], None, []),
        (None, ["S1') OR ('1'='1"], []),
    ],
)
def test_rows_of_some_people_and_stores(
    tmp_path: Path, people: list[str] | None, stores: list[str] | None, expected: list[str]
) -> None:
    """Fails when somebody would see a colleague's rows, by asking or by a name that goes on as SQL."""
    rows = [order("1"), order("2", "E2"), order("3", store="S2"), order("4", None, "S2")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    assert ENGINE.rows(planned(), people, stores, seen)["ro_no"].to_list() == expected


people_ = st.sampled_from(["E1", "E2", "E3", None])
stores_ = st.sampled_from(["S1", "S2"])
many = st.lists(st.tuples(people_, stores_, st.integers(-999, 999), st.booleans(), st.integers(-2, 32)), max_size=25)


@settings(max_examples=25)
@given(many)
def test_rows_add_up_to_their_cells(drawn: list[tuple[str | None, str, int, bool, int]]) -> None:
    """Fails when the rows shown behind a figure are not the rows that made it."""
    rows = [
        order(str(n), person, store, amount=Decimal(cent).scaleb(-2), rework=rework,
              opened_at=at("2026-10-01 00:00") + timedelta(days=moved))
        for n, (person, store, cent, rework, moved) in enumerate(drawn)
    ]  # fmt: skip
    asked = planned("sum(amount)", "rework")
    with TemporaryDirectory() as folder:
        seen = evidence(orders=landed(Path(folder), "orders", ORDERS, rows))
        behind = ENGINE.rows(asked, None, None, seen)
        found = {key: value for key, (value,) in cells(seen, asked).items() if value is not None}
    added: dict[tuple[str, str | None], int] = {}
    for store, person, amount in behind.select("store", "technician", "amount").iter_rows():
        added[store, person] = added.get((store, person), 0) + int(amount * 100)
    assert added == found
