"""Forms of months."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django import forms

from fairwrench.report.naming import Names
from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.scheme import GRADES
from fairwrench.web.people.choosing import PersonField, chosen_by
from fairwrench.web.people.finding import SEEN
from fairwrench.web.people.models import User
from fairwrench.web.settlements.models import Correction, Cycle
from fairwrench.web.ui.offering import offer
from fairwrench.web.ui.words import both, pick


class NewMonthForm(forms.Form):
    """Begin a month."""

    month = forms.CharField(label=both("月份", "Month"), widget=forms.TextInput({"placeholder": "2026-11"}))

    def clean_month(self) -> str:
        """`2026-11`."""
        try:
            return str(Month.parse(self.cleaned_data["month"].strip()))
        except ValueError:
            told = pick("请写成 2026-11 这样的月份", "write a month like 2026-11")
            raise forms.ValidationError(told) from None


def items_and_grades(names: Names) -> list[tuple[str, Any]]:
    """What a correction can be about, in words: the items of all scorecards, the grades."""
    items = {item.key: names.item(item.key) for item in names.items()}
    grades = [(grade, f"{grade} {names.grade(grade)}") for grade in GRADES]
    listed = sorted(items.items(), key=lambda each: each[1])
    return [("", "—"), (pick("考核项", "Items"), listed), (pick("等级", "Grades"), grades)]


if TYPE_CHECKING:
    _OfCorrection = forms.ModelForm[Correction]
else:  # Django's own knows no type of its model while it runs
    _OfCorrection = forms.ModelForm


class CorrectionForm(_OfCorrection):
    """A correction of a published month, entered into the open one."""

    KINDS = (
        ("appeal_points", both("改项目得分", "Set the points of an item")),
        ("appeal_score", both("改总分", "Set the score")),
        ("appeal_grade", both("改等级", "Set the grade")),
        ("deduction", both("扣款（元）", "Deduction (yuan)")),
    )
    who = PersonField(label=both("员工", "Employee"), among=SEEN)
    concerns = forms.ChoiceField(label=both("更正哪个月", "Which month"))
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
    reason = forms.CharField(label=both("理由", "Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))

    class Meta:
        model = Correction
        fields = ("kind", "item", "value", "reason")

    def __init__(self, *given: Any, cycle: Cycle, user: User, names: Names, **options: Any) -> None:
        super().__init__(*given, **options)
        self.cycle = cycle
        offer(self, "item", items_and_grades(names))
        chosen_by(self, user)
        published = Cycle.objects.filter(state=Cycle.State.PUBLISHED, month__lt=cycle.month)
        offer(self, "concerns", [(month, month) for month in published.values_list("month", flat=True)])
        self.order_fields(["who", "concerns", "kind", "item", "value", "reason"])

    def clean_value(self) -> int | None:
        """Hundredths, as points and fen are kept."""
        value = self.cleaned_data["value"]
        return None if value is None else int(value * 100)

    def clean(self) -> dict[str, Any]:
        """Each kind needs what it sets."""
        told = super().clean() or {}
        kind, item, value = told.get("kind"), told.get("item"), told.get("value")
        if kind == "appeal_grade":
            if item not in GRADES:
                self.add_error("item", pick("请选等级 A–E", "choose a grade A–E"))
        elif value is None:
            self.add_error("value", pick("请填写分数或金额", "give the points or the amount"))
        if kind == "appeal_points" and (not item or item in GRADES):
            self.add_error("item", pick("请选考核项", "choose the item"))
        return told

    def correction(self) -> Correction:
        """The entry as filled."""
        told = self.cleaned_data
        about = {name: told[name] for name in ("concerns", "kind", "item", "value", "reason")}
        return Correction(cycle=self.cycle, employee=told["who"], **about)
