"""Forms of missed KPIs: whom to ask about which, the answer, somebody else to ask."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms

from fairwrench.web.access.choosing.choosing import PersonField, chosen_by
from fairwrench.web.access.models import User
from fairwrench.web.analysis.kpis.missed import Missed
from fairwrench.web.analysis.kpis.services import Answer
from fairwrench.web.analysis.kpis.workflow import LETTERS
from fairwrench.web.analysis.models import MissedKpi
from fairwrench.web.org.models import Employee
from fairwrench.web.people.forms import DayField
from fairwrench.web.ui.requests.bare_text import BareTextField
from fairwrench.web.ui.words import both

#: what the field of a metric's owner is called, before the metric
OWNER = "owner-"


class AskForm(forms.Form):
    """Who is asked about each KPI that nobody was asked about yet; one left empty is not asked about."""

    def __init__(
        self, *given: Any, missed: Iterable[Missed], proposed: Mapping[str, Employee | None], user: User, **options: Any
    ) -> None:
        super().__init__(*given, **options)
        self.metrics = [each.metric for each in missed if each.asked is None]
        names = {each.metric: each.name for each in missed}
        for metric in self.metrics:
            field = PersonField(label=names[metric], required=False, initial=proposed.get(metric))
            self.fields[f"{OWNER}{metric}"] = field
        chosen_by(self, user, *proposed.values())

    @property
    def owners(self) -> Mapping[str, Employee]:
        """Metric → who is asked."""
        chosen = ((metric, self.cleaned_data.get(f"{OWNER}{metric}")) for metric in self.metrics)
        return {metric: owner for metric, owner in chosen if owner is not None}


class AnswerForm(forms.Form):
    """Why, what is done, by whom, until when."""

    cause = BareTextField(label=both("原因", "Cause"), max_length=LETTERS, widget=forms.Textarea(attrs={"rows": 3}))
    action = BareTextField(label=both("措施", "Action"), max_length=LETTERS, widget=forms.Textarea(attrs={"rows": 3}))
    responsible = PersonField(label=both("责任人", "Responsible"))
    due = DayField(label=both("期限", "Due"))

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user, user.employee)

    @classmethod
    def of(cls, kpi: MissedKpi, user: User) -> AnswerForm:
        """The form of a KPI, with what was answered before it was returned."""
        told = {"cause": kpi.cause, "action": kpi.action, "responsible": kpi.responsible, "due": kpi.due}
        return cls(initial=told, user=user)

    @property
    def answer(self) -> Answer:
        """What was filled in."""
        return Answer(**self.cleaned_data)


class OwnerForm(forms.Form):
    """Somebody else to ask."""

    owner = PersonField(label=both("改问谁", "Whom to ask instead"))

    def __init__(self, *given: Any, user: User, **options: Any) -> None:
        super().__init__(*given, **options)
        chosen_by(self, user)
