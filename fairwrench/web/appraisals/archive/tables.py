"""The table of the archive."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.timezone import localtime

from fairwrench.report.naming import Names
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.pages.tables import Forms
from fairwrench.web.evidence.selectors import sources
from fairwrench.web.org.days import today
from fairwrench.web.schemes.selectors import scheme_at
from fairwrench.web.ui.tables.columns import Column
from fairwrench.web.ui.words import lang, pick


class Archived(Forms):
    """Forms over the months, with what became of them; each opens what was signed."""

    position = Column("岗位", "Position", orderable=False)
    department = Column("部门", "Department", wide=True)
    refused = Column("拒签", "Not signed", orderable=False)
    returned = Column("隔级退回", "Returned", orderable=False)
    filed_at = Column("归档", "Filed", orderable=False)

    class Meta:
        sequence = ("employee", "number", "month", "store", "department", "position", "score", "grade", "...")
        order_by = ("-month",)

    @cached_property
    def names(self) -> Names:
        """The words of today's scheme."""
        return Names(scheme_at(month=Month(today().year, today().month)), sources(), lang())

    def render_position(self, value: Any) -> str:
        """In words."""
        return self.names.position(value)

    def render_department(self, value: Any) -> str:
        """In words."""
        return self.names.department(value)

    def render_refused(self, value: Any) -> str:
        """Whether somebody refused to sign."""
        return pick("是", "yes") if value else ""

    def render_returned(self, value: Any) -> str:
        """Whether the next level returned it."""
        return pick("是", "yes") if value else ""

    def render_filed_at(self, value: Any, record: Appraisal) -> SafeString | str:
        """When it was filed, leading to the very document that HR signed."""
        day, signature = f"{localtime(value):%Y-%m-%d}", vars(record)["filed_by"]
        return format_html('<a href="{}">{}</a>', reverse("appraisals:signed", args=[record.pk, signature]), day)
