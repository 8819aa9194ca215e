"""Leave across an attendance sheet on its way into the ledger: whom it speaks for, what a correction ends."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import pytest

from fairwrench.closing.folder.landing import Handover, Landed, land_part, placed
from fairwrench.ledger.batches.batches import Ledger
from fairwrench.ledger.batches.contradictions import Beside
from fairwrench.ledger.intake.intake import intake
from fairwrench.settlement.calendar.deadlines import Month
from tests.closing.small import SOURCES
from tests.ledger.handed import roster

OCTOBER = Month(2026, 10)
HEAD = "工号,月份,应出勤工时,实际出勤工时,年假(天),病假(小时)"
STORES = ["一店", "二店"]
PEOPLE = [(who, name, store, None, None, "") for who, name, store in (("A", "甲", "一店"), ("B", "乙", "二店"))]


@pytest.fixture
def ledger(tmp_path: Path) -> Ledger:
    return Ledger(tmp_path / "ledger", time_zone="Asia/Shanghai")


def landed(
    ledger: Ledger, *rows: str, name: str = "考勤.csv", head: str = HEAD, beside: Beside | None = None
) -> dict[str, Landed]:
    """What came of each kind of rows of a file of the group."""
    content = "\n".join([head, *rows]).encode()
    people = roster(PEOPLE)
    found = intake(content, sources=SOURCES, roster=people, period=OCTOBER, name=name)
    handed = Handover(content, OCTOBER, None, STORES)
    answers = {}
    for sheet in found.sheets:
        source = SOURCES[sheet.source]
        part = placed(sheet, source, people, "Asia/Shanghai", OCTOBER)
        together = beside if sheet.source == "leave" else None
        answer = answers[sheet.source] = land_part(part, source, ledger, handed, anew=True, beside=together)
        if together and answer.batch:
            together.files[answer.batch.number] = name
    return answers


def leave(ledger: Ledger) -> list[tuple[object, ...]]:
    current = ledger.current("leave", SOURCES["leave"]).sort("employee_id", "kind", "begins_at")
    return current.select("employee_id", "kind", "hours", "store", "_row").rows()


def test_leave_lands_with_its_file_and_row_for_every_store_of_the_sheet(ledger: Ledger) -> None:
    """Fails when the store in which nobody was away is asked for leave that its sheet says there was none of."""
    batch = landed(ledger, "A,2026-10,160,144,2,0", "B,2026-10,160,160,0,0")["leave"].batch
    assert leave(ledger) == [("A", "annual", Decimal("16.00"), "一店", 2)]
    assert batch and (batch.file, batch.stores) == ("考勤.csv", ("一店", "二店"))


def test_a_sheet_in_which_nobody_was_away_says_so(ledger: Ledger) -> None:
    """Fails when no row of leave looks like no leave handed in."""
    batch = landed(ledger, "A,2026-10,160,160,0,0", "B,2026-10,160,160,,")["leave"].batch
    assert batch and (batch.stores, batch.counts["accepted"]) == (("一店", "二店"), 0)


def test_leave_that_was_corrected_to_none_ends(ledger: Ledger) -> None:
    """Fails when two days handed in by mistake count for ever, as a 0 writes no row, or another's end with them."""
    landed(ledger, "A,2026-10,160,144,2,4", "B,2026-10,160,152,1,0")
    landed(ledger, "A,2026-10,160,160,0,4", name="考勤更正.csv")
    assert leave(ledger) == [
        ("A", "sick", Decimal("4.00"), "一店", 2),
        ("B", "annual", Decimal("8.00"), "二店", 3),
    ]


def test_leave_with_days_of_its_own_stays_beside_a_sheet_without(ledger: Ledger) -> None:
    """Fails when an attendance sheet with a 0 takes back what a leave file said."""
    own = "工号,月份,假别,开始时间,结束时间,当月工时"
    landed(ledger, "A,2026-10,年假,2026-10-12,2026-10-13,16", name="请假.csv", head=own)
    landed(ledger, "A,2026-10,160,144,0,0")
    assert leave(ledger) == [("A", "annual", Decimal("16.00"), "一店", 2)]


def test_leave_of_rejected_cells_is_not_taken_back(ledger: Ledger) -> None:
    """Fails when a slip in the corrected sheet ends the leave that the first one said."""
    landed(ledger, "A,2026-10,160,144,2,0")
    answer = landed(ledger, "A,2026-10,160,144,-2,0", name="考勤更正.csv")["leave"].batch
    assert leave(ledger) == [("A", "annual", Decimal("16.00"), "一店", 2)]
    assert answer and answer.counts["rejected"] == 1


def test_leave_of_nobody_is_rejected_like_any_row(ledger: Ledger) -> None:
    """Fails when a stranger's two kinds of leave make the rows of the sheet add up to something else."""
    batch = landed(ledger, "A,2026-10,160,144,2,0", "路人,2026-10,160,144,1,4")["leave"].batch
    assert batch and (batch.counts["accepted"], batch.counts["rejected"]) == (1, 1)
    assert [row[0] for row in leave(ledger)] == ["A"]


def test_two_sheets_handed_in_together_that_differ_are_asked_about(ledger: Ledger) -> None:
    """Fails when 0 in one of two files of a folder takes back the leave of the other, by their names' order alone."""
    beside = Beside()
    landed(ledger, "A,2026-10,160,144,2,0", beside=beside)
    landed(ledger, "A,2026-10,160,144,0,0", name="考勤2.csv", beside=beside)
    assert leave(ledger) == [("A", "annual", Decimal("16.00"), "一店", 2)]
    (problem,) = beside.problems
    assert (problem.code, problem.severity) == ("files_differ", "error")
    assert problem.zh.startswith("与“考勤.csv”有 1 行“请假”不一致：那边有，这里是 0 或空。以哪一份为准只有人知道")


def test_a_sheet_takes_back_only_the_kinds_of_which_it_has_a_column(ledger: Ledger) -> None:
    """Fails when a later sheet with sick leave alone ends two days of annual leave of which it says nothing."""
    landed(ledger, "A,2026-10,160,144,2,4")
    landed(ledger, "A,2026-10,160,144,0", name="考勤2.csv", head="工号,月份,应出勤工时,实际出勤工时,病假(小时)")
    assert leave(ledger) == [("A", "annual", Decimal("16.00"), "一店", 2)]


def test_leave_that_was_all_rejected_is_told_as_leave_and_its_store_waits(ledger: Ledger) -> None:
    """Fails when the store whose leave could not be read looks like one without, or its attendance seems rejected."""
    answer = landed(ledger, "A,2026-10,160,144,-2,0", "B,2026-10,160,160,0,0")["leave"]
    assert answer.batch and (answer.batch.stores, answer.batch.refused) == ((), ("一店",))
    (told,) = [problem for problem in answer.problems if problem.code == "speaks_for_nobody"]
    assert told.zh.startswith("“请假”（来自这张表的列，表本身的行另计）1 行全部被退回")
    assert told.en.startswith("of leave in its columns 1 row was rejected")
