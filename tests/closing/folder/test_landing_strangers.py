"""Rows about nobody on the roster: rejected once, and not listed as rows that count for the store all the same."""

from __future__ import annotations

from fairwrench.catalog.loader import load_sources
from fairwrench.closing.folder.landing import placed
from fairwrench.ledger.intake.intake import intake
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import csv, roster

SOURCES = load_sources()
OCTOBER = Month(2026, 10)


def test_a_rejected_stranger_is_counted_once() -> None:
    """Fails when a row that nobody can be found for is rejected, and promised to count for the store below it."""
    head = ("工号", "月份", "应出勤工时", "实际出勤工时")
    rows = [("1001", "2026-10", "168", "160"), ("9999", "2026-10", "168", "160")]
    found = intake(csv([head, *rows]), sources=SOURCES, roster=roster(), period=OCTOBER, name="一店_考勤.csv")
    (sheet,) = found.sheets
    assert sheet.uncredited["value"].to_list() == ["9999"]
    part = placed(sheet, SOURCES["attendance"], roster(), "Asia/Shanghai", OCTOBER)
    assert (part.counts["accepted"], part.counts["rejected"]) == (1, 1)
    assert part.rejected.select("row", "value", "code").rows() == [(3, "9999", "nobody")]
    assert part.uncredited.is_empty()
