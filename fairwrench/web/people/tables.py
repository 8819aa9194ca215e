"""The tables of people, duties, positions, and of what a roster would change."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.ledger.roster.staffing import SHEET
from fairwrench.settlement.amounts import grouped
from fairwrench.web.org.duties import rating_names, source_names
from fairwrench.web.org.models import Assignment, Duty, Employee, Position
from fairwrench.web.org.organisation import unit_label
from fairwrench.web.org.roster.changes import Change
from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn, PersonColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import joined, of, pick

KINDS = {"new": ("新增", "new"), "changed": ("变动", "changed"), "gone": ("不再在册", "gone")}
#: differences told of one person in a line
SHOWN = 4


class People(Table):
    """One line a person."""

    employee = PersonColumn("员工", "Employee", search="employee__name", order_by="employee__employee_id")
    # not shown, only searched: the column before shows the id with the name
    employee_id = Column("工号", "Employee id", accessor="employee__employee_id", search=True, visible=False)
    store = Column("门店", "Store", accessor="store", search="store__name", order_by="store__name")
    department = Column("部门", "Department", accessor="department", order_by="department__name")
    position = Column("岗位", "Position", accessor="position", search="position__name_zh", order_by="position__name_zh")
    manager = PersonColumn(
        "直接上级", "Line manager", search="manager__name", order_by="manager__employee_id", leads=False
    )
    status = Column("状态", "Status")
    hired_on = Column("入职日期", "Hired on")

    def render_store(self, value: Any) -> str:
        """The store's name."""
        return str(value)

    render_department = render_position = render_store

    def render_hired_on(self, value: Any) -> str:
        """The day."""
        return value.isoformat() if value else "—"

    def render_status(self, record: Assignment) -> str:
        """Regular, on probation, left."""
        return record.standing


class Duties(Table):
    """Who provides or rates what."""

    kind = Column("类型", "Kind")
    subject = Column("职责", "Duty", search=True)
    unit = Column("适用范围", "For", search="unit__name", order_by="unit__name")
    employee = PersonColumn("负责人", "Who", search="employee__name", order_by="employee__employee_id")

    def render_kind(self, record: Duty) -> str:
        """Provide or rate."""
        return str(record.get_kind_display())

    def render_subject(self, record: Duty) -> str:
        """The source or item by its name."""
        return subject_words(record)

    def render_unit(self, record: Duty) -> str:
        """The unit with its store."""
        return unit_label(record.unit)


class KeptDuties(Duties):
    """The same for those who may change them."""

    take = Column("操作", "Do", empty_values=(), orderable=False, accessor="pk")

    def render_take(self, record: Duty) -> SafeString:
        """Leads to the question whether it is meant."""
        return format_html(
            '<a class="btn btn-sm" href="{}">{}</a>',
            reverse("people:duty_take", args=[record.pk]),
            pick("取消", "Take away"),
        )


def subject_words(duty: Duty) -> str:
    """The source or item of a duty by its name; its id where the name is no longer known."""
    names = source_names() if duty.kind == Duty.Kind.PROVIDE else rating_names()
    return of(names.get(duty.subject, duty.subject))


class Positions(Table):
    """Positions of the scheme."""

    name = Column("岗位", "Position", accessor="name_zh", search=True)
    side = Column("类别", "Side")
    manager = Column("管理岗", "Manager")
    people = CountColumn("在岗人数", "People now")
    described = Column("岗位说明书", "Job description", accessor="description")

    def render_name(self, record: Position) -> SafeString:
        """Leads to the position."""
        return format_html('<a href="{}">{}</a>', reverse("people:position", args=[record.code]), record)

    def render_side(self, value: str) -> str:
        """Profit or function."""
        return of({"profit": ("业务类", "profit"), "function": ("职能类", "function")}.get(value, value))

    def render_manager(self, value: bool) -> str:
        """Whether it leads people."""
        return pick("是", "yes") if value else "—"

    def render_described(self, value: str) -> str:
        """Whether there is one."""
        return pick("有", "yes") if value else "—"


class Changes(Table):
    """What a roster would change."""

    kind = Column("变化", "Change")
    name = Column("姓名", "Name", search=True)
    employee_id = Column("工号", "Employee id", search=True)
    store = Column("门店", "Store", accessor="last__store", search=True)
    told = LongColumn("内容", "What", empty_values=(), orderable=False, accessor="employee_id")

    def render_kind(self, value: str) -> str:
        """New, changed, gone."""
        return of(KINDS[value])

    def render_told(self, record: Change) -> str:
        """Old and new terms."""
        return change_words(record)


def change_words(change: Change) -> str:
    """What changes about a person, in a line."""
    if change.kind != "changed":
        return pick("{n} 条任职", "{n} assignments").format(n=len(change.after or change.before))
    parts = [
        joined((of(SHEET.columns[name].name), f"{_said(name, old)} → {_said(name, new)}"), "：")
        for name, old, new in change.differences
    ]
    # history that changes behind the last row shows in the count alone
    if len(change.before) != len(change.after) or not parts:
        counts = (len(change.before), len(change.after))
        parts.append(pick("任职记录 {} → {} 条", "assignments {} → {}").format(*counts))
    return joined(parts[:SHOWN], "；") + ("…" if len(parts) > SHOWN else "")


def _said(name: str, value: Any) -> str:
    if name == "full_salary" and value is not None:
        return grouped(value, 2)
    if name == "status":
        return str(dict(Employee.Status.choices).get(value, value))
    return "—" if value is None else str(value)
