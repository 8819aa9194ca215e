"""The forms of an appeal: what is meant and why, and the points that it is granted."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from fairwrench.settlement.exact import point_units
from fairwrench.web.appraisals.appeals.services import EXPECTED, REASON
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both


class AppealForm(forms.Form):
    """Against what, what is held to be right, and why."""

    item = forms.ChoiceField(label=both("对哪一项有异议", "Against what"), required=False)
    expected = BareTextField(label=both("您认为应该是", "What it should be"), max_length=EXPECTED, required=False)
    reason = BareTextField(
        label=both("理由（单号、日期、谁可以证明）", "Why (order numbers, days, who can tell)"),
        max_length=REASON,
        widget=forms.Textarea(attrs={"rows": 4}),
    )

    def __init__(self, *given: Any, items: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = [("", both("总分", "The score")), *items]


class PointsForm(forms.Form):
    """The points that an appeal is granted, and why."""

    points = forms.DecimalField(
        label=both("调整为（分）", "To be set to (points)"), min_value=0, max_digits=6, decimal_places=2
    )
    note = BareTextField(
        label=both("理由（员工可见）", "Why (the employee reads it)"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    @property
    def hundredths(self) -> int:
        """The points as they are kept."""
        return point_units(self.cleaned_data["points"])
