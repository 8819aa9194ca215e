"""The embedded engine on small evidence: which rows count, when, for whom, exactly how much."""

from __future__ import annotations

import random
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Pass, SealedSource
from fairwrench.settlement.problem import Refused
from tests.engines.landed import at, day, evidence, landed, row_id, source_of, yuan
from tests.engines.orders import ENGINE, MOVE, NOON, ORDERS, cells, level, order, planned

# Which rows are in force


def test_a_superseded_row_counts_no_more(tmp_path: Path) -> None:
    """Fails when a corrected row would be counted beside its correction."""
    corrected = order("1", "E2", amount=yuan("70"), _supersedes=row_id(1, 1))
    sealed = landed(tmp_path, "orders", ORDERS, [order("1", amount=yuan("50")), order("2")], [corrected])
    assert cells(evidence(orders=sealed)) == {("S1", "E1"): (1,), ("S1", "E2"): (1,)}


def test_a_correction_may_be_corrected(tmp_path: Path) -> None:
    """Fails when only the first version, or every version but the first, would be gone."""
    second, third = order("1", "E2", _supersedes=row_id(1, 1)), order("1", "E3", _supersedes=row_id(2, 1))
    sealed = landed(tmp_path, "orders", ORDERS, [order("1")], [second], [third])
    assert cells(evidence(orders=sealed)) == {("S1", "E3"): (1,)}


def test_a_void_row_only_takes_away(tmp_path: Path) -> None:
    """Fails when a row moved to another month would still count in the old one, or its removal count as a row."""
    gone = {"store": "S1", "_void": True, "_supersedes": row_id(1, 1), "_month": "2026-10"}
    sealed = landed(tmp_path, "orders", ORDERS, [order("1"), order("2", "E2")], [gone])
    assert cells(evidence(orders=sealed)) == {("S1", "E2"): (1,)}


def test_what_landed_after_the_seal_is_not_there(tmp_path: Path) -> None:
    """Fails when evidence that came after the seal would change a sealed month, by new rows or by corrections."""
    late = [order("3", "E9"), order("1", "E9", _supersedes=row_id(1, 1))]
    sealed = landed(tmp_path, "orders", ORDERS, [order("1")], [order("2")], late, upto_batch=2)
    assert cells(evidence(orders=sealed)) == {("S1", "E1"): (2,)}


# Which month a row belongs to


@pytest.mark.parametrize(
    ("opened", "zone", "counts"),
    [
        ("2026-10-01 00:00:00", "Asia/Shanghai", True),
        ("2026-09-30 23:59:59", "Asia/Shanghai", False),
        ("2026-10-31 23:59:59", "Asia/Shanghai", True),
        ("2026-11-01 00:00:00", "Asia/Shanghai", False),
        # Copenhagen leaves summer time on 25 October 2026: the month begins at +2 h and ends at +1 h.
        ("2026-10-01 00:00:00", "Europe/Copenhagen", True),
        ("2026-09-30 23:59:59", "Europe/Copenhagen", False),
        ("2026-10-31 23:59:59", "Europe/Copenhagen", True),
        ("2026-11-01 00:00:00", "Europe/Copenhagen", False),
    ],
)
def test_a_month_is_cut_at_local_midnight(tmp_path: Path, opened: str, zone: str, counts: bool) -> None:
    """Fails when a job of the last evening, or of the first morning, would be another month's."""
    rows = [order("1", opened_at=at(opened, zone))]
    sealed = landed(tmp_path, "orders", ORDERS, rows, zone=zone)
    assert cells(evidence("2026-10", zone, orders=sealed)) == ({("S1", "E1"): (1,)} if counts else {})


@pytest.mark.parametrize(
    ("column", "inside", "outside"),
    [
        ("due_on", ["2026-10-01", "2026-10-31"], ["2026-09-30", "2026-11-01"]),
        ("month", ["2026-10"], ["2026-09", "2026-11"]),
    ],
)
def test_dates_and_months_need_no_clock(tmp_path: Path, column: str, inside: list[str], outside: list[str]) -> None:
    """Fails when a plain date would be moved by the time zone."""
    read = day if column == "due_on" else str
    rows = [order(text, **{column: read(text)}) for text in (*inside, *outside)]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [*rows, order("never")]))
    found = ENGINE.rows(planned(date=column), None, None, seen)
    assert found["ro_no"].to_list() == inside


def test_a_window_of_months_ends_with_the_settled_one(tmp_path: Path) -> None:
    """Fails when a yearly rate would take in eleven or thirteen months, or the next one."""
    stamps = ["2025-10-31 23:59", "2025-11-01 00:00", "2026-10-31 23:59", "2026-11-01 00:00"]
    rows = [order(stamp, opened_at=at(stamp)) for stamp in stamps]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    year = planned(months=12)
    assert cells(seen, year, planned(key="n")) == {("S1", "E1"): (2, 1)}
    assert ENGINE.rows(year, None, None, seen)["ro_no"].to_list() == stamps[1:3]


@pytest.mark.parametrize(
    ("where", "expected"),
    [
        # local 01:30 on the last Sunday of October happens twice in Copenhagen: at +2 h and, an hour later, at +1 h
        ("hour_of(opened_at) = 2", 2),
        ("hour_of(opened_at) = 1", 0),
        ("weekday_of(opened_at) = 7", 2),
        ("local_date(opened_at) = due_on", 2),
        ("month_of(opened_at) = '2026-10'", 2),
        ("days_between(due_on, opened_at) = 0", 2),
        ("seconds_between(opened_at, delivered_at) = 3600", 2),
    ],
)
def test_local_time_through_a_change_of_clocks(tmp_path: Path, where: str, expected: int) -> None:
    """Fails when an hour or a day would be cut by the offset of another season."""
    zone = "Europe/Copenhagen"
    # 2026-10-25 00:30 UTC is 02:30 summer time; 01:30 UTC is 02:30 winter time.
    first = at("2026-10-25 00:30", "UTC")
    stamps = (first, first + timedelta(hours=1))
    rows = [
        order(str(n), opened_at=stamp, due_on=day("2026-10-25"), delivered_at=stamp + timedelta(hours=1))
        for n, stamp in enumerate(stamps)
    ]
    seen = evidence("2026-10", zone, orders=landed(tmp_path, "orders", ORDERS, rows, zone=zone))
    assert len(ENGINE.rows(planned(where=where), None, None, seen)) == expected


def test_the_last_second_of_a_day_is_of_that_day(tmp_path: Path) -> None:
    """Fails when a local date would be taken from UTC: in Shanghai the day begins eight hours earlier."""
    rows = [order("1", opened_at=at("2026-10-09 00:00:00")), order("2", opened_at=at("2026-10-09 23:59:59"))]
    rows += [order("3", opened_at=at("2026-10-08 23:59:59")), order("4", opened_at=at("2026-10-10 00:00:00"))]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, [{**row, "due_on": day("2026-10-09")} for row in rows]))
    found = ENGINE.rows(planned(where="local_date(opened_at) = due_on"), None, None, seen)
    assert found["ro_no"].to_list() == ["1", "2"]


# Whom a row counts for


def test_a_row_without_a_person_is_a_cell_of_its_own(tmp_path: Path) -> None:
    """Fails when work of somebody who is not on the roster would vanish from the store's figures."""
    sealed = landed(tmp_path, "orders", ORDERS, [order("1"), order("2", None), order("3", None, "S2")])
    assert cells(evidence(orders=sealed)) == {("S1", "E1"): (1,), ("S1", None): (1,), ("S2", None): (1,)}


def test_one_pass_serves_several_credits(tmp_path: Path) -> None:
    """Fails when asking for advisors beside technicians would count a row for the wrong one."""
    rows = [order("1", advisor="A1"), order("2", advisor="A2"), order("3", "E2", advisor="A1")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    by_technician, by_advisor = planned(key="m0"), planned(key="m1", credit="advisor")
    nobody = planned("sum(lines)", key="m2", credit=None)
    found = ENGINE.cells(Pass("orders", (by_technician, by_advisor, nobody)), seen)
    assert found.columns == ["store", "advisor", "technician", "m0", "m1", "m2"]
    sums = {name: dict(found.group_by(name).agg(pl.col("m0").sum()).iter_rows()) for name in ("advisor", "technician")}
    assert sums == {"advisor": {"A1": 2, "A2": 1}, "technician": {"E1": 2, "E2": 1}}


def test_a_condition_that_is_unknown_counts_nothing(tmp_path: Path) -> None:
    """Fails when an empty cell would count as yes, or as no."""
    rows = [order("1", rework=True), order("2", rework=False), order("3")]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    tests = ["rework", "not rework", "rework is not true", "rework is null"]
    asked = tuple(planned(where=where, key=f"m{n}") for n, where in enumerate(tests))
    assert cells(seen, *asked) == {("S1", "E1"): (1, 1, 2, 1)}


# How much: exact integers


def test_amounts_come_back_in_their_smallest_unit(tmp_path: Path) -> None:
    """Fails when 1.25 yuan would come back as anything but 125 fen."""
    rows = [order("1", amount=yuan("1.25"), share=yuan("0.500"), lines=3), order("2", amount=yuan("-0.25"), lines=4)]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    values = ["count", "sum(amount)", "sum(share)", "sum(amount * share)", "sum(lines)", "sum(amount + lines)"]
    # 1.25 × 0.500 = 0.62500; (1.25 + 3) + (−0.25 + 4) = 8.00
    found = cells(seen, *(planned(value, key=f"m{n}") for n, value in enumerate(values)))
    assert found == {("S1", "E1"): (2, 100, 500, 62500, 7, 800)}


def test_nothing_to_add_up_is_not_zero(tmp_path: Path) -> None:
    """Fails when a person without any amount would look like one whose amounts cancel out."""
    rows = [order("1"), order("2", "E2", amount=yuan("5")), order("3", "E2", amount=yuan("-5"))]
    seen = evidence(orders=landed(tmp_path, "orders", ORDERS, rows))
    assert cells(seen, planned("sum(amount)")) == {("S1", "E1"): (None,), ("S1", "E2"): (0,)}


cents = st.integers(-(10**17) + 1, 10**17 - 1)


@settings(max_examples=25)
@given(st.lists(st.tuples(cents, st.integers(-(2**62), 2**62)), min_size=1, max_size=20))
def test_sums_are_exact_beyond_what_a_float_holds(values: list[tuple[int, int]]) -> None:
    """Fails when a sum would pass through a float, or wrap at 64 bits."""
    rows = [order(str(n), amount=Decimal(cent).scaleb(-2), lines=whole) for n, (cent, whole) in enumerate(values)]
    with TemporaryDirectory() as folder:
        seen = evidence(orders=landed(Path(folder), "orders", ORDERS, rows))
        found = cells(seen, planned("sum(amount)", key="a"), planned("sum(lines)", key="b"))
    assert found == {("S1", "E1"): (sum(cent for cent, _ in values), sum(whole for _, whole in values))}


# Nothing at all


def test_a_source_without_files_is_empty_and_not_an_error() -> None:
    """Fails when a month in which nobody handed anything in could not be settled."""
    derived = ORDERS.model_copy(update={"derived_types": {"repeat": "bool"}})
    seen = evidence(orders=SealedSource(derived, ()))
    asked = tuple(planned(value, key=f"m{n}") for n, value in enumerate(["count", "sum(amount)", "sum(share)"]))
    found = ENGINE.cells(Pass("orders", asked), seen)
    assert (found.height, found.columns) == (0, ["store", "technician", "m0", "m1", "m2"])
    assert set(found.dtypes[2:]) == {pl.Int128}
    assert ENGINE.slices(Pass("orders", asked), "technician", "opened_at", MOVE, seen).height == 0
    assert level(seen, planned("count_distinct(ro_no)")) == {}
    assert level(seen, planned("max(amount)"), [("E1", "E1")]) == {}
    rows = ENGINE.rows(asked[0], None, None, seen)
    assert (rows.height, rows.columns) == (0, ["_id", *ORDERS.columns, "_batch", "_row"])


def test_derived_columns_of_a_source_without_files_are_empty_too() -> None:
    """Fails when a metric on comebacks would stop a month without any job."""
    jobs = source_of({"vin": "text", "store": "store", "technician": "person", "d": "date"}, ["vin"], "d",
                     derived={"later": {"shift": "d", "days": 1}}, derived_types={"later": "date"})  # fmt: skip
    seen = evidence(orders=SealedSource(jobs, ()))
    assert cells(seen, planned(where="later is not null", date="later")) == {}


def test_a_derived_column_that_nobody_worked_out_is_refused(tmp_path: Path) -> None:
    """Fails when comebacks would count as none because the side file was never written."""
    jobs = source_of({"vin": "text", "store": "store", "technician": "person", "d": "date"}, ["vin"], "d",
                     derived={"later": {"shift": "d", "days": 1}}, derived_types={"later": "date"})  # fmt: skip
    sealed = landed(tmp_path, "orders", jobs, [{"vin": "V", "store": "S1", "d": day("2026-10-02")}])
    with pytest.raises(Refused, match="later"):
        cells(evidence(orders=sealed), planned(date="later"))


def test_derived_columns_are_read_from_their_side_file(tmp_path: Path) -> None:
    """Fails when a row without derived columns would fall out, or take another row's."""
    jobs = source_of({"vin": "text", "store": "store", "technician": "person", "d": "date"}, ["vin"], "d",
                     derived={"later": {"shift": "d", "days": 30}}, derived_types={"later": "date"})  # fmt: skip
    rows = [{"vin": f"V{n}", "store": "S1", "technician": "E1", "d": day(text)}
            for n, text in enumerate(["2026-09-05", "2026-09-30", "2026-10-05"])]  # fmt: skip
    sealed = landed(tmp_path, "orders", jobs, rows)
    side = str(tmp_path / "side.parquet")
    assert ENGINE.derive("orders", ["later"], evidence(orders=sealed), side) == 3
    seen = evidence(orders=SealedSource(jobs, sealed.files, derived=(side,), kept=("later",)))
    # moved by 30 days: 5 October, 30 October, 4 November
    assert ENGINE.rows(planned(date="later"), None, None, seen)["vin"].to_list() == ["V0", "V1"]
    assert cells(seen, planned(date="d"), planned(key="n", date="later")) == {("S1", "E1"): (1, 2)}


def test_a_column_declared_after_the_files_were_written_is_empty(tmp_path: Path) -> None:
    """Fails when a new column in a source's document would make every earlier month unreadable."""
    old = source_of({"ro_no": "text", "store": "store", "technician": "person", "opened_at": "timestamp"}, ["ro_no"],
                    "opened_at")  # fmt: skip
    sealed = landed(tmp_path, "orders", old, [order("1")])
    seen = evidence(orders=SealedSource(ORDERS, sealed.files))
    asked = planned(), planned("sum(amount)", key="a"), planned("count", "rework is null", key="r")
    assert cells(seen, *asked) == {("S1", "E1"): (1, None, 1)}


@pytest.mark.parametrize("newest_first", [False, True])
def test_a_column_declared_between_two_files_is_read_where_it_is(tmp_path: Path, newest_first: bool) -> None:
    """Fails when files of before a column was declared hide it in those of after, or cannot be read beside them."""
    old = source_of({"ro_no": "text", "store": "store", "technician": "person", "opened_at": "timestamp"}, ["ro_no"],
                    "opened_at")  # fmt: skip
    before, after = landed(tmp_path / "a", "orders", old, [order("1")]), landed(tmp_path / "b", "orders", ORDERS,
                    [order("2", amount=Decimal("12.50"))])  # fmt: skip
    files = (*before.files, *after.files)
    seen = evidence(orders=SealedSource(ORDERS, files[::-1] if newest_first else files))
    assert cells(seen, planned(), planned("sum(amount)", key="a")) == {("S1", "E1"): (2, 1250)}


def test_files_that_hold_the_same_columns_are_not_put_together(tmp_path: Path) -> None:
    """Fails when each query opens every file of a source once more, only to see that all have the same columns."""
    sealed = landed(tmp_path, "orders", ORDERS, [order("1")], [order("2")])
    engine = DuckDB(threads=1)
    assert cells(evidence(orders=sealed), planned(), engine=engine) == {("S1", "E1"): (2,)}
    assert engine._held is not None
    found = engine._held.connection.sql("SELECT sql FROM duckdb_views() WHERE view_name = 'raw_orders'").fetchall()
    assert "union_by_name = true" not in str(found) and "union_by_name" in str(found)


def test_only_the_months_that_can_matter_are_read(tmp_path: Path) -> None:
    """Fails when a pass over one month would read a year of files, or overlook its look-back."""
    rows = [order(month, opened_at=at(f"{month}-15 12:00"), delivered_at=NOON) for month in ("2026-08", "2026-09")]
    sealed = landed(tmp_path, "orders", ORDERS.model_copy(update={"look_back": 1}), rows)
    filed = tuple(path.split("_month=")[1][:7] for path in sealed.files)
    assert filed == ("2026-08", "2026-09")
    Path(sealed.files[0]).unlink()
    seen = evidence(orders=SealedSource(sealed.source, sealed.files, filed=filed))
    assert cells(seen, planned(date="delivered_at")) == {("S1", "E1"): (1,)}


# The same whatever the machine


@settings(max_examples=8)
@given(st.integers(0, 10**6))
def test_neither_threads_nor_the_order_of_rows_matter(seed: int) -> None:
    """Fails when the same evidence could give another integer on a busier machine."""
    chance = random.Random(seed)
    rows = [order(str(n), chance.choice(["E1", "E2"]), amount=Decimal(n).scaleb(-2), lines=n) for n in range(60)]
    asked = planned("sum(amount * share)", key="a"), planned("sum(lines)", key="b")
    answers = []
    for threads in (1, 3):
        chance.shuffle(rows)
        with TemporaryDirectory() as folder:
            seen = evidence(orders=landed(Path(folder), "orders", ORDERS, rows[:30], rows[30:]))
            answers.append(cells(seen, *asked, engine=DuckDB(memory="500MB", threads=threads)))
    assert answers[0] == answers[1]
