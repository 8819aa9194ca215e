"""Forms of months."""

from __future__ import annotations

from typing import Any

from django import forms

from fairwrench.settlement.deadlines import Month
from fairwrench.settlement.grade import GRADES
from fairwrench.web.people.models import Employee
from fairwrench.web.settlements.models import Correction, Cycle
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


class CorrectionForm(forms.ModelForm):
    """A correction of a published month, entered into the open one."""

    KINDS = (
        ("appeal_points", both("改项目得分", "Set the points of an item")),
        ("appeal_score", both("改总分", "Set the score")),
        ("appeal_grade", both("改等级", "Set the grade")),
        ("deduction", both("扣款（元）", "Deduction (yuan)")),
    )
    who = forms.CharField(label=both("工号", "Employee id"), max_length=40)
    concerns = forms.ChoiceField(label=both("更正哪个月", "Which month"))
    kind = forms.ChoiceField(label=both("更正什么", "What"), choices=KINDS)
    item = forms.CharField(
        label=both("考核项或等级", "Item, or the grade"),
        required=False,
        help_text=both("改项目得分时写考核项代码；改等级时写等级 A–E", "the item's key for points; A–E for a grade"),
    )
    value = forms.DecimalField(
        label=both("分数或金额（元）", "Points or yuan"), required=False, max_digits=12, decimal_places=2
    )
    reason = forms.CharField(label=both("理由", "Reason"), max_length=400, widget=forms.Textarea({"rows": 2}))

    class Meta:
        model = Correction
        fields = ("kind", "item", "value", "reason")

    def __init__(self, *given: Any, cycle: Cycle, **options: Any) -> None:
        super().__init__(*given, **options)
        self.cycle = cycle
        published = Cycle.objects.filter(state=Cycle.State.PUBLISHED, month__lt=cycle.month)
        self.fields["concerns"].choices = [(month, month) for month in published.values_list("month", flat=True)]
        self.order_fields(["who", "concerns", "kind", "item", "value", "reason"])

    def clean_who(self) -> Employee:
        """Somebody on the roster."""
        found = Employee.objects.filter(employee_id=self.cleaned_data["who"].strip()).first()
        if found is None:
            raise forms.ValidationError(pick("花名册上没有这个工号", "nobody on the roster has this id"))
        return found

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
                self.add_error("item", pick("请写等级 A–E", "write a grade A–E"))
        elif value is None:
            self.add_error("value", pick("请填写分数或金额", "give the points or the amount"))
        if kind == "appeal_points" and not item:
            self.add_error("item", pick("请写考核项", "name the item"))
        return told

    def correction(self) -> Correction:
        """The entry as filled."""
        told = self.cleaned_data
        about = {name: told[name] for name in ("concerns", "kind", "item", "value", "reason")}
        return Correction(cycle=self.cycle, employee=told["who"], **about)
