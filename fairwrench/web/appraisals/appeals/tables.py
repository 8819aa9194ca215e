"""The list of appeals."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.appraisals.models import Appeal
from fairwrench.web.ui.tables.columns import Column, LongColumn, PersonColumn
from fairwrench.web.ui.tables.tables import Table

State = Appeal.State


def state_badge(appeal: Appeal) -> SafeString:
    """The state of an appeal as a badge."""
    over = appeal.state in (State.CORRECTED, State.CLOSED, State.WITHDRAWN)
    look = "secondary" if over else "primary" if appeal.state == State.AGREED else "warning"
    return format_html('<span class="badge bg-{}-lt">{}</span>', look, appeal.get_state_display())


class StateColumn(Column):
    """How far an appeal is, in a colour."""

    def render(self, value: str, record: Appeal | None = None) -> SafeString | str:
        """The state as a badge."""
        return state_badge(record) if record else value


class Appeals(Table):
    """Appeals, the newest first."""

    employee = PersonColumn(
        "人员",
        "Who",
        accessor="form__employee",
        search="form__employee__name",
        order_by="form__employee__employee_id",
        leads=False,
    )
    month = Column("月份", "Month", accessor="form__cycle__month", order_by="form__cycle__month")
    reason = LongColumn("理由", "Why", search=True)
    state = StateColumn("状态", "State")
    store = Column("门店", "Store", accessor="form__store", search="form__store", wide=True)
    stacks = True

    def render_month(self, value: Any, record: Appeal) -> SafeString:
        """The month, leading to the appeal."""
        return format_html('<a href="{}">{}</a>', reverse("appraisals:appeal", args=[record.pk]), value)
