"""The list of summaries of a month: everybody who owes one, handed in or not."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.coaching.models import Summary
from fairwrench.web.ui.tables.columns import Column, CountColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import of


class Summaries(Table):
    """People, with when their summary came and whether it was answered."""

    name = Column("人员", "Who", search=True, order_by="employee_id")
    handed = Column("提交时间", "Handed in", empty_values=())
    late = CountColumn("迟交（工作日）", "Late (working days)")
    how = Column("状态", "State", empty_values=())
    stacks = True

    def __init__(self, *given: Any, month: str, over: bool, **options: Any) -> None:
        self.month, self.over = month, over
        super().__init__(*given, **options)

    def render_name(self, value: str, record: Any) -> SafeString:
        """Name and id, leading to the summary where there is one."""
        said = f"{value} {record.employee_id}"
        if record.handed is None:
            return format_html("{}", said)
        url = reverse("coaching:summary", args=[self.month, record.employee_id])
        return format_html('<a href="{}">{}</a>', url, said)

    def render_handed(self, value: datetime | None) -> str:
        """2026-11-03 16:20."""
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"

    def render_how(self, value: str | None, record: Any) -> SafeString:
        """How far it is, as a badge."""
        if not value:
            look, words = ("danger", ("未提交", "Missing")) if self.over else ("secondary", ("待提交", "Not yet"))
            return format_html('<span class="badge bg-{}-lt">{}</span>', look, of(words))
        look = "secondary" if value == Summary.State.ANSWERED else "primary"
        return format_html('<span class="badge bg-{}-lt">{}</span>', look, Summary.State(value).label)
