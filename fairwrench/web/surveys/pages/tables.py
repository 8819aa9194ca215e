"""The list of surveys."""

from __future__ import annotations

from datetime import date

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.surveys.models import Survey
from fairwrench.web.surveys.questionnaires import asked_in
from fairwrench.web.ui.tables.columns import Column, CountColumn
from fairwrench.web.ui.tables.tables import Table
from fairwrench.web.ui.words import of

#: the look of each state
LOOKS = {"open": "warning", "closed": "primary", "shared": "primary", "cancelled": "secondary"}


def state_badge(survey: Survey) -> SafeString:
    """How far it is, as a badge."""
    return format_html('<span class="badge bg-{}-lt">{}</span>', LOOKS[survey.state], survey.get_state_display())


class Surveys(Table):
    """Surveys, the latest first."""

    questionnaire = Column("问卷", "Questionnaire", orderable=False)
    store = Column("门店", "Store", search=True)
    month = Column("计入月份", "Month")
    ends = Column("截止日", "Last day")
    asked = CountColumn("应填", "Asked")
    done = CountColumn("已填", "Done")
    state = Column("状态", "State")
    stacks = True

    def render_questionnaire(self, record: Survey) -> SafeString:
        """Its name, leading to the survey."""
        return format_html(
            '<a href="{}">{}</a>', reverse("surveys:survey", args=[record.pk]), of(asked_in(record).name)
        )

    def render_ends(self, value: date) -> str:
        """2026-12-03."""
        return value.isoformat()

    def render_state(self, value: str, record: Survey) -> SafeString:
        """How far it is."""
        return state_badge(record)
