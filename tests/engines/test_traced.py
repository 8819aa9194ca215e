"""The rows behind several figures in one query are those that each has when it is asked for alone."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import polars as pl
import pytest
from polars.testing import assert_frame_equal

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import Evidence, RowsAsked
from tests.engines.jobs import ALL, LINES, job, visit
from tests.engines.jobs import ORDERS as ORDERS_OF_JOBS
from tests.engines.landed import at, evidence, landed, yuan
from tests.engines.orders import ENGINE, ORDERS, order, planned

REVERSIBLE = ORDERS.model_copy(update={"reversible": ("amount",)})
ROWS = [
    order("1", amount=yuan("300"), lines=2, kind="repair", advisor="E9"),
    order("2", "E2", amount=yuan("500"), lines=3, kind="repair", advisor="E1"),
    order("3", "E2", "S2", amount=yuan("-500"), lines=3, kind="repair"),
    order("4", None, "S2", amount=yuan("40"), advisor="E1"),
    order("5", "E1", "S2", opened_at=at("2026-09-20 10:00"), amount=yuan("7"), lines=2**62),
    order("6", "E2", amount=None, kind="wash"),
]
ASKED = [
    RowsAsked(planned(), ("E1",)),
    RowsAsked(planned(), ("E2",), ("S1",)),
    RowsAsked(planned("sum(amount)", "kind = 'repair'"), ("E1", "E2")),
    RowsAsked(planned("sum(amount)", "amount > 100")),
    RowsAsked(planned("sum(lines * 2)", "lines < 10")),
    RowsAsked(planned(credit="advisor"), ("E1",)),
    RowsAsked(planned(months=2), ("E1",)),
    RowsAsked(planned(metric="m"), None, ("S1", "S2")),
    RowsAsked(planned(), None, ()),
    RowsAsked(planned(), ()),
    RowsAsked(planned(), ("E1') OR ('1'='1",)),
]


def seen(folder: Path, *, reversals: bool) -> Evidence:
    sealed = landed(folder, "orders", REVERSIBLE, ROWS, reversals=reversals)
    return evidence(orders=sealed, exempted={("orders", "m"): (("S1", "S1|2"),)})


@pytest.mark.parametrize("reversals", [False, True])
def test_each_figure_has_its_own_rows(tmp_path: Path, reversals: bool) -> None:
    """Fails when asking for much at once shows somebody a row too many, one too few, or another value or order."""
    there = seen(tmp_path, reversals=reversals)
    together = ENGINE.rows_of_each(ASKED, there)
    alone = [ENGINE.rows(each.planned, each.people, each.stores, there) for each in ASKED]
    assert [frame["ro_no"].to_list() for frame in together][:3] == [["1"], ["2", "6"], ["1", "2", "3"]]
    assert sum(frame.height for frame in together) > 15
    for one, other in zip(together, alone, strict=True):
        assert_frame_equal(one, other)


def test_a_row_that_a_measure_does_not_count_breaks_none_of_its_values(tmp_path: Path) -> None:
    """Fails when a value is worked out of rows of another figure, where it would be too large."""
    there = seen(tmp_path, reversals=False)
    together = ENGINE.rows_of_each([RowsAsked(planned(months=2)), ASKED[4]], there)
    assert [frame.height for frame in together] == [6, 3]
    assert together[1]["_value"].to_list() == [4, 6, 6]


def test_however_much_is_asked_it_is_one_query(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Fails when every figure costs a query of its own."""
    asked: list[str] = []
    frame = DuckDB._frame

    def counted(self: DuckDB, sql: str, *rest: Any) -> pl.DataFrame:
        asked.append(sql)
        return frame(self, sql, *rest)

    monkeypatch.setattr(DuckDB, "_frame", counted)
    ENGINE.rows_of_each(ASKED, seen(tmp_path, reversals=False))
    assert len(asked) == 1


class Noting(DuckDB):
    """DuckDB that keeps the text of what it was asked."""

    def __init__(self) -> None:
        super().__init__(memory="500MB", threads=1)
        self.asked: list[str] = []

    def _frame(self, sql: str, files: Mapping[str, tuple[str, ...]], evidence: Evidence) -> pl.DataFrame:
        self.asked.append(sql)
        return super()._frame(sql, files, evidence)


def test_derived_columns_are_looked_at_where_the_rows_can_be(tmp_path: Path) -> None:
    """Fails when one person's rows cost a look at every job of the month, or miss a column worked out for them."""
    again = visit("B", "2026-10-05 08:00", "2026-10-06 17:00")
    first = visit("A", "2026-09-20 08:00", "2026-09-21 17:00")
    lines = landed(tmp_path, "lines", LINES, [job(first), job(again)], [job(again, line=2, technician="E7")])
    bare = evidence("2026-10", lines=lines, orders=landed(tmp_path, "orders", ORDERS_OF_JOBS, [first, again]))
    side = str(tmp_path / "side.parquet")
    ENGINE.derive("lines", ALL, bare, side)
    there = evidence("2026-10", lines=replace(lines, derived=(side,), kept=ALL))
    by = {"source": "lines", "date": "finished_at"}
    whose = planned(where="repeat", **{**by, "credit": "original"})
    asked = [RowsAsked(planned(**by, credit="technician"), ("E7",)), RowsAsked(whose, (job(first)["technician"],))]
    for each in asked:
        engine = Noting()
        (found,) = engine.rows_of_each([each], there)
        assert_frame_equal(found, ENGINE.rows(each.planned, each.people, each.stores, there))
        assert found.height == 1
        # whose a comeback is stands in the side file itself: there every row is looked at
        assert len(engine.asked) == (2 if each is asked[0] else 1)
    batch, row = 2, 1
    number = (batch << 32) + row
    engine = Noting()
    engine.rows_of_each(asked[:1], there)
    assert f"side_lines WHERE (_id >= {number} AND _id <= {number})" in engine.asked[-1]
