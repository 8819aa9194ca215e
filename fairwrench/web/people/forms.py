"""Forms of people, units, duties and delegations."""

from __future__ import annotations

import re
from dataclasses import fields
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.db.models import Q

from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.choosing.people import stores_kept, units_kept
from fairwrench.web.access.models import User
from fairwrench.web.access.users.forms import UnitChoice
from fairwrench.web.org.assignments import current
from fairwrench.web.org.days import first_open_day, implausible, published_until, today
from fairwrench.web.org.duties import rating_names, source_names
from fairwrench.web.org.models import Duty, Employee, Position, Unit
from fairwrench.web.org.schemes_in_use import KnownPositions
from fairwrench.web.people.employees import Terms
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer, offer_rows
from fairwrench.web.ui.words import both, of, pick

Kind = Unit.Kind
CHOOSE = both("请选择", "Choose")


class DayField(forms.DateField):
    """A day, chosen from a calendar."""

    def __init__(self, **options: Any) -> None:
        super().__init__(widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"), **options)


class ServiceDayField(DayField):
    """A day of somebody's service: neither long ago nor far ahead."""

    def validate(self, value: Any) -> None:
        """ValidationError for a day that cannot be meant."""
        super().validate(value)
        if value and (problem := implausible(value)):
            raise ValidationError(of(problem))


class DatedForm(forms.Form):
    """A form about what holds from a day on. For a day in a published month it asks whether that is meant."""

    #: the field of the day, and how many days later what changes is otherwise
    DAY, AFTER = "begin", 0
    past = forms.BooleanField(
        label=both(
            "我确认：这一天在已发布的月份里。已发布的结果不变，只更正任职记录",
            "I mean it: this day lies in a published month. What is published stays; only the record is corrected",
        ),
        required=False,
    )

    def __init__(self, *given: Any, **options: Any) -> None:
        super().__init__(*given, **options)
        # the confirmation last, below the day that it is about
        self.order_fields([name for name in self.fields if name != "past"])
        if not self._in_published_month():
            del self.fields["past"]

    def _in_published_month(self) -> bool:
        # only once something was sent: before that no day is said
        until = published_until() if self.is_bound else None
        return until is not None and any(day + timedelta(days=self.AFTER) <= until for day in self.days())

    def days(self) -> list[date]:
        """The days from which on something changes; none while the form says none that can be read."""
        try:
            day = self.fields[self.DAY].clean(self.data.get(self.add_prefix(self.DAY)))
        except ValidationError:
            return []
        return [day]

    def clean(self) -> dict[str, Any]:
        """With a word for the past where it is needed."""
        found = super().clean() or {}
        if "past" in self.fields and not found.pop("past", False):
            self.add_error("past", pick("请确认这一天没有写错。", "Confirm that the day is right."))
        return found


class TermsForm(DatedForm):
    """Where somebody works as what, under whom, from when, for how much."""

    begin = ServiceDayField(label=both("生效日期", "From"))
    store = forms.ModelChoiceField(label=both("门店", "Store"), queryset=Unit.objects.none(), empty_label=CHOOSE)
    department = UnitChoice(
        label=both("部门", "Department"),
        queryset=Unit.objects.none(),
        required=False,
        empty_label=both("按岗位", "that of the position"),
    )
    position = forms.ModelChoiceField(
        label=both("岗位", "Position"), queryset=Position.objects.all(), empty_label=CHOOSE
    )
    manager = PersonField(label=both("直接上级", "Line manager"), required=False)
    # without the status of who left: leaving has a day, and a form of its own
    status = forms.ChoiceField(label=both("状态", "Status"), choices=Employee.Status.choices[:2])
    full_salary = forms.DecimalField(
        label=both("全额工资（元/月）", "Full salary (yuan a month)"),
        required=False,
        min_value=Decimal(0),
        max_digits=12,
        decimal_places=2,
    )

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        stores, units = stores_kept(user=user), Unit.objects.select_related("parent__parent")
        kept = units.filter(kind=Kind.STORE)
        departments = units.filter(kind__in=(Kind.DEPARTMENT, Kind.TEAM))
        if stores is not None:
            kept = kept.filter(name__in=stores)
            departments = departments.filter(pk__in=units_kept(user=user) or ())
        chosen_by(self, user, self.initial.get("manager"))
        # schemes in force or to come, proposed ones too; what the person holds already may be kept
        offered = Q(code__in=KnownPositions.now().offered(day=first_open_day()))
        held = self.initial.get("position")
        offer_rows(self, "position", Position.objects.filter(offered | Q(pk=held.pk) if held else offered))
        offer_rows(self, "store", kept)
        offer_rows(self, "department", departments)

    def clean_full_salary(self) -> int | None:
        """In fen."""
        yuan = self.cleaned_data["full_salary"]
        # exact: the field lets no more than two decimals through
        return None if yuan is None else int(yuan * 100)

    def clean(self) -> dict[str, Any]:
        """A department of that very store."""
        found = super().clean() or {}
        store, department = found.get("store"), found.get("department")
        above = department
        # a team hangs below its department
        while above is not None and above.kind != Kind.STORE:
            above = above.parent
        if department and store and above != store:
            self.add_error("department", pick("该部门不属于所选门店。", "That department belongs to another store."))
        return found

    def terms(self, full_salary: int | None = None) -> Terms:
        """What a valid form says; with the salary as it is (fen) for whoever may not see it."""
        # the form's own salary wins where it has that field
        said = {"full_salary": full_salary} | self.cleaned_data
        return Terms(**{field.name: said[field.name] for field in fields(Terms)})


class HireForm(TermsForm):
    """Somebody new."""

    begin = ServiceDayField(label=both("入职日期", "First day of service"))
    employee_id = BareTextField(label=both("工号", "Employee id"), max_length=40)
    name = BareTextField(label=both("姓名", "Name"), max_length=60)
    field_order = ("employee_id", "name")

    def hired(self) -> dict[str, Any]:
        """What `employee_hire` takes."""
        return {name: self.cleaned_data[name] for name in self.field_order} | {"terms": self.terms()}


class NameForm(forms.Form):
    """What somebody is called."""

    name = BareTextField(label=both("姓名", "Name"), max_length=60)
    aliases = BareTextField(
        label=both("别名（系统里的其他叫法，用顿号或逗号隔开）", "Other names in files, separated by commas"),
        max_length=200,
        required=False,
    )

    def clean_aliases(self) -> str:
        """As the roster writes them: separated by 、."""
        said = re.split("[、,，;；]", str(self.cleaned_data["aliases"]))
        return "、".join(name.strip() for name in said if name.strip())


class LeaveForm(DatedForm):
    """Somebody's last day; `noted` is the one that stands, which it replaces."""

    # the last day is served still; what is otherwise begins with the next
    DAY, AFTER = "last_day", 1
    last_day = ServiceDayField(label=both("最后工作日", "Last day of service"))

    def __init__(self, *given: Any, noted: date | None = None, **options: Any) -> None:
        self.noted = noted
        super().__init__(*given, initial={"last_day": noted}, **options)

    def days(self) -> list[date]:
        """The earlier of both days decides."""
        return [*super().days(), *([self.noted] if self.noted else [])]


class StayForm(DatedForm):
    """That somebody does not leave after all; `noted` is the day that stands."""

    AFTER = 1

    def __init__(self, *given: Any, noted: date | None = None, **options: Any) -> None:
        self.noted = noted
        super().__init__(*given, **options)

    def days(self) -> list[date]:
        """The day that is taken back."""
        return [self.noted] if self.noted else []


class DelegationForm(forms.Form):
    """Who stands in for somebody, between which days."""

    stand_in = PersonField(label=both("代理人", "Who stands in"))
    begin = DayField(label=both("从", "From"))
    end = DayField(label=both("到（含）", "To (inclusive)"))
    reason = BareTextField(label=both("原因", "Reason"), max_length=120, required=False)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user)

    def clean_stand_in(self) -> Employee:
        """Somebody who is in service."""
        found: Employee = self.cleaned_data["stand_in"]
        if not current(day=today()).filter(employee=found).exists():
            raise ValidationError(pick("此人目前不在职。", "This person is not in service."))
        return found


class DutyForm(forms.Form):
    """Who provides or rates what for which unit."""

    subject = forms.ChoiceField(label=both("职责", "Duty"))
    unit = UnitChoice(label=both("适用范围", "For"), queryset=Unit.objects.none(), empty_label=CHOOSE)
    employee = PersonField(label=both("负责人", "Who"))

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user)
        kept = units_kept(user=user)
        units = Unit.objects.select_related("parent__parent")
        offer_rows(self, "unit", units if kept is None else units.filter(pk__in=kept))
        provide, rate = Duty.Kind.PROVIDE, Duty.Kind.RATE
        provided = [(f"{provide}:{name}", of(words)) for name, words in source_names().items()]
        rated = [(f"{rate}:{name}", of(words)) for name, words in rating_names().items()]
        offer(self, "subject", [(provide.label, provided), (rate.label, rated)])


class UnitForm(forms.Form):
    """A unit's names."""

    name = BareTextField(label=both("名称", "Name"), max_length=80)
    name_en = BareTextField(label=both("英文名（可选）", "English name (optional)"), max_length=80, required=False)


class NewUnitForm(UnitForm):
    """A new unit below another."""

    kind = forms.ChoiceField(label=both("类型", "Kind"), choices=Kind.choices[1:])
    field_order = ("kind",)


class MoveForm(forms.Form):
    """Below which unit another one comes to hang."""

    parent = UnitChoice(label=both("移到", "Move below"), queryset=Unit.objects.none(), empty_label=CHOOSE)

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        kept, units = units_kept(user=user), Unit.objects.exclude(kind=Kind.TEAM).select_related("parent__parent")
        offer_rows(self, "parent", units if kept is None else units.filter(pk__in=kept))


class DescriptionForm(forms.Form):
    """A job description."""

    description = BareTextField(
        label=both("岗位说明书", "Job description"), widget=forms.Textarea(attrs={"rows": 12}), required=False
    )


class DatingForm(forms.Form):
    """From when on the changes of a roster file hold, what becomes of people it does not name, whether it corrects."""

    missing = forms.ChoiceField(choices=[("keep", ""), ("left", "")], required=False)
    day = ServiceDayField(required=False)
    rows = forms.ChoiceField(choices=[("day", ""), ("own", "")], required=False)


class RosterForm(forms.Form):
    """The roster as a file."""

    roster = forms.FileField()
