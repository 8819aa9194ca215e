"""The two forms by which a correction is filled in: whose month, then what is set in it."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms

from fairwrench.report.naming import Names
from fairwrench.settlement.exact import as_decimal
from fairwrench.settlement.scheme.scheme import Item
from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.choosing.finding import SEEN
from fairwrench.web.access.models import User
from fairwrench.web.access.policy import may
from fairwrench.web.access.targets import OfPerson
from fairwrench.web.cycles.models import Cycle
from fairwrench.web.evidence.grounds import GROUND_CHOICES
from fairwrench.web.org.models import Employee
from fairwrench.web.settlements.corrections.services import full_of
from fairwrench.web.settlements.models import Correction
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both, pick

KINDS = (
    ("appeal_points", both("改项目得分", "Set the points of an item")),
    ("appeal_score", both("改总分", "Set the score")),
    ("appeal_grade", both("改等级", "Set the grade")),
    ("deduction", both("扣款（元）", "Deduction (yuan)")),
)
#: letters of a reason
REASON = 400


class WhoseMonthForm(forms.Form):
    """Whose pay of which published month is to be corrected."""

    who = PersonField(label=both("员工", "Employee"), among=SEEN)
    concerns = forms.ChoiceField(label=both("更正哪个月", "Which month"))

    def __init__(self, *given: Any, cycle: Cycle, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        self.user = user
        chosen_by(self, user)
        # only months before this one: a correction is paid with a later month than the one it sets right
        published = Cycle.objects.filter(state=Cycle.State.PUBLISHED, run__isnull=False, month__lt=cycle.month)
        offer(self, "concerns", [(month, month) for month in published.values_list("month", flat=True)])

    def clean_who(self) -> Employee:
        """Somebody whose pay is the user's to correct."""
        # the list holds everybody seen; whose pay may be corrected is asked of the very person
        person: Employee = self.cleaned_data["who"]
        if not may(self.user, "settlements.correct", about=OfPerson(person.employee_id)):
            told = pick("由此人所在门店的人力资源登记", "HR of their own store enters it")
            raise forms.ValidationError(told)
        return person


class CorrectionForm(forms.Form):
    """What is set: only items on the person's card, each with its points as they are and its full points."""

    kind = forms.ChoiceField(label=both("更正什么", "What"), choices=KINDS)
    item = forms.ChoiceField(
        label=both("考核项或等级", "Item, or the grade"),
        required=False,
        help_text=both(
            "改项目得分选考核项，改等级选等级；其余不选", "an item for points, a grade for a grade, else none"
        ),
    )
    value = forms.DecimalField(
        label=both("分数或金额（元）", "Points or yuan"), required=False, max_digits=12, decimal_places=2
    )
    ground = forms.ChoiceField(
        label=both("扣款依据", "Ground"),
        required=False,
        help_text=both("扣款须写明依据，其余不选", "asked where money is taken, else none"),
    )

    def __init__(
        self, *given: Any, names: Names, card: Sequence[tuple[Item, int | None]], cycle: Cycle, **options: Any
    ) -> None:
        super().__init__(*given, **options)
        self.cycle, self.scheme = cycle, names.scheme
        grades = [(grade, f"{grade} {names.grade(grade)}") for grade in self.scheme.bands.best_first]
        items = [(item.key, _item_words(item, points, names)) for item, points in card]
        offer(self, "item", [("", "—"), (pick("考核项", "Items"), items), (pick("等级", "Grades"), grades)])
        offer(self, "ground", [("", "—"), *GROUND_CHOICES])
        # no item has more than the scheme's maximum; one with less says so in its own words
        full = f"{as_decimal(full_of(None, self.scheme), 2).normalize():f}"
        self.fields["value"].help_text = pick(f"得分 0–{full}；扣款大于 0", f"points 0–{full}; a deduction above 0")

    def correction(self, *, who: Employee, concerns: str, reason: str = "") -> Correction:
        """The entry as filled, in hundredths, as points and fen are kept; what belongs to another kind is left out."""
        told = self.cleaned_data
        value: Decimal | None = told["value"]
        # a form turned from one kind to another still sends the item or value of the former
        grading = told["kind"] == "appeal_grade"
        takes_item = grading or told["kind"] == "appeal_points"
        return Correction(
            cycle=self.cycle,
            employee=who,
            concerns=concerns,
            kind=told["kind"],
            item=told["item"] if takes_item else "",
            # exact: the field lets no more than two decimals through
            value=None if grading or value is None else int(value * 100),
            ground=told["ground"] if told["kind"] == "deduction" else "",
            reason=reason,
        )


def _item_words(item: Item, points: int | None, names: Names) -> str:
    """An item by its name, with its points as they are and its full points."""
    full = f"{as_decimal(full_of(item, names.scheme), 2).normalize():f}"
    now = "—" if points is None else f"{as_decimal(points, 2):f}"
    called = names.say(item.name) or names.item(item.key)
    return pick(f"{called}（现 {now}，满分 {full}）", f"{called} (now {now}, full {full})")
