"""The workbook against the csv files, which are the contract, and against what a spreadsheet might do to it."""

import csv
from collections.abc import Callable
from dataclasses import replace
from typing import Any

import openpyxl
import pytest

from fairwrench.closing.run import Run
from fairwrench.report.report_context import ReportContext
from fairwrench.report.workbook.workbook import safe_name, write_workbooks
from tests.report.small_group import EAST, FORMULA, TAG, WEST, Silent

SHEETS = ["汇总", "考核项", "工资", "结果应用", "等级分布", "门店指标", "被拒绝的行", "说明"]


@pytest.fixture(scope="module")
def book(material: ReportContext, tmp_path_factory: pytest.TempPathFactory) -> Any:
    """The workbook, read back."""
    (path,) = write_workbooks(replace(material, out=tmp_path_factory.mktemp("book")), Silent(), many=5000)
    return openpyxl.load_workbook(path)


def rows(sheet: Any) -> list[dict[str, Any]]:
    """The rows of a sheet by head."""
    heads, *body = sheet.iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in body]


def contract(run: Run, name: str) -> list[dict[str, str]]:
    """The rows of a csv file of the contract."""
    with (run.asked.out / name).open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def test_every_sheet_is_there(book: Any) -> None:
    """Fails when somebody looks in vain for what the report promises."""
    assert book.sheetnames == SHEETS


def test_no_cell_starts_a_formula(book: Any) -> None:
    """Fails when a name or a rejected value could run in the spreadsheet of whoever opens the workbook."""
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row]
    assert [cell.coordinate for cell in cells if cell.data_type == "f"] == []
    assert {FORMULA, TAG} <= {cell.value for cell in cells}


AMOUNTS = {"绩效基数": "base", "绩效系数": "coefficient", "绩效工资": "performance_pay", "固定工资": "fixed_part"}
AMOUNTS |= {"奖金池": "pool_pay", "扣款": "deductions", "补发/补扣": "corrections", "合计": "total"}


@pytest.mark.parametrize(("head", "column"), AMOUNTS.items())
def test_pay_is_the_contract_s_to_the_fen(book: Any, run: Run, head: str, column: str) -> None:
    """Fails when somebody is paid by the workbook something else than the csv says; a missing amount stays empty."""
    shown = {row["工号"]: row[head] for row in rows(book["工资"])[:-2]}
    told = {row["employee_id"]: float(row[column]) if row[column] else None for row in contract(run, "pay.csv")}
    assert shown == told


def test_the_total_row_adds_up_what_is_settled(book: Any) -> None:
    """Fails when the row of totals says more or less than its column: 842.50 + 520 + 2180, and the totals."""
    *people, total, waiting = rows(book["工资"])
    assert (total["工号"], waiting["工号"]) == ("可发放合计", "待定，未计入合计")
    assert total["绩效工资"] == 3542.5
    assert total["合计"] == 5842.5 + 4520 + 6680
    parts = ("绩效工资", "固定工资", "奖金池", "补发/补扣")
    for line in (total, *(row for row in people if row["合计"] is not None)):
        assert sum(line[part] or 0 for part in parts) - (line["扣款"] or 0) == line["合计"]
    for head in AMOUNTS:
        known = [row[head] for row in people if row[head] is not None]
        assert head == "绩效系数" or (total[head] or 0) + (waiting[head] or 0) == pytest.approx(sum(known))
    assert all(row["合计"] is not None or row["缺什么"] for row in people), "an open total says why"


def test_scores_and_items_are_the_contract_s(book: Any, run: Run) -> None:
    """Fails when a score or an item's points differ between workbook and csv."""
    shown = {row["工号"]: (row["得分"], row["等级"]) for row in rows(book["汇总"])}
    told = {
        row["employee_id"]: (float(row["score"]) if row["score"] else None, row["grade"] or None)
        for row in contract(run, "totals.csv")
    }
    assert shown == told
    points = {(row["工号"], row["考核项代码"]): row["得分"] for row in rows(book["考核项"])}
    assert points == {
        (row["employee_id"], row["item"]): float(row["points"]) if row["points"] else None
        for row in contract(run, "items.csv")
    }


def test_words_stand_beside_codes(book: Any) -> None:
    """Fails when HR would have to read `no_scorecard` or `conduct`."""
    people = {row["工号"]: row for row in rows(book["汇总"])}
    assert people["E1"]["说明"] == "所任岗位没有考核表，不参加考核"
    assert people["E3"]["说明"] == "尚缺：工作态度"
    assert (people["E2"]["岗位"], people["E2"]["岗位代码"]) == ("服务顾问", "advisor")
    items = {(row["工号"], row["考核项代码"]): row for row in rows(book["考核项"])}
    assert items["W2", "satisfied"]["说明"] == "数据尚未提交：回访与满意度"
    assert items["W2", "satisfied"]["说明代码"] == "not_handed_in"


def test_rates_and_amounts_carry_their_formats(book: Any) -> None:
    """Fails when 0.75 would stand where 75 % is meant, or an amount without its sign."""
    sheet = book["考核项"]
    heads = [cell.value for cell in sheet[1]]
    value, code = heads.index("实际值"), heads.index("考核项代码")
    shown = {(row[0].value, row[code].value): row[value] for row in sheet.iter_rows(min_row=2)}
    rate, amount = shown["E2", "on_time"], shown["E4", "labour"]
    assert (rate.value, rate.number_format) == (0.75, "0.00%")
    assert (amount.value, amount.number_format) == (500, '"¥"#,##0.00')
    assert book["工资"]["K2"].number_format == '"¥"#,##0.00'


def test_heads_stay_in_sight_and_filter(book: Any) -> None:
    """Fails when a long list loses its heads or cannot be filtered, or the total would be filtered with the rest."""
    assert book["汇总"].freeze_panes == "C2"
    assert book["工资"].auto_filter.ref == f"A1:R{book['工资'].max_row - 2}"
    assert all(sheet.column_dimensions["A"].width >= 6 for sheet in book)


def test_grades_are_coloured_by_rule(book: Any) -> None:
    """Fails when grades lose their colours, or a changed grade would keep the old one."""
    (ranges,) = [area for area in book["汇总"].conditional_formatting]
    assert [rule.formula for rule in ranges.rules] == [['"A"'], ['"B"'], ['"C"'], ['"D"'], ['"E"']]


def test_the_notes_say_what_is_missing_and_who_should_hand_it_in(book: Any, run: Run) -> None:
    """Fails when a missing source is not named with the person whose duty it is, or a conflict goes unsaid."""
    told = rows(book["说明"])
    missing = [row["内容"] for row in told if row["栏目"] == "待补数据"]
    assert any("客服经理 孙八 W4" in text and "回访与满意度" in text and "2026-11-05" in text for text in missing)
    assert any(row["栏目"] == "利益回避" and "王一（E1）" in row["内容"] for row in told)
    assert run.closed.seal.digest in {row["内容"] for row in told}


def test_rejected_rows_stand_with_their_reason(book: Any) -> None:
    """Fails when a rejected row cannot be found and mended from the workbook."""
    (row,) = rows(book["被拒绝的行"])
    assert (row["列"], row["内容"], row["原因"]) == ("工时费", "99999999999999999", "数字太大，超出可保存的范围")
    assert row["行"] == 7


def test_the_english_workbook_has_no_chinese_heads(into: Callable[..., ReportContext]) -> None:
    """Fails when the second language is not complete."""
    (path,) = write_workbooks(into(lang="en"), Silent(), many=5000)
    book = openpyxl.load_workbook(path)
    heads = [cell.value for sheet in book for cell in sheet[1]]
    assert [head for head in (*book.sheetnames, *heads) if not head.isascii()] == []


def test_many_people_stand_in_a_workbook_a_store(into: Callable[..., ReportContext]) -> None:
    """Fails when a large group's people are lost, doubled or mixed between stores' workbooks."""
    group, *stores = write_workbooks(into(), Silent(), many=3)
    assert [path.name for path in stores] == [f"{EAST}.xlsx", f"{WEST}.xlsx"]
    people = [row["工号"] for path in stores for row in rows(openpyxl.load_workbook(path)["汇总"])]
    assert sorted(people) == ["E1", "E2", "E3", "E4", "W1", "W2", "W3", "W4"]
    paid = {path.stem: rows(openpyxl.load_workbook(path)["工资"]) for path in stores}
    assert all({row["门店"] for row in of if row["门店"]} == {store} for store, of in paid.items())
    assert "门店" in openpyxl.load_workbook(group).sheetnames


def test_a_store_s_name_becomes_a_file_s_name() -> None:
    """Fails when a name with a slash would write into another folder."""
    assert safe_name("../一/二:店") == "_一_二_店"
    assert safe_name("...") == "_"
