"""Cells in error, formulas never computed, durations and dates of 1904, in every way that workbooks write them.

What would break: a deduction in error is no deduction, 176 hours are 8, October's orders lie in 2022.
"""

from __future__ import annotations

import io
from datetime import datetime
from decimal import Decimal
from fractions import Fraction
from pathlib import Path

import openpyxl
import pytest
import xlwt

from fairwrench.ledger.cells.number_formats import shown_unit, shows_time
from fairwrench.ledger.files.reading import read_sheets
from fairwrench.ledger.files.sheet import Limits
from fairwrench.ledger.files.special_cells import duration_text
from tests.ledger import raw_book
from tests.ledger.handed import HEADER, csv, one, order, xlsx
from tests.ledger.raw_book import CLOCK, DATE, ELAPSED, EXTENSION, HOURS_IN_WORDS, MOMENT, cell, row, texts

DRESSES = ("plain", "prefixed", "indented", "single quotes")
ERRORS = ("#REF!", "#DIV/0!", "#N/A", "#NAME?", "#VALUE!", "#NUM!", "#NULL!")
#: 3 October 2026 as a serial number of the 1900 and of the 1904 system, which begins 1462 days later
OCTOBER_3, OCTOBER_3_OF_1904 = 46_298, 46_298 - 1_462


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("error", ERRORS)
def test_every_error_in_every_dress_of_xml_is_kept(error: str, dress: str) -> None:
    """Fails when a program's prefix, line breaks or quotes hide an error, which then reads as an empty cell."""
    rows = texts(1, ["工号", "扣款"]) + row(2, [cell("A2", "T1"), f'<c r="B2" t="e"><v>{error}</v></c>'])
    assert raw_book.grid(raw_book.book(rows, dress=dress))[1] == ("T1", error)


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize(
    "formula", ["<f>50*2</f>", "<f>50*2</f><v></v>", "<f>50*2</f><v/>", '<f t="shared" si="0"/>', "<f/><v/>"]
)
def test_a_formula_without_a_result_is_told_in_every_dress(formula: str, dress: str) -> None:
    """Fails when a formula that no program has computed is an empty cell because of how its XML is written."""
    rows = texts(1, ["工号", "扣款"]) + row(2, [cell("A2", "T1"), f'<c r="B2">{formula}</c>'])
    assert raw_book.grid(raw_book.book(rows, dress=dress))[1] == ("T1", "#未计算")


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("value", ["440301199001011234", "4.40301199001011e+17", "4.40301199001011E17"])
def test_a_number_of_more_digits_than_a_spreadsheet_keeps_is_shown_as_cut_off(value: str, dress: str) -> None:
    """Fails when an order's long number, kept as a number, lands as that of another order."""
    text = '<c r="B1" t="str"><f>"1"</f><v>440301199001011234</v></c>'
    rows = row(1, [f'<c r="A1"><v>{value}</v></c>', text, cell("C1", 1)])
    assert raw_book.grid(raw_book.book(rows, dress=dress))[0] == ("4.40301199001011E+17", "440301199001011234", "1")


@pytest.mark.parametrize(
    ("value", "shown"), [(440301199001011234, "4.40301199001011E+17"), (999_999_999_999_999, "999999999999999")]
)
def test_an_old_workbook_s_long_number_is_shown_as_cut_off(value: int, shown: str) -> None:
    """Fails when the same number is caught in xlsx and lands from xls; up to fifteen digits are exact."""
    assert raw_book.grid(old_book([float(value)]))[0] == (shown,)


def test_a_computed_formula_counts_and_an_empty_text_is_no_fault() -> None:
    """Fails when a sum is rejected, or a formula that says nothing on purpose is a fault."""
    rows = row(1, ['<c r="A1"><f>50*2</f><v>100</v></c>', '<c r="B1" t="str"><f>""</f><v></v></c>', cell("C1", "x")])
    assert raw_book.grid(raw_book.book(rows)) == [("100", "", "x")]


def test_a_zero_where_the_writer_asked_for_computing_is_no_result() -> None:
    """Fails when the 0 that a program leaves beside fullCalcOnLoad counts as a deduction of 0."""
    rows = row(1, ['<c r="A1"><f>50*2</f><v>0</v></c>', '<c r="B1"><f>50*2</f><v>7</v></c>', cell("C1", 0)])
    asks = '<calcPr fullCalcOnLoad="1"/>'
    assert raw_book.grid(raw_book.book(rows, after=asks)) == [("#未计算", "7", "0")]
    assert raw_book.grid(raw_book.book(rows)) == [("0", "7", "0")]


def test_an_error_in_a_cell_that_does_not_say_its_place_is_counted_on() -> None:
    """Fails when cells without addresses put an error into another row or column."""
    rows = "<row><c t='inlineStr'><is><t>x</t></is></c></row><row><c><v>1</v></c><c t='e'><v>#N/A</v></c></row>"
    assert raw_book.grid(raw_book.book(rows)) == [("x", None), ("1", "#N/A")]


def test_rows_of_errors_name_the_cell_as_the_person_sees_it(tmp_path: Path) -> None:
    """Fails when somebody has to search for the cell: the sheet begins in column B and row 3."""
    head = [None, *HEADER, "服务顾问"]
    rows = [(None,), (None,), head, (None, *order("RO1"), "#REF!"), (None, *order("RO2"), "=A1")]
    found = one(xlsx(tmp_path / "a.xlsx", S=rows))
    told = dict(found.rejected.select("row", "reason_en").iter_rows())
    assert told[4].startswith("cell F4: the cell is in error (#REF!)")
    assert told[5].startswith("cell F5: the formula was never computed")


@pytest.mark.parametrize("error", ERRORS)
def test_errors_written_out_as_text_are_errors_too(error: str) -> None:
    """Fails when a csv exported from a sheet in error, or an error typed as text, is a name or nothing."""
    (told,) = one(csv([(*HEADER, "服务顾问"), (*order("RO1"), error)])).rejected.to_dicts()
    assert (told["row"], told["field"], told["code"]) == (2, "advisor", "cell_error")
    assert error in told["reason_en"] and error in told["reason"]
    labels = texts(1, [*HEADER, "工时费"]) + texts(2, [*order("RO1"), error])
    assert one(raw_book.book(labels)).rejected["code"].to_list() == ["cell_error"]


def old_book(*rows: list[object], since_1904: bool = False, style: str = "General") -> bytes:
    """An old workbook; texts that begin with = are formulas."""
    made = xlwt.Workbook()
    made.dates_1904 = since_1904
    sheet = made.add_sheet("甲")
    for at, cells in enumerate(rows):
        for column, value in enumerate(cells):
            if isinstance(value, str) and value.startswith("="):
                sheet.write(at, column, xlwt.Formula(value[1:]))
            elif value is not None:
                form = xlwt.easyxf(num_format_str=style) if isinstance(value, int | float) else xlwt.Style.default_style
                sheet.write(at, column, value, form)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


def old_error(code: int) -> bytes:
    """An old workbook with an error of that code in B2."""
    made = xlwt.Workbook()
    sheet = made.add_sheet("甲")
    sheet.write(0, 0, "工号")
    sheet.write(0, 1, "扣款")
    sheet.write(1, 0, "T1")
    sheet.row(1).set_cell_error(1, code)
    kept = io.BytesIO()
    made.save(kept)
    return kept.getvalue()


@pytest.mark.parametrize(("code", "error"), [(0x17, "#REF!"), (0x07, "#DIV/0!"), (0x2A, "#N/A"), (0x1D, "#NAME?")])
def test_errors_of_old_workbooks(code: int, error: str) -> None:
    """Fails when .xls gives errors away as empty cells."""
    assert raw_book.grid(old_error(code))[1] == ("T1", error)


def test_formulas_of_old_workbooks_that_were_never_computed() -> None:
    """Fails when 50*2, which no program has computed, is an empty cell: a product cannot be an empty text."""
    assert raw_book.grid(old_book(["T1", "=50*2"], ["T2", "=SUM(1;2)"]))[:2] == [("T1", "#未计算"), ("T2", "#未计算")]


@pytest.mark.parametrize(
    ("days", "text"),
    [(22 / 3, "176:00:00"), (1, "24:00:00"), (0.354166666666667, "8:30:00"), (0, "0:00:00"), (44.0, "1056:00:00")],
)
@pytest.mark.parametrize("style", [ELAPSED, CLOCK])
def test_durations_are_hours_also_beyond_a_day(days: float, text: str, style: int) -> None:
    """Fails when 176:00 is the seventh of January 1900, eight o'clock."""
    assert raw_book.grid(raw_book.book(row(1, [cell("A1", "x"), cell("B1", days, style)]))) == [("x", text)]


@pytest.mark.parametrize("style", ["[h]:mm", "[h]:mm:ss", "h:mm"])
def test_durations_of_old_workbooks(style: str) -> None:
    """Fails when .xls gives a duration as a date; whole days and parts of one are kept in different records."""
    found = raw_book.grid(old_book(["x", 22 / 3], ["y", 7], ["z", 0.25], style=style))
    assert [second for _, second in found] == ["176:00:00", "168:00:00", "6:00:00"]


def test_a_date_shown_as_a_time_stays_a_date_and_a_number_in_words_a_number() -> None:
    """Fails when an order's 9:05, of which a format shows the clock alone, loses its day."""
    cells = [cell("A1", OCTOBER_3 + 0.5, CLOCK), cell("B1", 8.5, HOURS_IN_WORDS), cell("C1", OCTOBER_3, DATE)]
    assert raw_book.grid(raw_book.book(row(1, cells))) == [("2026-10-03 12:00:00", "8.5h", "2026-10-03 00:00:00")]


@pytest.mark.parametrize(
    ("code", "time"),
    [
        ("[h]:mm", True),
        ("[mm]:ss", True),
        ("h:mm AM/PM", True),
        ("[$-409]h:mm", True),
        ("yyyy-mm-dd hh:mm", False),
        ('0.0" 小时 h"', False),
        ("0.00", False),
        ("[Red]0.00", False),
        ("d hh:mm", False),
    ],
)
def test_which_formats_show_a_time_alone(code: str, time: bool) -> None:
    """Fails when a colour in brackets or a word in quotes makes a number a time."""
    assert shows_time(code) is time


def test_a_duration_is_exact_to_the_second() -> None:
    """Fails when the seventh binary digit of a third of a day is a second too few."""
    assert duration_text(Fraction(22 / 3)) == "176:00:00"
    assert duration_text(Fraction(1, 86_400)) == "0:00:01"


@pytest.mark.parametrize(
    ("properties", "after"),
    [
        ('date1904="1"', ""),
        ('date1904="true"', ""),
        ('date1904="1" defaultThemeVersion="124226"', ""),
        ('date1904="1"', EXTENSION),
        ("date1904='true'", EXTENSION),
    ],
)
def test_dates_of_the_1904_system_however_flagged(properties: str, after: str) -> None:
    """Fails when orders of October 2026 lie four years and a day early: every flag, and the extension that hides it."""
    cells = [
        cell("A1", OCTOBER_3_OF_1904, DATE),
        cell("B1", OCTOBER_3_OF_1904 + 0.5, MOMENT),
        cell("C1", 22 / 3, ELAPSED),
    ]
    found = raw_book.grid(raw_book.book(row(1, cells), properties=properties, after=after))
    assert found == [("2026-10-03 00:00:00", "2026-10-03 12:00:00", "176:00:00")]


@pytest.mark.parametrize(("properties", "after"), [("", ""), ('date1904="0"', ""), ('date1904="false"', EXTENSION)])
def test_dates_of_the_usual_system_stay(properties: str, after: str) -> None:
    """Fails when an extension of the same name makes a usual workbook one of 1904."""
    found = raw_book.grid(raw_book.book(row(1, [cell("A1", OCTOBER_3, DATE)]), properties=properties, after=after))
    assert found == [("2026-10-03 00:00:00",)]


def test_old_workbooks_of_the_1904_system() -> None:
    """Fails when .xls of an old Mac gives dates four years and a day early."""
    found = raw_book.grid(old_book(["x", OCTOBER_3_OF_1904], since_1904=True, style="YYYY-MM-DD"))
    assert found == [("x", "2026-10-03 00:00:00")]
    assert datetime(2026, 10, 3).toordinal() - datetime(1899, 12, 30).toordinal() == OCTOBER_3


@pytest.mark.parametrize(
    ("code", "unit"),
    [
        ('0.00"万元"', "万元"),
        ('#,##0.00"千元";-#,##0.00"千元"', "千元"),
        ('0"分"', "分"),
        ("0.00万", "万"),
        ("[$USD] #,##0.00", "usd"),
        ('"$"#,##0.00', "usd"),
        ("[$€-2] 0.00", "eur"),
        ('0.0"天"', "天"),
        ('0.00"元"', ""),
        ("[$¥-804]#,##0.00", ""),
        ('"￥"#,##0.00', ""),
        ('0!.0,"万"', ""),
        ('0!.0000"万"', ""),
        ('0\\.0,"万"', ""),
        ('#,##0,"千元"', ""),
        ('0"次"', ""),
        ("General", ""),
        ("0.00%", ""),
        ("[Red]#,##0.00", ""),
        ('yyyy"年"m"月"d"日"', ""),
        ("_ * #,##0.00_ ;_ * -#,##0.00_ ", ""),
    ],
)
def test_a_number_format_that_names_a_unit(code: str, unit: str) -> None:
    """Fails when 0.03, shown as 0.03万元, is 3 fen, or 3 000, only shown as 0.3万, is 30 million."""
    assert shown_unit(code) == unit


@pytest.mark.parametrize(("code", "yuan"), [('0.00"万元"', "300.00"), ("0.00", "0.03"), ('0!.0000"万"', "0.03")])
def test_the_unit_of_a_cell_s_number_format_counts(code: str, yuan: str, tmp_path: Path) -> None:
    """Fails when what everybody sees as 0.03万元 is read as 3 fen."""
    path = xlsx(tmp_path / "a.xlsx", orders=[(*HEADER, "工时费"), (*order("RO1"), 0.03)])
    book = openpyxl.load_workbook(path)
    book.worksheets[0]["E2"].number_format = code
    book.save(path)
    assert one(path).accepted["labour_amount"].to_list() == [Decimal(yuan)]


@pytest.mark.parametrize(("cell", "yuan"), [(0.03, "300.00"), (3, "30000.00")])
def test_the_unit_of_an_old_workbook_s_number_format_counts(cell: float, yuan: str, tmp_path: Path) -> None:
    """Fails when xls is read otherwise than xlsx."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for line, cells in enumerate([(*HEADER, "工时费"), (*order("RO1"), cell)]):
        for at, said in enumerate(cells):
            style = xlwt.easyxf(num_format_str='0.00"万元"') if said == cell else xlwt.Style.default_style
            sheet.write(line, at, said, style)
    book.save(str(tmp_path / "a.xls"))
    assert one(tmp_path / "a.xls").accepted["labour_amount"].to_list() == [Decimal(yuan)]


@pytest.mark.parametrize("dress", DRESSES)
@pytest.mark.parametrize("mark", ['hidden="1"', 'spans="1:4" hidden="true"'])
def test_rows_that_a_sheet_hides_are_known(dress: str, mark: str) -> None:
    """Fails when a program's prefix or quotes hide that a row is hidden, or a row is taken for hidden that is not."""
    rows = texts(1, ["x"]) + texts(2, ["y"]).replace("<row ", f"<row {mark} ") + texts(3, ["z"])
    rows += texts(4, ["w"]).replace('r="4">', f'r="4" {mark}>') + texts(5, ["v"]).replace("<row", '<row hidden="0"')
    (sheet,) = read_sheets(raw_book.book(rows, dress=dress), Limits())
    assert sheet.hidden == {2, 4}


def test_hidden_rows_that_count_are_told(tmp_path: Path) -> None:
    """Fails when rows that were filtered out count and nobody hears of it, or a hidden title is told."""
    path = xlsx(tmp_path / "工单.xlsx", 工单=[("南城店工单",), HEADER, *(order(f"RO{number}") for number in range(4))])
    book = openpyxl.load_workbook(path)
    for number in (1, 4, 6):
        book["工单"].row_dimensions[number].hidden = True
    book.save(path)
    part = one(path)
    assert part.counts["accepted"] == 4
    (told,) = [problem for problem in part.problems if problem.code == "hidden_rows"]
    assert (told.severity, told.details) == ("warning", {"rows": "2"})
    assert "第 4、6 行" in told.zh and "2 hidden rows were read like the others (filtered out, rows 4, 6)" in told.en


@pytest.mark.parametrize("hidden", [(2, 4), (1,), ()])
def test_hidden_rows_of_an_old_workbook_are_told(tmp_path: Path, hidden: tuple[int, ...]) -> None:
    """Fails when rows that an old workbook filters out count and nobody hears of it. The title is row 1."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("工单")
    for at, cells in enumerate([HEADER, *(order(f"RO{number}") for number in range(4))]):
        for column, text in enumerate(cells):
            sheet.write(at, column, text)
        sheet.row(at).hidden = at + 1 in hidden
    book.save(str(tmp_path / "工单.xls"))
    part = one(tmp_path / "工单.xls")
    assert part.counts["accepted"] == 4
    told = [problem.en for problem in part.problems if problem.code == "hidden_rows"]
    assert [text.partition(";")[0] for text in told] == (
        ["2 hidden rows were read like the others (filtered out, rows 2, 4)"] if len(hidden) == 2 else []
    )
