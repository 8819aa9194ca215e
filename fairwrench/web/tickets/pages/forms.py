"""The form of a ticket: made for a phone, with nobody offered but those one leads."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils import timezone

from fairwrench.settlement.problem import Problem
from fairwrench.settlement.scheme.scheme import TicketArticle
from fairwrench.web.access.models import User
from fairwrench.web.evidence.grounds import GROUND_CHOICES
from fairwrench.web.org.models import Employee
from fairwrench.web.people.forms import DayField
from fairwrench.web.tickets.models import Ticket
from fairwrench.web.tickets.photos import ACCEPT
from fairwrench.web.tickets.selectors import people_led
from fairwrench.web.tickets.services import Draft
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import aside, both, joined, of, pick

_KEY = re.compile(r"[0-9a-f]{32}")
#: letters of what happened
LETTERS = 400
CHOOSE = both("请选择", "Choose")
#: which way it goes is said by the article
POSITIVE = both("请填正数：处罚按条款自动扣减", "a positive number: what a penalty takes off, the article says")
POINTS_HINT = (
    "填正数，如 2；奖励加分，处罚自动扣分。不超过条款后括号里的上限",
    "positive, such as 2: a reward adds it, a penalty takes it off; at most what stands behind the article",
)
AMOUNT_HINT = (
    "填正数，如 50；奖励补发，处罚自动扣款。不超过条款后括号里的上限",
    "positive, such as 50: a reward pays it, a penalty takes it off; at most what stands behind the article",
)


class PersonLedField(forms.ChoiceField):
    """Somebody whom one leads, by employee id. Whoever is no longer among them is told apart by the service."""

    def to_python(self, value: Any) -> Employee | None:
        """The employee; None for an id that nobody has."""
        return Employee.objects.filter(employee_id=str(value or "")[:40]).first()

    def validate(self, value: Any) -> None:
        """Somebody there is; whether one may is the service's word, which says why not."""
        if value is None:
            raise forms.ValidationError(pick("请选择人员", "choose somebody"), code="required")


class TicketForm(forms.Form):
    """Whom, what for, how much, what happened, a photo."""

    who = PersonLedField(label=both("人员", "Who"))
    article = forms.ChoiceField(
        label=both("奖惩条款", "Article"),
        error_messages={"invalid_choice": both("请选择奖惩条款", "choose an article")},
    )
    points = forms.DecimalField(
        label=both("分值（分）", "Points"),
        required=False,
        min_value=0,
        max_digits=5,
        decimal_places=2,
        error_messages={"min_value": POSITIVE},
    )
    amount = forms.DecimalField(
        label=both("金额（元）", "Amount (yuan)"),
        required=False,
        min_value=0,
        max_digits=9,
        decimal_places=2,
        error_messages={"min_value": POSITIVE},
    )
    ground = forms.ChoiceField(
        label=both("扣款依据（处罚扣款时必填）", "Ground (asked where a penalty takes money)"), required=False
    )
    words = BareTextField(
        label=both("经过", "What happened"), max_length=LETTERS, widget=forms.Textarea(attrs={"rows": 3})
    )
    day = DayField(label=both("奖惩日期", "Day"))
    photo = forms.FileField(
        label=both("照片（可不附）", "Photo (if any)"),
        required=False,
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ACCEPT}),
    )
    once = forms.CharField(required=False, widget=forms.HiddenInput)
    meant = forms.BooleanField(
        label=both("是另一件事，照样开单", "It is something else; write it all the same"), required=False
    )

    def __init__(
        self, *given: Any, user: User, articles: Mapping[str, TicketArticle], asks: bool = False, **options: Any
    ) -> None:
        super().__init__(*given, **options)
        self.fields["day"].initial = timezone.localdate()
        self.fields["points"].help_text = of(POINTS_HINT)
        self.fields["amount"].help_text = of(AMOUNT_HINT)
        for name in ("points", "amount"):
            self.fields[name].widget.attrs["inputmode"] = "decimal"
        _offer(self.fields["ground"], [("", "—"), *GROUND_CHOICES])
        people = [(each.employee_id, aside(each.name, each.employee_id)) for each in people_led(user=user)]
        _offer(self.fields["who"], [("", CHOOSE), *people])
        kinds = [(label, _of_kind(articles, value)) for value, label in Ticket.Kind.choices]
        _offer(self.fields["article"], [("", CHOOSE), *((label, offered) for label, offered in kinds if offered)])
        # asked only once the same was found, so that nobody ticks it by habit
        if not asks and "meant" not in self.data:
            del self.fields["meant"]

    def draft(self, *, photo: str) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        day: date = told["day"]
        return Draft(
            employee=told["who"],
            day=day,
            article=told["article"],
            points=told["points"] or Decimal(0),
            amount=told["amount"] or Decimal(0),
            words=told["words"],
            photo=photo,
            ground=told["ground"],
            meant=told.get("meant", False),
            once=told["once"],
        )

    def tell(self, problems: Iterable[Problem]) -> tuple[Problem, ...]:
        """Say beside each field what is wrong with it; gives back what is about no field alone."""
        others = []
        for problem in problems:
            field = str(problem.path[0]) if problem.path else ""
            if field in self.fields:
                self.add_error(field, of(problem))
            else:
                others.append(problem)
        return tuple(others)

    def clean_once(self) -> str:
        """The key that the form was sent out with; a form without one is looked at once more and gets its own."""
        once: str = self.cleaned_data["once"]
        if not _KEY.fullmatch(once):
            raise forms.ValidationError(pick("缺少表单编号", "the form has no key"))
        return once


def _offer(field: forms.Field, choices: list[tuple[Any, Any]]) -> None:
    assert isinstance(field, forms.ChoiceField)
    field.choices = choices


def _of_kind(articles: Mapping[str, TicketArticle], kind: str) -> list[tuple[str, str]]:
    return [
        (key, aside(of(article.name), bounds(article))) for key, article in articles.items() if article.kind == kind
    ]


def bounds(article: TicketArticle) -> str:
    """The most that a ticket by an article may bring, in words; empty for praise or a warning in writing."""
    points, money = f"{article.most_points.normalize():f}", f"{article.most_amount.normalize():f}"
    told = [pick(f"{points} 分", f"{points} points") if article.most_points else ""]
    told += [pick(f"{money} 元", f"{money} yuan") if article.most_amount else ""]
    most = joined(told)
    return pick(f"最多 {most}", f"at most {most}") if most else ""


def articles_told(articles: Mapping[str, TicketArticle]) -> list[tuple[str, str, str, str]]:
    """Each article to be read: its kind, its name, the most it brings, and where the regulation has it."""
    kinds = dict(Ticket.Kind.choices)
    return [(str(kinds[each.kind]), of(each.name), bounds(each), each.reference) for each in articles.values()]
