"""Forms of what is done before a version holds."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django import forms
from django.core.exceptions import ValidationError

from fairwrench.web.org.days import today
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both, pick

#: with whom a version was discussed
PARTNERS = (
    ("union", both("工会", "the union")),
    ("representatives", both("职工代表", "employees' representatives")),
    ("everybody", both("全体职工", "all staff")),
)


def _day() -> forms.DateInput:
    """As browsers draw a day: they take it only as 2026-11-30."""
    return forms.DateInput({"type": "date"}, "%Y-%m-%d")


class PublishForm(forms.Form):
    """Up to which day everybody is shown it."""

    until = forms.DateField(label=both("公示到", "Published until"), widget=_day())

    def __init__(self, *given: Any, days: int, **named: Any) -> None:
        super().__init__(*given, **named)
        #: today is the first day
        self.least = today() + timedelta(max(days, 1) - 1)
        self.fields["until"].initial = self.least
        self.fields["until"].widget.attrs["min"] = self.least.isoformat()

    def clean_until(self) -> date:
        """As many days as the scheme asks for, and no more than a year."""
        until: date = self.cleaned_data["until"]
        if until < self.least:
            raise ValidationError(pick(f"不能早于 {self.least}", f"not before {self.least}"))
        if until > today() + timedelta(365):
            raise ValidationError(pick("最长一年", "a year at most"))
        return until


class DiscussForm(forms.Form):
    """When and with whom it was discussed, and what was said."""

    held_on = forms.DateField(label=both("讨论日期", "Discussed on"), widget=_day())
    partner = forms.ChoiceField(label=both("参加方", "With"), choices=PARTNERS)
    opinions = BareTextField(
        label=both("意见与答复", "What was said, and answered"),
        help_text=both("参加人数、主要意见和采纳情况", "how many took part, the main opinions, what was taken up"),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
    )

    def clean_held_on(self) -> date:
        """Not a day to come."""
        held_on: date = self.cleaned_data["held_on"]
        if held_on > today():
            raise ValidationError(pick("日期还没有到", "that day is still to come"))
        return held_on
