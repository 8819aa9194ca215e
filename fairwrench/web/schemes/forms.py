"""Forms of versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from fairwrench.settlement.deadlines import Month
from fairwrench.web.ui.words import both


class UploadForm(forms.Form):
    """One document, and what it is about."""

    file = forms.FileField(label=both("制度文件", "The document"))
    note = forms.CharField(
        label=both("修改说明", "What changes"), required=False, max_length=400, widget=forms.Textarea({"rows": 2})
    )


class AdoptForm(forms.Form):
    """From which month on, and by whose decision."""

    begins = forms.ChoiceField(label=both("从哪个月起适用", "From which month on"))
    note = forms.CharField(
        label=both("批准依据", "By whose decision"),
        help_text=both("例如总经理批准的日期和文号", "for example the general manager's approval, with its date"),
        required=False,
        max_length=400,
    )

    def __init__(self, *args: Any, months: Iterable[Month], **named: Any) -> None:
        super().__init__(*args, **named)
        self.fields["begins"].choices = [(str(month), str(month)) for month in months]  # type: ignore[attr-defined]
