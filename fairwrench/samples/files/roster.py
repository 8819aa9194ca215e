"""The roster as a workbook with Chinese headers: one row per assignment."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from pathlib import Path

import xlsxwriter

from fairwrench.samples.causes.people import Assignment, Group, Person
from fairwrench.samples.exports import MADE_ON

HEADERS = (
    "工号", "姓名", "门店", "部门", "岗位", "直接上级", "状态", "入职日期", "离职日期", "全额工资",
    "生效日期", "结束日期",
)  # fmt: skip
_STATUS = {"regular": "在职", "probation": "试用", "left": "离职"}


def write_roster(path: Path, group: Group, words: Mapping[str, str]) -> int:
    """Write the roster; `words` name departments and positions in Chinese. Returns the number of rows."""
    path.parent.mkdir(parents=True, exist_ok=True)
    book = xlsxwriter.Workbook(path, {"constant_memory": True})
    book.set_properties({"created": MADE_ON})
    sheet = book.add_worksheet("花名册")
    sheet.write_row(0, 0, HEADERS)
    place = 0
    for person in group.people:
        for post in person.assignments:
            place += 1
            for column, cell in enumerate(_cells(person, post, words)):
                if isinstance(cell, str):
                    sheet.write_string(place, column, cell)
                elif cell is not None:
                    sheet.write_number(place, column, cell)
    book.close()
    return place


def _cells(person: Person, post: Assignment, words: Mapping[str, str]) -> list[str | float | None]:
    last = post is person.assignments[-1]
    # Of somebody who moved before leaving only the last posting is called left.
    status = "left" if person.left_on and last else post.status
    return [
        person.employee_id,
        person.name,
        post.store,
        words[post.department],
        words[post.position],
        post.manager_id,
        _STATUS[status],
        _day(person.hired_on),
        _day(person.left_on),
        None if post.salary is None else post.salary / 100,
        _day(post.begin),
        _day(post.end),
    ]


def _day(day: date | None) -> str | None:
    return day.isoformat() if day else None
