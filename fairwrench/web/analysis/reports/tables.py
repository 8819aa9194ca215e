"""The list of analyses."""

from __future__ import annotations

from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.analysis.models import Analysis, place_words
from fairwrench.web.ui.tables.columns import Column
from fairwrench.web.ui.tables.tables import Table

State = Analysis.State
LOOKS = {State.DRAFT: "secondary", State.SUBMITTED: "warning", State.APPROVED: "primary", State.SENT: "success"}


class Analyses(Table):
    """Analyses, those of the latest month first."""

    month = Column("月份", "Month", accessor="cycle__month", order_by="cycle__month")
    store = Column("门店", "Store", search=True)
    state = Column("状态", "State")
    readers = Column("已阅", "Read by", empty_values=(), orderable=False, wide=True)

    def render_month(self, value: Any, record: Analysis) -> SafeString:
        """The month, leading to the analysis."""
        return format_html('<a href="{}">{}</a>', reverse("analysis:analysis", args=[record.pk]), value)

    def render_store(self, value: str) -> str:
        """The store, or the group."""
        return place_words(value)

    def render_state(self, value: str, record: Analysis) -> SafeString:
        """The state as a badge."""
        return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[State(record.state)], value)

    def render_readers(self, record: Any) -> str:
        """How many of those to whom it was sent have read it."""
        return f"{record.read}/{record.sent_to}" if record.sent_to else "—"
