"""Rejected rows as a workbook to mend. What would break: mended rows cannot be handed in again, or a cell attacks."""

import zipfile
from pathlib import Path

import openpyxl

from fairwrench.ledger.intake.rejection import write_rejected
from tests.ledger.handed import HEADER, csv, one, order, take, xlsx

DANGEROUS = '=HYPERLINK("http://x","y")'


def test_rejected_rows_can_be_mended_and_handed_in_again(tmp_path: Path) -> None:
    """All columns as uploaded, all reasons of a row in one cell; mended, every row is accepted."""
    header = (*HEADER, "工时费（元）", "备注")
    rows = [(*order("RO1"), "x", "漏油"), (*order("RO2"), "1", "好"), (*order("RO3", "九店", "昨天"), "-1", DANGEROUS)]
    found = take(csv([("一店工单",), header, *rows], separator="\t"), name="一店.csv")
    assert write_rejected(tmp_path / "r.xlsx", found) == 2
    book = openpyxl.load_workbook(tmp_path / "r.xlsx")
    (sheet,) = book.worksheets
    cells = [[cell.value for cell in row] for row in sheet.iter_rows()]
    assert cells[0] == ["退回原因", "原行号", *header]
    assert cells[1][1:] == ["3", *order("RO1"), "x", "漏油"]
    reasons = cells[2][0]
    assert all(reasons.count(f"{label}：") == 1 for label in ("门店", "接车时间", "工时费（元）"))
    for row, place in ((2, 7), (3, 7)):
        sheet.cell(row, place).value = "1,000.00"
    sheet["D3"], sheet["E3"] = "一店", "2026-10-05"
    book.save(tmp_path / "mended.xlsx")
    again = one(tmp_path / "mended.xlsx")
    assert again.accepted["ro_no"].to_list() == ["RO1", "RO3"]
    assert again.counts["rejected"] == 0
    assert [problem.code for problem in again.problems] == ["unknown_columns"] and "退回" not in again.problems[0].zh


def test_no_cell_starts_a_formula(tmp_path: Path) -> None:
    """A name typed by a stranger must not run on the desk of whoever mends it."""
    found = take(csv([HEADER, (DANGEROUS, "九店", "@SUM(1)", "+1")], separator="\t"))
    write_rejected(tmp_path / "r.xlsx", found)
    with zipfile.ZipFile(tmp_path / "r.xlsx") as archive:
        assert b"<f>" not in b"".join(archive.read(name) for name in archive.namelist() if "sheet" in name)


def test_each_sheet_keeps_its_name(tmp_path: Path) -> None:
    """Also names that Excel would not allow twice, and a file without names."""
    long = "工" * 31
    bad = [HEADER, order(opened="昨天")]
    found = take(xlsx(tmp_path / "a.xlsx", **{long: bad, "b": bad}))
    assert write_rejected(tmp_path / "r.xlsx", found, lang="en") == 2
    sheets = openpyxl.load_workbook(tmp_path / "r.xlsx").worksheets
    assert [sheet.title for sheet in sheets] == ["工" * 27, "b"]
    assert sheets[0]["A1"].value == "Reason" and "2026-10-03" in sheets[0]["A2"].value
    write_rejected(tmp_path / "s.xlsx", take(csv(bad)))
    assert openpyxl.load_workbook(tmp_path / "s.xlsx").sheetnames == ["repair_orders"]


def test_nothing_rejected_is_an_empty_workbook(tmp_path: Path) -> None:
    """Never a file that Excel calls damaged."""
    assert write_rejected(tmp_path / "r.xlsx", take(csv([HEADER, order()]))) == 0
    assert openpyxl.load_workbook(tmp_path / "r.xlsx").sheetnames
