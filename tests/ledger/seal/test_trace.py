"""Trace: from rows of the ledger to the cells as they were uploaded, and who handed them in."""

import csv
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path

import pytest

from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.compaction import fold
from fairwrench.ledger.batches.records import Upload
from fairwrench.ledger.seal.trace import rows_by_id, trace
from tests.ledger.landing import OCTOBER, ORDERS, order, table

CSV = "工单号,金额\nR1,￥1.00\nR2, 2 \n"
opened: list[tuple[str, tuple[int, ...]]] = []


def read_cells(path: Path, sheet: str, rows: Sequence[int]) -> dict[int, dict[str, str]]:
    """What intake does, for plain csv: the header is row 1."""
    opened.append((sheet, tuple(rows)))
    with path.open(newline="") as file:
        found = dict(enumerate(csv.DictReader(file), 2))
    return {row: found[row] for row in rows if row in found}


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    made = Ledger(tmp_path / "ledger", clock=lambda: datetime(2026, 11, 2, 9, 30, tzinfo=UTC))
    opened.clear()
    rows = table(ORDERS, order("R1", "2026-10-05T01:00", "1.00"), order("R2", "2026-10-06T01:00", "2.00"))
    upload = Upload("十月.csv", CSV.encode(), sheet="工单")
    made.land("orders", ORDERS, rows, upload, period=OCTOBER, stores=["S1"], by="li")
    better = Upload("更正.csv", "工单号,金额\nR2,3\n".encode())
    rows = table(ORDERS, order("R2", "2026-10-06T01:00", "3.00"))
    made.land("orders", ORDERS, rows, better, period=OCTOBER, stores=["S1"], by="wang")
    return made


def test_a_current_row_leads_to_its_cells(ledger: Ledger) -> None:
    """Fails when somebody asks where a figure came from and gets another row, another file or another spelling."""
    rows = ledger.current("orders", ORDERS).select("_batch", "_row")
    origins, problems = trace(ledger, "orders", rows.iter_rows(), read_cells)
    assert problems == []
    assert [(o.batch.file, o.batch.sheet, o.row, o.cells) for o in origins] == [
        ("十月.csv", "工单", 2, {"工单号": "R1", "金额": "￥1.00"}),
        ("更正.csv", "", 2, {"工单号": "R2", "金额": "3"}),
    ]
    assert [(o.batch.by, o.batch.landed_at) for o in origins][1] == ("wang", "2026-11-02T09:30:00+00:00")


def test_a_replaced_row_can_be_traced_too(ledger: Ledger) -> None:
    """Fails when what was believed before a correction can no longer be shown."""
    (new,) = rows_by_id(ledger, "orders", ORDERS, [2 * 2**32 + 1]).get_column("_supersedes")
    old = rows_by_id(ledger, "orders", ORDERS, [new]).select("_batch", "_row")
    (origin,), _ = trace(ledger, "orders", old.iter_rows(), read_cells)
    assert origin.cells["金额"] == " 2 "


def test_each_upload_is_opened_once(ledger: Ledger) -> None:
    """Fails when the rows behind a figure open a workbook once a row."""
    trace(ledger, "orders", [(1, 3), (1, 2), (2, 2), (1, 2)], read_cells)
    assert opened == [("工单", (2, 3)), ("", (2,))]


def test_folding_loses_no_trace(ledger: Ledger) -> None:
    """Fails when a folded row forgets its file and row."""
    before = rows_by_id(ledger, "orders", ORDERS, [2**32 + 2, 2 * 2**32 + 1, 2**32 + 1])
    fold(ledger, "orders", ORDERS, many=2)
    assert before.height == 3
    assert rows_by_id(ledger, "orders", ORDERS, before.get_column("_id")).equals(before)


def test_a_lost_upload_or_row_is_a_problem(ledger: Ledger) -> None:
    """Fails when evidence that cannot be shown looks like evidence without cells."""
    _, (problem,) = trace(ledger, "orders", [(1, 99)], read_cells)
    assert (problem.code, problem.file, problem.line, problem.subject) == ("row_lost", "十月.csv", 99, "li")
    ledger.upload(ledger.records("orders").one(2).sha256).unlink()
    (origin,), (problem,) = trace(ledger, "orders", [(2, 2)], read_cells)
    assert (origin.cells, problem.code, problem.file) == ({}, "file_missing", "更正.csv")


def test_rows_without_an_upload_have_no_cells_and_no_problem(ledger: Ledger) -> None:
    """Fails when made samples are taken for lost evidence."""
    ledger.land_bulk("orders", ORDERS, [table(ORDERS, order("R1", "2026-10-05T01:00", store="S2"))], period=OCTOBER)
    (origin,), problems = trace(ledger, "orders", [(3, 2)], read_cells)
    assert (origin.cells, problems) == ({}, [])


def test_nothing_asked_is_nothing_found(ledger: Ledger) -> None:
    """Fails when an empty figure or an unknown source is an error."""
    assert rows_by_id(ledger, "orders", ORDERS, []).is_empty()
    assert rows_by_id(ledger, "surveys", ORDERS, [1]).is_empty()
    assert trace(ledger, "orders", [], read_cells) == ([], [])
