"""The list of tickets."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.tickets.models import Ticket, signed_money, signed_points
from fairwrench.web.ui.tables.columns import Column, LongColumn, MoneyColumn, PersonColumn, PointsColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.templatetags import ui

#: the look of each state
LOOKS = {
    Ticket.State.WRITTEN: "warning",
    Ticket.State.ACKNOWLEDGED: "warning",
    Ticket.State.APPEALED: "danger",
    Ticket.State.CONFIRMED: "primary",
    Ticket.State.WITHDRAWN: "secondary",
    Ticket.State.TAKEN_BACK: "secondary",
}


def state_badge(ticket: Ticket) -> SafeString:
    """The state of a ticket as a badge."""
    look = LOOKS[Ticket.State(ticket.state)]
    return format_html('<span class="badge bg-{}-lt">{}</span>', look, ticket.get_state_display())


class StateColumn(Column):
    """A state in its colour."""

    def render(self, value: str, record: Ticket | None = None) -> SafeString | str:
        """The state as a badge."""
        return state_badge(record) if record else value


class Tickets(Table):
    """Tickets, the newest day first; points and money with the sign that they count with."""

    article = LongColumn("奖惩条款", "Article", accessor="article_said", orderable=False)
    employee = PersonColumn("人员", "Who", search="employee__name", order_by="employee__employee_id", leads=False)
    day = Column("日期", "Day")
    signed_points = PointsColumn("分值", "Points", orderable=False)
    signed_amount = MoneyColumn("金额", "Amount", orderable=False)
    state = StateColumn("状态", "State")
    store = Column("门店", "Store", search=True, wide=True)
    words = LongColumn("经过", "What happened", search=True, wide=True)
    by = Column("开单人", "Written by", wide=True, orderable=False)
    stacks = True

    def render_day(self, value: date) -> str:
        """2026-10-03."""
        return value.isoformat()

    def render_signed_points(self, value: int) -> str:
        """What it brings, with its sign; a dash where it brings none, as 0.00 would look like a figure."""
        return signed_points(value) if value else ui.points(None)

    def render_signed_amount(self, value: int) -> str:
        """The same of money."""
        return signed_money(value) if value else ui.money(None)

    def render_article(self, value: str, record: Ticket) -> SafeString:
        """The article, leading to the ticket."""
        return format_html(
            '<a href="{}">{}</a> {}', reverse("tickets:ticket", args=[record.pk]), value, record.get_kind_display()
        )
