"""A filled ledger is what a bench needs: the rows asked for, comebacks and superseded rows, nobody incomplete."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import polars as pl
import pytest

from fairwrench.catalog.loader import load_scheme, load_sources
from fairwrench.closing.book import Book
from fairwrench.closing.month import Workspace
from fairwrench.engines.duckdb import DuckDB
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.samples.bulk import bulk, bulk_rows
from fairwrench.samples.bulk.bulk import Size, fill_ledger
from fairwrench.settlement.calendar.deadlines import Month

SIZE = Size(stores=3, people=24, orders=1_500)
OCTOBER = Month(2026, 10)


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> tuple[Ledger, pl.DataFrame]:
    ledger = Ledger(tmp_path_factory.mktemp("ledger"), time_zone="Asia/Shanghai")
    return ledger, fill_ledger(ledger, SIZE)


def current(ledger: Ledger, name: str) -> pl.DataFrame:
    return ledger.current(name, load_sources()[name])


def test_orders_and_jobs_are_as_many_as_asked_for(filled):
    orders, jobs = current(filled[0], "repair_orders"), current(filled[0], "job_lines")
    assert orders.group_by("_month", "store").len()["len"].to_list() == [1_500] * 6
    assert 1.15 <= jobs.height / orders.height <= 1.25
    assert orders.unique(["store", "ro_no"]).height == orders.height


def test_one_order_in_a_hundred_is_superseded(filled):
    orders = current(filled[0], "repair_orders").filter(pl.col("_month") == "2026-10")
    told_again = orders.filter(pl.col("_supersedes").is_not_null()).height
    assert 0.005 <= told_again / orders.height <= 0.015


def test_three_orders_in_a_hundred_are_comebacks(filled):
    """The same car with the same fault, within thirty days of its delivery, counted apart from any engine."""
    orders, jobs = current(filled[0], "repair_orders"), current(filled[0], "job_lines").filter(pl.col("line") == 1)
    visits = jobs.join(orders.select("store", "ro_no", "vin", "delivered_at"), on=["store", "ro_no"])
    pairs = visits.join(visits, on=["vin", "fault_system"], suffix="_again").filter(
        pl.col("ro_no") != pl.col("ro_no_again")
    )
    gap = pl.col("opened_at_again") - pl.col("delivered_at")
    back = pairs.filter((gap > pl.duration()) & (gap <= pl.duration(days=30)))
    share = (
        back.filter(pl.col("_month_again") == "2026-10").height / orders.filter(pl.col("_month") == "2026-10").height
    )
    assert 0.022 <= share <= 0.035


def test_rows_do_not_depend_on_how_many_stores_are_made_at_once():
    crowd = bulk._crowd(SIZE, OCTOBER, 7)
    whole = bulk_rows.orders(crowd, bulk_rows.base(crowd, range(1, 4), OCTOBER))
    parts = [bulk_rows.orders(crowd, bulk_rows.base(crowd, range(n, n + 1), OCTOBER)) for n in (1, 2, 3)]
    assert whole.equals(pl.concat(parts))


def test_another_seed_gives_other_rows():
    one, other = (bulk._crowd(SIZE, OCTOBER, seed) for seed in (7, 8))
    made = [bulk_rows.orders(crowd, bulk_rows.base(crowd, range(1, 2), OCTOBER)) for crowd in (one, other)]
    assert not made[0].equals(made[1])


def test_chances_are_splitmix64():
    """The published generator's first value from the state 0, which is the mixed golden increment."""
    state = pl.select(pl.lit(0x9E3779B97F4A7C15, pl.UInt64).alias("z"))
    assert state.select(bulk_rows._mix(pl.col("z"))).item() == 0xE220A8397B1DCDAF


def chunks(size: Size) -> Iterator[range]:
    return bulk._chunks(bulk._crowd(size, OCTOBER, 7))


def test_every_store_is_made_once_in_parts_that_fit_into_memory():
    for size in (SIZE, bulk.SIZES["L"], Size(7, 60, 10_000_000)):
        stores = [number for part in chunks(size) for number in part]
        assert stores == list(range(1, size.stores + 1))
        assert all(len(part) == 1 or len(part) * size.orders <= bulk.AT_ONCE for part in chunks(size))


@pytest.mark.slow
def test_nobody_is_incomplete(filled, tmp_path: Path):
    ledger, roster = filled
    scheme = load_scheme("dealership")
    book = Book(Workspace(ledger, DuckDB(), load_sources(), roster), scheme)
    book.close(OCTOBER.plus(-1))
    totals = book.close(OCTOBER).settlement.totals
    assert dict(totals.group_by("state").len().iter_rows()) == {"settled": 72, "excluded": 1}
