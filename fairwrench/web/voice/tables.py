"""The list of suggestions received."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.ui.tables.columns import Column, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import EVERYWHERE

#: the look of each state
LOOKS = {"waiting": "secondary", "new": "warning", "answered": "primary", "closed": "secondary"}
#: letters of a suggestion in the list
SHOWN = 60


def state_badge(suggestion: Suggestion) -> SafeString:
    """How far it is, as a badge."""
    return format_html(
        '<span class="badge bg-{}-lt">{}</span>', LOOKS[suggestion.state], suggestion.get_state_display()
    )


def store_words(store: str) -> str:
    """The store, or the group in words."""
    return pick("集团", "The group") if store == EVERYWHERE else store


class Suggestions(Table):
    """Suggestions, those opened last first."""

    words = LongColumn("内容", "What", search=True, orderable=False)
    topic = Column("关于", "About")
    store = Column("门店", "Store")
    opens_on = Column("开启日期", "Opened")
    state = Column("状态", "State")
    stacks = True

    def render_words(self, value: str, record: Suggestion) -> SafeString:
        """The beginning of it, leading to the whole."""
        said = value if len(value) <= SHOWN else f"{value[:SHOWN]}…"
        return format_html('<a href="{}">{}</a>', reverse("voice:suggestion", args=[record.pk]), said)

    def render_store(self, value: str) -> str:
        """The store, or the group."""
        return store_words(value)

    def render_opens_on(self, value: date) -> str:
        """2026-12-03."""
        return value.isoformat()

    def render_state(self, value: str, record: Suggestion) -> SafeString:
        """How far it is."""
        return state_badge(record)
