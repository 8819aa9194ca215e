"""The forms of the two interviews, and how the note of a refusal was served."""

from __future__ import annotations

from django import forms

from fairwrench.web.appraisals.models import Appraisal, Signature
from fairwrench.web.appraisals.services import LETTERS, Interview, Serving, Talk
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
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


class TalkForm(forms.Form):
    """The interview by the next level: when, what was said, what was agreed."""

    next_on = DayField(label=both("面谈日期", "Day of the interview"))
    next_said = _text("谈话内容", "What was said")
    next_agreed = _text("约定", "Agreed")

    @classmethod
    def of(cls, form: Appraisal) -> TalkForm:
        """With what was written down before."""
        told = {name: getattr(form, name) for name in cls.base_fields}
        return cls(initial={**told, "next_on": form.next_on or today()})

    @property
    def talk(self) -> Talk:
        """What was filled in."""
        return Talk(**self.cleaned_data)


class ServingForm(forms.Form):
    """How the note of a refusal was handed over 送达, when, and by whom; all of it may be noted later."""

    how = forms.ChoiceField(
        label=both("送达方式", "Handed over"),
        choices=[("", both("尚未送达", "Not yet")), *Signature.Served.choices],
        required=False,
    )
    on = DayField(label=both("送达日期", "On"), required=False)
    by = BareTextField(
        label=both("送达人工号（空：本人）", "By (employee id; empty: oneself)"), max_length=40, required=False
    )

    def serving(self, me: Employee | None) -> Serving:
        """What was filled in; oneself where nobody else is named."""
        told = self.cleaned_data
        by = Employee.objects.filter(employee_id=told["by"]).first() if told["by"] else me
        return Serving(told["how"], told["on"], by)
