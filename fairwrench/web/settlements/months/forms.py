"""Forms of months."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both


class NewMonthForm(forms.Form):
    """Begin a month out of those whose time it is."""

    month = forms.ChoiceField(
        label=both("月份", "Month"),
        help_text=both("只能新建本月和下个月", "the month of the calendar and the next can be begun"),
    )

    def __init__(self, *given: Any, months: Sequence[Month], **options: Any) -> None:
        super().__init__(*given, **options)
        offer(self, "month", [(str(month), str(month)) for month in months])
