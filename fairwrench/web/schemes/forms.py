"""Forms of versions."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both


class UploadForm(forms.Form):
    """One document, and what it is about."""

    file = forms.FileField(label=both("制度文件", "The document"))
    note = BareTextField(
        label=both("修改说明", "What changes"), required=False, max_length=400, widget=forms.Textarea({"rows": 2})
    )


class ProposeForm(forms.Form):
    """From which month on, and why."""

    begins = forms.ChoiceField(label=both("从哪个月起适用", "From which month on"))
    ground = BareTextField(
        label=both("修改依据", "Ground"),
        help_text=both("为什么要改，例如会议决定、文号", "why it is to change, for example a decision and its date"),
        max_length=400,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, months: Iterable[Month], **named: Any) -> None:
        super().__init__(*args, **named)
        offer(self, "begins", [(str(month), str(month)) for month in months])


class WithdrawForm(forms.Form):
    """Why an approved version is not to hold after all."""

    reason = BareTextField(
        label=both("撤回原因", "Why it is withdrawn"), max_length=400, widget=forms.Textarea({"rows": 2})
    )


class SendBackForm(forms.Form):
    """Why not."""

    reason = BareTextField(
        label=both("退回原因", "Why it is sent back"), max_length=400, widget=forms.Textarea({"rows": 2})
    )
