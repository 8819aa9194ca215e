"""Folding makes files fewer and changes no row."""

from itertools import pairwise
from pathlib import Path

import polars as pl
import pytest
from deltalake import DeltaTable

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.ledger.folder import sha256_of
from tests.ledger.landing import NOVEMBER, OCTOBER, ORDERS, SEPTEMBER, land, order, table, values


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    """Five stores over two months in ten batches, with corrections, moves and late evidence of November."""
    made = Ledger(tmp_path / "ledger")
    for n in range(10):
        rows = [order(f"R{n % 7}", f"2026-{9 + (n + k) % 2:02d}-05T01:00", f"{n}.00", store=f"S{k}") for k in range(5)]
        land(made, table(ORDERS, *rows), period=NOVEMBER if n >= 8 else OCTOBER)
    return made


def test_no_row_changes(ledger: Ledger) -> None:
    """Fails when folding drops, doubles or renumbers a row, or breaks what replaces what."""
    before = ledger.current("orders", ORDERS)
    october = values(ledger, upto=OCTOBER)
    every = ledger.table("orders", ORDERS)
    rows = every.scan(every.files).sort("_id").collect()
    assert fold(ledger, "orders", ORDERS, many=2) is not None
    after = ledger.table("orders", ORDERS)
    assert after.scan(after.files).sort("_id").collect().equals(rows)
    assert ledger.current("orders", ORDERS).equals(before)
    assert values(ledger, upto=OCTOBER) == october


def test_files_are_few_sorted_by_store_and_of_one_period(ledger: Ledger) -> None:
    """Fails when a seal can no longer leave later evidence out by leaving files out."""
    many = ledger.table("orders", ORDERS).files.height
    done = fold(ledger, "orders", ORDERS, many=2)
    files = ledger.table("orders", ORDERS).files
    assert done is not None and len(done.replaced) == many
    assert files.height == len(done.files) == 4 < many
    assert {(file.month, file.period) for file in done.files} == {
        (month, period) for month in ("2026-09", "2026-10") for period in ("2026-10", "2026-11")
    }
    for file in done.files:
        stores = pl.read_parquet(ledger.folder / file.path).get_column("store")
        assert stores.is_sorted() and (file.store_min, file.store_max) == (stores[0], stores[-1])
        assert sha256_of(ledger.folder / file.path) == file.sha256


def test_a_folded_file_is_cut_between_stores(ledger: Ledger) -> None:
    """Fails when a folded month is one file that every landing has to open."""
    done = fold(ledger, "orders", ORDERS, [SEPTEMBER], many=2, rows_per_file=8)
    assert done is not None
    october = sorted((f.store_min, f.store_max) for f in done.files if f.period == "2026-10")
    assert len(october) > 1
    assert all(before[1] < after[0] for before, after in pairwise(october))


def test_months_with_few_files_are_left_alone(ledger: Ledger) -> None:
    """Fails when every sealing rewrites what was folded before."""
    assert fold(ledger, "orders", ORDERS, many=1000) is None
    assert fold(ledger, "surveys", ORDERS) is None
    fold(ledger, "orders", ORDERS, many=2)
    assert fold(ledger, "orders", ORDERS, many=2) is None


def test_landing_goes_on_after_folding(ledger: Ledger) -> None:
    """Fails when rows in folded files are no longer found by their keys."""
    before = values(ledger)
    fold(ledger, "orders", ORDERS, many=2, rows_per_file=8)
    rows = ledger.current("orders", ORDERS).select(*(c for c in table(ORDERS).columns))
    repeated = land(ledger, rows, period=NOVEMBER, file="all again")
    assert (repeated.counts["repeated"], repeated.files) == (len(before), ())
    changed = land(
        ledger, rows.with_columns((pl.col("amount") + 1).cast(pl.Decimal(18, 2))), period=NOVEMBER, file="all changed"
    )
    assert changed.counts["changed"] == len(before) == len(values(ledger))


def test_older_versions_can_still_be_read(ledger: Ledger) -> None:
    """Fails when folding removes files that a seal or an older version of the table names."""
    version = ledger.table("orders", ORDERS).version
    rows = pl.DataFrame(DeltaTable(str(ledger.folder / "orders"), version=version).scan()).height
    done = fold(ledger, "orders", ORDERS, many=2)
    assert done is not None and all((ledger.folder / path).exists() for path in done.replaced)
    assert pl.DataFrame(DeltaTable(str(ledger.folder / "orders"), version=version).scan()).height == rows
    assert pl.DataFrame(DeltaTable(str(ledger.folder / "orders")).scan()).height == rows
