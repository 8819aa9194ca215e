"""The form by which somebody asks for an order that is missing."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms

from fairwrench.web.evidence.missing_orders.missing_orders import BACK
from fairwrench.web.org.days import today
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both, pick


class MissingOrderForm(forms.Form):
    """Order number or plate, the day, what was done, a note."""

    order_no = BareTextField(label=both("工单号", "Order number"), required=False, max_length=40)
    plate = BareTextField(
        label=both("或车牌号", "Or the plate"),
        required=False,
        max_length=20,
        help_text=both("两个写一个就行", "one of the two is enough"),
    )
    # the field of a browser takes a day in no other form
    day = forms.DateField(
        label=both("作业日期", "Done on"), widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    done = BareTextField(label=both("作业内容", "What you did"), max_length=200)
    note = BareTextField(
        label=both("备注", "Note"), required=False, max_length=400, widget=forms.Textarea(attrs={"rows": 2})
    )

    def clean_day(self) -> date:
        """No day to come, and none so long ago that its month was settled for good."""
        day: date = self.cleaned_data["day"]
        if not today() - BACK <= day <= today():
            told = pick(f"日期须在 {today() - BACK} 至今天之间", f"a day between {today() - BACK} and today")
            raise forms.ValidationError(told)
        return day

    def clean(self) -> dict[str, Any]:
        """One of the two by which the order is found."""
        told = super().clean() or {}
        if not self.errors and not told.get("order_no") and not told.get("plate"):
            self.add_error("order_no", pick("请写工单号或车牌号，写一个就行", "the order number or the plate"))
        return told
