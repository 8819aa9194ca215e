"""The list of tasks."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.tasks.models import Task
from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn, PersonColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick

#: the look of each state
LOOKS = {
    Task.State.ASKED: "warning",
    Task.State.OPEN: "primary",
    Task.State.DONE: "warning",
    Task.State.CONFIRMED: "secondary",
    Task.State.DECLINED: "secondary",
    Task.State.WITHDRAWN: "secondary",
}


def state_badge(task: Task) -> SafeString:
    """The state of a task as a badge; overdue says so beside it."""
    badge = format_html(
        '<span class="badge bg-{}-lt">{}</span>', LOOKS[Task.State(task.state)], task.get_state_display()
    )
    late = format_html(' <span class="badge bg-danger-lt">{}</span>', pick("已逾期", "Overdue")) if task.overdue else ""
    return format_html("<span>{}{}</span>", badge, late)


class Tasks(Table):
    """Tasks, what is due first."""

    title = LongColumn("任务", "Task", search=True)
    assignee = PersonColumn("负责人", "Who", search="assignee__name", order_by="assignee__employee_id", leads=False)
    due = Column("期限", "Due")
    progress = CountColumn("进度（%）", "Progress (%)")
    state = Column("状态", "State")
    by = Column("交办人", "Given by", orderable=False)
    words = LongColumn("说明", "What for", search=True, wide=True, orderable=False)
    stacks = True

    def render_title(self, value: str, record: Task) -> SafeString:
        """What is to be done, leading to the task."""
        return format_html('<a href="{}">{}</a>', reverse("tasks:task", args=[record.pk]), value)

    def render_due(self, value: date) -> str:
        """2026-10-03."""
        return value.isoformat()

    def render_state(self, value: str, record: Task) -> SafeString:
        """The state in its colour."""
        return state_badge(record)
