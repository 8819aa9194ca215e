"""Forms of months."""

from __future__ import annotations

from django import forms

from fairwrench.settlement.deadlines import Month
from fairwrench.web.ui.words import both, pick


class NewMonthForm(forms.Form):
    """Begin a month."""

    month = forms.CharField(label=both("月份", "Month"), widget=forms.TextInput({"placeholder": "2026-11"}))

    def clean_month(self) -> str:
        """`2026-11`."""
        try:
            return str(Month.parse(self.cleaned_data["month"].strip()))
        except ValueError:
            told = pick("请写成 2026-11 这样的月份", "write a month like 2026-11")
            raise forms.ValidationError(told) from None
