"""Forms of notes, made for a phone."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.models import User
from fairwrench.web.coaching.models import Note
from fairwrench.web.coaching.notes.selectors import kinds_for, team_of
from fairwrench.web.coaching.notes.services import DECISIONS, TOPIC, WORDS, Draft
from fairwrench.web.org.days import today
from fairwrench.web.people.forms import DayField
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import aside, both

Kind = Note.Kind


def _area(rows: int) -> forms.Textarea:
    return forms.Textarea(attrs={"rows": rows})


def _key() -> forms.RegexField:
    return forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class NoteForm(forms.Form):
    """A talk, praise or feedback about one person."""

    kind = forms.ChoiceField(label=both("类别", "Kind"))
    who = PersonField(label=both("关于谁", "About whom"))
    day = DayField(label=both("日期", "Day"))
    topic = BareTextField(label=both("主题（可不填）", "Topic (if any)"), max_length=TOPIC, required=False)
    words = BareTextField(label=both("内容", "What"), max_length=WORDS, widget=_area(5))
    hidden = forms.BooleanField(
        label=both(
            "先存为草稿：只有您和其上级可见，本人看不到，评分时也不显示（仅限辅导）",
            "A draft for now: you and their managers read it, the person and raters do not (coaching alone)",
        ),
        required=False,
    )
    once = _key()

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        kinds = kinds_for(user=user)
        offer(self, "kind", [(kind.value, kind.label) for kind in kinds])
        self.fields["day"].initial = today()
        if Kind.COACHING not in kinds:
            del self.fields["hidden"]
        chosen_by(self, user)

    def draft(self) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        return Draft(
            kind=told["kind"],
            day=told["day"],
            words=told["words"],
            about=told["who"],
            topic=told["topic"],
            hidden=told.get("hidden", False),
            once=told["once"],
        )


class MeetingForm(forms.Form):
    """A meeting of one's team: who was there, what was said and decided."""

    day = DayField(label=both("日期", "Day"))
    topic = BareTextField(label=both("主题", "Topic"), max_length=TOPIC)
    attendees = forms.MultipleChoiceField(label=both("参加的人", "Who was there"), widget=forms.CheckboxSelectMultiple)
    words = BareTextField(label=both("内容", "What was said"), max_length=WORDS, widget=_area(4))
    decisions = BareTextField(
        label=both("决定（可不填）", "What was decided (if anything)"),
        max_length=DECISIONS,
        required=False,
        widget=_area(3),
    )
    once = _key()

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.team = {each.employee_id: each for each in team_of(user=user)}
        offer(self, "attendees", [(each, aside(who.name, each)) for each, who in self.team.items()])
        self.fields["day"].initial = today()

    def draft(self) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        return Draft(
            kind=Kind.MEETING,
            day=told["day"],
            words=told["words"],
            attendees=[self.team[each] for each in told["attendees"]],
            topic=told["topic"],
            decisions=told["decisions"],
            once=told["once"],
        )


class CorrectionForm(forms.Form):
    """What a note should say instead, and why."""

    day = DayField(label=both("日期", "Day"))
    topic = BareTextField(label=both("主题（可不填）", "Topic (if any)"), max_length=TOPIC, required=False)
    words = BareTextField(label=both("内容", "What"), max_length=WORDS, widget=_area(5))
    decisions = BareTextField(
        label=both("决定（可不填）", "What was decided (if anything)"),
        max_length=DECISIONS,
        required=False,
        widget=_area(3),
    )
    reason = BareTextField(label=both("更正说明（可不填）", "Why (if you like)"), max_length=400, required=False)

    @classmethod
    def of(cls, note: Note) -> CorrectionForm:
        """The form of a note as it is."""
        return cls(initial={name: getattr(note, name) for name in ("day", "topic", "words", "decisions")})

    def without_decisions(self) -> CorrectionForm:
        """The same for a note about one person, which decides nothing."""
        self.fields["decisions"].widget = forms.HiddenInput()
        return self
