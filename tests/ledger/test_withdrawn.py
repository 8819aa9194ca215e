"""Rows that end: taken away where they stood, brought back by nothing that landed before."""

from __future__ import annotations

from pathlib import Path

import polars as pl
import pytest

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.source.source import Source
from tests.ledger.landing import ATTENDANCE, LINES, NOVEMBER, OCTOBER, ORDERS, land, order, table, values


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", time_zone="Asia/Shanghai")


def withdraw(
    ledger: Ledger, rows: pl.DataFrame, name: str = "orders", of: Source = ORDERS, period: Month = OCTOBER
) -> int:
    """End some current rows; how many of them stood."""
    batch = land(ledger, table(of), name, of, period=period, file="withdrawn", withdrawn=rows)
    return 0 if batch.again else batch.counts["withdrawn"]


def test_a_row_that_is_withdrawn_counts_no_more(ledger: Ledger) -> None:
    """Fails when what was taken back is still current, or takes its neighbour with it."""
    land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00"), order("R2", "2026-10-01T02:00")))
    first = ledger.current("orders", ORDERS).filter(ro_no="R1")
    assert withdraw(ledger, first) == 1
    assert [row[1] for row in values(ledger)] == ["R2"]
    assert withdraw(ledger, first) == 0, "what has ended does not end twice"


def test_nothing_that_landed_before_revives_it(ledger: Ledger) -> None:
    """Fails when a row replaced long ago comes back once its successor is withdrawn, after folding too."""
    for amount in ("1.00", "2.00"):
        land(ledger, table(ORDERS, order("R1", "2026-10-01T01:00", amount)))
    withdraw(ledger, ledger.current("orders", ORDERS))
    assert values(ledger) == []
    fold(ledger, "orders", ORDERS, many=1)
    assert values(ledger) == []


def test_given_again_it_counts_again(ledger: Ledger) -> None:
    """Fails when a key that was withdrawn once can never be told anew."""
    rows = table(ORDERS, order("R1", "2026-10-01T01:00"))
    land(ledger, rows)
    withdraw(ledger, ledger.current("orders", ORDERS))
    assert land(ledger, rows, anew=True).counts["new"] == 1
    assert len(values(ledger)) == 1


def test_withdrawn_in_a_month_it_stands_in_the_one_before(ledger: Ledger) -> None:
    """Fails when a month that is closed forgets a row that was withdrawn for a later one."""
    land(ledger, table(ATTENDANCE, ("E1", "2026-10", 8, "S1")), "attendance", ATTENDANCE)
    gone = ledger.current("attendance", ATTENDANCE)
    assert withdraw(ledger, gone, "attendance", ATTENDANCE, NOVEMBER) == 1
    assert values(ledger, "attendance", ATTENDANCE, upto=NOVEMBER) == []
    assert len(values(ledger, "attendance", ATTENDANCE, upto=OCTOBER)) == 1


def test_of_rows_with_an_empty_part_of_the_key_the_one_meant_ends(ledger: Ledger) -> None:
    """Fails when a line without a technician ends in the place of its twin."""
    day = "2026-10-01"
    frame = table(LINES.model_copy(), ("S1", "R1", None, None, 1), ("S1", "R1", None, None, 2))
    land(ledger, frame.with_columns(day=pl.lit(day).str.to_date()), "lines", LINES)
    second = ledger.current("lines", LINES).filter(hours=2)
    assert withdraw(ledger, second, "lines", LINES) == 1
    assert [row[4] for row in values(ledger, "lines", LINES)] == [1]
