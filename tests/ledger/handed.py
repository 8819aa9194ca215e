"""What the tests of intake share: small sources as a catalog words them, a roster, and files as people make them."""

from __future__ import annotations

import io
from collections.abc import Sequence
from datetime import date
from pathlib import Path

import openpyxl
import polars as pl
import xlwt

from fairwrench.ledger.intake.intake import FileIntake, Intake, intake
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.inputs.roster import ROSTER
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.source import Source
from tests.ledger.both_ways import beside

OCTOBER = Month(2026, 10)

ORDERS = Source.model_validate(
    {
        "name": {"zh": "维修工单", "en": "Repair orders"},
        "row": {"zh": "一次进厂", "en": "one visit"},
        "key": ["store", "ro_no"],
        "filed_by": "opened_at",
        "aliases": ["工单", "委托书"],
        "columns": {
            "ro_no": {"required": True, "aliases": ["工单号", "委托书号"]},
            "store": {"type": "store", "aliases": ["门店"]},
            "vin": {"check": "vin", "aliases": ["车架号", "VIN"]},
            "opened_at": {
                "type": "timestamp",
                "required": True,
                "check": "not_future",
                "name": {"zh": "接车时间", "en": "Opened"},
            },
            "delivered_at": {"type": "timestamp", "aliases": ["交车时间"]},
            "advisor": {"type": "person", "aliases": ["服务顾问", "顾问工号", "顾问姓名"]},
            "kind": {
                "required": True,
                "aliases": ["维修类型"],
                "one_of": {"maintenance": ["保养", "首保"], "repair": ["维修", "一般维修"]},
            },
            "mileage_km": {"type": "int", "min": 0, "max": 2_000_000, "aliases": ["里程"]},
            "labour_amount": {
                "type": "decimal",
                "min": 0,
                "aliases": ["工时费"],
                "name": {"zh": "工时费", "en": "Labour"},
            },
            "booked": {"type": "bool", "aliases": ["是否预约"]},
            "waiting_parts_seconds": {"type": "int", "aliases": ["待料时长"]},
        },
    }
)
LINES = Source.model_validate(
    {
        "name": {"zh": "工单明细", "en": "Job lines"},
        "row": {"zh": "一名技师的份额", "en": "one technician's share"},
        "key": ["store", "ro_no", "line", "technician"],
        "filed_by": "opened_at",
        "aliases": ["工单明细"],
        "columns": {
            "ro_no": {"required": True, "aliases": ["工单号"]},
            "line": {"type": "int", "required": True, "aliases": ["项次", "序号"]},
            "technician": {"type": "person", "split_into": "share", "aliases": ["技师"]},
            "store": {"type": "store", "aliases": ["门店"]},
            "opened_at": {"type": "timestamp", "required": True, "aliases": ["接车时间"]},
            "billed_hours": {"type": "decimal", "aliases": ["工时"]},
            "share": {"type": "decimal", "scale": 3, "min": 0, "max": 1, "aliases": ["份额"]},
        },
    }
)
ATTENDANCE = Source.model_validate(
    {
        "name": {"zh": "考勤", "en": "Attendance"},
        "row": {"zh": "一人一月", "en": "one person-month"},
        "key": ["employee_id", "month"],
        "filed_by": "month",
        "aliases": ["考勤"],
        "columns": {
            "employee_id": {"type": "person", "required": True, "aliases": ["工号", "姓名"]},
            "month": {"type": "month", "required": True, "aliases": ["月份"]},
            "attended_hours": {"type": "decimal", "min": 0, "aliases": ["出勤工时"]},
            "late_times": {"type": "int", "min": 0, "aliases": ["迟到次数"]},
        },
    }
)
SOURCES = {"repair_orders": ORDERS, "job_lines": LINES, "attendance": ATTENDANCE}

#: employee_id, name, store, first and last day of the assignment, other names
PEOPLE: tuple[tuple[str, str, str, date | None, date | None, str | None], ...] = (
    ("1001", "张三", "一店", None, None, None),
    ("1002", "李四", "一店", None, None, "小李、李师傅"),
    ("1003", "王五", "一店", None, None, None),
    ("1004", "王五", "一店", None, None, None),
    ("1005", "赵六", "一店", None, date(2025, 12, 31), None),
    ("1006", "赵六", "一店", date(2026, 1, 1), None, None),
    ("2001", "张三", "二店", None, None, None),
    ("2002", "欧阳 修", "二店", None, None, None),
    ("00077", "孙七", "二店", None, None, None),
)


def roster(people: Sequence[Sequence[object]] = PEOPLE) -> pl.DataFrame:
    """A roster frame of `PEOPLE`."""
    rows = [
        {
            "employee_id": number,
            "name": name,
            "store": store,
            "from": begin,
            "to": end,
            "aliases": aliases,
            "_row": line,
        }
        for line, (number, name, store, begin, end, aliases) in enumerate(people, 2)
    ]
    return pl.DataFrame(rows, schema={**ROSTER, "aliases": pl.String}).with_columns(
        status=pl.lit("regular"), department=pl.lit("service"), position=pl.lit("technician")
    )


Cells = Sequence[Sequence[object]]


def xlsx(path: Path, **sheets: Cells) -> Path:
    """A workbook of these sheets; empty ones are None."""
    book = openpyxl.Workbook()
    book.remove(book.worksheets[0])
    for name, rows in sheets.items():
        sheet = book.create_sheet(name)
        for row in rows:
            sheet.append(list(row))
    book.save(path)
    return path


def xls(path: Path, rows: Cells) -> Path:
    """An old workbook with one sheet."""
    book = xlwt.Workbook()
    sheet = book.add_sheet("Sheet1")
    for at, row in enumerate(rows):
        for column, cell in enumerate(row):
            if cell is not None:
                style = (
                    xlwt.easyxf(num_format_str="YYYY-MM-DD HH:MM")
                    if isinstance(cell, date)
                    else xlwt.Style.default_style
                )
                sheet.write(at, column, cell, style)
    book.save(str(path))
    return path


def csv(rows: Cells, separator: str = ",", encoding: str = "utf-8", end: str = "\n") -> bytes:
    """Delimited text without quoting."""
    lines = [separator.join("" if cell is None else str(cell) for cell in row) for row in rows]
    return (end.join(lines) + end).encode(encoding)


def parquet(frame: pl.DataFrame) -> bytes:
    """A Parquet file."""
    kept = io.BytesIO()
    frame.write_parquet(kept)
    return kept.getvalue()


def take(content: Path | bytes, **told: object) -> FileIntake:
    """Intake with the sources and roster above, handed in for October 2026; text comes out the same in blocks."""
    given = {"sources": SOURCES, "roster": roster(), "period": OCTOBER, **told}
    beside(content, **given)
    return intake(content, **given)  # type: ignore[arg-type]


def one(content: Path | bytes, **told: object) -> Intake:
    """The only sheet of a file that is recognised."""
    found = take(content, **told)
    assert len(found.sheets) == 1, [problem.en for problem in found.problems]
    return found.sheets[0]


def every_problem(found: FileIntake) -> tuple[Problem, ...]:
    """The problems of the file and of its sheets."""
    return (*found.problems, *(problem for sheet in found.sheets for problem in sheet.problems))


def codes(found: FileIntake) -> list[str]:
    """The codes of all problems, in order."""
    return [problem.code for problem in every_problem(found)]


HEADER = ("工单号", "门店", "接车时间", "维修类型")


def order(
    number: str = "RO1", store: object = "一店", opened: object = "2026-10-03 09:05:00", kind: str = "保养"
) -> tuple:
    """A row below HEADER."""
    return (number, store, opened, kind)
