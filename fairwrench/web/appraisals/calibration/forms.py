"""What is asked for at a calibration meeting: whom, which item, how many points, why."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from fairwrench.settlement.exact import point_units
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both


class CalibrationForm(forms.Form):
    """One change for one person."""

    item = forms.ChoiceField(label=both("评议哪一项", "Which item"))
    points = forms.DecimalField(label=both("定为（分）", "Points"), min_value=0, max_digits=6, decimal_places=2)
    reason = BareTextField(
        label=both("评议理由（本人可见）", "Why (the person reads it)"),
        max_length=400,
        widget=forms.Textarea(attrs={"rows": 2}),
    )

    def __init__(self, *given: Any, items: Sequence[tuple[str, str]], **options: Any) -> None:
        super().__init__(*given, **options)
        field = self.fields["item"]
        assert isinstance(field, forms.ChoiceField)
        field.choices = list(items)

    @property
    def hundredths(self) -> int:
        """The points as they are kept."""
        return point_units(self.cleaned_data["points"])
