"""The form of the interview, and that of a refused signature."""

from __future__ import annotations

from django import forms

from fairwrench.web.appraisals.models import Appraisal
from fairwrench.web.appraisals.services import LETTERS, Interview
from fairwrench.web.org.days import today
from fairwrench.web.people.forms import DayField
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both


def _text(zh: str, en: str, *, rows: int = 3) -> BareTextField:
    area = forms.Textarea(attrs={"rows": rows})
    return BareTextField(label=both(zh, en), max_length=LETTERS, required=False, widget=area)


class InterviewForm(forms.Form):
    """When and where, what was said, what was agreed (S1 ❺ 5.1.4)."""

    held_on = DayField(label=both("面谈日期", "Day of the interview"))
    place = BareTextField(label=both("地点", "Place"), max_length=60, required=False)
    went_well = _text("做得好的", "What went well")
    to_improve = _text("要改进的", "What to improve")
    agreed = _text("约定：谁在什么时候之前做什么", "Agreed: who does what by when")
    employee_view = _text("员工的看法", "The employee’s own view")

    @classmethod
    def of(cls, form: Appraisal) -> InterviewForm:
        """With what was written down before."""
        told = {name: getattr(form, name) for name in cls.base_fields}
        return cls(initial={**told, "held_on": form.held_on or today()})

    @property
    def interview(self) -> Interview:
        """What was filled in."""
        return Interview(**self.cleaned_data)
