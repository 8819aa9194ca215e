"""The table of background work."""

from __future__ import annotations

from datetime import datetime

from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.ui.tables.columns import Column
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.work.models import Job

#: the look of each state
LOOKS = {"queued": "secondary", "running": "secondary", "done": "primary", "failed": "danger"}


class MomentColumn(Column):
    """An instant as local time."""

    def render(self, value: datetime | None) -> str:
        """2026-10-03 09:05."""
        return f"{timezone.localtime(value):%Y-%m-%d %H:%M}" if value else "—"


class Jobs(Table):
    """Pieces of background work, named (`selectors.jobs_named`)."""

    called = Column("任务", "Work", search=True)
    about = Column("内容", "About", search=True)
    state = Column("状态", "State")
    by = Column("发起人", "Begun by", search=True, orderable=False)
    made_at = MomentColumn("开始", "Begun")
    finished_at = MomentColumn("结束", "Ended", wide=True)

    def render_called(self, value: str, record: Job) -> SafeString:
        """What it is called, leading to it."""
        return format_html('<a href="{}">{}</a>', reverse("jobs:job", args=[record.pk]), value)

    def render_about(self, value: str, record: Job) -> SafeString | str:
        """What it is about, leading there."""
        return format_html('<a href="{}">{}</a>', record.about_url, value) if record.about_url else value

    def render_state(self, record: Job) -> SafeString:
        """The state in its colour."""
        return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[record.state], record.get_state_display())
