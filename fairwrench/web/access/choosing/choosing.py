"""The one way in which forms let somebody choose a person: a field to type in, which proposes whom it may take.

The proposals come from `people:find` while one types; without script the server takes an employee id or a name that
only one bears, and else names those who could be meant.
"""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.urls import reverse
from django.utils.html import format_html
from django.utils.safestring import SafeString

from fairwrench.web.access.choosing.finding import HERE, LETTERS, MOST, people_findable, people_matching, places_of
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Assignment, Employee
from fairwrench.web.ui.words import aside, both, joined, pick

#: how long one pauses before proposals are asked for
PAUSE = "300ms"


class PersonInput(forms.TextInput):
    """A text input with a list of proposals, filled by htmx; an ordinary text input without script."""

    among = HERE

    def get_context(self, name: str, value: Any, attrs: dict[str, Any] | None) -> dict[str, Any]:
        """With what asks for proposals."""
        found: dict[str, Any] = super().get_context(name, value, attrs)
        told = found["widget"]["attrs"]
        told |= {
            "list": f"{told.get('id', name)}_people",
            "autocomplete": "off",
            "placeholder": str(both("输入姓名或工号", "Type a name or employee id")),
            "hx-get": f"{reverse('people:find')}?among={self.among}",
            "hx-trigger": f"focus once, input changed delay:{PAUSE}",
            "hx-target": "next datalist",
            # of letters typed fast only the last state of the field is asked for
            "hx-sync": "this:queue last",
        }
        return found

    def render(self, name: str, value: Any, attrs: dict[str, Any] | None = None, renderer: Any = None) -> SafeString:
        """The input and its empty list."""
        identity = (attrs or {}).get("id", name)
        drawn = super().render(name, value, attrs, renderer)
        return format_html('{}<datalist id="{}_people"></datalist>', drawn, identity)


class PersonField(forms.Field):
    """A person out of those the user may choose (`among`, see `finding`); None where left empty.

    The form calls `chosen_by(form, user)`. `besides` are employees it takes too, such as the one who stands there now.
    """

    widget = PersonInput

    def __init__(self, *, among: str = HERE, **options: Any) -> None:
        super().__init__(**options)
        self.among = self.widget.among = among
        self.user: User | None = None
        self.besides: tuple[int, ...] = ()

    def to_python(self, value: Any) -> Employee | None:
        """The employee meant; ValidationError that names the candidates where it is not clear."""
        text = " ".join(str(value or "").split())
        if not text or self.user is None:
            return None
        if len(text) > LETTERS:  # no name, and more than a database searches by
            raise ValidationError(_unclear(f"{text[:20]}…", [], self.user))
        people = people_findable(user=self.user, among=self.among)
        if self.besides:
            people = people | Employee.objects.filter(pk__in=self.besides)
        words = [word.lower() for word in text.split()]
        # one more than is shown, to know whether there are others
        matching = list(people_matching(people=people, typed=text)[: MOST + 1])
        exact = [each for each in matching if each.employee_id.lower() in words]  # 工号, 工号 姓名, 姓名 工号
        # two are enough to know that several bear the name
        exact = exact or list(people.filter(name=text)[:2])
        if len(exact) == 1:
            return exact[0]
        raise ValidationError(_unclear(text, matching, self.user))

    def validate(self, value: Any) -> None:
        """Filled in where it must be."""
        if self.required and value is None:
            raise ValidationError(self.error_messages["required"], code="required")

    def run_validators(self, value: Any) -> None:
        """Nothing beyond."""

    def prepare_value(self, value: Any) -> Any:
        """What stands in the field at first."""
        return person_words(value) if isinstance(value, Employee) else value


def chosen_by(form: forms.BaseForm, user: User, *besides: Employee | None) -> None:
    """Let a form's fields for people take whom the user may choose, and those who stand there anyway."""
    for field in form.fields.values():
        if isinstance(field, PersonField):
            field.user, field.besides = user, tuple(each.pk for each in besides if each)


def person_words(employee: Employee) -> str:
    """How a person is written into a field: id and name."""
    return f"{employee.employee_id} {employee.name}"


def place_words(row: Assignment | None) -> str:
    """Store and position of somebody, by which namesakes are told apart."""
    return f"{row.store} · {row.position}" if row else ""


def _unclear(text: str, found: list[Employee], user: User) -> str:
    """What to say where a text means nobody, or several."""
    if not found:
        told = pick("没有找到“{}”，请核对姓名或工号。", "Nobody found for “{}”; look at the name or employee id again.")
        return told.format(text)
    places = places_of(people=found[:MOST], user=user)
    listed = joined(aside(person_words(each), place_words(places.get(each.pk))) for each in found[:MOST])
    more = " …" if len(found) > MOST else ""
    told = pick("“{}”可能是：{}{}。请填工号。", "“{}” may be: {}{}. Enter the employee id.")
    return told.format(text, listed, more)
