"""Forms of the suggestion box, made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.web.access.models import User
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both, pick
from fairwrench.web.voice.models import Suggestion
from fairwrench.web.voice.selectors import EVERYWHERE, stores_of
from fairwrench.web.voice.services import LENGTH, LETTERS, WORDS, code_made


def _area(rows: int) -> forms.Textarea:
    # what browsers keep of a form would lie on a computer that others use
    return forms.Textarea(attrs={"rows": rows, "autocomplete": "off"})


class SuggestionForm(forms.Form):
    """What somebody writes, and to whom."""

    store = forms.ChoiceField(label=both("写给哪里", "To which store"))
    to = forms.ChoiceField(label=both("由谁查看", "Who reads it"), choices=Suggestion.To)
    topic = forms.ChoiceField(label=both("关于", "About"), choices=Suggestion.Topic)
    words = BareTextField(label=both("内容", "What"), max_length=WORDS, widget=_area(6))
    #: made with the form, so that one form writes once
    code = forms.RegexField(f"^[{LETTERS}]{{{LENGTH}}}$", widget=forms.HiddenInput)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.fields["code"].initial = code_made()
        stores = [(store, store) for store in stores_of(user=user)]
        offer(self, "store", [*stores, (EVERYWHERE, pick("集团", "The group"))])


class CodeForm(forms.Form):
    """The code by which a writer comes back."""

    code = forms.CharField(
        label=both("查询码", "Code"), max_length=40, widget=forms.TextInput(attrs={"autocomplete": "off"})
    )


class AddForm(forms.Form):
    """What a writer adds."""

    words = BareTextField(label=both("补充或追问", "Add or ask"), max_length=WORDS, widget=_area(4))


class ReplyForm(forms.Form):
    """The answer of a reader."""

    reply = BareTextField(
        label=both("回复（只有写的人凭查询码看到）", "Answer, for its writer alone"), max_length=WORDS, widget=_area(4)
    )


class PublicForm(forms.Form):
    """What everybody of the store reads, in words by which nobody is recognised."""

    public_question = BareTextField(
        label=both("问题（请改写，不要照抄）", "The question, in your own words"), max_length=WORDS, widget=_area(3)
    )
    public_answer = BareTextField(label=both("答复", "The answer"), max_length=WORDS, widget=_area(4))
