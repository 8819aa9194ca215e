"""Comebacks: by hand to the second, and against the definition read row by row."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.engines.jobs import ALL, ENGINE, FIRST, LINES, ORDERS, derived, job, visit
from tests.engines.landed import Row, at, evidence, landed, yuan


@pytest.mark.parametrize(
    ("opened", "came_back"),
    [
        ("2026-10-12 17:00:00", True),  # 30 days to the second
        ("2026-10-12 17:00:01", False),  # one second past
        ("2026-10-01 09:00:00", True),
        ("2026-09-12 17:00:01", True),  # a second after delivery
        ("2026-09-12 17:00:00", False),  # not after it
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
            if past[0]["delivered_at"] < opened <= past[0]["delivered_at"] + timedelta(days=30)
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
