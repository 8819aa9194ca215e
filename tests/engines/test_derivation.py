"""Derived columns: lookups, shifts, comebacks and existences, worked out from small evidence and by a plain oracle."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import ValidationError

from fairwrench.engines.derivation import closure
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure import Evidence
from fairwrench.settlement.problem import Refused
from fairwrench.settlement.source import Source
from tests.engines.landed import Row, at, day, evidence, landed, source_of, yuan

COMEBACK = {
    "recurrence": ["vin", "fault"],
    "visit": ["store", "ro_no"],
    "order": ["opened_at", "store", "ro_no", "line", "technician"],
    "opened": "opened_at",
    "closed": "delivered_at",
    "days": 30,
}
ORDERS = source_of(
    {"store": "store", "ro_no": "text", "vin": "text", "opened_at": "timestamp", "delivered_at": "timestamp"},
    ["store", "ro_no"],
    "opened_at",
)
LINES = source_of(
    {
        "store": "store",
        "ro_no": "text",
        "line": "int",
        "technician": "person",
        "opened_at": "timestamp",
        "finished_at": "timestamp",
        "fault": "text",
        "share": {"type": "decimal", "scale": 3},
    },
    ["store", "ro_no", "line", "technician"],
    "opened_at",
    derived={
        "vin": {"lookup": "orders", "by": {"store": "store", "ro_no": "ro_no"}, "take": "vin"},
        "delivered_at": {"lookup": "orders", "by": {"store": "store", "ro_no": "ro_no"}, "take": "delivered_at"},
        "matures_on": {"shift": "delivered_at", "days": 30},
        "repeat": {**COMEBACK, "flag": "later"},
        "returned": {**COMEBACK, "flag": "earlier"},
        "original": {**COMEBACK, "take": "technician", "largest": "share"},
    },
    derived_types={
        "vin": "text",
        "delivered_at": "timestamp",
        "matures_on": "timestamp",
        "repeat": "bool",
        "returned": "bool",
        "original": "person",
    },
)
ALL = tuple(LINES.derived)
ENGINE = DuckDB(memory="500MB", threads=1)


def visit(ro_no: str, opened: str, delivered: str | None, store: str = "S1", vin: str | None = "V1") -> Row:
    """One order; times are local."""
    return {
        "store": store,
        "ro_no": ro_no,
        "vin": vin,
        "opened_at": at(opened),
        "delivered_at": at(delivered) if delivered else None,
    }


def job(order: Row, line: int = 1, technician: str | None = "E1", fault: str | None = "brakes", **more: Any) -> Row:
    """One line of an order."""
    whole = {"line": line, "technician": technician, "fault": fault, "finished_at": order["delivered_at"], **more}
    return {"store": order["store"], "ro_no": order["ro_no"], "opened_at": order["opened_at"], **whole}


def derived(
    folder: Path, orders: Sequence[Row], lines: Sequence[Row], columns: Iterable[str] = ALL, month: str = "2026-10"
) -> dict[tuple[str, int], dict[str, Any]]:
    """(order number, line) → the derived columns of the rows that matter to the month."""
    sealed = landed(folder, "lines", LINES, lines)
    seen = evidence(month, lines=sealed, orders=landed(folder, "orders", ORDERS, orders))
    target = folder / "side.parquet"
    ENGINE.derive("lines", columns, seen, str(target))
    side = pl.read_parquet(target)
    whole = [pl.read_parquet(path).join(side, on="_id") for path in sealed.files]
    return {(row["ro_no"], row["line"]): row for part in whole for row in part.iter_rows(named=True)}


FIRST = visit("A", "2026-09-10 08:00", "2026-09-12 17:00")


@pytest.mark.parametrize(
    ("opened", "came_back"),
    [
        ("2026-10-12 17:00:00", True),  # 30 days to the second
        ("2026-10-12 17:00:01", False),  # one second past
        ("2026-10-01 09:00:00", True),
        ("2026-09-12 17:00:00", True),  # at the very second of delivery
        ("2026-09-12 16:59:59", False),  # opened before the first was delivered: still the same visit's trouble
    ],
)
def test_thirty_days_to_the_second(tmp_path: Path, opened: str, came_back: bool) -> None:
    """Fails when a comeback would be counted a day too long or too short, or before the car was handed over."""
    again = visit("B", opened, "2026-10-20 17:00")
    found = derived(tmp_path, [FIRST, again], [job(FIRST), job(again, technician="E2")])
    later = found["B", 1]
    assert (later["repeat"], later["original"]) == (came_back, "E1" if came_back else None)
    # The first was finished and delivered in September: it matters to October as it matures on 12 October.
    assert found["A", 1]["returned"] is came_back
    assert found["A", 1]["matures_on"] == at("2026-10-12 17:00")


def test_a_comeback_may_be_at_another_store(tmp_path: Path) -> None:
    """Fails when a customer who goes to the next store would make the first repair look good."""
    again = visit("A", "2026-10-05 08:00", "2026-10-06 17:00", store="S2")
    seen = [FIRST, again]
    sealed = landed(tmp_path, "lines", LINES, [job(FIRST), job(again, technician="E9")])
    target = str(tmp_path / "side.parquet")
    ENGINE.derive("lines", ALL, evidence(lines=sealed, orders=landed(tmp_path, "orders", ORDERS, seen)), target)
    rows = pl.concat([pl.read_parquet(path) for path in sealed.files]).join(pl.read_parquet(target), on="_id")
    by_store = {row["store"]: row for row in rows.iter_rows(named=True)}
    assert (by_store["S2"]["repeat"], by_store["S2"]["original"]) == (True, "E1")
    assert by_store["S1"]["returned"] is True


def test_the_visit_just_before_answers(tmp_path: Path) -> None:
    """Fails when the technician of an older visit would be charged with the work of the last one."""
    older = visit("A", "2026-09-20 08:00", "2026-09-21 17:00")
    newer = visit("B", "2026-09-25 08:00", "2026-09-28 17:00")
    again = visit("C", "2026-10-05 08:00", "2026-10-06 17:00")
    lines = [job(older, technician="E1"), job(newer, technician="E2"), job(again, technician="E3")]
    found = derived(tmp_path, [older, newer, again], lines)
    assert found["C", 1]["original"] == "E2"
    assert found["B", 1]["returned"] is True
    assert found["A", 1]["returned"] is True


def test_the_visit_delivered_last_is_the_one_just_before(tmp_path: Path) -> None:
    """Fails when of two visits that overlap the one that merely began later would answer."""
    long = visit("A", "2026-09-20 08:00", "2026-09-30 17:00")
    short = visit("B", "2026-09-22 08:00", "2026-09-23 17:00")
    again = visit("C", "2026-10-05 08:00", "2026-10-06 17:00")
    lines = [job(long, technician="E1"), job(short, technician="E2"), job(again, technician="E3")]
    assert derived(tmp_path, [long, short, again], lines)["C", 1]["original"] == "E1"


def test_a_visit_with_two_lines_comes_back_once(tmp_path: Path) -> None:
    """Fails when one return would be counted once a line or once a technician."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    lines = [job(FIRST), job(again, 2, "E2"), job(again, 1, "E3"), job(again, 1, "E4")]
    sealed = landed(tmp_path, "lines", LINES, lines)
    target = str(tmp_path / "side.parquet")
    seen = evidence(lines=sealed, orders=landed(tmp_path, "orders", ORDERS, [FIRST, again]))
    ENGINE.derive("lines", ALL, seen, target)
    side = pl.read_parquet(target)
    assert side["repeat"].sum() == 1
    assert side["repeat"].null_count() == 0
    assert side["original"].drop_nulls().to_list() == ["E1"]
    first = side.filter("repeat").join(pl.concat([pl.read_parquet(f) for f in sealed.files]), on="_id")
    assert first.select("line", "technician").rows() == [(1, "E3")]


def test_two_lines_of_one_visit_are_no_comeback(tmp_path: Path) -> None:
    """Fails when a long job on one order would count as its own return."""
    found = derived(tmp_path, [FIRST], [job(FIRST, 1), job(FIRST, 2, opened_at=at("2026-09-15 08:00"))])
    assert [row["repeat"] for row in found.values()] == [False, False]
    assert [row["returned"] for row in found.values()] == [False, False]


@pytest.mark.parametrize(("fault", "other"), [("", ""), (None, None), ("brakes", "engine"), ("brakes", None)])
def test_an_empty_or_other_fault_never_matches(tmp_path: Path, fault: str | None, other: str | None) -> None:
    """Fails when every visit without a fault system would be a return of every other."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    found = derived(tmp_path, [FIRST, again], [job(FIRST, fault=fault), job(again, fault=other)])
    assert {row["repeat"] for row in found.values()} == {False}
    assert {row["returned"] for row in found.values()} == {False}


@pytest.mark.parametrize("vin", ["", None])
def test_an_unknown_vehicle_never_matches(tmp_path: Path, vin: str | None) -> None:
    """Fails when cars whose number nobody wrote down would be one car."""
    first = {**FIRST, "vin": vin}
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00", vin=vin)
    found = derived(tmp_path, [first, again], [job(first), job(again)])
    assert {row["repeat"] for row in found.values()} == {False}


def test_each_fault_of_a_visit_comes_back_by_itself(tmp_path: Path) -> None:
    """Fails when a return for two faults would be charged once, or to one technician."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    lines = [job(FIRST, 1, "E1", "brakes"), job(FIRST, 2, "E2", "engine")]
    lines += [job(again, 1, "E3", "engine"), job(again, 2, "E3", "brakes")]
    found = derived(tmp_path, [FIRST, again], lines)
    assert (found["B", 1]["original"], found["B", 2]["original"]) == ("E2", "E1")


@pytest.mark.parametrize(
    ("shares", "answers"),
    [
        ([("E1", "0.300"), ("E2", "0.700")], "E2"),
        ([("E1", "0.500"), ("E2", "0.500")], "E1"),  # equal shares: the first by the order of the columns
        ([("E1", None), ("E2", "0.100")], "E2"),  # an unknown share is not the largest
        ([(None, "0.800"), ("E2", "0.200")], None),  # the larger part was done by somebody who is not on the roster
    ],
)
def test_the_largest_share_answers(tmp_path: Path, shares: list[tuple[str | None, str | None]], answers: str) -> None:
    """Fails when a helper would be charged with another's return, or engines would order an empty share differently."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    lines = [job(FIRST, 1, person, share=yuan(part) if part else None) for person, part in shares]
    found = derived(tmp_path, [FIRST, again], [*lines, job(again, technician="E3")])
    assert found["B", 1]["repeat"] is True
    assert found["B", 1]["original"] == answers


def test_a_car_not_yet_delivered_is_no_earlier_visit(tmp_path: Path) -> None:
    """Fails when a car that is still in the workshop could already have come back."""
    still_here = visit("A", "2026-09-20 08:00", None)
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    found = derived(tmp_path, [still_here, again], [job(still_here), job(again)])
    assert found["B", 1]["repeat"] is False


@pytest.mark.parametrize(
    ("name", "dated", "there"),
    [
        ("opened in the month", {"opened_at": at("2026-10-31 23:59:59"), "finished_at": None}, True),
        ("opened at its first midnight", {"opened_at": at("2026-10-01 00:00"), "finished_at": None}, True),
        ("opened a second before", {"opened_at": at("2026-09-30 23:59:59"), "finished_at": None}, False),
        ("finished in it", {"opened_at": at("2026-09-01 08:00"), "finished_at": at("2026-10-02 08:00")}, True),
    ],
)
def test_which_rows_matter_to_a_month(tmp_path: Path, name: str, dated: dict[str, Any], there: bool) -> None:
    """Fails when a row that a measure may count has no derived columns, which would read as "no" for it."""
    order = visit("A", "2026-06-10 08:00", None)
    found = derived(tmp_path, [order], [{**job(order), **dated}], ["repeat"])
    assert (("A", 1) in found) is there, name


def test_rows_delivered_in_the_month_matter_too(tmp_path: Path) -> None:
    """Fails when a measure dated by a looked-up column would miss rows that have no own date in the month."""
    order = visit("A", "2026-09-28 08:00", "2026-10-02 17:00")
    found = derived(tmp_path, [order], [job(order, finished_at=at("2026-09-30 10:00"))], ["delivered_at"])
    assert found["A", 1]["delivered_at"] == at("2026-10-02 17:00")


def test_a_lookup_reads_the_row_in_force(tmp_path: Path) -> None:
    """Fails when a corrected vehicle number would double a row, or the old one would still be read."""
    wrong = {**FIRST, "vin": "WRONG"}
    orders = landed(tmp_path, "orders", ORDERS, [wrong], [{**FIRST, "_supersedes": (1 << 32) + 1}])
    lines = landed(tmp_path, "lines", LINES, [job(FIRST)])
    target = str(tmp_path / "side.parquet")
    written = ENGINE.derive("lines", ["vin"], evidence("2026-09", lines=lines, orders=orders), target)
    assert written == 1
    assert pl.read_parquet(target)["vin"].to_list() == ["V1"]


def test_a_lookup_that_finds_nothing_is_empty(tmp_path: Path) -> None:
    """Fails when a line without its order would fall out, and with it its hours."""
    found = derived(tmp_path, [], [job(FIRST)], ["vin", "repeat"], "2026-09")
    assert (found["A", 1]["vin"], found["A", 1]["repeat"]) == (None, False)


def test_superseded_and_void_rows_have_no_derived_columns(tmp_path: Path) -> None:
    """Fails when a corrected line would come back beside its correction."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    first = [job(FIRST), job(again, fault="brakes")]
    corrected = {**job(again, fault="engine"), "_supersedes": (1 << 32) + 2}
    sealed = landed(tmp_path, "lines", LINES, first, [corrected])
    target = str(tmp_path / "side.parquet")
    seen = evidence(lines=sealed, orders=landed(tmp_path, "orders", ORDERS, [FIRST, again]))
    ENGINE.derive("lines", ALL, seen, target)
    side = pl.read_parquet(target)
    assert side["_id"].sort().to_list() == [(1 << 32) + 1, (2 << 32) + 1]
    assert side["repeat"].to_list() == [False, False]


def test_nothing_landed_gives_no_rows_but_the_columns(tmp_path: Path) -> None:
    """Fails when a first month without evidence would stop the settlement."""
    assert derived(tmp_path, [FIRST], []) == {}
    kinds = pl.read_parquet_schema(tmp_path / "side.parquet")
    assert list(kinds) == ["_id", *ALL]
    assert kinds["matures_on"] == pl.Datetime("us", "UTC")
    assert kinds["repeat"] == pl.Boolean


def test_only_the_columns_asked_for_are_written(tmp_path: Path) -> None:
    """Fails when the side file would carry columns that no measure reads."""
    derived(tmp_path, [FIRST], [job(FIRST)], ["original"], "2026-09")
    assert list(pl.read_parquet_schema(tmp_path / "side.parquet")) == ["_id", "original"]


def test_an_unfinished_file_of_an_interrupted_run_is_replaced(tmp_path: Path) -> None:
    """Fails when a run that was killed while writing would forbid every run after it."""
    (tmp_path / "side.parquet").write_bytes(b"half")
    assert ("A", 1) in derived(tmp_path, [FIRST], [job(FIRST)], ["vin"], "2026-09")


def test_what_a_column_is_worked_out_from_comes_first() -> None:
    """Fails when a column would be asked for before those that it reads."""
    assert closure(LINES, ["original"]) == ["vin", "delivered_at", "original"]
    assert closure(LINES, ["matures_on"]) == ["delivered_at", "matures_on"]
    assert closure(LINES, ["store"]) == []


# Shifts and existences

DUE = source_of(
    {"vin": "text", "store": "store", "month": "month", "due_on": "date"},
    ["vin", "month"],
    "month",
    derived={
        "late_on": {"shift": "due_on", "days": 7},
        "came": {"exists": "orders", "by": {"vin": "vin"}, "date": "opened_at", "months": 12},
    },
    derived_types={"late_on": "date", "came": "bool"},
)


def due(folder: Path, orders: Sequence[Row], rows: Sequence[Row], month: str = "2026-10") -> list[dict[str, Any]]:
    seen = evidence(month, due=landed(folder, "due", DUE, rows), orders=landed(folder, "orders", ORDERS, orders))
    ENGINE.derive("due", ["late_on", "came"], seen, str(folder / "due.parquet"))
    return pl.read_parquet(folder / "due.parquet").sort("_id").drop("_id").to_dicts()


def vehicle(vin: str | None, due_on: str | None = "2026-10-28") -> Row:
    return {"vin": vin, "store": "S1", "month": "2026-10", "due_on": day(due_on) if due_on else None}


def test_a_date_moves_by_whole_days(tmp_path: Path) -> None:
    """Fails when a shift would not carry over the end of the month, or an empty date would become one."""
    found = due(tmp_path, [], [vehicle("V1"), vehicle("V2", None)])
    assert [row["late_on"] for row in found] == [day("2026-11-04"), None]


@pytest.mark.parametrize(
    ("opened", "came"),
    [
        ("2026-10-31 23:59:59", True),
        ("2025-11-01 00:00:00", True),  # twelve months: November to October
        ("2025-10-31 23:59:59", False),
        ("2026-11-01 00:00:00", False),  # not yet
    ],
)
def test_came_in_the_last_twelve_months(tmp_path: Path, opened: str, came: bool) -> None:
    """Fails when a customer would be kept or lost by a second at the edge of the window."""
    assert due(tmp_path, [visit("A", opened, None)], [vehicle("V1")])[0]["came"] is came


def test_several_visits_are_one_yes_and_an_unknown_vehicle_is_a_no(tmp_path: Path) -> None:
    """Fails when a vehicle that came twice would stand twice in the customer base."""
    orders = [visit("A", "2026-10-01 08:00", None), visit("B", "2026-10-09 08:00", None)]
    found = due(tmp_path, orders, [vehicle("V1"), vehicle("V2"), vehicle(None)])
    assert [row["came"] for row in found] == [True, False, False]


# Against a plain oracle

local = st.integers(0, 70 * 24).map(lambda hours: datetime(2026, 8, 25) + timedelta(hours=hours))


@st.composite
def histories(draw: st.DrawFn) -> tuple[list[Row], list[Row]]:
    """A few visits of two cars at two stores, each with a few jobs."""
    orders, lines = [], []
    for number in range(draw(st.integers(1, 6))):
        opened = draw(local)
        stay = draw(st.none() | st.integers(0, 10 * 24))
        delivered = None if stay is None else opened + timedelta(hours=stay)
        store, vin = draw(st.sampled_from(["S1", "S2"])), draw(st.sampled_from(["V1", "V1", "V2", "", None]))
        order = visit(f"R{number}", opened.isoformat(" "), delivered and delivered.isoformat(" "), store, vin)
        orders.append(order)
        for line in range(1, draw(st.integers(1, 3)) + 1):
            fault = draw(st.sampled_from(["brakes", "brakes", "engine", "", None]))
            share = draw(st.sampled_from([None, "0.400", "0.600"]))
            lines.append(
                job(order, line, draw(st.sampled_from(["E1", "E2", None])), fault, share=share and yuan(share))
            )
    return orders, lines


def visits_of(orders: Iterable[Row], lines: Iterable[Row]) -> dict[tuple[str, str, str, str], list[Mapping[str, Any]]]:
    """(vin, fault, store, order) → the jobs, with the order's own times."""
    known = {(order["store"], order["ro_no"]): order for order in orders}
    found: dict[tuple[str, str, str, str], list[Mapping[str, Any]]] = {}
    for line in lines:
        order = known[line["store"], line["ro_no"]]
        if order["vin"] and line["fault"]:
            key = (order["vin"], line["fault"], line["store"], line["ro_no"])
            found.setdefault(key, []).append({**line, "delivered_at": order["delivered_at"]})
    return found


def by_hand(orders: list[Row], lines: list[Row]) -> tuple[dict[tuple[str, int], str | None], set[tuple[str, int]]]:
    """Returning jobs → who answers; and the jobs after which the car came back. Straight from the definition."""
    visits = visits_of(orders, lines)
    answers: dict[tuple[str, int], str | None] = {}
    returned: set[tuple[str, int]] = set()
    for key, jobs in visits.items():
        opened = jobs[0]["opened_at"]
        before = [
            (past[0]["delivered_at"], past_key, past)
            for past_key, past in visits.items()
            if past_key[:2] == key[:2] and past_key != key and past[0]["delivered_at"] is not None
            if past[0]["delivered_at"] <= opened <= past[0]["delivered_at"] + timedelta(days=30)
        ]
        for _, _, past in before:
            returned |= {(one["ro_no"], one["line"]) for one in past}
        if before:
            _, _, last = max(before, key=lambda entry: entry[:2])
            largest = min(last, key=lambda one: (one["share"] is None, -(one["share"] or 0), one["line"]))
            first = min(jobs, key=lambda one: one["line"])
            answers[first["ro_no"], first["line"]] = largest["technician"]
    return answers, returned


@settings(max_examples=30)
@given(histories())
def test_comebacks_agree_with_the_definition(history: tuple[list[Row], list[Row]]) -> None:
    """Fails when the joins would find another comeback, or another technician, than reading the rows one by one."""
    orders, lines = history
    answers, returned = by_hand(orders, lines)
    with TemporaryDirectory() as folder:
        found = derived(Path(folder), orders, lines)
    for key, row in found.items():
        assert row["repeat"] is (key in answers)
        assert row["original"] == answers.get(key)
        assert row["returned"] is (key in returned)


# What is refused


def changed(**derived_columns: Any) -> Source:
    """The lines with other derived columns."""
    types = {name: told.pop("type") for name, told in derived_columns.items()}
    whole = LINES.model_dump() | {"derived": derived_columns, "derived_types": types}
    return Source.model_validate(whole)


def refusal(folder: Path, source: Source, column: str, **others: Any) -> str:
    seen: Evidence = evidence("2026-09", lines=landed(folder, "lines", source, [job(FIRST)]), **others)
    with pytest.raises(Refused) as refused:
        ENGINE.derive("lines", [column], seen, str(folder / "side.parquet"))
    return str(refused.value)


def test_a_lookup_by_less_than_the_key_is_refused(tmp_path: Path) -> None:
    """Fails when two stores' orders of one number would double every line (the fan-out trap)."""
    loose = changed(vin={"type": "text", "lookup": "orders", "by": {"ro_no": "ro_no"}, "take": "vin"})
    orders = landed(tmp_path, "orders", ORDERS, [FIRST, {**FIRST, "store": "S2"}])
    assert "whole key" in refusal(tmp_path, loose, "vin", orders=orders)


def test_a_lookup_of_other_decimals_is_refused(tmp_path: Path) -> None:
    """Fails when a looked-up share of 0.500 would be read as 5.00."""
    priced = source_of({"ro_no": "text", "store": "store", "share": {"type": "decimal", "scale": 3}, "d": "date"},
                       ["ro_no"], "d")  # fmt: skip
    looked = changed(part={"type": "decimal", "lookup": "priced", "by": {"ro_no": "ro_no"}, "take": "share"})
    text = refusal(tmp_path, looked, "part", priced=landed(tmp_path, "priced", priced, []))
    assert "other decimals" in text


def test_looking_into_what_is_not_sealed_is_refused(tmp_path: Path) -> None:
    """Fails when a lookup into a source that nobody sealed would read as empty for every row."""
    assert "orders" in refusal(tmp_path, LINES, "vin")


@pytest.mark.parametrize(
    ("told", "says"),
    [
        ({"type": "timestamp", "shift": "fault", "days": 3}, "is no date"),
        ({"type": "timestamp", "shift": "opened", "days": 3}, "reads 'opened', which is not declared"),
        ({"type": "bool", **COMEBACK}, "either a `flag` or the value"),
        ({"type": "bool", **COMEBACK, "flag": "later", "take": "technician"}, "either a `flag` or the value"),
        ({"type": "bool", **COMEBACK, "flag": "later"}, "reads 'vin', which is not declared before it"),
    ],
)
def test_a_derived_column_that_makes_no_sense_is_refused(told: dict[str, Any], says: str) -> None:
    """Fails when a slip in a source's document would only be found when a month is closed."""
    with pytest.raises(ValidationError, match=says):
        changed(odd=told)


def test_a_derived_column_needs_a_type_and_a_name_of_its_own() -> None:
    """Fails when a derived column could hide a column of the evidence."""
    with pytest.raises(ValidationError, match="a name of its own and a type"):
        changed(fault={"type": "date", "shift": "opened_at", "days": 1})
    whole = LINES.model_dump() | {"derived_types": {}}
    with pytest.raises(ValidationError, match="a name of its own and a type"):
        Source.model_validate(whole)
