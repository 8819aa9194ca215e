"""Forms by which surveys are opened, extended, and opinions asked."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django import forms

from fairwrench.catalog.questionnaire import Questionnaire
from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.models import User
from fairwrench.web.access.scope import Scope
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Employee
from fairwrench.web.people.forms import DayField
from fairwrench.web.surveys.limits import MOST_NAMED, USUAL_DAYS
from fairwrench.web.surveys.opening.invited import Staff
from fairwrench.web.surveys.opening.services import Draft
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import aside, both


def _key() -> forms.RegexField:
    return forms.RegexField(r"^[0-9a-f]{32}$", widget=forms.HiddenInput)


class SurveyForm(forms.Form):
    """One questionnaire for one store; about people, with those chosen."""

    month = forms.ChoiceField(label=both("计入月份", "Month in which it counts"))
    ends = DayField(label=both("截止日（含当天）", "Last day"))
    subjects = forms.MultipleChoiceField(label=both("被评的人", "About whom"), widget=forms.CheckboxSelectMultiple)
    once = _key()

    def __init__(self, *given: Any, questionnaire: Questionnaire, store: str, **options: Any) -> None:
        super().__init__(*given, **options)
        self.store = store
        day = today()
        months = [str(Month.of(day).plus(back)) for back in (0, -1, 1)]
        offer(self, "month", [(month, month) for month in months])
        self.fields["ends"].initial = day + timedelta(days=USUAL_DAYS)
        self.people: dict[str, Employee] = {}
        if questionnaire.about == "store":
            del self.fields["subjects"]
        else:
            places = Staff(store, day).places.values()
            self.people = {each.employee.employee_id: each.employee for each in places}
            said = {who: f"{each.name} {who}" for who, each in self.people.items()}
            positions = {each.employee.employee_id: each.position for each in places}
            offer(self, "subjects", [(who, aside(said[who], positions[who])) for who in self.people])

    def draft(self, name: str) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        chosen = [self.people[each] for each in told.get("subjects", ())]
        return Draft(name, self.store, Month.parse(told["month"]), told["ends"], chosen, (), told["once"])


class OpinionForm(forms.Form):
    """About whom of those one leads, and whom one asks."""

    about = forms.ChoiceField(label=both("关于谁", "About whom"))
    ends = DayField(label=both("截止日（含当天）", "Last day"))
    once = _key()

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        scope = Scope.of(user)
        led = Employee.objects.filter(employee_id__in=(scope.led | scope.led_next) - scope.own).order_by("employee_id")
        self.led = {each.employee_id: each for each in led}
        offer(self, "about", [(key, f"{each.name} {key}") for key, each in self.led.items()])
        self.fields["ends"].initial = today() + timedelta(days=USUAL_DAYS)
        for place in range(1, MOST_NAMED + 1):
            label = both("问谁", "Whom you ask") if place == 1 else both("还有谁（可不填）", "And whom (if any)")
            self.fields[f"named{place}"] = PersonField(label=label, required=place == 1)
        self.order_fields(["about", *(f"named{place}" for place in range(1, MOST_NAMED + 1)), "ends"])
        chosen_by(self, user)

    @property
    def named(self) -> list[Employee]:
        """Whom one asks."""
        told = (self.cleaned_data.get(f"named{place}") for place in range(1, MOST_NAMED + 1))
        return [each for each in told if each is not None]


class ExtendForm(forms.Form):
    """A later last day."""

    ends = DayField(label=both("新的截止日（含当天）", "New last day"))
