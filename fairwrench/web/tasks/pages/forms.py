"""Forms of tasks: giving one, how far it is, handing it on; made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.models import User
from fairwrench.web.people.forms import DayField
from fairwrench.web.tasks.models import STEP, Task
from fairwrench.web.tasks.services import TITLE, WORDS, Draft
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both, of

#: letters of a reason
NOTE = 400
WHO_HINT = (
    "您的下属、本店员工（人力资源、总经理）和自己直接生效；请同事帮忙的，对方可以谢绝",
    "your people, your store's as HR or general manager, and yourself have it at once; a colleague may decline",
)


class TaskForm(forms.Form):
    """For whom, what, by when, what for."""

    who = PersonField(label=both("谁来做", "Who"))
    title = BareTextField(label=both("做什么（一句话）", "What, in one line"), max_length=TITLE)
    due = DayField(label=both("期限", "Due"))
    words = BareTextField(
        label=both("说明（可不填）", "What for, and what is to come of it (if any)"),
        max_length=WORDS,
        required=False,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    origin = forms.CharField(required=False, max_length=20, widget=forms.HiddenInput)
    ref = forms.CharField(required=False, max_length=160, widget=forms.HiddenInput)
    once = forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["who"].help_text = of(WHO_HINT)
        chosen_by(self, user, user.employee)

    def draft(self) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        return Draft(told["who"], told["title"], told["due"], told["words"], told["origin"], told["ref"], told["once"])


class ProgressForm(forms.Form):
    """How far it is, and a word to it."""

    progress = forms.TypedChoiceField(
        label=both("进度", "Progress"), coerce=int, choices=[(n, f"{n}%") for n in range(0, 101, STEP)]
    )
    note = BareTextField(label=both("说明（可不填）", "A word to it (if any)"), max_length=300, required=False)

    @classmethod
    def of(cls, task: Task) -> ProgressForm:
        """The form of a task as it is."""
        return cls(initial={"progress": task.progress})


class HandOnForm(forms.Form):
    """To whom, and why."""

    to = PersonField(label=both("转给谁", "To whom"))
    reason = BareTextField(label=both("原因（处理记录中可见）", "Why (it stands in what was done)"), max_length=NOTE)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user, user.employee)
