"""The list of appraisal forms."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.ui.tables.columns import Column, GradeColumn, PersonColumn, PointsColumn
from fairwrench.web.ui.tables.tables import Table

State = Appraisal.State


class StateColumn(Column):
    """Whom a form waits for, in a colour."""

    def render(self, value: str, record: Appraisal | None = None) -> SafeString | str:
        """The state as a badge."""
        return state_badge(record) if record else value


def state_badge(form: Appraisal) -> SafeString:
    """The state of a form as a badge."""
    look = "success" if form.state == State.FILED else "warning" if form.state == State.INTERVIEW else "primary"
    return format_html('<span class="badge bg-{}-lt">{}</span>', look, form.get_state_display())


class Forms(Table):
    """Forms by store, department and person."""

    employee = PersonColumn("人员", "Who", search="employee__name", order_by="employee__employee_id", leads=False)
    number = Column("工号", "Number", accessor="employee__employee_id", search=True, visible=False)
    month = Column("月份", "Month", accessor="cycle__month", order_by="cycle__month")
    score = PointsColumn("总分", "Score")
    grade = GradeColumn("等级", "Grade")
    state = StateColumn("状态", "State")
    line_manager = Column("直接上级", "Line manager", accessor="line_manager__name", orderable=False)
    store = Column("门店", "Store", search=True, wide=True)
    stacks = True

    def render_month(self, value: Any, record: Appraisal) -> SafeString:
        """The month, leading to the form."""
        return format_html('<a href="{}">{}</a>', reverse("appraisals:form", args=[record.pk]), value)
