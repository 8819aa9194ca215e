"""Attendance as 企业微信 and 钉钉 export it: two lines of headings, a column a day, leave in columns of days.

The headings are those that programs reading such exports name; no export of a group of ours was at hand.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import date
from decimal import Decimal
from pathlib import Path

import openpyxl

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import FileIntake, Intake, intake
from fairwrench.ledger.intake.rejection import write_rejected
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.check.check_sources import check_sources
from fairwrench.settlement.source.source import Source
from tests.ledger.handed import roster, xlsx

CATALOG = load_sources()
#: October 2026 begins on a Thursday; the days of a week's end stand as words
DAYS = ["六" if day % 7 == 3 else "日" if day % 7 == 4 else str(day) for day in range(1, 32)]
DINGTALK = [
    ["月度汇总 统计日期：2026-10-01 至 2026-10-31"],
    ["报表生成时间：2026-11-01 09:00"],
    [
        *("姓名", "考勤组", "部门", "工号", "职位", "UserId", "出勤天数", "请假", None, "休息天数", "工作时长(分钟)"),
        *("迟到次数", "迟到时长(分钟)", "旷工天数", "考勤结果", *[None] * 30),
    ],
    [*[None] * 7, "事假(天)", "病假(天)", *[None] * 5, *DAYS],
]
WECOM = [
    ["上下班打卡_月报"],
    ["2026-10-01至2026-10-31"],
    ["姓名", "账号", "基础信息", None, "考勤概况", *[None] * 4, "异常统计", *[None] * 3, "假勤统计", *[None] * 3],
    [
        *(None, None, "部门", "职务", "所属规则", "应打卡天数(天)", "正常天数(天)", "标准工作时长(小时)"),
        *("实际工作时长(小时)", "异常合计(次)", "迟到次数(次)", "早退次数(次)", "旷工次数(次)"),
        *("年假(天)", "事假(天)", "病假(天)", "调休假(天)"),
    ],
]


def read(
    folder: Path,
    rows: Sequence[Sequence[object]],
    merged: Sequence[str],
    name: str,
    *,
    source: str = "attendance",
    sources: Mapping[str, Source] = CATALOG,
) -> Intake:
    """What a workbook with merged headings holds of a source, handed in for October by the first store."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(folder / name)
    found = intake(
        folder / name, sources=sources, roster=roster(), period=Month(2026, 10), name=name, placed_store="一店"
    )
    assert [sheet.source for sheet in found.sheets] == ["attendance", "leave"]
    return found.sheets[0] if source == "attendance" else found.sheets[1]


def told(sheet: Intake, code: str) -> str:
    (problem,) = [problem for problem in sheet.problems if problem.code == code]
    return problem.zh


def dingtalk(folder: Path, *people: Sequence[object], source: str = "attendance") -> Intake:
    rows = [*DINGTALK, *([*person, *["正常"] * 31] for person in people)]
    return read(folder, rows, ["H3:I3", "O3:AS3"], "月度汇总_20261001-20261031.xlsx", source=source)


def wecom(
    folder: Path,
    *people: Sequence[object],
    source: str = "attendance",
    leave: Sequence[object] = WECOM[3][-4:],
    sources: Mapping[str, Source] = CATALOG,
) -> Intake:
    merged = ["A3:A4", "B3:B4", "C3:D3", "E3:I3", "J3:M3", "N3:Q3"]
    rows = [*WECOM[:3], [*WECOM[3][:-4], *leave], *people]
    return read(folder, rows, merged, "上下班打卡_月报_20261001-20261031.xlsx", source=source, sources=sources)


def away(*amounts: object, name: str = "李四", hours: object = 160) -> list[object]:
    """A person's line of the report of 企业微信, with these amounts in the columns of leave."""
    return [name, "id", "售后", "技师", "规则", 22, 20, 176, hours, 1, 3, 1, 0, *amounts]


def of_days(hours: object, **stores: object) -> dict[str, Source]:
    """The catalog with other hours a day, in all stores or in some."""
    document = CATALOG["attendance"].model_dump(exclude_unset=True)
    document["across"]["leave"] |= {"hours_a_day": hours, "hours_a_day_in": stores}
    return {**CATALOG, "attendance": Source.model_validate(document)}


def leave_rows(sheet: Intake) -> list[tuple[object, ...]]:
    return sheet.accepted.select("employee_id", "month", "kind", "hours", "_row").rows()


def codes(sheet: Intake) -> list[tuple[object, ...]]:
    return sheet.rejected.select("row", "column", "code").rows()


def test_a_monthly_summary_of_dingtalk_is_attendance(tmp_path: Path) -> None:
    """Fails when minutes are taken for hours, the line of days is a rejected row, or a day's cell a figure."""
    sheet = dingtalk(tmp_path, ["张三", "白班", "售后", "1001", "技师", "u1", 20, 1, 0, 9, 9600, 2, 5, 0.5])
    assert sheet.accepted.select("employee_id", "month", "attended_hours", "late_times", "absent_days").rows() == [
        ("1001", "2026-10", Decimal("160.00"), 2, Decimal("0.50"))
    ]
    assert sheet.rejected.height == 0
    # hours due stand nowhere in it: the column is lacking, and the item waits for it
    assert sheet.accepted["scheduled_hours"].to_list() == [None] and "scheduled_hours" not in sheet.columns


def test_a_monthly_report_of_wecom_is_attendance(tmp_path: Path) -> None:
    """Fails when 标准工作时长 and 实际工作时长 below their group headings are not found, or another column is taken."""
    sheet = wecom(tmp_path, ["李四", "LiSi", "售后", "技师", "规则", 22, 20, 176, 160.5, 1, 3, 1, 0, 2, 0, 0, 0])
    assert sheet.accepted.select("employee_id", "scheduled_hours", "attended_hours", "late_times").rows() == [
        ("1002", Decimal("176.00"), Decimal("160.50"), 3)
    ]
    assert sheet.rejected.height == 0


def test_days_of_leave_in_an_export_of_wecom_are_rows_of_leave(tmp_path: Path) -> None:
    """Fails when two days of annual leave and half a day of time off are not 16 and 4 hours of the month."""
    people = [away(2, 0, None, 0.5), away(0, 0, "-", 0, name="张三")]
    sheet = wecom(tmp_path, *people, source="leave")
    assert leave_rows(sheet) == [
        ("1002", "2026-10", "annual", Decimal("16.00"), 5),
        ("1002", "2026-10", "time_off", Decimal("4.00"), 5),
    ]
    # midnight of the 1st and of the 31st in Shanghai
    times = sheet.accepted.select("begins_at", "ends_at", "month_alone").row(0)
    assert [str(each)[:16] for each in times] == ["2026-09-30 16:00", "2026-10-30 16:00", "True"]
    assert sheet.counts == {"rows": 1, "accepted": 1, "rejected": 0}
    assert "请假 2 条（1 人），来自“年假(天)”“事假(天)”“病假(天)”“调休假(天)” 4 列，1 天按 8 小时" in told(
        sheet, "read_across"
    )
    assert "年假" not in told(wecom(tmp_path, *people), "unknown_columns")


def test_days_of_leave_in_an_export_of_dingtalk_are_rows_of_leave(tmp_path: Path) -> None:
    """Fails when 事假(天) below the merged 请假 is not found, or a column of a day is taken for leave."""
    person = ["张三", "白班", "售后", "1001", "技师", "u1", 20, 1, 0.5, 9, 9600, 2, 5, 0.5]
    sheet = dingtalk(tmp_path, person, source="leave")
    assert leave_rows(sheet) == [
        ("1001", "2026-10", "personal", Decimal("8.00"), 5),
        ("1001", "2026-10", "sick", Decimal("4.00"), 5),
    ]


def test_hours_and_minutes_are_read_as_they_are(tmp_path: Path) -> None:
    """Fails when 90 minutes, or 7.5 hours, are multiplied by the hours of a day."""
    columns = ["年假(小时)", "事假(分钟)", "病假(天)", "调休假(小时)"]
    sheet = wecom(tmp_path, away(7.5, 90, 1, 0), source="leave", leave=columns)
    assert [row[2:4] for row in leave_rows(sheet)] == [
        ("annual", Decimal("7.50")),
        ("personal", Decimal("1.50")),
        ("sick", Decimal("8.00")),
    ]


def test_the_hours_of_a_day_are_data(tmp_path: Path) -> None:
    """Fails when a house or a store whose day has other hours needs other code: two days of 7.5 and of 7."""
    house = wecom(tmp_path, away(2, 0, 0, 0), source="leave", sources=of_days("7.5"))
    store = wecom(tmp_path, away(2, 0, 0, 0), source="leave", sources=of_days(8, 一店="7"))
    assert [sheet.accepted["hours"].to_list() for sheet in (house, store)] == [[Decimal("15.00")], [Decimal("14.00")]]
    assert "1 天按 8 小时（一店 7）" in told(store, "read_across")


def test_amounts_that_cannot_be_meant_reject_the_leave_of_the_row(tmp_path: Path) -> None:
    """Fails when −1 or 40 days count, or when the attendance beside them is lost as well."""
    rows = [away(1, -1, 0, 0), away(0, 0, 40, 0, name="张三")]
    sheet = wecom(tmp_path, *rows, source="leave")
    assert (codes(sheet), leave_rows(sheet)) == ([(5, "事假(天)", "too_small"), (6, "病假(天)", "above_month")], [])
    assert sheet.rejected["person"].to_list() == ["1002", "1001"]
    assert "超过了这个月的 31 天" in sheet.rejected["reason"][1]
    assert sheet.counts == {"rows": 2, "accepted": 0, "rejected": 2}
    assert wecom(tmp_path, *rows).accepted.height == 2


def test_days_and_hours_of_one_kind_have_to_agree(tmp_path: Path) -> None:
    """Fails when two days beside 16 hours make 32, or two days beside 12 hours are either of them."""
    columns = ["年假(天)", "年假(小时)", "病假(天)", "调休假(天)"]
    people = [away(2, 16, 0, 0), away(2, 12, 0, 0, name="张三")]
    sheet = wecom(tmp_path, *people, source="leave", leave=columns)
    assert leave_rows(sheet) == [("1002", "2026-10", "annual", Decimal("16.00"), 5)]
    assert codes(sheet) == [(6, "年假(小时)", "columns_differ_across")]
    assert "与“年假(天)”的 2 不一致（1 天按 8 小时）" in sheet.rejected["reason"][0]


def test_two_columns_of_one_kind_are_asked_about(tmp_path: Path) -> None:
    """Fails when five days of 年假, two of which are 福利年假, count as seven."""
    columns = ["年假(天)", "福利年假(天)", "病假(天)", "调休假(天)"]
    people = [away(5, 2, 0, 0), away(5, 0, 0, 0, name="张三")]
    sheet = wecom(tmp_path, *people, source="leave", leave=columns)
    assert leave_rows(sheet) == [("1001", "2026-10", "annual", Decimal("40.00"), 6)]
    assert codes(sheet) == [(5, "福利年假(天)", "kind_twice_across")]


def test_days_of_travel_and_hours_out_add_up(tmp_path: Path) -> None:
    """Fails when two days of travel and three hours out, 19 hours on duty, are lost for being of one kind, or 31 days
    of travel and all hours of the month out are within a month of 31 days."""
    columns = ["出差(天)", "外出(小时)", "年假(天)", "调休假(天)"]
    people = [away(2, 3, 1, 0), away(0, 3, 0, 0, name="张三")]
    sheet = wecom(tmp_path, *people, source="leave", leave=columns)
    assert leave_rows(sheet) == [
        ("1002", "2026-10", "on_duty", Decimal("19.00"), 5),
        ("1002", "2026-10", "annual", Decimal("8.00"), 5),
        ("1001", "2026-10", "on_duty", Decimal("3.00"), 6),
    ]
    long = wecom(tmp_path, away(31, 744, 0, 0), source="leave", leave=columns)
    assert codes(long) == [(5, "外出(小时)", "above_month")]


def test_a_number_of_days_says_its_unit(tmp_path: Path) -> None:
    """Fails when two days below 事假天数 are passed over, or hours below 病假小时数 are days."""
    columns = ["事假天数", "病假小时数", "年假（天数）", "调休假(天)"]
    sheet = wecom(tmp_path, away(2, 3, 1, 0), source="leave", leave=columns)
    assert [row[2:4] for row in leave_rows(sheet)] == [
        ("personal", Decimal("16.00")),
        ("sick", Decimal("3.00")),
        ("annual", Decimal("8.00")),
    ]


def test_a_kind_without_a_unit_is_told_also_where_it_stands_alone(tmp_path: Path) -> None:
    """Fails when two people's 年假 lowers their attendance without a word, or columns without a figure are told."""
    people = [away(2, 0, 0, 0), away(1, 0, 0, 0, name="张三")]
    beside = wecom(tmp_path, *people, source="leave", leave=["年假", "丧假", "病假(天)", "调休假(天)"])
    content = "工号,月份,应出勤工时,实际出勤工时,年假,丧假\n1001,2026-10,160,144,2,\n1002,2026-10,160,152,1,0\n"
    (alone,) = intake(
        content.encode(), sources=CATALOG, roster=roster(), period=Month(2026, 10), name="考勤.csv", placed_store="一店"
    ).sheets
    for sheet in (beside, alone):
        (problem,) = [each for each in sheet.problems if each.code == "kind_without_unit_across"]
        assert "“年假”没有写明单位（天还是小时），有 2 人填了数，没有计入" in problem.zh


def test_a_kind_that_nobody_knows_is_told_with_its_people(tmp_path: Path) -> None:
    """Fails when two people's 路途假 is passed over among the columns that are of no use."""
    columns = ["年假(天)", "路途假(天)", "病假(天)", "调休假(天)"]
    people = [away(1, 2, 0, 0), away(0, 3, 0, 0, name="张三")]
    sheet = wecom(tmp_path, *people, source="leave", leave=columns)
    assert "“路途假(天)”不是已知的假别，有 2 人填了数，没有计入" in told(sheet, "kind_unknown_across")


def test_leave_in_a_rejected_row_is_rejected_with_it(tmp_path: Path) -> None:
    """Fails when attendance that cannot be read takes two days of leave along in silence."""
    sheet = wecom(tmp_path, away(2, 0, 0, 0, hours="很多"), away(1, 0, 0, 0, name="张三"), source="leave")
    assert codes(sheet) == [(5, "年假(天)", "lost_with_row")]
    assert leave_rows(sheet) == [("1001", "2026-10", "annual", Decimal("8.00"), 6)]


def test_the_workbook_of_rejected_rows_is_read_when_it_comes_back(tmp_path: Path) -> None:
    """Fails when rows that were mended lose their columns of leave, or of hours, on the way back."""
    found = wecom(tmp_path, away(2, -1, 0, 0), source="leave")
    write_rejected(tmp_path / "考勤_退回.xlsx", FileIntake(found.file, (found,)))
    book = openpyxl.load_workbook(tmp_path / "考勤_退回.xlsx")
    sheet = book.worksheets[0]
    columns = {cell.value: cell.column for cell in sheet[1]}
    sheet.cell(2, columns["事假(天)"]).value = "1"
    book.save(tmp_path / "考勤_退回.xlsx")
    period = Month(2026, 10)
    again = intake(tmp_path / "考勤_退回.xlsx", sources=CATALOG, roster=roster(), period=period, placed_store="一店")
    attendance, leave = again.sheets
    assert attendance.accepted["attended_hours"].to_list() == [Decimal("160.00")]
    assert [row[2:4] for row in leave_rows(leave)] == [("annual", Decimal("16.00")), ("personal", Decimal("8.00"))]


def test_a_report_by_days_is_not_taken_for_a_month(tmp_path: Path) -> None:
    """Fails when one day of somebody stands for the month: a row a day contradicts itself and is rejected."""
    shown = ["李四", "LiSi", "售后", "技师", "规则"]
    days = [[*shown, 1, 1, 8, 8, 0, 0, 0, 0, 0, 0, 0, 0], [*shown, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0]]
    sheet = wecom(tmp_path, *days)
    assert sheet.accepted.height == 0
    assert {*sheet.rejected["code"]} == {"contradiction"}


def test_hours_without_a_person_are_still_rejected(tmp_path: Path) -> None:
    """Fails when a row whose number was lost is passed over like a line of headings."""
    sheet = dingtalk(tmp_path, [None, "白班", "售后", None, "技师", "u1", 20, 1, 0, 9, 9600, 2, 5, 0])
    assert (sheet.accepted.height, sheet.rejected.height) == (0, 1)


def test_who_worked_in_stores_whose_days_differ_is_asked_about(tmp_path: Path) -> None:
    """Fails when the days of somebody who moved count by one of the two stores' hours, and nobody knows which."""
    moved = [
        ("1002", "李四", "一店", None, date(2026, 10, 15), ""),
        ("1002", "李四", "二店", date(2026, 10, 16), None, ""),
    ]
    rows = [["工号", "应出勤工时", "实际出勤工时", "年假(天)", "病假(小时)"], ["1002", 176, 160, 2, 0]]
    path = xlsx(tmp_path / "考勤.xlsx", 考勤=rows)
    for sources, expected in ((of_days(8, 二店="7"), []), (of_days(8, 三店="7"), [Decimal("16.00")])):
        found = intake(path, sources=sources, roster=roster(moved), period=Month(2026, 10))
        leave = found.sheets[1]
        assert leave.accepted["hours"].to_list() == expected
        assert codes(leave) == ([] if expected else [(2, "年假(天)", "hours_a_day_differ")])


def test_a_source_that_cannot_hold_the_rows_is_told(tmp_path: Path) -> None:
    """Fails when a kind of file that says its amounts are texts is found out by a file only."""
    document = CATALOG["attendance"].model_dump(exclude_unset=True)
    document["across"]["leave"]["take"] = "kind"
    wrong = {**CATALOG, "attendance": Source.model_validate(document)}
    (problem,) = check_sources(wrong)
    assert (problem.code, problem.path) == ("across", ("attendance", "across", "leave"))
    assert check_sources(CATALOG) == []
