"""Forms of department goals and job descriptions."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django import forms

from fairwrench.report.naming import Names
from fairwrench.web.access.models import User
from fairwrench.web.access.users.forms import UnitChoice
from fairwrench.web.goals.models import DepartmentGoal, JobDescription
from fairwrench.web.goals.origins.services import MOST_DUTIES, Described, units_kept
from fairwrench.web.goals.sheets.measuring import measure_choices
from fairwrench.web.org.days import today
from fairwrench.web.org.models import Position
from fairwrench.web.people.forms import CHOOSE, DayField
from fairwrench.web.ui.requests.bare_text import BareTextField, bare_text
from fairwrench.web.ui.requests.form_choices import offer, offer_rows
from fairwrench.web.ui.words import both, pick

MONTHS = [("", both("全年", "Whole year")), *((str(at), both(f"{at} 月", f"Month {at}")) for at in range(1, 13))]


class MeasuredFields(forms.Form):
    """By what a goal is measured, and what it should reach."""

    measured = forms.ChoiceField(label=both("衡量方式", "Measured by"), required=False)
    measure = BareTextField(label=both("怎么衡量", "How"), max_length=200, required=False)
    target = BareTextField(label=both("目标值", "Target"), max_length=80, required=False)

    def measured_told(self) -> dict[str, str]:
        """The same as a goal keeps it."""
        told = self.cleaned_data
        kind, _, subject = (told.get("measured") or "words:").partition(":")
        return {"kind": kind, "subject": subject, "measure": told["measure"], "target": told["target"]}


class DepartmentGoalForm(MeasuredFields):
    """A goal of a unit for a year or a month, with its budget."""

    field_order = ("unit", "year", "month", "title", "measured", "measure", "target", "budget")
    unit = UnitChoice(label=both("门店或部门", "Store or department"), queryset=None, empty_label=CHOOSE)
    year = forms.IntegerField(label=both("年份", "Year"), min_value=2000, max_value=2100)
    month = forms.TypedChoiceField(
        label=both("月份", "Month"), choices=MONTHS, required=False, coerce=int, empty_value=None
    )
    title = BareTextField(label=both("目标", "Goal"), max_length=200)
    budget = forms.DecimalField(
        label=both("费用预算（元，可不填）", "Cost budget (yuan, if any)"),
        required=False,
        min_value=Decimal(0),
        max_digits=14,
        decimal_places=2,
    )

    def __init__(self, *given: Any, user: User, names: Names, **options: Any) -> None:
        super().__init__(*given, **options)
        offer_rows(self, "unit", units_kept(user=user))
        offer(self, "measured", measure_choices(names, ""))

    @classmethod
    def initial_of(cls, goal: DepartmentGoal) -> dict[str, Any]:
        """What stands in the fields of a goal that there is."""
        told = {name: getattr(goal, name) for name in ("unit", "year", "month", "title", "measure", "target")}
        budget = None if goal.budget is None else Decimal(goal.budget) / 100
        return {**told, "measured": f"{goal.kind}:{goal.subject}", "budget": budget}

    @property
    def told(self) -> dict[str, Any]:
        """What was filled in."""
        told = self.cleaned_data
        budget = None if told["budget"] is None else int(told["budget"] * 100)
        plain = {name: told[name] for name in ("unit", "year", "month", "title")}
        return {**plain, **self.measured_told(), "budget": budget}


class JobForm(forms.Form):
    """A version of a job description."""

    begins = DayField(label=both("生效日期", "Holds from"))
    purpose = BareTextField(
        label=both("岗位目的", "What the position is there for"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    duties = BareTextField(
        label=both("职责（每行一条）", "Duties (one a line)"),
        max_length=4000,
        widget=forms.Textarea(attrs={"rows": 8}),
    )

    @classmethod
    def of(cls, position: Position, last: JobDescription | None) -> JobForm:
        """With what the last version says; before there is one, with the words that stand at the position."""
        told = {"begins": today()}
        if last is None:
            return cls(initial={**told, "purpose": position.description})
        duties = "\n".join(each.words for each in last.duties.all())
        return cls(initial={**told, "purpose": last.purpose, "duties": duties})

    def clean_duties(self) -> str:
        """Not more of them, and none longer, than are kept."""
        lines = [bare_text(line) for line in str(self.cleaned_data["duties"]).splitlines() if bare_text(line)]
        if len(lines) > MOST_DUTIES or any(len(line) > 200 for line in lines):
            told = pick("至多 {} 条，每条至多 200 字", "at most {} duties of 200 letters each").format(MOST_DUTIES)
            raise forms.ValidationError(told)
        return "\n".join(lines)

    @property
    def told(self) -> Described:
        """What was filled in."""
        told = self.cleaned_data
        return Described(told["begins"], told["purpose"], tuple(told["duties"].splitlines()))
