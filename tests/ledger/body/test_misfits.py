"""Rows that do not fit their header, merged cells, two columns for one field.

What would break: amounts slip by a column, nine of ten orders name no advisor, the list price is paid for the received.
"""

from __future__ import annotations

from decimal import Decimal
from pathlib import Path

import openpyxl
import pytest

from fairwrench.ledger.intake.intake import Intake
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import HEADER, ORDERS, Cells, csv, one, order

FULL = (*HEADER, "工时费")
PREFERRING = Source.model_validate(
    {
        **ORDERS.model_dump(),
        "columns": {
            **ORDERS.model_dump()["columns"],
            "labour_amount": {
                **{"type": "decimal", "unit": "money", "aliases": ["工时费", "工时金额"], "prefer": ["实收工时费"]},
                "name": {"zh": "工时费", "en": "Labour"},
            },
        },
    }
)


def lines(*text: str) -> Intake:
    """A csv of these lines below the full header."""
    return one("\n".join([",".join(FULL), *text, ""]).encode())


def line(number: int, amount: str = "100") -> str:
    return ",".join([*map(str, order(f"RO{number}")), amount])


def told(found: Intake) -> list[str]:
    return [problem.code for problem in found.problems]


@pytest.mark.parametrize("more", [",剩余", ",,剩余", ', "剩余"'])
def test_a_line_with_more_to_say_than_the_header_has_names_is_rejected(more: str) -> None:
    """Fails when a separator too many moves an amount into the next column."""
    found = lines(line(1), line(2) + more)
    assert found.rejected.select("row", "code").rows() == [(3, "too_many_cells")]
    assert found.accepted["ro_no"].to_list() == ["RO1"]


@pytest.mark.parametrize("more", [",", ",,,", ", ,"])
def test_a_line_that_is_longer_only_by_empty_cells_fits(more: str) -> None:
    """Fails when trailing separators, which every export leaves, reject whole files."""
    found = lines(line(1), line(2) + more, line(3))
    assert found.rejected.is_empty() and found.accepted.height == 3
    assert told(found) == []


def test_a_line_cut_short_among_whole_ones_is_rejected() -> None:
    """Fails when a line without its last separator is an order without an amount."""
    found = lines(line(1), ",".join(map(str, order("RO2"))), line(3))
    assert found.rejected.select("row", "code").rows() == [(3, "too_few_cells")]
    assert "the line has 4 cells and the header 5 columns" in found.rejected["reason_en"][0]


def test_a_last_line_cut_short_is_rejected() -> None:
    """Fails when a file that did not come whole ends in an order without an amount."""
    found = lines(line(1), ",".join(map(str, order("RO2"))))
    assert found.rejected.select("row", "code").rows() == [(3, "too_few_cells")]


def test_runs_of_lines_that_leave_their_empty_ends_out_are_taken_and_told() -> None:
    """Fails when what a spreadsheet leaves out at the ends of many lines rejects them, or nobody hears of it."""
    short = [",".join(map(str, order(f"RO{number}"))) for number in (2, 3, 4)]
    found = lines(line(1), *short, line(5))
    assert found.rejected.is_empty()
    assert found.accepted["labour_amount"].to_list() == [Decimal(100), None, None, None, Decimal(100)]
    problem, blank = found.problems
    assert (problem.code, problem.severity, blank.code) == ("lines_end_early", "warning", "cells_blank")
    assert problem.en.startswith("3 lines lack cells at the end")


def test_cells_beyond_the_last_name_of_a_workbook_are_told_and_not_read(tmp_path: Path) -> None:
    """Fails when a remark beside the table rejects a row of a workbook, whose cells cannot slip, or is not said."""
    found = workbook(tmp_path, [FULL, (*order("RO1"), 100, "看过"), (*order("RO2"), 200)])
    assert found.accepted["labour_amount"].to_list() == [Decimal(100), Decimal(200)]
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("cells_without_name", "warning")
    assert "(from F on) in row 2 were not read" in problem.en


def workbook(folder: Path, rows: Cells, *merged: str, source: Source = ORDERS) -> Intake:
    """A workbook with merged ranges."""
    made = openpyxl.Workbook()
    sheet = made.active
    assert sheet is not None
    for cells in rows:
        sheet.append(list(cells))
    for span in merged:
        sheet.merge_cells(span)
    made.save(folder / "a.xlsx")
    return one(folder / "a.xlsx", sources={"repair_orders": source})


def test_a_merged_text_belongs_to_all_its_rows_and_is_said(tmp_path: Path) -> None:
    """Fails when the two rows under a merged advisor, or a merged kind and store, are nobody's."""
    head = (*HEADER, "服务顾问", "工时费")
    rows = [head, *((*order(f"RO{number}"), "1001", 100) for number in (1, 2, 3))]
    found = workbook(tmp_path, rows, "E2:E4", "B2:B3")
    assert found.accepted["advisor"].to_list() == ["1001"] * 3
    assert found.accepted["store"].to_list() == ["一店"] * 3
    words = [problem.en for problem in found.problems if problem.code == "merged_text"]
    assert len(words) == 2 and "E2:E4" in "".join(words) and "B2:B3" in "".join(words)
    assert {problem.severity for problem in found.problems} == {"warning"}


def test_a_merged_date_belongs_to_all_its_rows(tmp_path: Path) -> None:
    """Fails when three orders of one day, its date merged, are two orders without a date."""
    rows = [HEADER, *(order(f"RO{number}") for number in (1, 2, 3))]
    found = workbook(tmp_path, rows, "C2:C4")
    assert found.accepted["opened_at"].n_unique() == 1 and found.accepted.height == 3


@pytest.mark.parametrize(("span", "rejected"), [("E2:E4", [2, 3, 4]), ("E2:E3", [2, 3])])
def test_a_merged_amount_rejects_all_its_rows(span: str, rejected: list[int], tmp_path: Path) -> None:
    """Fails when the first row gets what belongs to three, or each row gets all of it."""
    rows = [FULL, *((*order(f"RO{number}"), 300) for number in (1, 2, 3))]
    found = workbook(tmp_path, rows, span)
    assert found.rejected.select("row", "code").rows() == [(row, "merged_amount") for row in rejected]
    assert span in found.rejected["reason_en"][0]


def test_an_amount_merged_over_two_columns_is_rejected(tmp_path: Path) -> None:
    """Fails when one number over mileage and labour is the mileage."""
    rows = [(*HEADER, "里程", "工时费"), (*order("RO1"), 300, None), (*order("RO2"), 400, 5)]
    found = workbook(tmp_path, rows, "E2:F2")
    assert found.rejected.select("row", "code").rows() == [(2, "merged_amount")]


def test_a_text_merged_over_two_columns_is_said(tmp_path: Path) -> None:
    """Fails when a kind of work merged over the advisor's column leaves the order without an advisor and no word."""
    rows = [(*HEADER, "服务顾问"), (*order("RO1"), None), (*order("RO2"), "1002")]
    found = workbook(tmp_path, rows, "D2:E2")
    assert found.accepted["kind"].to_list() == ["maintenance"] * 2
    merged, empty = sorted(found.problems, key=lambda problem: problem.code, reverse=True)
    assert (merged.code, merged.severity) == ("merged_columns", "warning")
    assert "D2:E2" in merged.en and "服务顾问" in merged.en
    assert empty.code == "cells_blank" and "服务顾问" in empty.zh


def test_merged_headers_and_titles_are_no_merged_rows(tmp_path: Path) -> None:
    """Fails when a title merged over the sheet, or a header merged over two rows, is taken for merged evidence."""
    rows = [
        ("维修工单",),
        (*HEADER, "工时费", None),
        (None, None, None, None, "原价", "实收"),
        (*order("RO1"), 100, 90),
    ]
    found = workbook(tmp_path, rows, "A1:F1", "A2:A3", "B2:B3", "C2:C3", "D2:D3", "E2:F2")
    assert found.accepted["ro_no"].to_list() == ["RO1"]
    assert "merged_text" not in told(found)


def test_two_columns_of_one_name_that_agree_are_one() -> None:
    """Fails when a column exported twice rejects its rows."""
    found = one(csv([(*FULL, "工时费"), (*order("RO1"), "100", "100"), (*order("RO2"), "", "50")]))
    assert found.accepted["labour_amount"].to_list() == [Decimal(100), Decimal(50)]


def test_two_columns_of_one_name_that_differ_are_rejected_row_by_row() -> None:
    """Fails when one of two different amounts is taken without a word."""
    found = one(csv([(*FULL, "工时费"), (*order("RO1"), "100", "90"), (*order("RO2"), "50", "50")]))
    (row,) = found.rejected.to_dicts()
    assert (row["row"], row["code"], row["value"]) == (2, "columns_differ", "100.00 / 90.00")


def test_times_that_differ_are_shown_as_the_person_sees_them() -> None:
    """Fails when two columns of 9:05 and 9:06 are shown in UTC, eight hours earlier."""
    opened = "2026-10-03 09:06:00"
    found = one(csv([(*HEADER, "接车时间"), (*order("RO1"), opened)]))
    (row,) = found.rejected.to_dicts()
    assert (row["code"], row["value"]) == ("columns_differ", "2026-10-03 09:05:00 / 2026-10-03 09:06:00")


def test_the_preferred_column_is_taken_and_the_other_said() -> None:
    """Fails when the list price is taken for what was received."""
    rows = [(*HEADER, "工时费", "实收工时费"), (*order("RO1"), "600", "300"), (*order("RO2"), "80", "80")]
    found = one(csv(rows), sources={"repair_orders": PREFERRING})
    assert found.accepted["labour_amount"].to_list() == [Decimal(300), Decimal(80)]
    (problem,) = found.problems
    assert (problem.code, problem.severity) == ("column_preferred", "note")
    assert "they differ in 1 row, such as row 2: 300 and 600" in problem.en


def test_a_preferred_column_that_is_empty_where_the_other_is_not_is_a_warning() -> None:
    """Fails when an order has 600 in one column, nothing in the preferred one, and counts nothing without a word."""
    rows = [(*HEADER, "工时费", "实收工时费"), (*order("RO1"), "600", ""), (*order("RO2"), "", "80")]
    found = one(csv(rows), sources={"repair_orders": PREFERRING})
    assert found.accepted["labour_amount"].to_list() == [None, Decimal(80)]
    problem, blank = found.problems
    assert blank.code == "cells_blank"
    assert (problem.code, problem.severity) == ("column_preferred", "warning")
    assert "they differ in 1 row, such as row 2: nothing and 600" in problem.en


def test_a_less_sure_column_that_differs_is_a_warning() -> None:
    """Fails when nothing but the name says which of 工时费 and 工时金额 is meant, and only a note tells."""
    rows = [(*HEADER, "工时金额", "工时费"), (*order("RO1"), "600", "300")]
    found = one(csv(rows), sources={"repair_orders": PREFERRING})
    assert found.accepted["labour_amount"].to_list() == [Decimal(300)]
    assert [(problem.code, problem.severity) for problem in found.problems] == [("column_preferred", "warning")]
