"""The form of a summary, made for a phone."""

from __future__ import annotations

from django import forms

from fairwrench.web.coaching.summaries.services import LETTERS
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


class SummaryForm(forms.Form):
    """What one did in the month, and what one plans for the next."""

    done = BareTextField(label=both("本月总结", "Summary of the month"), max_length=LETTERS, widget=_area(6))
    plan = BareTextField(label=both("下月计划", "Plan for the next month"), max_length=LETTERS, widget=_area(5))
