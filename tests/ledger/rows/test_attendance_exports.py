"""Attendance as 企业微信 and 钉钉 export it: two lines of headings, a column a day, leave in columns of days.

The headings are those that programs reading such exports name; no export of a group of ours was at hand.
"""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from pathlib import Path

import openpyxl

from fairwrench.catalog.loader import load_sources
from fairwrench.ledger.intake.intake import Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from tests.ledger.handed import roster

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


def read(folder: Path, rows: Sequence[Sequence[object]], merged: Sequence[str], name: str) -> Intake:
    """The only sheet of a workbook with merged headings, handed in for October by the first store."""
    book = openpyxl.Workbook()
    sheet = book.worksheets[0]
    for row in rows:
        sheet.append(list(row))
    for cells in merged:
        sheet.merge_cells(cells)
    book.save(folder / name)
    found = intake(
        folder / name, sources=CATALOG, roster=roster(), period=Month(2026, 10), name=name, placed_store="一店"
    )
    (only,) = found.sheets
    assert only.source == "attendance"
    return only


def told(sheet: Intake, code: str) -> str:
    (problem,) = [problem for problem in sheet.problems if problem.code == code]
    return problem.zh


def dingtalk(folder: Path, *people: Sequence[object]) -> Intake:
    rows = [*DINGTALK, *([*person, *["正常"] * 31] for person in people)]
    return read(folder, rows, ["H3:I3", "O3:AS3"], "月度汇总_20261001-20261031.xlsx")


def wecom(folder: Path, *people: Sequence[object]) -> Intake:
    merged = ["A3:A4", "B3:B4", "C3:D3", "E3:I3", "J3:M3", "N3:Q3"]
    return read(folder, [*WECOM, *people], merged, "上下班打卡_月报_20261001-20261031.xlsx")


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


def test_leave_in_columns_of_days_is_said_to_be_unread(tmp_path: Path) -> None:
    """Fails when two days of annual leave in an attendance export are passed over without a word."""
    sheet = wecom(tmp_path, ["李四", "LiSi", "售后", "技师", "规则", 22, 20, 176, 160, 1, 3, 1, 0, 2, 0, 0, 0])
    assert "年假(天)" in told(sheet, "unknown_columns")


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
