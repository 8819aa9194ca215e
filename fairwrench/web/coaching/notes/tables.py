"""The list of notes."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.coaching.models import Note
from fairwrench.web.ui.tables.columns import Column, LongColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import pick

#: the look of each state
LOOKS = {Note.State.DRAFT: "warning", Note.State.SHARED: "primary", Note.State.TAKEN_BACK: "secondary"}


def state_badge(note: Note) -> SafeString:
    """Who reads a note, as a badge."""
    words = note.get_state_display()
    if note.kind == Note.Kind.MEETING and note.state == Note.State.SHARED:
        words = pick("参加的人可见", "For who was there")
    return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[Note.State(note.state)], words)


class Notes(Table):
    """Notes, the newest day first."""

    words = LongColumn("内容", "What", search=True, orderable=False)
    kind = Column("类别", "Kind")
    about = Column("关于谁", "About", search="about__name", order_by="about__employee_id")
    day = Column("日期", "Day")
    state = Column("可见范围", "Read by")
    by = Column("记录人", "Written by", orderable=False)
    stacks = True

    def render_words(self, value: str, record: Note) -> SafeString:
        """The topic or the beginning of it, leading to the note."""
        said = record.topic or (value if len(value) <= 60 else f"{value[:60]}…")
        return format_html('<a href="{}">{}</a>', reverse("coaching:note", args=[record.pk]), said)

    def render_about(self, value: object) -> str:
        """Name and id."""
        return str(value)

    def render_day(self, value: date) -> str:
        """2026-10-03."""
        return value.isoformat()

    def render_state(self, value: str, record: Note) -> SafeString:
        """Who reads it."""
        return state_badge(record)
