"""The questions of a questionnaire as a form, made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.web.surveys.limits import LETTERS
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import of, pick


class AnswerForm(forms.Form):
    """One field a question; nothing is chosen beforehand."""

    def __init__(self, *given: Any, questionnaire: Questionnaire, **options: Any) -> None:
        super().__init__(*given, **options)
        levels = [(key, of(level.name)) for key, level in questionnaire.scale.items()]
        for key, question in questionnaire.questions.items():
            label = of(question.name)
            if question.answered == "in_words":
                # what browsers keep of a form would lie on a computer that others use
                area = forms.Textarea(attrs={"rows": 3, "autocomplete": "off"})
                field: forms.Field = BareTextField(
                    label=label, max_length=LETTERS, required=question.required, widget=area
                )
            else:
                besides = [] if question.required else [("", pick("不作答", "No answer"))]
                field = forms.ChoiceField(
                    label=label,
                    choices=[*levels, *besides],
                    required=question.required,
                    widget=forms.RadioSelect,
                )
            self.fields[key] = field
