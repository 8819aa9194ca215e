"""A folder settled again and again in the same place: the files that lie there now have the last word."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from fairwrench.closing.run import Run, SettleOptions, settle_folder
from fairwrench.engines.duckdb import DuckDB
from fairwrench.settlement.calendar.deadlines import Month
from tests.closing.quiet import Quiet

CASE = Path(__file__).parents[2] / "cases" / "files" / "newer-copy-loses" / "data"
OCTOBER = Month(2026, 10)
#: the commission of T003 in the file and in the corrected export of it
ONE, OTHER = "南城店_薪资数据.xlsx", "南城店_薪资数据 (1).xlsx"


@dataclass(frozen=True)
class Came:
    """What came of settling: what counts for T003, everybody's pay, the batches, what was said of files said anew."""

    commission: str
    paid: list[Any]
    batches: list[int]
    said: list[str]

    @classmethod
    def of(cls, run: Run) -> Came:
        """Read at once, for the next settling goes on in the same ledger."""
        ledger = run.workspace.ledger
        rows = ledger.current("payroll", run.workspace.sources["payroll"]).filter(employee_id="T003")
        paid = run.closed.settlement.pay.sort("employee_id").rows()
        said = [problem.en for problem in run.problems if problem.code == "said_anew"]
        return cls(str(rows["commission"].item()), paid, [b.number for b in ledger.batches("payroll")], said)


@pytest.fixture
def settled(tmp_path: Path) -> Callable[..., Came]:
    """Settle October in the same place with some of the two files, each under a name of its own; `last` come last."""

    def settle(*last: str, **files: str) -> Came:
        data = tmp_path / "data"
        shutil.rmtree(data, ignore_errors=True)
        shutil.copytree(CASE, data)
        for name in (ONE, OTHER):
            (data / "2026-10" / name).unlink()
        for name, file in files.items():
            shutil.copyfile(CASE / "2026-10" / file, data / "2026-10" / f"南城店_薪资数据_{name}.xlsx")
        order = tuple(f"南城店_薪资数据_{name}.xlsx" for name in last)
        return Came.of(settle_folder(SettleOptions(OCTOBER, data, tmp_path / "out", last=order), DuckDB(), Quiet()))

    return settle


def test_the_first_file_handed_in_again_counts_again(settled: Callable[..., Came]) -> None:
    """Fails when a file that is put back after another is taken for one that has landed, and the other goes on
    counting."""
    first, second, third = settled(a=ONE), settled(a=OTHER), settled(a=ONE)
    assert first.commission == third.commission != second.commission
    assert first.paid == third.paid != second.paid
    assert third.said == ["has landed before and was told otherwise since; 2 rows of it count as it says again"]
    fourth = settled(a=ONE)
    assert (fourth.paid, fourth.batches, fourth.said) == (first.paid, third.batches, [])
    assert third.batches == [1, 2, 3]


def test_a_folder_with_both_stays_as_it_was_settled(settled: Callable[..., Came]) -> None:
    """Fails when settling a folder again lets its files overrule each other in turn, a batch each time."""
    first, again = settled("b", a=ONE, b=OTHER), settled("b", a=ONE, b=OTHER)
    assert (again.batches, again.commission) == ([1, 2], first.commission)


def test_a_file_put_back_behind_another_has_the_last_word(settled: Callable[..., Came]) -> None:
    """Fails when the order of the files is another in a place where they were settled before than in a new one."""
    both, alone, again = settled("b", a=ONE, b=OTHER), settled(a=ONE), settled("b", a=ONE, b=OTHER)
    assert alone.commission != both.commission == again.commission
