"""The embedded engine reads its sealed files and nothing else, and leaves nothing behind."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

import duckdb
import polars as pl
import pytest

from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.measure.measure import SealedSource
from tests.engines.landed import ZONE, at, evidence, landed, yuan
from tests.engines.orders import ENGINE, ORDERS, cells, order, planned

# Locked down


FORBIDDEN = [
    "SELECT * FROM read_text('{secret}')",
    "SELECT * FROM read_csv('{secret}')",
    "SELECT * FROM read_parquet('{other}')",
    "SELECT * FROM '{other}'",
    "SELECT * FROM glob('{folder}/*')",
    "COPY (SELECT 1) TO '{folder}/new.csv'",
    "ATTACH '{folder}/new.db'",
    "INSTALL httpfs",
    "LOAD httpfs",
    "SET enable_external_access = true",
    "SET allowed_paths = ['{secret}']",
    "SET memory_limit = '64GB'",
    "SET threads = 64",
    "PRAGMA threads = 64",
    "RESET TimeZone",
    "SELECT getenv('HOME')",
    "SELECT * FROM read_text('https://example.com/')",
]


@pytest.mark.parametrize("sql", FORBIDDEN)
def test_a_query_reaches_nothing_but_the_sealed_files(tmp_path: Path, sql: str) -> None:
    """Fails when a formula that slipped through every check could read a file, the network or change a limit."""
    secret, other = tmp_path / "secret.txt", tmp_path / "other.parquet"
    secret.write_text("pay")
    pl.DataFrame({"pay": [1]}).write_parquet(other)
    sealed = landed(tmp_path, "orders", ORDERS, [order("1")])
    connection = ENGINE._reading("orders", sealed.files, evidence(orders=sealed))
    assert connection.execute("SELECT COUNT(*) FROM raw_orders").fetchall() == [(1,)]
    with pytest.raises(duckdb.Error):
        connection.execute(sql.format(secret=secret, other=other, folder=tmp_path)).fetchall()
    assert not (tmp_path / "new.csv").exists()


def test_variables_of_the_program_are_no_tables(tmp_path: Path) -> None:
    """Fails when a query could read whatever the program happens to hold in a variable."""
    secret = pl.DataFrame({"pay": [1]})
    sealed = landed(tmp_path, "orders", ORDERS, [order("1")])
    with ENGINE._open(evidence(orders=sealed)) as connection, pytest.raises(duckdb.Error):
        connection.execute("SELECT * FROM secret").fetchall()
    assert secret.height == 1


@pytest.mark.parametrize("name", ["门店 一'二", "data[1]", "a*b?c", "_month=2026-10", 'q"uote', "{x},y"])
def test_any_folder_name_can_hold_evidence(tmp_path: Path, name: str) -> None:
    """Fails when a customer's folder name would be read as a pattern or end a piece of text."""
    seen = evidence(orders=landed(tmp_path / name, "orders", ORDERS, [order("1")]))
    assert cells(seen) == {("S1", "E1"): (1,)}


def test_what_does_not_fit_into_memory_leaves_nothing_behind(tmp_path: Path) -> None:
    """Fails when rows about people would stay on disk after a query."""
    spill, kept = tmp_path / "spill", tmp_path / "kept"
    spill.mkdir()
    engine = DuckDB(memory="500MB", threads=1, spill=spill)
    seen = evidence(orders=landed(kept, "orders", ORDERS, [order("1")]))
    with engine._open(seen) as connection:
        setting = connection.execute("SELECT current_setting('temp_directory')").fetchone()
        assert setting is not None and Path(setting[0]).parent == spill
    assert list(spill.iterdir()) == []


def test_a_query_larger_than_memory_still_runs(tmp_path: Path) -> None:
    """Fails when locking the engine down would also forbid it to set rows aside on disk."""
    engine = DuckDB(memory="150MB", threads=2, spill=tmp_path)
    seen = evidence(orders=SealedSource(ORDERS, ()))
    with engine._open(seen) as connection:
        sorted_ = "SELECT md5(CAST(i AS VARCHAR)) AS h, i FROM range(4000000) t(i) ORDER BY h"
        found = connection.execute(f"SELECT count(*), min(n) FROM (SELECT lag(h) OVER (ORDER BY h) n FROM ({sorted_}))")
        assert found.fetchall()[0][0] == 4000000


def test_a_result_of_other_decimals_is_refused(tmp_path: Path) -> None:
    """Fails when an engine's own idea of decimals would shift an amount by powers of ten."""
    sealed = landed(tmp_path, "orders", ORDERS, [order("1", share=yuan("0.5"))])
    fewer = ORDERS.model_copy(update={"columns": {**ORDERS.columns, "share": ORDERS.columns["amount"]}})
    with pytest.raises(ArithmeticError, match="decimals"):
        cells(evidence(orders=SealedSource(fewer, sealed.files)), planned("sum(share)"))


def test_zone_and_files_stay_as_given() -> None:
    """Fails when the defaults of these tests change unnoticed: Shanghai has no summer time in 2026."""
    assert at("2026-10-01 00:00", ZONE) == at("2026-09-30 16:00", "UTC")
    summer: Sequence[str] = ("2026-01-01 00:00", "2026-07-01 00:00")
    assert {(at(text, "UTC") - at(text, ZONE)).total_seconds() for text in summer} == {8 * 3600}
