"""The list of goals by person and month."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.goals.models import GoalSheet
from fairwrench.web.ui.tables.columns import Column, PersonColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick

State = GoalSheet.State
LOOKS = {State.FILED: "success", State.DRAFT: "warning", State.WITHDRAWN: "secondary"}


class StateColumn(Column):
    """Whom a sheet waits for, in a colour."""

    def render(self, value: str, record: GoalSheet | None = None) -> SafeString | str:
        """The state as a badge."""
        return state_badge(record) if record else value


def state_badge(sheet: GoalSheet) -> SafeString:
    """The state of a sheet as a badge; one that is carried on says so."""
    words = sheet.get_state_display()
    if sheet.state == State.FILED and sheet.carried_from_id:
        words = pick("沿用", "carried on")
    return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS.get(State(sheet.state), "primary"), words)


class Sheets(Table):
    """Goals by month, store and person."""

    employee = PersonColumn("人员", "Who", search="employee__name", order_by="employee__employee_id", leads=False)
    month = Column("月份", "Month")
    edition = Column("版次", "Edition", wide=True)
    count = Column("目标数", "Goals", wide=True)
    state = StateColumn("状态", "State")
    line_manager = Column("直接上级", "Line manager", accessor="line_manager__name", orderable=False)
    store = Column("门店", "Store", search=True, wide=True)
    stacks = True

    def render_month(self, value: Any, record: GoalSheet) -> SafeString:
        """The month, leading to the sheet."""
        return format_html('<a href="{}">{}</a>', reverse("goals:sheet", args=[record.pk]), value)
