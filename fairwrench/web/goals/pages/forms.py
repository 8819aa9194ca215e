"""The form of a sheet: a line a goal, a line of the plan, made for a phone as well."""

from __future__ import annotations

import unicodedata
from decimal import Decimal
from typing import Any

from django import forms
from django.http import QueryDict

from fairwrench.settlement.exact import point_units
from fairwrench.web.goals.models import DepartmentGoal, GoalSheet, JobDuty
from fairwrench.web.goals.origins.forms import MeasuredFields
from fairwrench.web.goals.sheets.beginning import duties_of, goals_above
from fairwrench.web.goals.sheets.content import Content
from fairwrench.web.goals.sheets.measuring import categories_of, category_name, measure_choices
from fairwrench.web.goals.sheets.services import MOST_GOALS, MOST_PLAN, Draft, GoalDraft, PlanDraft
from fairwrench.web.people.forms import DayField
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.requests.parameters import whole_number
from fairwrench.web.ui.words import both, pick

#: lines of goals and of the plan that a page shows at least
FREE_GOALS, FREE_PLAN = 3, 1


class WeightField(forms.DecimalField):
    """A weight in percent, up to 100."""

    def __init__(self) -> None:
        super().__init__(
            label=both("权重（可不填）", "Weight (if any)"),
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(100),
            max_digits=5,
            decimal_places=2,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off"}),
        )

    def to_python(self, value: Any) -> Any:
        """The weight; a Chinese keyboard writes ２０."""
        return super().to_python(unicodedata.normalize("NFKC", str(value or "")).removesuffix("%"))


class GoalForm(MeasuredFields):
    """One goal; left without words it is none."""

    field_order = ("what", "category", "measured", "measure", "target", "due", "weight", "source")
    what = BareTextField(
        label=both("目标：做什么", "What is to be done"),
        max_length=200,
        required=False,
        widget=forms.Textarea(attrs={"rows": 2}),
    )
    category = forms.ChoiceField(label=both("类别", "Category"), required=False)
    due = DayField(label=both("完成时间", "By when"), required=False)
    weight = WeightField()
    source = forms.ChoiceField(label=both("来源", "Comes from"), required=False)

    def clean(self) -> dict[str, Any]:
        """A goal belongs to a category."""
        told = super().clean() or {}
        if told.get("what") and not told.get("category") and "category" not in self.errors:
            self.add_error("category", pick("请选择类别", "choose a category"))
        return told

    @property
    def draft(self) -> GoalDraft | None:
        """What was filled in; None for an empty line."""
        told = self.cleaned_data
        if not told.get("what"):
            return None
        kind, _, key = told["source"].partition(":")
        number = whole_number(key) if key else None
        return GoalDraft(
            category=told["category"],
            what=told["what"],
            due=told["due"],
            weight=None if told["weight"] is None else point_units(told["weight"]),
            department_goal=DepartmentGoal(pk=number) if kind == "department" and number else None,
            duty=JobDuty(pk=number) if kind == "duty" and number else None,
            **self.measured_told(),
        )


class PlanForm(forms.Form):
    """One line of the development plan."""

    what = BareTextField(label=both("学习、提升什么", "What to learn"), max_length=200, required=False)
    how = BareTextField(label=both("怎么做", "How"), max_length=200, required=False)
    due = DayField(label=both("完成时间", "By when"), required=False)

    @property
    def draft(self) -> PlanDraft | None:
        """What was filled in; None for an empty line."""
        told = self.cleaned_data
        return PlanDraft(told["what"], told["how"], told["due"]) if told.get("what") else None


class SheetForm:
    """All lines of a sheet as one form: those there are, and some that are free."""

    def __init__(self, content: Content, sent: QueryDict | None = None) -> None:
        self._sheet, self._names = content.sheet, content.names
        goals, plan = len(content.goals), len(content.plan)
        counts = max(goals, FREE_GOALS) + bool(goals), max(plan, FREE_PLAN)
        if sent is not None:
            more = sent.get("do") == "more"
            counts = _sent(sent, "goals", counts[0]) + more, _sent(sent, "plan", counts[1]) + more
        self.goals = [
            self._goal(at, sent, _goal_initial(content, at)) for at in range(min(max(counts[0], 1), MOST_GOALS))
        ]
        self.plan = [
            PlanForm(sent, prefix=f"plan-{at}", initial=_plan_initial(content, at))
            for at in range(min(max(counts[1], 1), MOST_PLAN))
        ]

    def _goal(self, at: int, sent: QueryDict | None, initial: dict[str, Any]) -> GoalForm:
        form = GoalForm(sent, prefix=f"goal-{at}", initial=initial)
        for name, choices in self._choices.items():
            known = {value for value, _ in _flat(choices)}
            # what stands there stays, also where the scheme or the department has it no more
            there = initial.get(name) or ""
            more = [(there, _there(name, there, self._sheet))] if there and there not in known else []
            offer(form, name, [*choices, *more])
        return form

    @property
    def _choices(self) -> dict[str, list[Any]]:
        if not hasattr(self, "_offered"):
            sheet = self._sheet
            above = [(f"department:{each.pk}", f"{each.period} {each.title}") for each in goals_above(sheet)]
            duties = [(f"duty:{each.pk}", each.words) for each in duties_of(sheet)]
            none = [("", pick("未关联", "none"))]
            source = [*none, (pick("部门目标", "Goals of the department"), above), (pick("岗位职责", "Duties"), duties)]
            self._offered: dict[str, list[Any]] = {
                "category": categories_of(self._names.scheme, sheet.position),
                "measured": measure_choices(self._names, sheet.position),
                "source": [part for part in source if part[1]],
            }
        return self._offered

    def is_valid(self) -> bool:
        """Whether every line can be read."""
        # a list, so that each line is looked at and tells what is wrong with it
        return all([form.is_valid() for form in (*self.goals, *self.plan)])

    @property
    def draft(self) -> Draft:
        """What was filled in."""
        return Draft(
            [goal for form in self.goals if (goal := form.draft)],
            [line for form in self.plan if (line := form.draft)],
        )


def _sent(sent: QueryDict, name: str, otherwise: int) -> int:
    number = whole_number(sent.get(name, ""))
    return otherwise if number is None else number


def _flat(choices: list[Any]) -> list[tuple[str, Any]]:
    return [pair for value, words in choices for pair in (words if isinstance(words, list) else [(value, words)])]


def _there(name: str, value: str, sheet: GoalSheet) -> str:
    if name == "category":
        return category_name(value)
    if name == "measured":
        return pick("{}（制度里已没有）", "{} (the scheme has it no more)").format(value.partition(":")[2])
    kind, _, key = value.partition(":")
    rows = DepartmentGoal.objects if kind == "department" else JobDuty.objects
    return str(rows.filter(pk=key).first() or value)


def _goal_initial(content: Content, at: int) -> dict[str, Any]:
    if at >= len(content.goals):
        return {"measured": "words:", "due": content.sheet.at.last}
    goal = content.goals[at]
    source = f"department:{goal.department_goal_id}" if goal.department_goal_id else ""
    source = f"duty:{goal.duty_id}" if goal.duty_id else source
    plain = {name: getattr(goal, name) for name in ("what", "category", "measure", "target", "due")}
    weight = None if goal.weight is None else Decimal(goal.weight) / 100
    return {**plain, "measured": f"{goal.kind}:{goal.subject}", "weight": weight, "source": source}


def _plan_initial(content: Content, at: int) -> dict[str, Any]:
    if at >= len(content.plan):
        return {}
    return {name: getattr(content.plan[at], name) for name in ("what", "how", "due")}
