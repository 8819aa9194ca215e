"""Months closed in order: late evidence becomes corrections and changes of standing, sealed months stay as they are."""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path
from typing import Any

import polars as pl
import pytest

from fairwrench.closing.book import Book, totals_as_history, touched_months
from fairwrench.closing.month import Closed
from fairwrench.closing.run_files import write_closed
from fairwrench.ledger.folder import sha256_of
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.scheme.scheme import Scheme
from tests.closing.small import AUGUST, CHAOYANG, MONTHS, OCTOBER, SEPTEMBER, Group, evidence, scheme

NOVEMBER = OCTOBER.plus(1)


def closed_until(group: Group, last: Month, under: Scheme | None = None) -> tuple[Book, Closed]:
    book = Book(group.office, under or scheme())
    for month in Month.range(AUGUST, last):
        done = book.close(month)
    return book, done


def pay(done: Closed, person: str, column: str = "total") -> int | None:
    found = done.settlement.pay.filter(pl.col("employee_id") == person)[column][0]
    return None if found is None else int(found)


def corrections(done: Closed) -> dict[tuple[str, str], int]:
    rows = done.case.corrections.select("employee_id", "month", "amount").iter_rows()
    return {(person, month): amount for person, month, amount in rows}


def payroll(person: str, month: Month, commission: str, store: str = CHAOYANG) -> dict[str, Any]:
    return {"employee_id": person, "month": str(month), "commission": Decimal(commission), "store": store}


def digests(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and "ledger" not in path.parts)
    return {path.relative_to(folder).as_posix(): sha256_of(path) for path in files}


def test_late_pay_is_corrected_in_the_later_month(group: Group, tmp_path: Path) -> None:
    """Fails when commission that was handed in late for September is lost, or changes September itself."""
    book = Book(group.office, scheme())
    for month in (AUGUST, SEPTEMBER):
        september = book.close(month)
    write_closed(september, tmp_path / "september", "zh")
    before = digests(tmp_path / "september")
    was = pay(september, "T1", "performance_pay")
    # 2274.00 was handed in; in October's folder it is 3274.00
    group.land("payroll", [payroll("T1", SEPTEMBER, "3274")], OCTOBER)
    october = book.close(OCTOBER)
    coefficient = pay(september, "T1", "coefficient")
    assert was is not None and coefficient is not None
    now = (327400 * coefficient + 5000) // 10000
    assert corrections(october) == {("T1", "2026-09"): now - was}
    assert pay(october, "T1", "corrections") == now - was
    # the sealed month's own files stay byte for byte, and would be written so again
    write_closed(book.closed[SEPTEMBER], tmp_path / "again", "zh")
    assert digests(tmp_path / "september") == before
    assert digests(tmp_path / "again") == before
    assert pay(book.known[SEPTEMBER], "T1", "performance_pay") == now


def test_a_correction_is_owed_once(group: Group) -> None:
    """Fails when November corrects again what October has corrected."""
    book, _ = closed_until(group, SEPTEMBER)
    group.land("payroll", [payroll("T1", SEPTEMBER, "3274")], OCTOBER)
    october = book.close(OCTOBER)
    group.land("payroll", [payroll("T2", SEPTEMBER, "3000")], NOVEMBER)
    group.land_month(NOVEMBER)
    november = book.close(NOVEMBER)
    assert {person for person, _ in corrections(october)} == {"T1"}
    assert {person for person, _ in corrections(november)} == {"T2"}


def test_pay_that_was_open_is_owed_whole_once_it_is_settled(group: Group) -> None:
    """Fails when somebody whose rating came late is never paid for the month."""
    book, _ = closed_until(group, OCTOBER)
    assert pay(book.closed[OCTOBER], "T3") is None
    rating = {"employee_id": "T3", "rater": "M1", "item": "teamwork", "level": "良好"}
    group.land("ratings", [{**rating, "month": "2026-10", "store": CHAOYANG}], NOVEMBER)
    group.land_month(NOVEMBER)
    november = book.close(NOVEMBER)
    known = pay(book.known[OCTOBER], "T3")
    assert known is not None and known > 300000
    assert corrections(november) == {("T3", "2026-10"): known}


def test_pay_that_opened_and_settled_again_is_not_owed_twice(group: Group) -> None:
    """Fails when August, paid in August, open again in September, settled anew in October, is paid a second time."""
    book, _ = closed_until(group, AUGUST)
    paid = pay(book.closed[AUGUST], "T1")
    assert paid is not None
    same = {"employee_id": "T1", "month": "2026-08", "kind": "deduction", "reason": "工具", "decided_by": "M1"}
    group.land("decisions", [{**same, "decision_no": "D1", "store": CHAOYANG}], SEPTEMBER)
    september = book.close(SEPTEMBER)
    assert pay(book.known[AUGUST], "T1") is None
    assert corrections(september) == {}
    group.land("decisions", [{**same, "decision_no": "D1", "store": CHAOYANG, "value": Decimal(50)}], OCTOBER)
    october = book.close(OCTOBER)
    assert corrections(october) == {("T1", "2026-08"): -5000}


def test_earlier_months_settled_once_bring_the_same_corrections(group: Group) -> None:
    """Fails when catching up on earlier months gives October other corrections than closing them one by one."""
    group.land("payroll", [payroll("T1", AUGUST, "2500")], SEPTEMBER)
    group.land("payroll", [payroll("T1", AUGUST, "2600"), payroll("T2", SEPTEMBER, "3000")], OCTOBER)
    one_by_one = closed_until(group, OCTOBER)[1]
    book = Book(group.office, scheme())
    book.catch_up([SEPTEMBER, AUGUST], OCTOBER)
    at_once = book.close(OCTOBER)
    assert corrections(at_once) == corrections(one_by_one)
    assert set(corrections(at_once)) == {("T1", "2026-08"), ("T2", "2026-09")}
    assert at_once.settlement.pay.equals(one_by_one.settlement.pay)
    assert at_once.settlement.standing.equals(one_by_one.settlement.standing)


def test_a_corrected_grade_changes_the_standing_of_its_month(group: Group, tmp_path: Path) -> None:
    """Fails when a letter that is no longer due stays, or is deleted without a trace (S1 ❺ 5.8)."""
    book, september = closed_until(group, SEPTEMBER)
    events = september.settlement.standing.select("employee_id", "event").rows()
    assert ("A2", "severe_warning") in events
    # an appeal of October: A2's August comes to C after all
    appeal = {"decision_no": "D9", "employee_id": "A2", "month": "2026-08", "kind": "appeal_grade", "item": "C"}
    group.land("decisions", [{**appeal, "reason": "申诉成立", "decided_by": "M2", "store": "海淀店"}], OCTOBER)
    october = book.close(OCTOBER)
    mine = october.standing_changes.filter(pl.col("employee_id") == "A2").rows()
    assert mine == [("2026-09", "A2", "severe_warning", "e_warning", "withdrawn")]
    # from there on: in October it is the second E in a row, not the third
    now = october.settlement.standing.filter(pl.col("employee_id") == "A2")["event"].to_list()
    assert now == ["severe_warning"]
    write_closed(october, tmp_path / "out", "zh")
    written = (tmp_path / "out" / "standing_changes.csv").read_text(encoding="utf-8").splitlines()
    assert written[0] == "month,employee_id,event,rule,change"
    assert "2026-09,A2,severe_warning,e_warning,withdrawn" in written[1:]


def test_a_corrected_grade_may_bring_what_was_not_due(group: Group) -> None:
    """Fails when somebody's warning is not made up for once two months are known to have been E, not D."""
    book, september = closed_until(group, SEPTEMBER)
    assert ("T1", "improvement_plan") in september.settlement.standing.select("employee_id", "event").rows()
    rows = [
        {"decision_no": f"D{month}", "employee_id": "T1", "month": month, "kind": "appeal_grade", "item": "E"}
        for month in ("2026-08", "2026-09")
    ]
    group.land("decisions", [{**row, "reason": "复核", "decided_by": "M1", "store": CHAOYANG} for row in rows], OCTOBER)
    october = book.close(OCTOBER)
    assert set(october.standing_changes.filter(pl.col("employee_id") == "T1").rows()) == {
        ("2026-09", "T1", "improvement_plan", "plan", "withdrawn"),
        ("2026-09", "T1", "severe_warning", "e_warning", "newly_due"),
    }


def test_nothing_late_changes_nothing(group: Group, tmp_path: Path) -> None:
    """Fails when a month without late evidence settles others again, or leaves a file of changes."""
    told: list[tuple[str, Month]] = []
    book = Book(group.office, scheme(), progress=lambda what, month: told.append((what, month)))
    for month in MONTHS:
        done = book.close(month)
    assert told == [("settle", month) for month in MONTHS]
    assert done.standing_changes.is_empty()
    write_closed(done, tmp_path / "out", "zh")
    assert not (tmp_path / "out" / "standing_changes.csv").exists()


def test_history_is_what_is_known_by_now(group: Group) -> None:
    """Fails when standing reads a grade that has been corrected since, or a month twice."""
    told = totals_as_history(Book(group.office, scheme()).close(AUGUST))
    book = Book(group.office, scheme(), history=told)
    past = book.past(SEPTEMBER)
    assert past.select("month").unique()["month"].to_list() == ["2026-08"]
    assert not past.select("month", "employee_id").is_duplicated().any()
    book.close(SEPTEMBER)
    assert set(book.past(OCTOBER)["month"]) == {"2026-08", "2026-09"}


@pytest.mark.parametrize(
    ("source", "dated", "back"),
    [
        # an order is looked back on for three months, a rating for none, a decision for twelve
        ("repair_orders", AUGUST, 3),
        ("ratings", AUGUST, 0),
        ("decisions", AUGUST, 12),
    ],
)
def test_which_months_late_evidence_touches(group: Group, source: str, dated: Month, back: int) -> None:
    """Fails when a month that reads the late rows keeps its figures, or one that does not is settled for nothing."""
    row = evidence(dated)[source][0] if source in evidence(dated) else _decision(dated)
    group.land(source, [{**row, **_other(source)}], OCTOBER.plus(3))
    touched = touched_months(group.office, scheme(), OCTOBER.plus(3))
    assert touched == {dated.plus(step) for step in range(back + 1) if dated.plus(step) < OCTOBER.plus(3)}


def _other(source: str) -> dict[str, Any]:
    return {"repair_orders": {"ro_no": "late"}, "ratings": {"level": "合格"}}.get(source, {})


def _decision(month: Month) -> dict[str, Any]:
    about = {"decision_no": "D1", "employee_id": "T1", "month": str(month), "kind": "exclude", "store": CHAOYANG}
    return {**about, "reason": "病假", "decided_by": "M1"}


def test_a_window_of_a_year_is_touched_for_a_year(group: Group) -> None:
    """Fails when a late row counts in a yearly figure of twelve months and only the first few are corrected."""
    year = {"source": "complaints", "value": "count", "date": "received_at", "credit": "responsible", "months": 12}
    under = scheme(metrics={"complaints": {"numerator": year}})
    row = evidence(AUGUST)["complaints"][0]
    group.land("complaints", [{**row, "complaint_no": "late"}], OCTOBER.plus(20))
    touched = touched_months(group.office, under, OCTOBER.plus(20))
    assert touched == {AUGUST.plus(step) for step in range(12)}


def test_evidence_that_the_scheme_does_not_read_touches_nothing(group: Group) -> None:
    """Fails when every late file settles all months again."""
    row = {"survey_no": "S1", "store": CHAOYANG, "due_on": AUGUST.first}
    group.land("surveys", [row], OCTOBER)
    assert touched_months(group.office, scheme(), OCTOBER) == set()
