"""Tables of what was sent, and of bots."""

from __future__ import annotations

from typing import Any

from django.template.loader import render_to_string
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.ui.tables.columns import Column, CountColumn, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import of
from fairwrench.web.work.models import Bot, Delivery
from fairwrench.web.work.tables import MomentColumn

#: the look of each state
LOOKS = {"waiting": "secondary", "sending": "secondary", "sent": "primary", "failed": "danger", "dropped": "secondary"}


class Deliveries(Table):
    """Messages, the latest first; what they said is not among it."""

    made_at = MomentColumn("时间", "When")
    whom = Column(
        "收件人",
        "To",
        accessor="to",
        search="to__employee__name",
        order_by="to__employee__employee_id",
        empty_values=(),
    )
    channel = Column("方式", "Channel")
    kind = Column("类型", "Kind")
    carries = CountColumn("通知数", "Notices", wide=True)
    state = Column("状态", "State")
    attempts = CountColumn("次数", "Attempts", wide=True)
    said = LongColumn("结果", "What was answered", orderable=False, empty_values=())
    by = Column("催办人", "By", search="by__employee__name", order_by="by__employee__employee_id", wide=True)
    sent_at = MomentColumn("发出时间", "Sent", wide=True)
    stacks = True

    def render_whom(self, record: Delivery) -> str:
        """The person, or the bot."""
        return str(record.bot or record.to or "—")

    def render_by(self, value: Any) -> str:
        """Who reminded."""
        return str(value)

    def render_state(self, record: Delivery) -> SafeString:
        """The state in its colour."""
        return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[record.state], record.get_state_display())

    def render_said(self, record: Delivery) -> str:
        """What came of it; of one that failed, the way to try again."""
        again = record.state == Delivery.State.FAILED and record.kind != Delivery.Kind.TRIAL
        told = {"said": of(record.said), "delivery": record, "again": again}
        return render_to_string("work/parts/said.html", told)


class Bots(Table):
    """Bots of chats, with the test and the end of each."""

    name = Column("名称", "Name", search=True)
    service = Column("平台", "Service")
    unit = Column("适用范围", "For", orderable=False, empty_values=())
    made_by = Column("设置人", "Set up by", orderable=False, wide=True)
    made_at = MomentColumn("设置时间", "Set up", wide=True)
    acts = Column("操作", "Acts", orderable=False, accessor="pk", exclude_from_export=True)
    stacks = True

    def render_unit(self, record: Bot) -> str:
        """The unit's name, or the whole group."""
        return str(record.unit) if record.unit else of(("全集团", "The whole group"))

    def render_acts(self, record: Bot) -> str:
        """Its buttons."""
        return render_to_string("work/parts/bot_acts.html", {"bot": record})
