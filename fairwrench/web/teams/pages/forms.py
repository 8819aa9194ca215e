"""The form of a team's shares: made for a phone, a line a member."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django import forms

from fairwrench.settlement.calendar.deadlines import Month
from fairwrench.settlement.measure.team_shares import SHARE_DIGITS, WHOLE
from fairwrench.settlement.problem import Problem
from fairwrench.settlement.source.team_names import team_name
from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.models import User
from fairwrench.web.org.models import Employee
from fairwrench.web.people.forms import DayField
from fairwrench.web.teams.confirming.drafts import Draft
from fairwrench.web.teams.confirming.services import LETTERS
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.requests.form_choices import offer
from fairwrench.web.ui.words import both, of

#: lines that are free at first, and the most there may be
FREE, MOST = 2, 20
_BETWEEN = both("份额在 0 到 1 之间，如 0.3", "a share lies between 0 and 1, such as 0.3")


@dataclass(frozen=True)
class Line:
    """What stands in a line at first: a person as typed or known, and a share as text."""

    who: Employee | str = ""
    share: str = ""


class ShareField(forms.DecimalField):
    """A share, from 0 to 1."""

    def __init__(self) -> None:
        messages = {
            "invalid": _BETWEEN,
            "min_value": _BETWEEN,
            "max_value": _BETWEEN,
            "max_decimal_places": both("至多三位小数", "three decimals at most"),
        }
        super().__init__(
            label=both("份额", "Share"),
            required=False,
            min_value=Decimal(0),
            max_value=Decimal(1),
            max_digits=9,
            decimal_places=SHARE_DIGITS,
            error_messages=messages,
            widget=forms.TextInput(attrs={"inputmode": "decimal", "autocomplete": "off", "data-share": ""}),
        )

    def to_python(self, value: Any) -> Any:
        """The share; a Chinese keyboard writes ０．６ and 0。6."""
        return super().to_python(unicodedata.normalize("NFKC", str(value or "")).replace("。", "."))


class SharesForm(forms.Form):
    """A team, the day from which its shares hold, and its members."""

    store = forms.ChoiceField(label=both("门店", "Store"))
    team = BareTextField(
        label=both("班组", "Team"),
        max_length=LETTERS,
        help_text=both("与工单上写的一样，如 机电一组", "as the orders have it, such as 机电一组"),
    )
    begin = DayField(label=both("生效日期", "From"))
    seen = forms.CharField(required=False, max_length=2000, widget=forms.HiddenInput)
    shown = forms.DateField(required=False, widget=forms.HiddenInput)
    rows = forms.IntegerField(min_value=1, max_value=MOST, widget=forms.HiddenInput)

    def __init__(
        self,
        *given: Any,
        user: User,
        stores: Iterable[str],
        besides: Sequence[Employee] = (),
        lines: Sequence[Line] = (),
        **options: Any,
    ) -> None:
        super().__init__(*given, **options)
        offer(self, "store", [(name, name) for name in stores])
        for at in range(len(lines)):
            field = PersonField(label=both("成员", "Member"), required=False)
            self.fields[f"who-{at}"], self.fields[f"share-{at}"] = field, ShareField()
            for name in (f"who-{at}", f"share-{at}"):
                # drawn without the labels of `field`, which would stand in each line of a phone
                self.fields[name].widget.attrs["class"] = "form-control"
            self.initial.update({f"who-{at}": lines[at].who, f"share-{at}": lines[at].share})
        self.initial["rows"] = len(lines)
        chosen_by(self, user, *besides)

    @property
    def lines(self) -> list[tuple[int, forms.BoundField, forms.BoundField]]:
        """Each line: its number from 1, the member, the share."""
        count = sum(name.startswith("who-") for name in self.fields)
        return [(at + 1, self[f"who-{at}"], self[f"share-{at}"]) for at in range(count)]

    def clean(self) -> dict[str, Any]:
        """A member without a share, and a share without a member, are told in their line."""
        told = super().clean() or {}
        for _, who, share in self.lines:
            if who.errors or share.errors:
                continue
            if told.get(who.name) and told.get(share.name) is None:
                self.add_error(share.name, both("请填份额", "give a share"))
            if told.get(share.name) and not told.get(who.name):
                self.add_error(who.name, both("请选成员", "choose a member"))
        return told

    def draft(self, month: Month) -> Draft:
        """What was filled in."""
        told = self.cleaned_data
        lines = [(told[who.name], told[share.name]) for _, who, share in self.lines]
        parts = [(who, share) for who, share in lines if who and share is not None]
        about = (month, told["store"], team_name(told["team"]), told["begin"])
        return Draft(*about, parts, told["seen"], told["shown"])

    def tell(self, problems: Iterable[Problem]) -> list[Problem]:
        """Put problems beside what they are about; those of no field are given back."""
        lines = [(told.employee_id, who.name) for _, who, _ in self.lines if (told := self.cleaned_data.get(who.name))]
        left = []
        for problem in problems:
            # of somebody who stands there twice the last line is told
            field = dict(lines).get(problem.subject) if problem.subject else problem.code
            if field in self.fields:
                self.add_error(field, of(problem))
            else:
                left.append(problem)
        return left


def equal_shares(count: int) -> list[str]:
    """The whole in equal parts, the rest of a thousandth with the last: 0.333, 0.333, 0.334."""
    part = WHOLE // count
    parts = [*[part] * (count - 1), WHOLE - part * (count - 1)]
    return [f"{Decimal(each).scaleb(-SHARE_DIGITS):f}" for each in parts]
